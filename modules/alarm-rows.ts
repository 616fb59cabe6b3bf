/** The alarms that the values of an environment enable, with thresholds and windows as numbers. */
import type { FaultName } from "../handler/contract/metrics";
import type { Alarm, AlarmRow, AlarmValues, AnyAlarmRow, LogAlarm, LogAlarmValues, MetricAlarm } from "./alarm-types";
import { withWindow } from "./alarm-windows";
import { type AlarmName, LOG_ALARMS, METRIC_ALARMS } from "./alarms";
import { divide, ifAtMost, isReference, largest, multiply, roundDown, roundUp, smallest } from "./arithmetic";
import { isLambdaMetric, isQueueMetric } from "./metrics";

const NEAR_LIMIT_PERCENT = 80;

type Ledger<A> = Readonly<Record<string, A>>;

const isLambdaOrQueueMetric = (metric: MetricAlarm<string>["metric"]): boolean =>
  typeof metric === "string" ? isLambdaMetric(metric) || isQueueMetric(metric) : "namespace" in metric;

const resolved = <A extends Alarm<string> & { readonly percentOf?: string }>(alarm: A, values: object) => {
  const { threshold, percentOf } = alarm;
  const numberOf = (name: string) => (values as Readonly<Record<string, number>>)[name] ?? Number.NaN;
  const value = typeof threshold === "number" ? threshold : numberOf(threshold);
  return {
    ...alarm,
    threshold: percentOf === undefined ? value : roundUp(divide(multiply(value, numberOf(percentOf)), 100)),
  };
};

/** Keeps the threshold below the metric's hard limit; otherwise the alarm could never fire, or would fire too late. */
const belowLimit = ({ limit, ...row }: AnyAlarmRow & Pick<MetricAlarm, "limit">, values: AlarmValues): AnyAlarmRow => {
  // A reference stands for a limit that is set.
  const isSet = limit !== undefined && (isReference(values[limit]) || values[limit] > 0);
  if (!isSet) return row;
  const near = largest(1, roundDown(divide(multiply(values[limit], NEAR_LIMIT_PERCENT), 100)));
  return {
    ...row,
    threshold: smallest(row.threshold, near),
    thresholdIs: ifAtMost(row.threshold, near, "", ` (${NEAR_LIMIT_PERCENT} % of ${limit})`),
  };
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
