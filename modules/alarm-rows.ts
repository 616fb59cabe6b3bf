/** The alarms that the values of an environment enable, with numbers instead of the names of inputs. */
import type { FaultName } from "../handler/contract/metrics";
import type {
  Alarm,
  AlarmCondition,
  AlarmRow,
  AlarmValues,
  AnyAlarmRow,
  CompositeAlarm,
  CompositeRow,
  LogAlarm,
  LogAlarmValues,
  MetricAlarm,
  MetricMath,
  Rate,
} from "./alarm-types";
import { withWindow } from "./alarm-windows";
import { LOG_ALARMS, METRIC_ALARMS } from "./alarms";
import { divide, ifAtMost, isSet, largest, multiply, roundDown, roundUp, smallest } from "./arithmetic";
import { COMPOSITE_ALARMS, INCIDENT_ALARMS, INCIDENT_LOG_ALARMS } from "./incident-alarms";
import { isApiMetric, isExecutionMetric, isLambdaMetric, isQueueMetric, isTableMetric } from "./metrics";

/** Names of all alarms of all ledgers, without the function's name in front. */
export type AlarmName =
  | keyof typeof METRIC_ALARMS
  | keyof typeof INCIDENT_ALARMS
  | keyof typeof COMPOSITE_ALARMS
  | (typeof LOG_ALARMS)[FaultName]["name"];

type Explained<L> = { [N in keyof L]: L[N] extends { readonly runbook: string } ? never : N }[keyof L];

/** Names of the alarms that have their own runbook. */
export type RunbookName =
  | keyof typeof METRIC_ALARMS
  | Explained<typeof INCIDENT_ALARMS>
  | Explained<typeof COMPOSITE_ALARMS>
  | (typeof LOG_ALARMS)[FaultName]["name"];

const NEAR_LIMIT_PERCENT = 80;

type Ledger<A> = Readonly<Record<string, A>>;

const isMetricOfService = (metric: MetricAlarm<string>["metric"]): boolean =>
  typeof metric === "string"
    ? isLambdaMetric(metric) ||
      isQueueMetric(metric) ||
      isTableMetric(metric) ||
      isApiMetric(metric) ||
      isExecutionMetric(metric)
    : "namespace" in metric;

/** @returns the metric math with the values of the inputs */
const mathOf = <V>({ label, expression, ...rate }: Rate<V>, values: V): MetricMath => ({
  ...rate,
  label: typeof label === "string" ? label : label(values),
  expression: expression(values),
});

/** Replaces the names of inputs by their numbers. */
const resolved = <A extends Alarm<string, never> & { readonly percentOf?: string }>(alarm: A, values: object) => {
  const { threshold, percentOf, periodSeconds: period, datapointsToAlarm, evaluationPeriods, ...rest } = alarm;
  const numberOf = (input: number | string): number =>
    typeof input === "number" ? input : ((values as Readonly<Record<string, number>>)[input] ?? Number.NaN);
  const value = numberOf(threshold);
  return {
    ...rest,
    periodSeconds: typeof period === "function" ? period(values as never) : numberOf(period),
    datapointsToAlarm: numberOf(datapointsToAlarm),
    evaluationPeriods: numberOf(evaluationPeriods),
    threshold: percentOf === undefined ? value : roundUp(divide(multiply(value, numberOf(percentOf)), 100)),
    ...(typeof threshold === "string" && { thresholdFrom: threshold }),
  };
};

/** Keeps the threshold below the metric's hard limit; otherwise the alarm could never fire, or would fire too late. */
const belowLimit = ({ limit, ...row }: AnyAlarmRow & Pick<MetricAlarm, "limit">, values: AlarmValues): AnyAlarmRow => {
  if (limit === undefined || !isSet(values[limit])) return row;
  const near = largest(1, roundDown(divide(multiply(values[limit], NEAR_LIMIT_PERCENT), 100)));
  return {
    ...row,
    threshold: smallest(row.threshold, near),
    thresholdIs: ifAtMost(row.threshold, near, "", ` (${NEAR_LIMIT_PERCENT} % of ${limit})`),
  };
};

const isOn = ({ enabledBy, disabledBy }: MetricAlarm<string>, values: AlarmValues): boolean =>
  (enabledBy === undefined || values[enabledBy]) && (disabledBy === undefined || !values[disabledBy]);

/** @returns this project's own ledger of alarms on metrics */
export const metricLedger = ({ alarm_routing }: Pick<AlarmValues, "alarm_routing">): Ledger<MetricAlarm> =>
  alarm_routing === "incident" ? INCIDENT_ALARMS : METRIC_ALARMS;

/** @returns this project's own ledger of alarms on faults */
export const faultLedger = ({ alarm_routing }: Pick<AlarmValues, "alarm_routing">): Ledger<LogAlarm> =>
  alarm_routing === "incident" ? INCIDENT_LOG_ALARMS : LOG_ALARMS;

/** @returns this project's own ledger of composite alarms */
export const compositeLedger = ({ alarm_routing }: Pick<AlarmValues, "alarm_routing">): Ledger<CompositeAlarm> =>
  alarm_routing === "incident" ? COMPOSITE_ALARMS : {};

/**
 * @param ledger alarms by name
 * @param only whether to leave out alarms on metrics that only the image handler, or filters on its log, publish
 * @returns the alarms that the values enable
 */
export const alarmRows = (
  values: AlarmValues,
  ledger: Ledger<MetricAlarm<string>>,
  only?: "metrics of AWS services",
): AnyAlarmRow[] =>
  Object.entries(ledger)
    .filter(([, alarm]) => isOn(alarm, values))
    .filter(([, { metric }]) => only === undefined || isMetricOfService(metric))
    .map(([name, { enabledBy: _, disabledBy: __, metric, ...alarm }]) => {
      const watched = typeof metric === "object" && "expression" in metric ? mathOf(metric, values) : metric;
      const row = belowLimit({ name, metric: watched, ...resolved(alarm, values) }, values);
      const { periodSeconds: period } = alarm;
      return withWindow(row, values.lambda_timeout, typeof period === "function" ? period : undefined);
    });

/** @returns the alarms of `cloudwatch_alarms` that the values enable */
export const metricAlarms = (values: AlarmValues): AlarmRow[] => alarmRows(values, metricLedger(values)) as AlarmRow[];

/** An alarm on a fault. */
export type FaultAlarmRow = AnyAlarmRow & { readonly fault: string };

/** @returns the alarms of a ledger by fault */
export const faultAlarmRows = (values: LogAlarmValues, ledger: Ledger<LogAlarm>): FaultAlarmRow[] =>
  Object.entries(ledger)
    .filter(([, { enabledBy }]) => enabledBy === undefined || values[enabledBy])
    .map(([fault, { share, enabledBy: _, ...alarm }]) => ({
      fault,
      metric: share === undefined ? fault : mathOf(share, values),
      ...resolved(alarm, values),
    }));

/** @returns the alarms of `log_alerts` */
export const logAlarms = (values: LogAlarmValues): (AlarmRow & { readonly fault: FaultName })[] =>
  faultAlarmRows(values, faultLedger(values)) as (AlarmRow & { readonly fault: FaultName })[];

const isNegation = (condition: AlarmCondition): boolean => typeof condition === "object" && "not" in condition;

/** @returns the parts as one condition; undefined if none of them says that an alarm is in ALARM */
const joined = (kind: "any" | "all", parts: readonly AlarmCondition[]): AlarmCondition | undefined => {
  if (parts.every(isNegation)) return undefined;
  if (parts.length === 1) return parts[0];
  return kind === "any" ? { any: parts } : { all: parts };
};

/** @returns the condition without the alarms that do not exist; undefined if it can no longer hold */
const existing = (condition: AlarmCondition, names: ReadonlySet<string>): AlarmCondition | undefined => {
  if (typeof condition === "string") return names.has(condition) ? condition : undefined;
  if ("not" in condition) return existing(condition.not, names) === undefined ? undefined : condition;
  if ("any" in condition)
    return joined(
      "any",
      condition.any.flatMap((part) => existing(part, names) ?? []),
    );
  const left = condition.all.map((part) => existing(part, names));
  if (condition.all.some((part, i) => !isNegation(part) && left[i] === undefined)) return undefined;
  return joined(
    "all",
    left.filter((part) => part !== undefined),
  );
};

/** @returns the names in a condition */
export const namesIn = (condition: AlarmCondition): string[] => {
  if (typeof condition === "string") return [condition];
  if ("not" in condition) return namesIn(condition.not);
  return ("any" in condition ? condition.any : condition.all).flatMap(namesIn);
};

/**
 * @param names of the alarms that exist
 * @returns the composite alarms of a ledger that have an alarm to watch
 */
export const compositeRows = (ledger: Ledger<CompositeAlarm>, names: readonly string[]): CompositeRow[] => {
  const all = new Set(names);
  return Object.entries(ledger).flatMap(([name, { rule, ...alarm }]) => {
    const left = existing(rule, all);
    return left === undefined ? [] : [{ name, ...alarm, rule: left }];
  });
};

/** @returns the alarms on metrics and on faults that the values enable */
export const singleAlarms = (values: AlarmValues & LogAlarmValues): AlarmRow[] => [
  ...metricAlarms(values),
  ...logAlarms(values),
];

const FLAGS = [
  "enable_no_invocation_alarm",
  "enable_async_alarms",
  "enable_memory_alarm",
  "enable_dead_letter_queue",
  "enable_metadata_table",
  "enable_upload_api",
  "enable_backfill",
  "enable_release_alias",
] as const;

/** @returns every alarm there can be: those that the values enable, then the others with the same thresholds */
export const allAlarms = <V extends AlarmValues & LogAlarmValues>(values: V): (AlarmRow | CompositeRow)[] => {
  const on = Object.fromEntries(FLAGS.map((flag) => [flag, true]));
  const variants: V[] = [
    values,
    ...(["each", "incident"] as const).map((alarm_routing) => ({ ...values, ...on, alarm_routing })),
  ];
  const rows = variants.flatMap((each) => [...compositeAlarms(each), ...singleAlarms(each)]);
  return rows.filter(({ name }, i) => rows.findIndex((other) => other.name === name) === i);
};

/** @returns the composite alarms that the values enable */
export const compositeAlarms = (values: AlarmValues): CompositeRow[] =>
  compositeRows(
    compositeLedger(values),
    metricAlarms(values).map(({ name }) => name),
  );

const negatedIn = (condition: AlarmCondition): string[] => {
  if (typeof condition === "string") return [];
  if ("not" in condition) return namesIn(condition.not);
  return ("any" in condition ? condition.any : condition.all).flatMap(negatedIn);
};

/** @returns the names of the alarms that are in ALARM while all is well, such as `recovered` */
export const healthAlarms = (values: AlarmValues): string[] =>
  compositeAlarms(values).flatMap(({ rule }) => negatedIn(rule));

/** @returns the names of all alarms that the values enable */
export const alarmNames = (values: AlarmValues & LogAlarmValues): string[] =>
  [...singleAlarms(values), ...compositeAlarms(values)].map(({ name }) => name);

/** Whether an alarm watches the upload API: a release of the function that processes uploads does not change it. */
export const isOfApi = ({ metric }: { readonly metric: MetricAlarm["metric"] | AlarmRow["metric"] }): boolean =>
  typeof metric === "object" && "of" in metric && Object.values(metric.of).some(isApiMetric);

/**
 * With alarm_routing incident, only what the new version does ends its release: an alarm on all versions would also end it for an
 * upload that no version can process.
 * @returns names of the alarms that roll a release back, without the function's name in front; never empty with an alias
 */
export const criticalAlarms = (values: AlarmValues & LogAlarmValues): string[] =>
  singleAlarms(values)
    .filter((alarm) => !isOfApi(alarm))
    .flatMap(({ name, severity, version }) =>
      (values.alarm_routing === "incident" ? version === "newest" : severity === "critical") ? [name] : [],
    );

/** @returns names of the alarms during which no release starts, without the function's name in front: the critical ones, and the page */
export const blockingAlarms = (values: AlarmValues & LogAlarmValues): string[] => [
  ...criticalAlarms(values),
  ...compositeAlarms(values).flatMap(({ name, severity }) => (severity === "critical" ? [name] : [])),
];
