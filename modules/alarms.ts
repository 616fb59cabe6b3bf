/** What wakes whom, and when: the ledgers of alarms, and how a row becomes a CloudWatch alarm. */
import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { FaultName } from "../handler/contract/metrics";
import { type AnyMetric, type MetricAddress, metricAddress } from "./metrics";
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
  /** What silence means. */
  readonly treatMissingData: "notBreaching" | "breaching";
}

interface MetricAlarm extends Alarm {
  readonly metric: AnyMetric | Rate;
  /** @default the alarm is always there */
  readonly enabledBy?: FlagVariable;
}

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
  "log-errors":       { severity: "critical",    metric: "LambdaErrors",         statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "log_error_threshold",             treatMissingData: "notBreaching", about: "The function logs errors" },
  "high-duration":    { severity: "performance", metric: "Duration",             statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "duration_threshold_ms",           treatMissingData: "notBreaching", about: "Invocations come near the time limit" },
  "high-concurrency": { severity: "performance", metric: "ConcurrentExecutions", statistic: "Maximum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "concurrent_executions_threshold", treatMissingData: "notBreaching", about: "Many invocations run at the same time" },
  "low-success-rate": { severity: "performance", metric: SUCCESS_RATE,           statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 2, evaluationPeriods: 3, comparison: "<",  threshold: "success_rate_threshold_percent",  treatMissingData: "notBreaching", about: "Too few images get their variants" },
  "no-invocations":   { severity: "performance", metric: "Invocations",          statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 3, evaluationPeriods: 3, comparison: "<",  threshold: 1,                                 treatMissingData: "breaching",    about: "No uploads arrive", enabledBy: "enable_no_invocation_alarm" },
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
export interface AlarmRow extends Alarm {
  readonly name: string;
  readonly metric: AnyMetric | Rate;
  readonly threshold: number;
}

const resolved = <A extends Alarm>(alarm: A, environment: Environment) => ({
  ...alarm,
  threshold: typeof alarm.threshold === "number" ? alarm.threshold : environment[alarm.threshold],
});

/** @returns the alarms of `cloudwatch_alarms` that this environment has, their thresholds as numbers */
export const metricAlarms = (environment: Environment): AlarmRow[] =>
  Object.entries<MetricAlarm>(METRIC_ALARMS)
    .filter(([, { enabledBy }]) => enabledBy === undefined || environment[enabledBy])
    .map(([name, alarm]) => ({ name, ...resolved(alarm, environment) }));

/** @returns the alarms of `log_alerts`, their thresholds as numbers */
export const logAlarms = (environment: Environment): (AlarmRow & { readonly metric: FaultName })[] =>
  (Object.entries(LOG_ALARMS) as [FaultName, LogAlarm][]).map(([metric, alarm]) => ({
    metric,
    ...resolved(alarm, environment),
  }));

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
  const measured = typeof metric === "string" ? `${alarm.statistic} of ${metric}` : metric.label;
  const often =
    alarm.evaluationPeriods === 1 ? "" : `, in ${alarm.datapointsToAlarm} of ${alarm.evaluationPeriods} periods`;
  const silence = alarm.treatMissingData === "breaching" ? "; silence counts" : "";
  return `${alarm.about}: ${measured} in ${alarm.periodSeconds} s ${alarm.comparison} ${alarm.threshold}${often}${silence}.`;
};

export interface AlarmContext {
  readonly environment: Environment;
  readonly functionName: string;
  readonly topicArns: Readonly<Record<Severity, string>>;
}

const signal = (alarm: AlarmRow, { environment, functionName }: AlarmContext): Partial<CloudwatchMetricAlarmConfig> => {
  const { metric, periodSeconds: period, statistic } = alarm;
  const addressOf = (name: AnyMetric): MetricAddress =>
    metricAddress(name, { functionName, metricNamespace: environment.metric_namespace });
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
