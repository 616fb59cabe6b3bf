/** An alarm on errors, and stores whose data end at noon. */
import { type Alarm, evaluate } from "../../scripts/cloudwatch/alarm";
import { type MetricStatistic, MetricStore } from "../../scripts/cloudwatch/metric-store";
import type { AlarmState } from "../../scripts/cloudwatch/missing-data";

export const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
export const MINUTE = 60_000;

export const errors: MetricStatistic = {
  namespace: "N",
  name: "Errors",
  dimensions: {},
  statistic: "Sum",
  periodSeconds: 60,
};

export const alarmOf = (changes: Partial<Alarm> = {}): Alarm => ({
  name: "a",
  comparison: "GreaterThanOrEqualToThreshold",
  threshold: 3,
  evaluationPeriods: 1,
  alarmActions: [],
  okActions: [],
  insufficientDataActions: [],
  watches: errors,
  ...changes,
});

/** A store whose last periods before noon have these values, the newest last. */
export const storeOf = (values: readonly (number | undefined)[], name = "Errors", store = new MetricStore()) => {
  for (const [index, value] of values.entries()) {
    const timestampMs = NOON - (values.length - index) * MINUTE;
    if (value !== undefined) store.put({ namespace: "N", name, dimensions: {}, unit: "Count", timestampMs, value });
  }
  return store;
};

export const evaluated = (
  changes: Partial<Alarm>,
  values: readonly (number | undefined)[],
  previous: AlarmState = "OK",
) => evaluate(alarmOf(changes), storeOf(values), NOON, previous);
