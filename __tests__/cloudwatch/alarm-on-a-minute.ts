/** The alarm of most tests about time: in ALARM while the sum of a minute is at least 1. */
import type { Alarm } from "../../scripts/cloudwatch/alarm";
import type { MetricStatistic } from "../../scripts/cloudwatch/metric-store";

/** A metric without dimensions. */
export const metricNamed = (name: string): MetricStatistic => ({
  namespace: "N",
  name,
  dimensions: {},
  statistic: "Sum",
  periodSeconds: 60,
});

/** @param changes replace its properties; by default its name is "a" and its metric `M` */
export const alarmOnAMinute = (changes: Partial<Alarm> = {}): Alarm => ({
  name: "a",
  comparison: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  evaluationPeriods: 1,
  treatMissingData: "notBreaching",
  alarmActions: [],
  okActions: [],
  insufficientDataActions: [],
  watches: metricNamed("M"),
  ...changes,
});
