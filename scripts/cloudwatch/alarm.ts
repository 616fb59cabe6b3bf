/**
 * A metric alarm of CloudWatch, and its state at a moment.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and, for windows that slide
 * with each evaluation, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html.
 * Where these are silent: only periods that are over count, the last of them ending at the last whole minute; what is in the
 * store is seen at once, whereas CloudWatch may take a minute or more to show a data point to an alarm.
 */

import { cursorOver } from "./cursor";
import { evaluateExpression, idsOf, parseExpression, type Series } from "./metric-math";
import type { Dimensions, MetricStore } from "./metric-store";
import {
  type AlarmState,
  evaluationRange,
  type MissingDataTreatment,
  type Rule,
  stateOf,
  TREATMENTS,
  type Verdict,
} from "./missing-data";
import { stateReason } from "./state-reason";

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
  /** missing, ignore, breaching or notBreaching. @default "missing" */
  readonly treatMissingData?: string;
  /** @default true */
  readonly actionsEnabled?: boolean;
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  /** What is watched: one metric, or rows of metric math of which one returns its data. */
  readonly watches: MetricStatistic | readonly MetricQuery[];
}

/** The value of one period, undefined where it has no data. */
export interface Datapoint {
  readonly startMs: number;
  readonly value: number | undefined;
}

export interface Evaluation {
  readonly state: AlarmState;
  /** As CloudWatch words it. */
  readonly reason: string;
  /** Of the whole evaluation range, newest first. */
  readonly datapoints: readonly Datapoint[];
}

interface Comparison {
  readonly words: string;
  readonly breaches: (value: number, threshold: number) => boolean;
}

// biome-ignore format: a ledger is read down its columns
const COMPARISONS = {
  GreaterThanOrEqualToThreshold: { words: "greater than or equal to", breaches: (value, threshold) => value >= threshold },
  GreaterThanThreshold:          { words: "greater than",             breaches: (value, threshold) => value > threshold },
  LessThanThreshold:             { words: "less than",                breaches: (value, threshold) => value < threshold },
  LessThanOrEqualToThreshold:    { words: "less than or equal to",    breaches: (value, threshold) => value <= threshold },
} as const satisfies Record<string, Comparison>;

const isComparison = (name: string): name is keyof typeof COMPARISONS => Object.hasOwn(COMPARISONS, name);
const isTreatment = (name: string): name is MissingDataTreatment => TREATMENTS.some((treatment) => treatment === name);

const expected = (what: string, of: string, { name }: Alarm, got: unknown) =>
  new Error(`Expected ${what} for ${of} of alarm ${name} but got ${JSON.stringify(got)}`);

const isRows = (watches: Alarm["watches"]): watches is readonly MetricQuery[] => Array.isArray(watches);

/** The metrics that an alarm reads. */
export const metricsOf = ({ watches }: Alarm): MetricStatistic[] =>
  isRows(watches) ? watches.flatMap(({ metric }) => metric ?? []) : [watches];

const comparisonOf = (alarm: Alarm): Comparison => {
  if (isComparison(alarm.comparison)) return COMPARISONS[alarm.comparison];
  throw expected(Object.keys(COMPARISONS).join(", "), "comparison", alarm, alarm.comparison);
};

const ruleOf = (alarm: Alarm): Rule => {
  const { evaluationPeriods, datapointsToAlarm = evaluationPeriods, treatMissingData = "missing" } = alarm;
  if (!isTreatment(treatMissingData)) {
    throw expected(TREATMENTS.join(", "), "treatMissingData", alarm, treatMissingData);
  }
  if (!(datapointsToAlarm >= 1 && datapointsToAlarm <= evaluationPeriods)) {
    throw expected(`1 to ${evaluationPeriods} (evaluationPeriods)`, "datapointsToAlarm", alarm, datapointsToAlarm);
  }
  return { evaluationPeriods, datapointsToAlarm, treatMissingData };
};

/** Every metric of an alarm must use the same period (API reference, PutMetricAlarm). */
const periodOf = (alarm: Alarm): number => {
  const [period, ...others] = new Set(metricsOf(alarm).map(({ periodSeconds }) => periodSeconds));
  if (period === undefined || others.length > 0) {
    throw expected("one period", "the metrics", alarm, [period, ...others]);
  }
  return period;
};

const rowSeries = (alarm: Alarm, rows: readonly MetricQuery[], fetch: (metric: MetricStatistic) => Series): Series => {
  const periods = evaluationRange(alarm.evaluationPeriods);
  const compute = (row: MetricQuery, above: readonly string[]): Series => {
    if (row.metric !== undefined) return fetch(row.metric);
    const text = row.expression ?? "";
    const expression = parseExpression(text);
    for (const { id, offset } of idsOf(expression)) {
      const isUsable = rows.some((other) => other.id === id) && ![...above, row.id].includes(id);
      if (!isUsable) cursorOver(text, "expression").fail("the id of another query that does not need this one", offset);
    }
    const lookup = (id: string) => {
      const other = rows.find((candidate) => candidate.id === id);
      return other === undefined ? [] : compute(other, [...above, row.id]);
    };
    const value = evaluateExpression(expression, lookup, periods);
    if (typeof value === "number") throw expected("a time series", `expression ${row.id}`, alarm, value);
    return value;
  };
  const returned = rows.filter(({ returnData }) => returnData);
  const [row] = returned;
  if (row === undefined || returned.length > 1) {
    throw expected(
      "exactly one query",
      "returnData",
      alarm,
      returned.map(({ id }) => id),
    );
  }
  return compute(row, []);
};

const datapointsOf = (alarm: Alarm, store: MetricStore, nowMs: number): Datapoint[] => {
  const periodSeconds = periodOf(alarm);
  const stepMs = Math.min(periodSeconds, 60) * 1000;
  const endMs = Math.floor(nowMs / stepMs) * stepMs;
  const starts = Array.from(
    { length: evaluationRange(alarm.evaluationPeriods) },
    (_, age) => endMs - (age + 1) * periodSeconds * 1000,
  );
  const fetch = (metric: MetricStatistic): Series => starts.map((startMs) => store.statistic({ ...metric, startMs }));
  const series = isRows(alarm.watches) ? rowSeries(alarm, alarm.watches, fetch) : fetch(alarm.watches);
  return starts.map((startMs, age) => ({ startMs, value: series[age] }));
};

/**
 * @param nowMs when CloudWatch looks
 * @param previous the state until now; INSUFFICIENT_DATA for a new alarm
 * @throws Error `Expected … for … of alarm … but got …` for a definition that CloudWatch refuses or that is not supported
 * here, and the errors of metric math and of `MetricStore.statistic`
 */
export const evaluate = (alarm: Alarm, store: MetricStore, nowMs: number, previous: AlarmState): Evaluation => {
  const comparison = comparisonOf(alarm);
  const rule = ruleOf(alarm);
  const datapoints = datapointsOf(alarm, store, nowMs);
  const verdictOf = ({ value }: Datapoint): Verdict => {
    if (value === undefined) return "missing";
    return comparison.breaches(value, alarm.threshold) ? "breaching" : "within";
  };
  const state = stateOf(rule, datapoints.map(verdictOf), previous);
  const real = datapoints.flatMap(({ startMs, value }) => (value === undefined ? [] : [{ startMs, value }]));
  const reason = stateReason({
    state,
    words: comparison.words,
    threshold: alarm.threshold,
    rule,
    isMOutOfN: alarm.datapointsToAlarm !== undefined,
    received: real.slice(0, rule.evaluationPeriods).map((datapoint) => ({
      ...datapoint,
      isBreaching: verdictOf(datapoint) === "breaching",
    })),
  });
  return { state, reason, datapoints };
};
