/** The ledgers of alarms: what each watches and whom it notifies, and how a row becomes a CloudWatch alarm. */
import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { FaultName, Metric } from "../handler/contract/metrics";
import { withWindow } from "./alarm-windows";
import type { ALARM_VALUES } from "./inputs/cloudwatch_alarms";
import type { FlagInput, NumberInput, Values } from "./inputs/inputs";
import type { LOG_ALARM_VALUES } from "./inputs/log_alerts";
import {
  type AliasScope,
  type AnyMetric,
  isLambdaMetric,
  isQueueMetric,
  type MetricAddress,
  metricAddress,
} from "./metrics";
import type { Severity } from "./naming";

/** Thresholds and switches that alarms of `cloudwatch_alarms` refer to by name. An environment has them, too. */
export type AlarmValues = Values<typeof ALARM_VALUES>;

/** Thresholds that alarms of `log_alerts` refer to by name. */
export type LogAlarmValues = Values<typeof LOG_ALARM_VALUES>;

/** CloudWatch's names for the comparisons. Use ">=" for an upper limit: the alarm fires at the threshold, not only above it. */
const COMPARISONS = { ">=": "GreaterThanOrEqualToThreshold", "<": "LessThanThreshold" } as const;

/** A metric computed from other metrics with metric math. */
export interface Rate {
  readonly label: string;
  /** The metrics, by their ids in the expression. */
  readonly of: Readonly<Record<string, AnyMetric>>;
  readonly expression: (values: AlarmValues) => string;
}

interface Alarm<Threshold extends string> {
  /** The topic that is notified when the alarm goes to ALARM and when it returns to OK. */
  readonly severity: Severity;
  /** What is wrong, as the first sentence of the notification. Without a full stop. */
  readonly summary: string;
  readonly statistic: "Sum" | "Maximum";
  readonly periodSeconds: 60 | 300;
  /** How many of the last `evaluationPeriods` must breach the threshold. */
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly comparison: keyof typeof COMPARISONS;
  /** A number, or the name of the input that holds it. */
  readonly threshold: number | Threshold;
  /** How CloudWatch treats a period without data. */
  readonly treatMissingData: "notBreaching" | "breaching";
}

/** @typeParam M names of the metrics that it may watch; an address watches any metric of CloudWatch */
export interface MetricAlarm<M extends string = AnyMetric> extends Alarm<NumberInput<typeof ALARM_VALUES>> {
  readonly metric: M | Rate | MetricAddress;
  /** Input that the threshold is a percentage of. @default the threshold is an absolute value */
  readonly percentOf?: NumberInput<typeof ALARM_VALUES>;
  /** Flag that switches the alarm on. @default the alarm always exists */
  readonly enabledBy?: FlagInput<typeof ALARM_VALUES>;
  /** Watch only the version that was published last. @default all invocations of the function */
  readonly version?: "newest";
  /** Input that limits the metric. Where it is set, the alarm fires at NEAR_LIMIT of it at the latest. @default no limit */
  readonly limit?: "reserved_concurrent_executions";
}

const NEAR_LIMIT = 0.8;

export interface LogAlarm extends Alarm<NumberInput<typeof LOG_ALARM_VALUES>> {
  /** The alarm's name without the function's name and hyphen in front. */
  readonly name: string;
}

/** Processed images in percent of processed, refused and failed images. No datapoint where there are fewer than success_rate_min_samples. */
export const SUCCESS_RATE = {
  label: "Success rate (%)",
  of: { s: "ProcessingSuccess", f: "ProcessingFailure" },
  expression: ({ success_rate_min_samples: samples }) => `IF((s + f) >= ${samples}, 100 * s / (s + f))`,
} as const satisfies Rate;

/** Alarms of the module `cloudwatch_alarms`, by name without the function's name in front: add a row. */
// biome-ignore format: a ledger is read down its columns
export const METRIC_ALARMS = {
  "high-error-rate":  { severity: "critical",    metric: "Errors",               statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "error_threshold",                 treatMissingData: "notBreaching", summary: "Invocations are failing" },
  "throttles":        { severity: "critical",    metric: "Throttles",            statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "throttle_threshold",              treatMissingData: "notBreaching", summary: "Lambda is throttling invocations" },
  "release-errors":   { severity: "critical",    metric: "Errors",               statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "release_error_threshold",         treatMissingData: "notBreaching", summary: "The newest version is failing", version: "newest", enabledBy: "enable_release_alias" },
  "log-errors":       { severity: "critical",    metric: "LambdaErrors",         statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "log_error_threshold",             treatMissingData: "notBreaching", summary: "The function is logging errors" },
  "high-duration":    { severity: "performance", metric: "Duration",             statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "duration_threshold_ms",           treatMissingData: "notBreaching", summary: "Invocations are close to the timeout" },
  "high-concurrency": { severity: "performance", metric: "ConcurrentExecutions", statistic: "Maximum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "concurrent_executions_threshold", treatMissingData: "notBreaching", summary: "Many invocations are running in parallel", limit: "reserved_concurrent_executions" },
  "low-success-rate": { severity: "performance", metric: SUCCESS_RATE,           statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 2, evaluationPeriods: 3, comparison: "<",  threshold: "success_rate_threshold_percent",  treatMissingData: "notBreaching", summary: "Too many images end without variants" },
  "no-invocations":   { severity: "performance", metric: "Invocations",          statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 3, evaluationPeriods: 3, comparison: "<",  threshold: 1,                                 treatMissingData: "breaching",    summary: "No uploads are arriving", enabledBy: "enable_no_invocation_alarm" },
  "memory-high":      { severity: "performance", metric: "MemoryUsedMB",         statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "memory_threshold_percent",        treatMissingData: "notBreaching", summary: "Invocations are close to the memory limit", percentOf: "lambda_memory_size", enabledBy: "enable_memory_alarm" },
  "event-age":        { severity: "performance", metric: "AsyncEventAge",        statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "event_age_threshold_ms",          treatMissingData: "notBreaching", summary: "Uploads are waiting too long for the function", enabledBy: "enable_async_alarms" },
  "events-dropped":   { severity: "critical",    metric: "AsyncEventsDropped",   statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                                 treatMissingData: "notBreaching", summary: "Lambda is dropping uploads that failed every retry or waited too long", enabledBy: "enable_async_alarms" },
  "dead-letters":     { severity: "performance", metric: "ApproximateNumberOfMessagesVisible", statistic: "Maximum", periodSeconds: 60, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,               treatMissingData: "notBreaching", summary: "The dead-letter queue holds messages", enabledBy: "enable_dead_letter_queue" },
  "dead-letter-errors": { severity: "critical",  metric: "DeadLetterErrors",     statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                                 treatMissingData: "notBreaching", summary: "Events are being lost because Lambda cannot send them to the dead-letter queue", enabledBy: "enable_dead_letter_queue" },
} as const satisfies Record<string, MetricAlarm>;

/** Alarms of the module `log_alerts`: exactly one for each fault of the metrics ledger. */
// biome-ignore format: a ledger is read down its columns
export const LOG_ALARMS = {
  TimeoutErrors:         { name: "timeout-errors",          severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "Invocations are timing out" },
  MemoryErrors:          { name: "memory-errors",           severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "Invocations are running out of memory" },
  ImageProcessingErrors: { name: "image-processing-errors", severity: "log", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "image_error_threshold",  treatMissingData: "notBreaching", summary: "Images are being refused or are failing" },
  S3PermissionErrors:    { name: "s3-permission-errors",    severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "S3 is denying the function's requests" },
  CriticalErrors:        { name: "critical-errors",         severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "No image can be processed" },
  LargeImages:           { name: "large-images",            severity: "log", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "large_images_threshold", treatMissingData: "notBreaching", summary: "Many large images are arriving" },
} as const satisfies Record<FaultName, LogAlarm>;

/** Names of all alarms of both ledgers, without the function's name in front. */
export type AlarmName = keyof typeof METRIC_ALARMS | (typeof LOG_ALARMS)[FaultName]["name"];

/** An alarm of any ledger, with its threshold as a number. */
export interface AnyAlarmRow extends Pick<MetricAlarm, "version" | "percentOf">, Alarm<never> {
  readonly name: string;
  readonly metric: string | Rate | MetricAddress;
  readonly threshold: number;
  /** How the threshold was derived. @default it is the value of its input */
  readonly thresholdIs?: string;
}

/** An alarm of the two ledgers of this file, with its threshold as a number. */
export interface AlarmRow extends AnyAlarmRow {
  readonly metric: AnyMetric | Rate;
}

type Ledger<A> = Readonly<Record<string, A>>;

const isLambdaOrQueueMetric = (metric: MetricAlarm<string>["metric"]): boolean =>
  typeof metric === "string" ? isLambdaMetric(metric) || isQueueMetric(metric) : "namespace" in metric;

const resolved = <A extends Alarm<string> & { readonly percentOf?: string }>(alarm: A, values: object) => {
  const { threshold, percentOf } = alarm;
  const numberOf = (name: string) => (values as Readonly<Record<string, number>>)[name] ?? Number.NaN;
  const value = typeof threshold === "number" ? threshold : numberOf(threshold);
  return { ...alarm, threshold: percentOf === undefined ? value : Math.ceil((value * numberOf(percentOf)) / 100) };
};

/** Keeps the threshold below the metric's hard limit; otherwise the alarm could never fire, or would fire too late. */
const belowLimit = ({ limit, ...row }: AnyAlarmRow & Pick<MetricAlarm, "limit">, values: AlarmValues): AnyAlarmRow => {
  const near = limit && values[limit] > 0 ? Math.max(1, Math.floor(NEAR_LIMIT * values[limit])) : undefined;
  if (near === undefined || row.threshold <= near) return row;
  return { ...row, threshold: near, thresholdIs: `${NEAR_LIMIT * 100} % of ${limit}` };
};

/**
 * @param ledger alarms by name
 * @param only whether to leave out alarms on metrics that only the image handler, or filters on its log, publish
 * @returns the alarms that the values enable
 */
export const alarmRows = (
  values: AlarmValues,
  ledger: Ledger<MetricAlarm<string>>,
  only?: "metrics of Lambda and SQS",
): AnyAlarmRow[] =>
  Object.entries(ledger)
    .filter(([, { enabledBy }]) => enabledBy === undefined || values[enabledBy])
    .filter(([, { metric }]) => only === undefined || isLambdaOrQueueMetric(metric))
    .map(([name, alarm]) => belowLimit({ name, ...resolved(alarm, values) }, values))
    .map((row) => withWindow(row, values.lambda_timeout));

/** @returns the alarms of `cloudwatch_alarms` that the values enable, with thresholds as numbers */
export const metricAlarms = (values: AlarmValues): AlarmRow[] => alarmRows(values, METRIC_ALARMS) as AlarmRow[];

/** @returns the alarms of a ledger by fault, with thresholds as numbers */
export const faultAlarmRows = (
  values: LogAlarmValues,
  ledger: Ledger<LogAlarm>,
): (AnyAlarmRow & { metric: string })[] =>
  Object.entries(ledger).map(([metric, alarm]) => ({ metric, ...resolved(alarm, values) }));

/** @returns the alarms of `log_alerts`, with thresholds as numbers */
export const logAlarms = (values: LogAlarmValues): (AlarmRow & { readonly metric: FaultName })[] =>
  faultAlarmRows(values, LOG_ALARMS) as (AlarmRow & { readonly metric: FaultName })[];

/** @returns names of the critical alarms, without the function's name in front; each of them rolls a release back */
export const criticalAlarms = (values: AlarmValues & LogAlarmValues): string[] =>
  [...metricAlarms(values), ...logAlarms(values)].flatMap(({ name, severity }) =>
    severity === "critical" ? [name] : [],
  );

/** @returns every alarm of both ledgers; a threshold that comes from a variable is that variable's name */
export const allAlarms = () => [
  ...Object.entries<MetricAlarm & Pick<AlarmRow, "metric">>(METRIC_ALARMS).map(([name, alarm]) => ({
    ...alarm,
    name: name as AlarmName,
  })),
  ...(Object.entries(LOG_ALARMS) as [FaultName, (typeof LOG_ALARMS)[FaultName]][]).map(([metric, alarm]) => ({
    ...alarm,
    metric,
  })),
];

/** @returns the alarm as one sentence that includes its numbers */
export const description = ({
  metric,
  ...alarm
}: Omit<AnyAlarmRow, "threshold"> & { readonly threshold: number | string }): string => {
  const scope = alarm.version === "newest" ? " of the newest version" : "";
  const measured =
    typeof metric === "object" && "label" in metric
      ? metric.label
      : `${alarm.statistic} of ${typeof metric === "string" ? metric : metric.metricName}${scope}`;
  const periods =
    alarm.evaluationPeriods === 1
      ? `in ${alarm.periodSeconds} s`
      : `in ${alarm.datapointsToAlarm} of ${alarm.evaluationPeriods} periods of ${alarm.periodSeconds} s`;
  const from = alarm.thresholdIs === undefined ? "" : ` (${alarm.thresholdIs})`;
  const missing = alarm.treatMissingData === "breaching" ? "; missing data counts as breaching" : "";
  const share =
    alarm.percentOf !== undefined && typeof alarm.threshold === "string" ? ` percent of ${alarm.percentOf}` : "";
  return `${alarm.summary}: ${measured} ${alarm.comparison} ${alarm.threshold}${share}${from} ${periods}${missing}.`;
};

export interface AlarmContext {
  readonly functionName: string;
  readonly metricNamespace: string;
  readonly topicArns: Readonly<Partial<Record<Severity, string>>>;
  readonly values: AlarmValues;
  /** The ledger of custom metrics. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly deadLetterQueueName?: string;
  /** The version that was published last, behind its alias. @default no alarm watches a single version */
  readonly newest?: Required<AliasScope>;
  /** Sentence after the description of each alarm: where to look first. */
  readonly help: string;
  /** Whether the first query of each alarm is saved. */
  readonly savedQueries: boolean;
  readonly runbookBaseUrl: string;
}

const signal = (alarm: AnyAlarmRow, context: AlarmContext): Partial<CloudwatchMetricAlarmConfig> => {
  const { newest, values } = context;
  const { metric, periodSeconds: period, statistic, version } = alarm;
  const metricScope = { ...context, ...(version && { alias: newest }) };
  const addressOf = (name: string): MetricAddress => metricAddress(name, metricScope, context.metrics);
  if (typeof metric === "string") return { ...addressOf(metric), period, statistic };
  if ("namespace" in metric) return { ...metric, period, statistic };
  const parts = Object.entries(metric.of).map(([id, name]) => ({
    id,
    metric: { ...addressOf(name), period, stat: statistic },
    returnData: false,
  }));
  const rate = { id: "rate", label: metric.label, expression: metric.expression(values), returnData: true };
  return { metricQuery: [...parts, rate] };
};

/** @returns the address of the alarm's runbook; undefined where runbook_base_url is not set */
export const runbookUrl = (values: { readonly runbook_base_url: string }, alarm: string): string | undefined =>
  values.runbook_base_url === "" ? undefined : `${values.runbook_base_url}/${alarm}.md`;

/** @returns the name of an alarm's saved query, without the function's name in front */
export const alarmQueryName = (alarm: string): string => `alarms/${alarm}`;

/** @returns the text of the notification: what is wrong, where to look first, and the runbook */
const textOf = (alarm: AnyAlarmRow, { functionName, help, savedQueries, runbookBaseUrl }: AlarmContext): string => {
  const query = savedQueries ? `Logs Insights query: ${functionName}/${alarmQueryName(alarm.name)}.` : "";
  const url = runbookUrl({ runbook_base_url: runbookBaseUrl }, alarm.name);
  const runbook = url === undefined ? "" : `Runbook: ${url}`;
  return [description(alarm), help, query, runbook].filter((sentence) => sentence !== "").join(" ");
};

/** @throws Error if the alarm's severity has no topic */
const topicOf = ({ name, severity }: AnyAlarmRow, { topicArns }: AlarmContext): string => {
  const arn = topicArns[severity];
  if (arn !== undefined) return arn;
  throw new Error(
    `Expected one of ${Object.keys(topicArns).join(", ")} for the severity of the alarm ${name} but got "${severity}"`,
  );
};

/** @returns the arguments of the `aws_cloudwatch_metric_alarm` for a row */
export const alarmConfig = (alarm: AnyAlarmRow, context: AlarmContext): CloudwatchMetricAlarmConfig => ({
  alarmName: `${context.functionName}-${alarm.name}`,
  alarmDescription: textOf(alarm, context),
  ...signal(alarm, context),
  evaluationPeriods: alarm.evaluationPeriods,
  datapointsToAlarm: alarm.datapointsToAlarm,
  comparisonOperator: COMPARISONS[alarm.comparison],
  threshold: alarm.threshold,
  treatMissingData: alarm.treatMissingData,
  alarmActions: [topicOf(alarm, context)],
  okActions: [topicOf(alarm, context)],
});
