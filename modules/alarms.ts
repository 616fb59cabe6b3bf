/** What wakes whom, and when: the ledgers of alarms, and how a row becomes a CloudWatch alarm. */
import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { FaultName } from "../handler/contract/metrics";
import { type AnyMetric, type ByAlias, type MetricAddress, metricAddress } from "./metrics";
import type { Severity } from "./naming";
import type { Environment, FlagVariable, NumberVariable } from "./variables";

/** CloudWatch's words for the comparisons. An alarm goes off *at* its threshold; "<" is for what must not fall below. */
const COMPARISONS = { ">=": "GreaterThanOrEqualToThreshold", "<": "LessThanThreshold" } as const;

/** A metric made from others by metric math. */
export interface Rate {
  readonly label: string;
  /** Metrics by the names that the expression calls them. */
  readonly of: Readonly<Record<string, AnyMetric>>;
  readonly expression: (environment: Environment) => string;
}

interface Alarm {
  /** Whose topic is told, of the alarm and of its end. */
  readonly severity: Severity;
  /** The sentence an operator reads first. */
  readonly about: string;
  readonly statistic: "Sum" | "Maximum";
  readonly periodSeconds: 60 | 300;
  /** Of the last `evaluationPeriods`, how many must be beyond the threshold. */
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly comparison: keyof typeof COMPARISONS;
  /** A number, or the variable that holds it. */
  readonly threshold: number | NumberVariable;
  /** Variable of which the threshold is so many percent. @default the threshold is what it says */
  readonly percentOf?: NumberVariable;
  /** What silence means. */
  readonly treatMissingData: "notBreaching" | "breaching";
}

interface MetricAlarm extends Alarm {
  readonly metric: AnyMetric | Rate;
  /** @default the alarm is always there */
  readonly enabledBy?: FlagVariable;
  /** Whose invocations Lambda's metric is about. @default all of the function's, a release's among them */
  readonly version?: "newest";
  /** What the metric cannot rise above, where that is set: the alarm goes off at NEAR_LIMIT of it, if not before. @default nothing */
  readonly limit?: "reserved_concurrent_executions";
}

const NEAR_LIMIT = 0.8;

interface LogAlarm extends Alarm {
  /** The alarm's name is the function's, a hyphen, and this. */
  readonly name: string;
}

/** Images processed, in percent of those processed, refused or failed; no datapoint where there were too few to tell. */
export const SUCCESS_RATE = {
  label: "Success rate (%)",
  of: { s: "ProcessingSuccess", f: "ProcessingFailure" },
  expression: ({ success_rate_min_samples: samples }) => `IF((s + f) >= ${samples}, 100 * s / (s + f))`,
} as const satisfies Rate;

/** Alarms of the module `cloudwatch_alarms`, by the end of their names: add a row. */
// biome-ignore format: a ledger is read down its columns
export const METRIC_ALARMS = {
  "high-error-rate":  { severity: "critical",    metric: "Errors",               statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "error_threshold",                 treatMissingData: "notBreaching", about: "Invocations fail" },
  "throttles":        { severity: "critical",    metric: "Throttles",            statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "throttle_threshold",              treatMissingData: "notBreaching", about: "Lambda turns invocations away" },
  "release-errors":   { severity: "critical",    metric: "Errors",               statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "release_error_threshold",         treatMissingData: "notBreaching", about: "The newest version fails, however few uploads a release gives it", version: "newest", enabledBy: "enable_release_alias" },
  "log-errors":       { severity: "critical",    metric: "LambdaErrors",         statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "log_error_threshold",             treatMissingData: "notBreaching", about: "The function logs errors" },
  "high-duration":    { severity: "performance", metric: "Duration",             statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "duration_threshold_ms",           treatMissingData: "notBreaching", about: "Invocations come near the time limit" },
  "high-concurrency": { severity: "performance", metric: "ConcurrentExecutions", statistic: "Maximum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "concurrent_executions_threshold", treatMissingData: "notBreaching", about: "Many invocations run at the same time", limit: "reserved_concurrent_executions" },
  "low-success-rate": { severity: "performance", metric: SUCCESS_RATE,           statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 2, evaluationPeriods: 3, comparison: "<",  threshold: "success_rate_threshold_percent",  treatMissingData: "notBreaching", about: "Too few images get their variants" },
  "no-invocations":   { severity: "performance", metric: "Invocations",          statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 3, evaluationPeriods: 3, comparison: "<",  threshold: 1,                                 treatMissingData: "breaching",    about: "No uploads arrive", enabledBy: "enable_no_invocation_alarm" },
  "memory-high":      { severity: "performance", metric: "MemoryUsedMB",         statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "memory_threshold_percent",        treatMissingData: "notBreaching", about: "Invocations come near the memory that they have", percentOf: "lambda_memory_size", enabledBy: "enable_memory_alarm" },
  "event-age":        { severity: "performance", metric: "AsyncEventAge",        statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "event_age_threshold_ms",          treatMissingData: "notBreaching", about: "Uploads wait long for the function", enabledBy: "enable_async_alarms" },
  "events-dropped":   { severity: "critical",    metric: "AsyncEventsDropped",   statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                                 treatMissingData: "notBreaching", about: "Lambda gives uploads up, after their last attempt or because they waited too long", enabledBy: "enable_async_alarms" },
  "dead-letters":     { severity: "performance", metric: "ApproximateNumberOfMessagesVisible", statistic: "Maximum", periodSeconds: 60, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,               treatMissingData: "notBreaching", about: "Events of uploads lie in the dead letter queue", enabledBy: "enable_dead_letter_queue" },
  "dead-letter-errors": { severity: "critical",  metric: "DeadLetterErrors",     statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                                 treatMissingData: "notBreaching", about: "Events are lost: they do not reach the dead letter queue", enabledBy: "enable_dead_letter_queue" },
} as const satisfies Record<string, MetricAlarm>;

/** Alarms of the module `log_alerts`: one for each fault of the metrics ledger. */
// biome-ignore format: a ledger is read down its columns
export const LOG_ALARMS = {
  TimeoutErrors:         { name: "timeout-errors",          severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", about: "Invocations reach the time limit" },
  MemoryErrors:          { name: "memory-errors",           severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", about: "Invocations run out of memory" },
  ImageProcessingErrors: { name: "image-processing-errors", severity: "log", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "image_error_threshold",  treatMissingData: "notBreaching", about: "Images are refused or fail" },
  S3PermissionErrors:    { name: "s3-permission-errors",    severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", about: "S3 denies the function what it needs" },
  CriticalErrors:        { name: "critical-errors",         severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", about: "The function cannot work at all" },
  LargeImages:           { name: "large-images",            severity: "log", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "large_images_threshold", treatMissingData: "notBreaching", about: "Many large images arrive" },
} as const satisfies Record<FaultName, LogAlarm>;

/** The ends of the names of all alarms there can be. */
export type AlarmName = keyof typeof METRIC_ALARMS | (typeof LOG_ALARMS)[FaultName]["name"];

/** An alarm of either ledger, by the end of its name, as an environment has it. */
export interface AlarmRow extends Pick<MetricAlarm, "version">, Alarm {
  readonly name: string;
  readonly metric: AnyMetric | Rate;
  readonly threshold: number;
  /** Where the threshold is from, if not from its variable. */
  readonly thresholdIs?: string;
}

const resolved = <A extends Alarm>(alarm: A, environment: Environment) => {
  const { threshold, percentOf } = alarm;
  const value = typeof threshold === "number" ? threshold : environment[threshold];
  return { ...alarm, threshold: percentOf === undefined ? value : Math.ceil((value * environment[percentOf]) / 100) };
};

/** A threshold near what the metric cannot rise above is one that it never reaches, or too late. */
const belowLimit = ({ limit, ...row }: AlarmRow & Pick<MetricAlarm, "limit">, environment: Environment): AlarmRow => {
  const near = limit && environment[limit] > 0 ? Math.max(1, Math.floor(NEAR_LIMIT * environment[limit])) : undefined;
  if (near === undefined || row.threshold <= near) return row;
  return { ...row, threshold: near, thresholdIs: `${NEAR_LIMIT * 100} % of ${limit}` };
};

/** @returns the alarms of `cloudwatch_alarms` that this environment has, their thresholds as numbers */
export const metricAlarms = (environment: Environment): AlarmRow[] =>
  Object.entries<MetricAlarm>(METRIC_ALARMS)
    .filter(([, { enabledBy }]) => enabledBy === undefined || environment[enabledBy])
    .map(([name, alarm]) => belowLimit({ name, ...resolved(alarm, environment) }, environment));

/** @returns the alarms of `log_alerts`, their thresholds as numbers */
export const logAlarms = (environment: Environment): (AlarmRow & { readonly metric: FaultName })[] =>
  (Object.entries(LOG_ALARMS) as [FaultName, LogAlarm][]).map(([metric, alarm]) => ({
    metric,
    ...resolved(alarm, environment),
  }));

/** @returns the ends of the names of the alarms that end a release */
export const criticalAlarms = (environment: Environment): string[] =>
  [...metricAlarms(environment), ...logAlarms(environment)].flatMap(({ name, severity }) =>
    severity === "critical" ? [name] : [],
  );

/** @returns every alarm there can be, with a threshold that is a variable's by the variable's name */
export const allAlarms = () => [
  ...Object.entries<MetricAlarm>(METRIC_ALARMS).map(([name, alarm]) => ({ ...alarm, name: name as AlarmName })),
  ...(Object.entries(LOG_ALARMS) as [FaultName, (typeof LOG_ALARMS)[FaultName]][]).map(([metric, alarm]) => ({
    ...alarm,
    metric,
  })),
];

/** @returns the alarm in one or two sentences, written from its numbers */
export const description = ({
  metric,
  ...alarm
}: Omit<AlarmRow, "threshold"> & { readonly threshold: number | NumberVariable }): string => {
  const whose = alarm.version === "newest" ? " of that version alone" : "";
  const measured = typeof metric === "string" ? `${alarm.statistic} of ${metric}${whose}` : metric.label;
  const often =
    alarm.evaluationPeriods === 1 ? "" : `, in ${alarm.datapointsToAlarm} of ${alarm.evaluationPeriods} periods`;
  const from = alarm.thresholdIs === undefined ? "" : ` (${alarm.thresholdIs})`;
  const silence = alarm.treatMissingData === "breaching" ? "; silence counts" : "";
  const share =
    alarm.percentOf !== undefined && typeof alarm.threshold === "string" ? ` percent of ${alarm.percentOf}` : "";
  return `${alarm.about}: ${measured} in ${alarm.periodSeconds} s ${alarm.comparison} ${alarm.threshold}${share}${from}${often}${silence}.`;
};

export interface AlarmContext {
  readonly environment: Environment;
  readonly functionName: string;
  readonly topicArns: Readonly<Record<Severity, string>>;
  /** The version that was published last, as uploads invoke it. @default no alarm is about a version */
  readonly newest?: Required<ByAlias>;
}

const signal = (alarm: AlarmRow, context: AlarmContext): Partial<CloudwatchMetricAlarmConfig> => {
  const { environment, functionName, newest } = context;
  const { metric, periodSeconds: period, statistic, version } = alarm;
  const watched = { functionName, metricNamespace: environment.metric_namespace, ...(version && { by: newest }) };
  const addressOf = (name: AnyMetric): MetricAddress => metricAddress(name, watched);
  if (typeof metric === "string") return { ...addressOf(metric), period, statistic };
  const parts = Object.entries(metric.of).map(([id, name]) => ({
    id,
    metric: { ...addressOf(name), period, stat: statistic },
    returnData: false,
  }));
  const rate = { id: "rate", label: metric.label, expression: metric.expression(environment), returnData: true };
  return { metricQuery: [...parts, rate] };
};

/** @returns where the alarm's runbook is read, or nothing where runbook_base_url does not say */
export const runbookUrl = ({ runbook_base_url: base }: Environment, alarm: string): string | undefined =>
  base === "" ? undefined : `${base}/${alarm}.md`;

const explained = (alarm: AlarmRow, environment: Environment): string => {
  const url = runbookUrl(environment, alarm.name);
  return url === undefined ? description(alarm) : `${description(alarm)} Runbook: ${url}`;
};

/** @returns the arguments of the `aws_cloudwatch_metric_alarm` that a row stands for */
export const alarmConfig = (alarm: AlarmRow, context: AlarmContext): CloudwatchMetricAlarmConfig => ({
  alarmName: `${context.functionName}-${alarm.name}`,
  alarmDescription: explained(alarm, context.environment),
  ...signal(alarm, context),
  evaluationPeriods: alarm.evaluationPeriods,
  datapointsToAlarm: alarm.datapointsToAlarm,
  comparisonOperator: COMPARISONS[alarm.comparison],
  threshold: alarm.threshold,
  treatMissingData: alarm.treatMissingData,
  alarmActions: [context.topicArns[alarm.severity]],
  okActions: [context.topicArns[alarm.severity]],
});
