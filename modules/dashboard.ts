/** Metrics ledger -> body of the CloudWatch dashboard: every measure of every region as a chart, every threshold as a line. */
import { REFUSALS } from "../handler/contract/events";
import { type HandlerMetricName, METRICS, type MeasuredName } from "../handler/contract/metrics";
import { type AlarmRow, logAlarms, metricAlarms, runbookUrl, SUCCESS_RATE } from "./alarms";
import { costWidget } from "./cost-widget";
import { type LambdaMetricName, metricAddress, type QueueMetricName } from "./metrics";
import { type Names, naming, stacksOf } from "./naming";
import { type Environment, type FlagVariable, keys } from "./variables";

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
} as const satisfies Record<string, FlagVariable>;

type Statistic = "Sum" | "Average" | "Maximum" | "p99";

interface Chart {
  readonly widget: (typeof WIDGETS)[number] | keyof typeof OPTIONAL_WIDGETS;
  readonly statistics: readonly [Statistic, ...Statistic[]];
  /** @default left */
  readonly axis?: "right";
  /** Dimension of the metric and its values; each value gets its own line. @default the metric has no such dimension */
  readonly each?: { readonly dimension: string; readonly values: readonly string[] };
}

/** The widget and statistics of each metric: a measure without a row does not compile. */
// biome-ignore format: a ledger is read down its columns
export const CHARTS = {
  Invocations:          { widget: "Invocations & Errors",  statistics: ["Sum"] },
  Errors:               { widget: "Invocations & Errors",  statistics: ["Sum"] },
  Throttles:            { widget: "Invocations & Errors",  statistics: ["Sum"] },
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
  ProcessingTime:       { widget: "Processing Time",       statistics: ["Average", "Maximum", "p99"] },
  ImageProcessingTime:  { widget: "Processing Time",       statistics: ["Average", "Maximum", "p99"] },
  ImageSizeBytes:       { widget: "Image Size",            statistics: ["Average", "Maximum"] },
  MemoryUsedMB:         { widget: "Image Size",            statistics: ["Maximum"], axis: "right" },
  RefusedImages:        { widget: "Refused by Reason",     statistics: ["Sum"], each: { dimension: "Reason", values: Object.keys(REFUSALS) } },
} as const satisfies Record<LambdaMetricName | QueueMetricName | MeasuredName | HandlerMetricName, Chart>;

type Charted = keyof typeof CHARTS;

/** The widget that shows something, and the axis it uses there. */
type Place = Pick<Chart, "widget" | "axis">;

const RATE_PLACE: Place = { widget: "Success vs Error", axis: "right" };

const isCharted = (metric: AlarmRow["metric"]): metric is Charted => typeof metric === "string" && metric in CHARTS;

const placeOf = ({ metric }: AlarmRow): Place | undefined =>
  isCharted(metric) ? CHARTS[metric] : metric === SUCCESS_RATE ? RATE_PLACE : undefined;

const yAxis = ({ axis }: Place) => (axis === undefined ? {} : { yAxis: axis });

/** Horizontal lines of a widget: the thresholds of the alarms on its metrics, and useful limits. */
const annotations = (widget: Chart["widget"], environment: Environment) => {
  const thresholds = metricAlarms(environment).flatMap((alarm) => {
    const place = placeOf(alarm);
    if (place?.widget !== widget) return [];
    return [{ label: `${alarm.name} ${alarm.comparison} ${alarm.threshold}`, value: alarm.threshold, ...yAxis(place) }];
  });
  if (widget !== "Image Size") return thresholds;
  return [
    ...thresholds,
    { label: "large_image_bytes", value: environment.large_image_bytes },
    { label: "lambda_memory_size", value: environment.lambda_memory_size, ...yAxis(CHARTS.MemoryUsedMB) },
  ];
};

/** One metric with one statistic in dashboard syntax: namespace, name, dimensions in pairs, options. */
const series = (
  metric: Charted,
  { each }: Chart,
  statistic: Statistic,
  environment: Environment,
  { functionName }: Names,
) => {
  const address = metricAddress(metric, { functionName, metricNamespace: environment.metric_namespace });
  const alarm = metricAlarms(environment).find((row) => row.metric === metric);
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

const metricWidget = (title: Chart["widget"], environment: Environment, names: Names) => {
  const charted = (Object.entries(CHARTS) as [Charted, Chart][]).filter(([, { widget }]) => widget === title);
  const lines = charted.flatMap(([metric, chart]) =>
    chart.statistics.flatMap((statistic) => series(metric, chart, statistic, environment, names)),
  );
  const { label, expression } = SUCCESS_RATE;
  const rate = [{ id: "rate", label, expression: expression(environment), ...yAxis(RATE_PLACE) }];
  return {
    type: "metric",
    properties: {
      title,
      region: environment.aws_region,
      view: "timeSeries",
      stacked: false,
      period: 300,
      metrics: title === RATE_PLACE.widget ? [...lines, rate] : lines,
      yAxis: { left: { min: 0 }, right: { min: 0 } },
      annotations: { horizontal: annotations(title, environment) },
    },
  };
};

/** The lines that LambdaErrors counts, and the invocations that Lambda reports as failed. */
const recentErrors = ({ aws_region }: Environment, { logGroupName }: Names) => {
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

const titlesOf = (environment: Environment): Chart["widget"][] => [
  ...WIDGETS,
  ...keys(OPTIONAL_WIDGETS).filter((title) => environment[OPTIONAL_WIDGETS[title]]),
];

const WIDGETS_IN_A_ROW = 3;
const WIDGET_ROWS = 6;

/** Rows of one stack: space for all charts, then recent errors, then releases. */
const CHART_ROWS = Math.ceil((WIDGETS.length + keys(OPTIONAL_WIDGETS).length) / WIDGETS_IN_A_ROW) * WIDGET_ROWS;
const rowsOf = ({ enable_release_alias }: Environment): number =>
  CHART_ROWS + WIDGET_ROWS + (enable_release_alias ? WIDGET_ROWS : 0);

/** Invocations through the alias and errors of each version: shows a failing release even at a small share of traffic. */
const releases = (environment: Environment, { functionName, aliasName }: Names, y: number) => {
  if (!environment.enable_release_alias) return [];
  const scope = { functionName, metricNamespace: environment.metric_namespace, alias: { aliasName } };
  const line = (metric: LambdaMetricName) => {
    const { namespace, dimensions } = metricAddress(metric, scope);
    return [namespace, metric, ...Object.entries(dimensions ?? {}).flat(), { stat: "Sum", label: `${metric}, alias` }];
  };
  // A search expression finds new versions without a change of the dashboard.
  const schema = "{AWS/Lambda,ExecutedVersion,FunctionName,Resource}";
  const perVersion = `SEARCH('${schema} FunctionName="${functionName}" Resource="${functionName}:${aliasName}" MetricName="Errors"', 'Sum', 60)`;
  const properties = {
    title: "Releases: errors by version",
    region: environment.aws_region,
    view: "timeSeries",
    stacked: false,
    period: 60,
    metrics: [line("Invocations"), line("Errors"), [{ id: "versions", expression: perVersion }]],
    yAxis: { left: { min: 0 } },
  };
  return [{ x: 0, y, width: 24, height: WIDGET_ROWS, type: "metric", properties }];
};

/** @param y row of the first widget */
const widgetsOf = (stack: Environment, y: number) => {
  const names = naming(stack);
  const widgets = [
    ...titlesOf(stack).map((title, index) => ({
      x: (index % WIDGETS_IN_A_ROW) * 8,
      y: y + Math.floor(index / WIDGETS_IN_A_ROW) * WIDGET_ROWS,
      width: 8,
      height: WIDGET_ROWS,
      ...metricWidget(title, stack, names),
    })),
    { x: 0, y: y + CHART_ROWS, width: 24, height: WIDGET_ROWS, ...recentErrors(stack, names) },
    ...releases(stack, names, y + CHART_ROWS + WIDGET_ROWS),
  ];
  if (stack.regions.length === 0) return widgets;
  // The console does not show the region of a widget, so the title does.
  return widgets.map(({ properties, ...widget }) => ({
    ...widget,
    properties: { ...properties, title: `${properties.title}, ${stack.aws_region}` },
  }));
};

/** Links to the runbook of each alarm; nothing where runbook_base_url is not set. */
const runbooks = (environment: Environment, y: number) => {
  const links = [...metricAlarms(environment), ...logAlarms(environment)].flatMap(({ name }) => {
    const url = runbookUrl(environment, name);
    return url === undefined ? [] : [`[${name}](${url})`];
  });
  if (links.length === 0) return [];
  const markdown = `**Runbooks** ${links.join(" · ")}`;
  return [{ x: 0, y, width: 24, height: 2, type: "text", properties: { markdown } }];
};

/** The cost of each stack. */
const costs = (stacks: readonly Environment[], y: number) =>
  stacks.flatMap((stack, at) => {
    const widget = costWidget(stack, naming(stack));
    return widget === undefined ? [] : [{ x: 0, y: y + at * 6, width: 24, height: 6, ...widget }];
  });

/**
 * Shows the stacks of all regions, one below the other, then runbooks and costs.
 * @returns the value of `dashboard_body`: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export const dashboardBody = (environment: Environment) => {
  const stacks = stacksOf(environment);
  return {
    widgets: [
      ...stacks.flatMap((stack, at) => widgetsOf(stack, at * rowsOf(environment))),
      ...runbooks(environment, stacks.length * rowsOf(environment)),
      ...costs(stacks, stacks.length * rowsOf(environment) + 2),
    ],
  };
};
