/**
 * A metric alarm of CloudWatch, and its state at a time.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and, for windows that slide
 * with each evaluation, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html.
 * An evaluation uses only data that are visible by then (`visibleMs` of a datum), and only periods that are over. Assumed: the
 * newest period ends at the last whole minute, or at the last 10 s for periods under a minute.
 */

import type { Series } from "./metric-math-values";
import { type MetricQuery, type QuerySeries, querySeries } from "./metric-queries";
import type { MetricStatistic, MetricStore } from "./metric-store";
import {
  type AlarmState,
  evaluationRange,
  type MissingDataTreatment,
  type Rule,
  stateOf,
  TREATMENTS,
  type Verdict,
} from "./missing-data";
import { NotModelledError } from "./not-modelled";
import type { ReadMetric } from "./pointwise-math";
import { stateReason } from "./state-reason";
import { significantSamples } from "./statistics";

/** What every alarm has. */
export interface AlarmActions {
  readonly name: string;
  /** @default the notifications carry no description */
  readonly description?: string;
  /** @default true */
  readonly actionsEnabled?: boolean;
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
}

export interface Alarm extends AlarmActions {
  /** GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold or LessThanOrEqualToThreshold. */
  readonly comparison: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  /** @default all of the evaluation periods */
  readonly datapointsToAlarm?: number;
  /** missing, ignore, breaching or notBreaching. @default "missing" */
  readonly treatMissingData?: string;
  /** "evaluate", or "ignore" to keep the state while a percentile has too few samples. @default "evaluate" */
  readonly evaluateLowSampleCountPercentiles?: string;
  /** "sliding"; wall-clock windows are not modelled. @default "sliding" */
  readonly evaluationWindow?: string;
  /** The metric that the alarm watches, or rows of metric math. */
  readonly watches: MetricStatistic | readonly MetricQuery[];
}

/** The value of one period; undefined if it has no data. */
export interface Datapoint {
  readonly startMs: number;
  readonly value: number | undefined;
}

export interface Evaluation {
  readonly state: AlarmState;
  /** In CloudWatch's words. */
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

/** Comparisons with an anomaly detection band. */
const BAND_COMPARISONS: readonly string[] = [
  "LessThanLowerOrGreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "GreaterThanUpperThreshold",
];

const isComparison = (name: string): name is keyof typeof COMPARISONS => Object.hasOwn(COMPARISONS, name);
const isTreatment = (name: string): name is MissingDataTreatment => TREATMENTS.some((treatment) => treatment === name);

const expected = (what: string, of: string, { name }: AlarmActions, got: unknown) =>
  new Error(`Expected ${what} for ${of} of alarm ${name} but got ${JSON.stringify(got)}`);

const isRows = (watches: Alarm["watches"]): watches is readonly MetricQuery[] => Array.isArray(watches);

/** The metrics that an alarm reads. */
export const metricsOf = ({ watches }: Alarm): MetricStatistic[] =>
  isRows(watches) ? watches.flatMap(({ metric }) => metric ?? []) : [watches];

const comparisonOf = (alarm: Alarm): Comparison => {
  if (isComparison(alarm.comparison)) return COMPARISONS[alarm.comparison];
  if (BAND_COMPARISONS.includes(alarm.comparison)) throw new NotModelledError("an anomaly detection band");
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

/** Limits of https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const SHORT_PERIODS: readonly number[] = [10, 20, 30];
const MAX_METRICS = 10;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** Every metric of an alarm has the same period. */
const periodOf = (alarm: Alarm): number => {
  const metrics = metricsOf(alarm);
  const [period, ...others] = new Set(metrics.map(({ periodSeconds }) => periodSeconds));
  if (period === undefined || others.length > 0) {
    throw expected("one period", "the metrics", alarm, [period, ...others]);
  }
  if (!SHORT_PERIODS.includes(period) && !(period > 0 && period % 60 === 0)) {
    throw expected("10, 20, 30 or a multiple of 60", "the period", alarm, period);
  }
  if (metrics.length > MAX_METRICS) throw expected(`at most ${MAX_METRICS}`, "the metrics", alarm, metrics.length);
  const limit = period < HOUR_SECONDS ? DAY_SECONDS : 7 * DAY_SECONDS;
  const seconds = period * alarm.evaluationPeriods;
  if (seconds > limit) throw expected(`at most ${limit} s`, "period x evaluationPeriods", alarm, seconds);
  return period;
};

/** @returns how often, in milliseconds, CloudWatch evaluates the alarm: each minute, or each 10 s for periods under a minute */
export const evaluationStepMs = (alarm: Alarm): number => (periodOf(alarm) < 60 ? 10_000 : 60_000);

interface CompiledAlarm {
  readonly comparison: Comparison;
  readonly rule: Rule;
  readonly periodSeconds: number;
  readonly range: number;
  readonly stepMs: number;
  readonly series: QuerySeries;
  /** Counts the samples of a percentile that needs enough of them. @default every percentile counts */
  readonly samples?: { readonly metric: MetricStatistic; readonly atLeast: number };
}

const seriesOfMetric = (metric: MetricStatistic): QuerySeries =>
  Object.assign((_: unknown, fetch: (of: MetricStatistic) => Series) => fetch(metric), {
    at: (read: ReadMetric) => read(metric),
  });

const samplesOf = (alarm: Alarm): CompiledAlarm["samples"] => {
  const { evaluateLowSampleCountPercentiles: setting = "evaluate", watches } = alarm;
  if (setting !== "evaluate" && setting !== "ignore") {
    throw expected("evaluate or ignore", "evaluateLowSampleCountPercentiles", alarm, setting);
  }
  if (setting === "evaluate" || isRows(watches)) return undefined;
  const atLeast = significantSamples(watches.statistic);
  return atLeast === undefined ? undefined : { metric: { ...watches, statistic: "SampleCount" }, atLeast };
};

const compiledAlarms = new WeakMap<Alarm, CompiledAlarm>();

/** Alarms are evaluated every minute: what does not change is worked out once. */
const compiled = (alarm: Alarm): CompiledAlarm => {
  const known = compiledAlarms.get(alarm);
  if (known !== undefined) return known;
  const { watches, evaluationWindow = "sliding" } = alarm;
  if (evaluationWindow !== "sliding") throw new NotModelledError(`the evaluation window ${evaluationWindow}`);
  const comparison = comparisonOf(alarm);
  const rule = ruleOf(alarm);
  const periodSeconds = periodOf(alarm);
  const made: CompiledAlarm = {
    comparison,
    rule,
    periodSeconds,
    range: evaluationRange(rule.evaluationPeriods, periodSeconds),
    stepMs: evaluationStepMs(alarm),
    series: isRows(watches) ? querySeries(alarm.name, watches, periodSeconds) : seriesOfMetric(watches),
    samples: samplesOf(alarm),
  };
  compiledAlarms.set(alarm, made);
  return made;
};

const newestFirst = (startsMs: readonly number[], series: Series): Datapoint[] =>
  startsMs.map((startMs, index) => ({ startMs, value: series[index] })).reverse();

const verdictsOf = ({ breaches }: Comparison, threshold: number, series: Series): Verdict[] => {
  const verdicts: Verdict[] = [];
  for (let index = series.length - 1; index >= 0; index -= 1) {
    const value = series[index];
    verdicts.push(value === undefined ? "missing" : breaches(value, threshold) ? "breaching" : "within");
  }
  return verdicts;
};

/** Whether a percentile has too few samples in the newest period with data. */
const isLow = (
  { samples }: CompiledAlarm,
  store: MetricStore,
  startsMs: readonly number[],
  series: Series,
  nowMs: number,
) => {
  const newestMs = startsMs[series.findLastIndex((value) => value !== undefined)];
  if (samples === undefined || newestMs === undefined) return false;
  return (store.reader(samples.metric)(newestMs, nowMs) ?? 0) < samples.atLeast;
};

const reasonOf = (alarm: Alarm, state: AlarmState, datapoints: readonly Datapoint[]): string => {
  const { comparison, rule } = compiled(alarm);
  const real = datapoints.flatMap(({ startMs, value }) => (value === undefined ? [] : [{ startMs, value }]));
  return stateReason({
    state,
    words: comparison.words,
    threshold: alarm.threshold,
    rule,
    isMOutOfN: alarm.datapointsToAlarm !== undefined,
    received: real.slice(0, rule.evaluationPeriods).map((datapoint) => ({
      ...datapoint,
      isBreaching: comparison.breaches(datapoint.value, alarm.threshold),
    })),
  });
};

/**
 * A faster `evaluate` for simulations: reads datapoints from the newest to older ones, and stops where older ones do not count.
 * @param alarm, store, nowMs, previous as for `evaluate`
 * @throws as `evaluate`
 */
export const stateAt = (alarm: Alarm, store: MetricStore, nowMs: number, previous: AlarmState): AlarmState => {
  const { comparison, rule, periodSeconds, range, stepMs, series, samples } = compiled(alarm);
  const { at } = series;
  if (samples !== undefined || at === undefined) return evaluate(alarm, store, nowMs, previous).state;
  let startMs = Math.floor(nowMs / stepMs) * stepMs;
  const read: ReadMetric = (metric) => store.reader(metric)(startMs, nowMs);
  const verdicts: Verdict[] = [];
  let found = 0;
  for (let age = 1; age <= range && found < rule.evaluationPeriods; age += 1) {
    startMs -= periodSeconds * 1000;
    const value = at(read);
    if (value !== undefined) found += 1;
    verdicts.push(
      value === undefined ? "missing" : comparison.breaches(value, alarm.threshold) ? "breaching" : "within",
    );
  }
  return stateOf(rule, verdicts, previous);
};

/**
 * @param nowMs time of the evaluation; data with a later `visibleMs` do not count
 * @param previous the state until now; INSUFFICIENT_DATA for a new alarm
 * @throws Error `Expected … for … of alarm … but got …` for a definition that CloudWatch refuses, and the errors of metric
 * math and of `statisticOf`
 * @throws NotModelledError for an anomaly detection band, a Metrics Insights query, or a function that is not modelled
 */
export const evaluate = (alarm: Alarm, store: MetricStore, nowMs: number, previous: AlarmState): Evaluation => {
  const known = compiled(alarm);
  const { comparison, rule, periodSeconds, range, stepMs } = known;
  const endMs = Math.floor(nowMs / stepMs) * stepMs;
  const startsMs: number[] = [];
  for (let age = range; age > 0; age -= 1) startsMs.push(endMs - age * periodSeconds * 1000);
  const series = known.series(startsMs, (metric) => {
    const read = store.reader(metric);
    return startsMs.map((startMs) => read(startMs, nowMs));
  });
  const verdicts = verdictsOf(comparison, alarm.threshold, series);
  const state = isLow(known, store, startsMs, series, nowMs) ? previous : stateOf(rule, verdicts, previous);
  // Most evaluations change nothing, and need neither.
  return {
    state,
    get datapoints() {
      return newestFirst(startsMs, series);
    },
    get reason() {
      return reasonOf(alarm, state, newestFirst(startsMs, series));
    },
  };
};
