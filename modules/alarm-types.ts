/** What a row of a ledger of alarms says. */
import type { ALARM_VALUES } from "./inputs/cloudwatch_alarms";
import type { FlagInput, NumberInput, Values } from "./inputs/inputs";
import type { LOG_ALARM_VALUES } from "./inputs/log_alerts";
import type { AnyMetric, MetricAddress } from "./metrics";
import type { Severity } from "./naming";

/** Thresholds and switches that alarms of `cloudwatch_alarms` refer to by name. An environment has them, too. */
export type AlarmValues = Values<typeof ALARM_VALUES>;

/** Thresholds that alarms of `log_alerts` refer to by name. */
export type LogAlarmValues = Values<typeof LOG_ALARM_VALUES>;

/** CloudWatch's names for the comparisons. Use ">=" for an upper limit: the alarm fires at the threshold, not only above it. */
export const COMPARISONS = { ">=": "GreaterThanOrEqualToThreshold", "<": "LessThanThreshold" } as const;

/** A metric computed from other metrics with metric math. */
export interface Rate {
  readonly label: string;
  /** The metrics, by their ids in the expression. */
  readonly of: Readonly<Record<string, AnyMetric>>;
  readonly expression: (values: AlarmValues) => string;
}

export interface Alarm<Threshold extends string> {
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
  /** Input that limits the metric. Where it is set, the alarm fires at 80 % of it at the latest. @default no limit */
  readonly limit?: "reserved_concurrent_executions";
}

export interface LogAlarm extends Alarm<NumberInput<typeof LOG_ALARM_VALUES>> {
  /** The alarm's name without the function's name and hyphen in front. */
  readonly name: string;
}

/** An alarm of any ledger, with its threshold as a number. */
export interface AnyAlarmRow extends Pick<MetricAlarm, "version" | "percentOf">, Alarm<never> {
  readonly name: string;
  readonly metric: string | Rate | MetricAddress;
  readonly threshold: number;
  /** How the threshold was derived, in parentheses after a space, or "". @default it is the value of its input */
  readonly thresholdIs?: string;
}

/** An alarm of the two ledgers of this file, with its threshold as a number. */
export interface AlarmRow extends AnyAlarmRow {
  readonly metric: AnyMetric | Rate;
}
