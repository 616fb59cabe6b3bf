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
export interface MetricMath {
  /** What the alarm compares with the threshold. For a condition, the condition in words. */
  readonly label: string;
  /** The metrics, by their ids in the expression. */
  readonly of: Readonly<Record<string, AnyMetric>>;
  /** Statistics of metrics that need another than the alarm's, by id. @default the alarm's statistic is taken of every metric */
  readonly statistics?: Readonly<Record<string, "Maximum" | "p99">>;
  /** Ids of metrics of the version that was published last. @default as the alarm's `version` says */
  readonly newest?: readonly string[];
  readonly expression: string;
  /** The expression is 1 where a condition holds, and 0 where it does not. @default it has any value */
  readonly isCondition?: true;
}

/** Metric math that depends on the values of inputs. @typeParam V the values */
export type Rate<V = AlarmValues> = Omit<MetricMath, "label" | "expression"> & {
  readonly label: string | ((values: V) => string);
  readonly expression: (values: V) => string;
};

/** @typeParam Input name of an input with a number @typeParam V the values of inputs */
export interface Alarm<Input extends string, V = never> {
  /**
   * The topic that is notified when the alarm goes to ALARM and when it returns to OK. "none": the alarm notifies no one, but
   * it is part of the rule of a composite alarm, or shows the cause.
   */
  readonly severity: Severity | "none";
  /** What is wrong, as the first sentence of the notification. Without a full stop. */
  readonly summary: string;
  readonly statistic: "Sum" | "Maximum";
  /** A number, the name of the input that holds it, or computed from inputs. */
  readonly periodSeconds: number | Input | ((values: V) => number);
  /** How many of the last `evaluationPeriods` must breach the threshold. */
  readonly datapointsToAlarm: number | Input;
  readonly evaluationPeriods: number | Input;
  readonly comparison: keyof typeof COMPARISONS;
  /** A number, or the name of the input that holds it. */
  readonly threshold: number | Input;
  /** How CloudWatch treats a period without data. With "ignore", the alarm keeps its state. */
  readonly treatMissingData: "notBreaching" | "breaching" | "ignore";
  /** The alarm whose runbook explains this one, too. @default it has its own */
  readonly runbook?: string;
}

/** @typeParam M names of the metrics that it may watch; an address watches any metric of CloudWatch */
export interface MetricAlarm<M extends string = AnyMetric>
  extends Alarm<NumberInput<typeof ALARM_VALUES>, AlarmValues> {
  readonly metric: M | Rate | MetricAddress;
  /** Input that the threshold is a percentage of. @default the threshold is an absolute value */
  readonly percentOf?: NumberInput<typeof ALARM_VALUES>;
  /** Flag that switches the alarm on. @default the alarm always exists */
  readonly enabledBy?: FlagInput<typeof ALARM_VALUES>;
  /** Flag that switches the alarm off. @default none */
  readonly disabledBy?: FlagInput<typeof ALARM_VALUES>;
  /** Watch only the version that was published last. @default all invocations of the function */
  readonly version?: "newest";
  /** Input that limits the metric. Where it is set, the alarm fires at 80 % of it at the latest. @default no limit */
  readonly limit?: "reserved_concurrent_executions";
}

export interface LogAlarm extends Alarm<NumberInput<typeof LOG_ALARM_VALUES>, LogAlarmValues> {
  /** Flag that switches filter and alarm on. @default they always exist */
  readonly enabledBy?: FlagInput<typeof LOG_ALARM_VALUES>;
  /** The alarm's name without the function's name and hyphen in front. */
  readonly name: string;
  /** Metric math that the alarm watches instead of the fault itself. @default the fault */
  readonly share?: Rate<LogAlarmValues>;
}

/** An alarm of any ledger, with numbers instead of the names of inputs. */
export interface AnyAlarmRow extends Pick<MetricAlarm, "version">, Alarm<never> {
  readonly name: string;
  readonly metric: string | MetricMath | MetricAddress;
  readonly periodSeconds: number;
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly threshold: number;
  /** The input that holds the threshold. @default the ledger has the number */
  readonly thresholdFrom?: string;
  /** How the threshold was derived, in parentheses after a space, or "". @default it is the value of its input */
  readonly thresholdIs?: string;
}

/** An alarm of this project's own ledgers, with numbers instead of the names of inputs. */
export interface AlarmRow extends AnyAlarmRow {
  readonly metric: AnyMetric | MetricMath;
}

/** A condition on other alarms: an alarm's name says that it is in ALARM. */
export type AlarmCondition =
  | string
  | { readonly any: readonly AlarmCondition[] }
  | { readonly all: readonly AlarmCondition[] }
  | { readonly not: AlarmCondition };

/** An alarm on the states of other alarms. */
export interface CompositeAlarm {
  /** The topic that is notified when the alarm goes to ALARM and when it returns to OK. */
  readonly severity: Severity;
  readonly summary: string;
  /** Alarms that do not exist because of a flag are left out. Without any alarm left, the composite does not exist. */
  readonly rule: AlarmCondition;
  /** The alarm whose runbook explains this one, too. @default it has its own */
  readonly runbook?: string;
  /** Composite alarm that, while it is in ALARM, keeps this one from notifying. @default it always notifies */
  readonly suppressor?: string;
}

/** A composite alarm with the alarms that exist. */
export interface CompositeRow extends CompositeAlarm {
  readonly name: string;
}
