/** A metric alarm of CloudWatch, as PutMetricAlarm takes it. */

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export type MissingDataTreatment = "missing" | "ignore" | "breaching" | "notBreaching";

export type Dimensions = Readonly<Record<string, string>>;

/** One metric under one statistic: Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p99. */
export interface MetricStatistic {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly statistic: string;
  readonly periodSeconds: number;
  /** @default data of any unit are read */
  readonly unit?: string;
}

/** One row of an alarm's metric math: either a metric or an expression over the ids of other rows. */
export interface MetricQuery {
  readonly id: string;
  readonly metric?: MetricStatistic;
  readonly expression?: string;
  /** The one row that is compared with the threshold. @default false */
  readonly returnData?: boolean;
  readonly label?: string;
}

export interface Alarm {
  readonly name: string;
  /** @default the notifications carry no description */
  readonly description?: string;
  /** GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold or LessThanOrEqualToThreshold. */
  readonly comparison: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  /** @default all of the evaluation periods */
  readonly datapointsToAlarm?: number;
  /** @default "missing" */
  readonly treatMissingData?: string;
  /** @default true */
  readonly actionsEnabled?: boolean;
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  /** What is watched: one metric, or rows of metric math of which one returns its data. */
  readonly watches: MetricStatistic | readonly MetricQuery[];
}
