/**
 * The metrics of CloudWatch in memory: takes data, answers statistics of periods.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html: a metric is its namespace,
 * name and exact set of dimensions, and nothing is aggregated across dimensions. A period starts at the time asked for, rounded
 * down to a whole minute (API reference, GetMetricStatistics), or to 10 s if the period is shorter than a minute.
 * Data of different units are never added. Without a unit in the query, the answer is that of one unit: the first in
 * alphabetical order in all of LocalStack's recordings from AWS (test_get_metric_data_different_units_no_unit_in_query).
 */

import { MinuteSeries, type Sample } from "./minute-series";
import { PendingData } from "./pending-data";
import { type Statistic, type StatisticSet, statisticOf } from "./statistics";

export type Dimensions = Readonly<Record<string, string>>;

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  /** As CloudWatch spells it; "None" for a number without unit. */
  readonly unit: string;
}

interface Times {
  /** The time that the datum is about, in milliseconds since 1970. */
  readonly timestampMs: number;
  /** The time from which CloudWatch can see the datum. @default timestampMs */
  readonly visibleMs?: number;
}

export interface Datum extends MetricName, Times {
  readonly value: number;
  /** How often the value was observed. @default 1 */
  readonly count?: number;
}

/** Many observations in one, as PutMetricData takes them under StatisticValues. Percentiles need min to equal max. */
export interface AggregatedDatum extends MetricName, Times {
  readonly statistics: StatisticSet;
}

/** One metric under one statistic and period. */
export interface MetricStatistic {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  /** Sum, Average, Minimum, Maximum, SampleCount, a percentile such as p99.9, or another of `statisticOf`. */
  readonly statistic: string;
  readonly periodSeconds: number;
  /** @default the first unit, in alphabetical order, that has data in the period */
  readonly unit?: string;
}

export interface StatisticQuery extends MetricStatistic {
  readonly startMs: number;
  /** Leaves out data that CloudWatch cannot see by then. @default all data count */
  readonly visibleByMs?: number;
}

/** Puts data of one metric. */
export type StatisticWriter = (statistics: StatisticSet, timestampMs: number, visibleMs: number) => void;

/** Answers the statistic of the period that starts at a time; undefined if the period has no data. */
export type StatisticReader = (startMs: number, visibleByMs?: number) => number | undefined;

interface Metric {
  readonly name: Omit<MetricName, "unit">;
  /** Sorted by name, so that the first one with data answers a query without unit. */
  units: readonly { readonly unit: string; readonly series: MinuteSeries }[];
}

const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;

const dimensionKeys = new WeakMap<Dimensions, string>();

const dimensionKey = (dimensions: Dimensions): string => {
  const known = dimensionKeys.get(dimensions);
  if (known !== undefined) return known;
  const key = JSON.stringify(Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1)));
  dimensionKeys.set(dimensions, key);
  return key;
};

/** @returns the same text for the same metric in any unit */
export const metricKey = ({ namespace, name, dimensions }: Omit<MetricName, "unit">): string =>
  `${namespace}\n${name}\n${dimensionKey(dimensions)}`;

const setOf = (datum: Datum | AggregatedDatum): StatisticSet => {
  if ("statistics" in datum) return datum.statistics;
  const { value, count = 1 } = datum;
  return { count, sum: value * count, min: value, max: value };
};

const roundingOf = (periodMs: number) => (periodMs >= MINUTE_MS ? MINUTE_MS : Math.min(TEN_SECONDS_MS, periodMs));

/** The period's value: from its statistic set, or from its values if every sample has a single value and none is negative. */
const compute = (statistic: Statistic, series: MinuteSeries, fromMs: number, toMs: number, visibleByMs: number) => {
  if (statistic.needs === "set") {
    const set = series.aggregate(fromMs, toMs, visibleByMs);
    return set && statistic.of(set);
  }
  const values = series.values(fromMs, toMs, visibleByMs);
  return values === undefined || values.length === 0 || (values[0]?.[0] ?? 0) < 0 ? undefined : statistic.of(values);
};

export class MetricStore {
  readonly #metrics = new Map<string, Metric>();
  readonly #pending = new PendingData<{ readonly series: MinuteSeries; readonly sample: Sample }>();
  readonly #readers = new WeakMap<MetricStatistic, StatisticReader>();
  /** Data visible by then are in their series; later data are pending. */
  #ingestedMs = -Infinity;

  put(datum: Datum | AggregatedDatum): void {
    const { timestampMs, visibleMs = timestampMs } = datum;
    const set = setOf(datum);
    if (set.count > 0) this.#add(this.#series(datum), set, timestampMs, visibleMs);
  }

  /** A faster `put` for many data of one metric. */
  writer(name: MetricName): StatisticWriter {
    let series: MinuteSeries | undefined;
    return (statistics, timestampMs, visibleMs) => {
      if (statistics.count <= 0) return;
      series ??= this.#series(name);
      this.#add(series, statistics, timestampMs, visibleMs);
    };
  }

  /** Deletes the data of whole hours that end by then; the metrics stay. */
  forget(beforeMs: number): void {
    for (const { units } of this.#metrics.values()) for (const { series } of units) series.forget(beforeMs);
  }

  /** Every metric that has data, once for each of its units. */
  list(): MetricName[] {
    return [...this.#metrics.values()].flatMap(({ name, units }) => units.map(({ unit }) => ({ ...name, unit })));
  }

  /** All data, visible or not, as values: a statistic set of several values appears as its average, `count` times. */
  data(): Datum[] {
    this.#ingest(Infinity);
    return [...this.#metrics.values()].flatMap(({ name, units }) =>
      units.flatMap(({ unit, series }) =>
        series.samples().map(({ timestampMs, visibleMs, count, sum }) => {
          const times = visibleMs === timestampMs ? { timestampMs } : { timestampMs, visibleMs };
          return { ...name, unit, ...times, value: sum / count, count };
        }),
      ),
    );
  }

  /**
   * @returns the statistic of one period, or undefined if the period has no data
   * @throws Error `Expected Sum, … for statistic but got <name>`
   */
  statistic({ startMs, visibleByMs, ...metric }: StatisticQuery): number | undefined {
    return this.#newReader(metric)(startMs, visibleByMs);
  }

  /**
   * A faster `statistic` for many periods of one metric. Ask in the order of `visibleByMs`: asking for an earlier time than
   * before is correct but slow.
   * @throws Error as `statistic`
   */
  reader(metric: MetricStatistic): StatisticReader {
    const known = this.#readers.get(metric);
    if (known !== undefined) return known;
    const reader = this.#newReader(metric);
    this.#readers.set(metric, reader);
    return reader;
  }

  #newReader(query: MetricStatistic): StatisticReader {
    const statistic = statisticOf(query.statistic);
    const key = metricKey(query);
    const periodMs = query.periodSeconds * 1000;
    const roundedMs = roundingOf(periodMs);
    let metric: Metric | undefined;
    return (startMs, visibleByMs = Infinity) => {
      metric ??= this.#metrics.get(key);
      if (metric === undefined) return undefined;
      this.#ingest(visibleByMs);
      const fromMs = Math.floor(startMs / roundedMs) * roundedMs;
      // As long as everything in the series is visible, its sums can be used as they are.
      const limitMs = visibleByMs < this.#ingestedMs ? visibleByMs : Infinity;
      for (const { unit, series } of metric.units) {
        if (query.unit !== undefined && query.unit !== unit) continue;
        const value = compute(statistic, series, fromMs, fromMs + periodMs, limitMs);
        if (value !== undefined) return Number.isNaN(value) ? undefined : value;
      }
      return undefined;
    };
  }

  #add(series: MinuteSeries, { count, sum, min, max }: StatisticSet, timestampMs: number, visibleMs: number): void {
    const sample = { timestampMs, visibleMs, count, sum, min, max };
    if (visibleMs <= this.#ingestedMs) series.add(sample);
    else this.#pending.add(visibleMs, { series, sample });
  }

  #series(name: MetricName): MinuteSeries {
    const { unit } = name;
    const metric = this.#metric(name);
    const known = metric.units.find((each) => each.unit === unit);
    if (known !== undefined) return known.series;
    const series = new MinuteSeries();
    metric.units = [...metric.units, { unit, series }].sort((one, other) => (one.unit < other.unit ? -1 : 1));
    return series;
  }

  #metric({ namespace, name, dimensions }: Omit<MetricName, "unit">): Metric {
    const key = metricKey({ namespace, name, dimensions });
    const known = this.#metrics.get(key);
    if (known !== undefined) return known;
    const metric: Metric = { name: { namespace, name, dimensions }, units: [] };
    this.#metrics.set(key, metric);
    return metric;
  }

  #ingest(visibleByMs: number): void {
    if (visibleByMs <= this.#ingestedMs) return;
    this.#ingestedMs = visibleByMs;
    for (const { series, sample } of this.#pending.takeUntil(visibleByMs)) series.add(sample);
  }
}
