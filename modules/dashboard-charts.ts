/** What a dashboard charts: the widget of each metric, with the thresholds of its alarms as lines. */
import { REFUSALS } from "../handler/contract/events";
import { type HandlerMetricName, METRICS, type MeasuredName, type MetricName } from "../handler/contract/metrics";
import { metricAlarms } from "./alarm-rows";
import type { AlarmRow, AlarmValues, LogAlarmValues } from "./alarm-types";
import { SUCCESS_RATE } from "./alarms";
import { digits } from "./arithmetic";
import type { ALARM_VALUES } from "./inputs/cloudwatch_alarms";
import type { FlagInput } from "./inputs/inputs";
import {
  type ApiMetricName,
  isImageMetric,
  type LambdaMetricName,
  metricAddress,
  type QueueMetricName,
} from "./metrics";

/** Titles of the metric widgets, in reading order. A table of recent errors follows them. */
export const WIDGETS = [
  "Invocations & Errors",
  "Duration avg/max/p99",
  "Concurrent Executions",
  "Success vs Error",
  "Processing Time",
  "Image Size",
  "Refused by Reason",
] as const;

/** Titles of the widgets that exist only where a variable enables what they chart. */
export const OPTIONAL_WIDGETS = {
  "Uploads Waiting & Dropped": "enable_async_alarms",
  "Dead-Letter Queue": "enable_dead_letter_queue",
} as const satisfies Record<string, FlagInput<typeof ALARM_VALUES>>;

/** The same, in a row below everything else, so that nothing moves. */
export const LAST_WIDGETS = {
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

/** Title of a metric widget. */
export type WidgetTitle = (typeof WIDGETS)[number] | keyof typeof OPTIONAL_WIDGETS | keyof typeof LAST_WIDGETS;

interface Chart {
  readonly widget: WidgetTitle;
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
const annotations = (widget: WidgetTitle, { values, showsImages }: DashboardStack) => {
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
  { functionName, uploadApiId }: DashboardStack["names"],
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
export const chartsOf = (title: WidgetTitle, showsImages: boolean): [Charted, Chart][] =>
  (Object.entries(CHARTS) as [Charted, Chart][])
    .filter(([, { widget }]) => widget === title)
    .filter(([metric]) => showsImages || !(metric in METRICS && isImageMetric(METRICS[metric as MetricName])));

/** @returns the widget without its position */
export const metricWidget = (title: WidgetTitle, stack: DashboardStack) => {
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
