/** Metrics ledger -> body of the CloudWatch dashboard: every measure of every region as a chart, every threshold as a line. */
import { REFUSALS } from "../handler/contract/events";
import { type HandlerMetricName, METRICS, type MeasuredName, type MetricName } from "../handler/contract/metrics";
import { runbookUrl } from "./alarm-config";
import { compositeAlarms, metricAlarms, singleAlarms } from "./alarm-rows";
import type { AlarmRow, AlarmValues, LogAlarmValues } from "./alarm-types";
import { SUCCESS_RATE } from "./alarms";
import { digits } from "./arithmetic";
import type { ALARM_VALUES } from "./inputs/cloudwatch_alarms";
import { type FlagInput, keys } from "./inputs/inputs";
import {
  type ApiMetricName,
  isImageMetric,
  type LambdaMetricName,
  metricAddress,
  type QueueMetricName,
} from "./metrics";
import { objectivesWidget } from "./objectives-widget";
import { releasesWidget } from "./releases-widget";

/** Titles of the metric widgets, in reading order. A table of recent errors follows them. */
const WIDGETS = [
  "Invocations & Errors",
  "Duration avg/max/p99",
  "Concurrent Executions",
  "Success vs Error",
  "Processing Time",
  "Image Size",
  "Refused by Reason",
] as const;

/** Titles of the widgets that exist only where a variable enables what they chart. */
const OPTIONAL_WIDGETS = {
  "Uploads Waiting & Dropped": "enable_async_alarms",
  "Dead-Letter Queue": "enable_dead_letter_queue",
} as const satisfies Record<string, FlagInput<typeof ALARM_VALUES>>;

/** The same, in a row below everything else, so that nothing moves. */
const LAST_WIDGETS = {
  "Upload Links": "enable_upload_api",
  "Upload API": "enable_upload_api",
} as const satisfies Record<string, FlagInput<typeof ALARM_VALUES>>;

/** The values that the dashboard of a stack shows, as lines or in its links. An environment has all of them. */
export interface DashboardValues extends AlarmValues, LogAlarmValues {
  readonly aws_region: string;
  readonly metric_namespace: string;
  /** Line in the widget of image sizes. @default no line */
  readonly large_image_bytes?: number;
  readonly runbook_base_url: string;
}

/** One stack of the dashboard: one region. */
export interface DashboardStack {
  readonly values: DashboardValues;
  readonly names: {
    readonly functionName: string;
    readonly logGroupName: string;
    readonly aliasName: string;
    /** @default metrics of the upload API are not charted: its id is known in its own region only */
    readonly uploadApiId?: string;
  };
  /** Whether the titles of the widgets end with the region. */
  readonly showsRegion: boolean;
  /** Whether the metrics of the image handler are charted. */
  readonly showsImages: boolean;
  /** Widget with the cost, without its position. @default none */
  readonly cost?: { readonly type: string; readonly properties: object } | undefined;
}

type Statistic = "Sum" | "Average" | "Maximum" | "p99";

interface Chart {
  readonly widget: (typeof WIDGETS)[number] | keyof typeof OPTIONAL_WIDGETS | keyof typeof LAST_WIDGETS;
  readonly statistics: readonly [Statistic, ...Statistic[]];
  /** @default left */
  readonly axis?: "right";
  /** Dimension of the metric and its values; each value gets its own line. @default the metric has no such dimension */
  readonly each?: { readonly dimension: string; readonly values: readonly string[] };
}

/** The widget and statistics of each metric: a measure without a row does not compile. */
// biome-ignore format: a ledger is read down its columns
const CHARTS = {
  Invocations:          { widget: "Invocations & Errors",  statistics: ["Sum"] },
  Errors:               { widget: "Invocations & Errors",  statistics: ["Sum"] },
  Throttles:            { widget: "Invocations & Errors",  statistics: ["Sum"] },
  Attempts:             { widget: "Invocations & Errors",  statistics: ["Sum"] },
  FailedAttempts:       { widget: "Invocations & Errors",  statistics: ["Sum"] },
  Duration:             { widget: "Duration avg/max/p99",  statistics: ["Average", "Maximum", "p99"] },
  ConcurrentExecutions: { widget: "Concurrent Executions", statistics: ["Maximum"] },
  AsyncEventAge:        { widget: "Uploads Waiting & Dropped", statistics: ["Maximum"] },
  AsyncEventsDropped:   { widget: "Uploads Waiting & Dropped", statistics: ["Sum"], axis: "right" },
  DeadLetterErrors:     { widget: "Dead-Letter Queue",     statistics: ["Sum"] },
  ApproximateNumberOfMessagesVisible: { widget: "Dead-Letter Queue", statistics: ["Maximum"] },
  ImagesProcessed:      { widget: "Success vs Error",      statistics: ["Sum"] },
  ProcessingSuccess:    { widget: "Success vs Error",      statistics: ["Sum"] },
  ProcessingFailure:    { widget: "Success vs Error",      statistics: ["Sum"] },
  SuccessfulProcesses:  { widget: "Success vs Error",      statistics: ["Sum"] },
  LambdaErrors:         { widget: "Success vs Error",      statistics: ["Sum"] },
  S3AccessDenied:       { widget: "Success vs Error",      statistics: ["Sum"] },
  MetricsLost:          { widget: "Success vs Error",      statistics: ["Sum"] },
  AllRefusedImages:     { widget: "Success vs Error",      statistics: ["Sum"] },
  SupersededImages:     { widget: "Success vs Error",      statistics: ["Sum"] },
  LateImages:           { widget: "Success vs Error",      statistics: ["Sum"] },
  ProcessingTime:       { widget: "Processing Time",       statistics: ["Average", "Maximum", "p99"] },
  ImageProcessingTime:  { widget: "Processing Time",       statistics: ["Average", "Maximum", "p99"] },
  ImageSizeBytes:       { widget: "Image Size",            statistics: ["Average", "Maximum"] },
  MemoryUsedMB:         { widget: "Image Size",            statistics: ["Maximum"], axis: "right" },
  RefusedImages:        { widget: "Refused by Reason",     statistics: ["Sum"], each: { dimension: "Reason", values: Object.keys(REFUSALS) } },
  LinksIssued:          { widget: "Upload Links",          statistics: ["Sum"] },
  LinksUsed:            { widget: "Upload Links",          statistics: ["Sum"] },
  Count:                { widget: "Upload API",            statistics: ["Sum"] },
  "4xx":                { widget: "Upload API",            statistics: ["Sum"] },
  "5xx":                { widget: "Upload API",            statistics: ["Sum"] },
  Latency:              { widget: "Upload API",            statistics: ["p99"], axis: "right" },
} as const satisfies Record<ApiMetricName | LambdaMetricName | QueueMetricName | MeasuredName | HandlerMetricName, Chart>;

type Charted = keyof typeof CHARTS;

type Names = DashboardStack["names"];

/** The widget of a metric, and its axis there. */
type Place = Pick<Chart, "widget" | "axis">;

const RATE_PLACE: Place = { widget: "Success vs Error", axis: "right" };

const isCharted = (metric: AlarmRow["metric"]): metric is Charted => typeof metric === "string" && metric in CHARTS;

const placeOf = ({ metric }: AlarmRow): Place | undefined =>
  isCharted(metric)
    ? CHARTS[metric]
    : typeof metric === "object" && metric.label === SUCCESS_RATE.label
      ? RATE_PLACE
      : undefined;

const known = new WeakMap<DashboardValues, AlarmRow[]>();

/** The alarms on metrics, computed once for each dashboard. */
const alarmsOf = (values: DashboardValues): AlarmRow[] => {
  const alarms = known.get(values) ?? metricAlarms(values);
  known.set(values, alarms);
  return alarms;
};

const yAxis = ({ axis }: Place) => (axis === undefined ? {} : { yAxis: axis });

/** Horizontal lines of a widget: the thresholds of the alarms on its metrics, and useful limits. */
const annotations = (widget: Chart["widget"], { values, showsImages }: DashboardStack) => {
  const thresholds = alarmsOf(values).flatMap((alarm) => {
    const place = placeOf(alarm);
    if (place?.widget !== widget) return [];
    return [
      {
        label: `${alarm.name} ${alarm.comparison} ${digits(alarm.threshold)}`,
        value: alarm.threshold,
        ...yAxis(place),
      },
    ];
  });
  if (widget !== "Image Size" || !showsImages) return thresholds;
  return [
    ...thresholds,
    ...(values.large_image_bytes === undefined
      ? []
      : [{ label: "large_image_bytes", value: values.large_image_bytes }]),
    { label: "lambda_memory_size", value: values.lambda_memory_size, ...yAxis(CHARTS.MemoryUsedMB) },
  ];
};

/** One metric with one statistic in dashboard syntax: namespace, name, dimensions in pairs, options. */
const series = (
  metric: Charted,
  { each }: Chart,
  statistic: Statistic,
  values: DashboardValues,
  { functionName, uploadApiId }: Names,
) => {
  const scope = { functionName, metricNamespace: values.metric_namespace, ...(uploadApiId && { uploadApiId }) };
  const address = metricAddress(metric, scope);
  const alarm = alarmsOf(values).find((row) => row.metric === metric);
  const [id] = Object.entries(SUCCESS_RATE.of).find(([, part]) => part === metric) ?? [];
  const options = {
    stat: statistic,
    // The alarm's own period, so that the line crosses the threshold when the alarm fires.
    ...(alarm && { period: alarm.periodSeconds }),
    ...(id && { id }),
    ...yAxis(CHARTS[metric]),
  };
  const pairs = Object.entries(address.dimensions ?? {}).flat();
  if (each === undefined) return [[address.namespace, metric, ...pairs, options]];
  return each.values.map((value) => [address.namespace, metric, ...pairs, each.dimension, value, options]);
};

/** @returns the metrics of a widget; without images, only those that every function has */
const chartsOf = (title: Chart["widget"], showsImages: boolean): [Charted, Chart][] =>
  (Object.entries(CHARTS) as [Charted, Chart][])
    .filter(([, { widget }]) => widget === title)
    .filter(([metric]) => showsImages || !(metric in METRICS && isImageMetric(METRICS[metric as MetricName])));

const metricWidget = (title: Chart["widget"], stack: DashboardStack) => {
  const { values, names, showsImages } = stack;
  const charted = chartsOf(title, showsImages);
  const lines = charted.flatMap(([metric, chart]) =>
    chart.statistics.flatMap((statistic) => series(metric, chart, statistic, values, names)),
  );
  const { label, expression } = SUCCESS_RATE;
  const rate = [{ id: "rate", label, expression: expression(values), ...yAxis(RATE_PLACE) }];
  return {
    type: "metric",
    properties: {
      title,
      region: values.aws_region,
      view: "timeSeries",
      stacked: false,
      period: 300,
      metrics: title === RATE_PLACE.widget && showsImages ? [...lines, rate] : lines,
      yAxis: { left: { min: 0 }, right: { min: 0 } },
      annotations: { horizontal: annotations(title, stack) },
    },
  };
};

/** The lines that LambdaErrors counts, and the invocations that Lambda reports as failed. */
const recentErrors = ({ aws_region }: DashboardValues, { logGroupName }: Names) => {
  const levels = JSON.stringify(METRICS.LambdaErrors.from[0].levels);
  return {
    type: "log",
    properties: {
      title: "Recent Errors",
      region: aws_region,
      view: "table",
      query: [
        `SOURCE '${logGroupName}'`,
        "fields @timestamp, level, event, key, reason, errorMessage, record.status, message",
        `filter level in ${levels} or (type = "platform.report" and record.status != "success")`,
        "sort @timestamp desc",
        "limit 50",
      ].join(" | "),
    },
  };
};

/** The widgets with their places in reading order: a switch adds a widget and moves none. */
const placed = ({ values, showsImages }: DashboardStack): { title: Chart["widget"]; index: number }[] => {
  const always = WIDGETS.filter((title) => chartsOf(title, showsImages).length > 0);
  return [
    ...always.map((title, index) => ({ title, index })),
    ...keys(OPTIONAL_WIDGETS)
      .map((title, index) => ({ title, index: always.length + index }))
      .filter(({ title }) => values[OPTIONAL_WIDGETS[title]]),
  ];
};

const WIDGETS_IN_A_ROW = 3;
const WIDGET_ROWS = 6;

/** Rows of one stack: space for all charts, then recent errors, then releases. */
const CHART_ROWS = Math.ceil((WIDGETS.length + keys(OPTIONAL_WIDGETS).length) / WIDGETS_IN_A_ROW) * WIDGET_ROWS;
const rowsOf = (values: DashboardValues): number => rowsAboveObjectives(values) + (hasObjectives(values) ? 3 : 0);
const rowsAboveObjectives = ({ enable_release_alias }: DashboardValues): number =>
  CHART_ROWS + WIDGET_ROWS + (enable_release_alias ? WIDGET_ROWS : 0);

/** Alarms on the error budget exist only there. */
const hasObjectives = ({ alarm_routing }: DashboardValues): boolean => alarm_routing === "incident";

const objectives = ({ values, names, showsImages }: DashboardStack, y: number) =>
  hasObjectives(values) && showsImages
    ? [{ x: 0, y, width: 24, height: 3, ...objectivesWidget(values, names.functionName) }]
    : [];

/** @param y row of the first widget */
const widgetsOf = (stack: DashboardStack, y: number) => {
  const { values, names } = stack;
  const widgets = [
    ...placed(stack).map(({ title, index }) => ({
      x: (index % WIDGETS_IN_A_ROW) * 8,
      y: y + Math.floor(index / WIDGETS_IN_A_ROW) * WIDGET_ROWS,
      width: 8,
      height: WIDGET_ROWS,
      ...metricWidget(title, stack),
    })),
    { x: 0, y: y + CHART_ROWS, width: 24, height: WIDGET_ROWS, ...recentErrors(values, names) },
    ...(values.enable_release_alias
      ? [{ x: 0, y: y + CHART_ROWS + WIDGET_ROWS, width: 24, height: WIDGET_ROWS, ...releasesWidget(values, names) }]
      : []),
    ...objectives(stack, y + rowsAboveObjectives(values)),
  ];
  return widgets.map((widget) => titled(stack, widget));
};

/** The console does not show the region of a widget, so the title does. */
const titled = <W extends { readonly properties: { readonly title: string } }>(
  { showsRegion, values }: DashboardStack,
  widget: W,
): W => {
  const { properties } = widget;
  return showsRegion
    ? { ...widget, properties: { ...properties, title: `${properties.title}, ${values.aws_region}` } }
    : widget;
};

/** Links to the runbooks of all alarms; nothing where runbook_base_url is not set. */
const runbooks = (values: DashboardValues, y: number) => {
  const pages = [...compositeAlarms(values), ...singleAlarms(values)].map(({ name, runbook = name }) => runbook);
  const links = [...new Set(pages)].flatMap((page) => {
    const url = runbookUrl(values, page);
    return url === undefined ? [] : [`[${page}](${url})`];
  });
  if (links.length === 0) return [];
  const markdown = ["**Runbooks**", ...links.sort()].join(" · ");
  return [{ x: 0, y, width: 24, height: 2, type: "text", properties: { markdown } }];
};

/** The upload API of each stack. */
const uploads = (stacks: readonly DashboardStack[], y: number) =>
  stacks.flatMap((stack, at) =>
    keys(LAST_WIDGETS)
      .filter((title) => stack.showsImages && stack.values[LAST_WIDGETS[title]])
      .filter((title) => title !== "Upload API" || stack.names.uploadApiId !== undefined)
      .map((title, index) => ({
        ...{ x: index * 8, y: y + at * WIDGET_ROWS, width: 8, height: WIDGET_ROWS },
        ...titled(stack, metricWidget(title, stack)),
      })),
  );

/** The cost of each stack. */
const costs = (stacks: readonly DashboardStack[], y: number) =>
  stacks.flatMap(({ cost }, at) =>
    cost === undefined ? [] : [{ x: 0, y: y + at * 6, width: 24, height: 6, ...cost }],
  );

/**
 * Shows the stacks one below the other, then runbooks and costs.
 * @returns the value of `dashboard_body`: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export const dashboardBody = (stacks: readonly [DashboardStack, ...DashboardStack[]]) => {
  const [{ values }] = stacks;
  return {
    widgets: [
      ...stacks.flatMap((stack, at) => widgetsOf(stack, at * rowsOf(values))),
      ...runbooks(values, stacks.length * rowsOf(values)),
      ...costs(stacks, stacks.length * rowsOf(values) + 2),
      ...uploads(stacks, stacks.length * (rowsOf(values) + WIDGET_ROWS) + 2),
    ],
  };
};
