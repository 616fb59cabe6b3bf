/**
 * The metrics of CloudWatch in memory: data points in, statistics out.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html: a metric is its namespace,
 * name and exact set of dimensions; nothing is aggregated across dimensions. Periods start where they are asked for, rounded
 * down to a whole minute, or to a whole period if that is shorter (API reference, GetMetricStatistics). Where the page is
 * silent: a percentile is not interpolated, it is the smallest value that at least that share of the samples does not exceed;
 * without a unit in the query, data of all units are taken together.
 */

export type Dimensions = Readonly<Record<string, string>>;

export interface Datum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  /** As CloudWatch spells it; "None" where there is none. */
  readonly unit: string;
  readonly timestampMs: number;
  readonly value: number;
  /** How often the value was observed. @default 1 */
  readonly count?: number;
}

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly unit: string;
}

export interface StatisticQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  /** Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99 or p99.9. */
  readonly statistic: string;
  readonly startMs: number;
  readonly periodSeconds: number;
  /** @default data of any unit */
  readonly unit?: string;
}

interface Sample {
  readonly timestampMs: number;
  readonly value: number;
  readonly count: number;
  readonly unit: string;
}

const MINUTE_MS = 60_000;

const total = (samples: readonly Sample[]) => samples.reduce((sum, { value, count }) => sum + value * count, 0);
const sampleCount = (samples: readonly Sample[]) => samples.reduce((sum, { count }) => sum + count, 0);

const STATISTICS = {
  Sum: total,
  Average: (samples) => total(samples) / sampleCount(samples),
  Minimum: (samples) => samples.reduce((least, { value }) => Math.min(least, value), Infinity),
  Maximum: (samples) => samples.reduce((most, { value }) => Math.max(most, value), -Infinity),
  SampleCount: sampleCount,
} as const satisfies Record<string, (samples: readonly Sample[]) => number>;

const isStatistic = (name: string): name is keyof typeof STATISTICS => Object.hasOwn(STATISTICS, name);

/** Percentiles are not available for metrics with negative values. */
const percentile = (samples: readonly Sample[], percent: number): number | undefined => {
  const ascending = samples.toSorted((one, other) => one.value - other.value);
  if (ascending[0] === undefined || ascending[0].value < 0) return undefined;
  const wanted = (percent / 100) * sampleCount(samples);
  let seen = 0;
  return ascending.find(({ count }) => {
    seen += count;
    return seen >= wanted;
  })?.value;
};

/** @throws Error `Expected Sum, … for statistic but got <name>` */
const statisticOf = (name: string): ((samples: readonly Sample[]) => number | undefined) => {
  if (isStatistic(name)) return STATISTICS[name];
  const percent = /^p(\d{1,2}(?:\.\d{1,2})?|100)$/.exec(name)?.[1];
  if (percent !== undefined) return (samples) => percentile(samples, Number(percent));
  throw new Error(
    `Expected ${Object.keys(STATISTICS).join(", ")} or p0 to p100 for statistic but got ${JSON.stringify(name)}`,
  );
};

const keyOf = ({ namespace, name, dimensions }: Omit<MetricName, "unit">): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))]);

const minuteOf = (timestampMs: number) => Math.floor(timestampMs / MINUTE_MS);

export class MetricStore {
  readonly #metrics = new Map<string, { readonly name: MetricName; readonly minutes: Map<number, Sample[]> }>();

  put({ namespace, name, dimensions, unit, timestampMs, value, count = 1 }: Datum): void {
    const key = keyOf({ namespace, name, dimensions });
    const metric = this.#metrics.get(key) ?? { name: { namespace, name, dimensions, unit }, minutes: new Map() };
    this.#metrics.set(key, metric);
    const minute = minuteOf(timestampMs);
    const samples = metric.minutes.get(minute) ?? [];
    metric.minutes.set(minute, samples);
    samples.push({ timestampMs, value, count, unit });
  }

  /** Every metric that has data, with every unit that it has data of. */
  list(): MetricName[] {
    return [...this.#metrics.values()].flatMap(({ name, minutes }) =>
      [...new Set([...minutes.values()].flat().map(({ unit }) => unit))].map((unit) => ({ ...name, unit })),
    );
  }

  /** Everything that was put, metric by metric and minute by minute. */
  data(): Datum[] {
    return [...this.#metrics.values()].flatMap(({ name, minutes }) =>
      [...minutes.values()].flat().map((sample) => ({ ...name, ...sample })),
    );
  }

  /**
   * @returns the statistic of one period, or undefined where the period has no data
   * @throws Error `Expected Sum, … for statistic but got <name>`
   */
  statistic({ statistic, startMs, periodSeconds, unit, ...metric }: StatisticQuery): number | undefined {
    const compute = statisticOf(statistic);
    const periodMs = periodSeconds * 1000;
    const roundedMs = Math.min(MINUTE_MS, periodMs);
    const fromMs = Math.floor(startMs / roundedMs) * roundedMs;
    const minutes = this.#metrics.get(keyOf(metric))?.minutes;
    const isWanted = (sample: Sample) =>
      sample.timestampMs >= fromMs &&
      sample.timestampMs < fromMs + periodMs &&
      (unit === undefined || sample.unit === unit);
    const wanted: Sample[] = [];
    for (let minute = minuteOf(fromMs); minute * MINUTE_MS < fromMs + periodMs; minute += 1) {
      for (const sample of minutes?.get(minute) ?? []) if (isWanted(sample)) wanted.push(sample);
    }
    return wanted.length === 0 ? undefined : compute(wanted);
  }
}
