/**
 * The statistics of CloudWatch over the samples of one period.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html. Assumed, because the
 * page does not say: a percentile is the smallest value that at least this share of the samples does not exceed (CloudWatch
 * itself interpolates in a histogram, so its answer can differ by about a percent); a percent boundary of a trimmed statistic
 * may cut a sample, whose parts then count by their weight; PR excludes its lower boundary as the other statistics do.
 */

/** What PutMetricData calls a statistic set: `count` observations in one. */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** A value, and how often it was observed. */
export type Weighted = readonly [value: number, count: number];

export type Statistic =
  /** Computed from the period's statistic set. */
  | { readonly needs: "set"; readonly of: (set: StatisticSet) => number }
  /** Computed from the values, in ascending order; never empty. */
  | { readonly needs: "values"; readonly of: OfValues };

const SIMPLE = {
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
  SampleCount: ({ count }) => count,
} as const satisfies Record<string, (set: StatisticSet) => number>;

const isSimple = (name: string): name is keyof typeof SIMPLE => Object.hasOwn(SIMPLE, name);

const countOf = (values: readonly Weighted[]) => values.reduce((total, [, count]) => total + count, 0);
const sumOf = (values: readonly Weighted[]) => values.reduce((total, [value, count]) => total + value * count, 0);

const percentile = (values: readonly Weighted[], percent: number): number => {
  const wanted = (percent / 100) * countOf(values);
  let seen = 0;
  const [value] = values.find(([, count]) => {
    seen += count;
    return seen >= wanted;
  }) ?? [Number.NaN];
  return value;
};

interface Range {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly isPercent: boolean;
}

/** The samples between two percentages. */
const between = (values: readonly Weighted[], fromPercent: number, toPercent: number): Weighted[] => {
  const total = countOf(values);
  let seen = 0;
  return values
    .map(([value, count]): Weighted => {
      const start = Math.max(seen, (fromPercent / 100) * total);
      seen += count;
      return [value, Math.max(0, Math.min(seen, (toPercent / 100) * total) - start)];
    })
    .filter(([, count]) => count > 0);
};

const trimmed = (values: readonly Weighted[], { from, to, isPercent }: Range): Weighted[] =>
  isPercent
    ? between(values, from ?? 0, to ?? 100)
    : values.filter(([value]) => value > (from ?? -Infinity) && value <= (to ?? Infinity));

/** Values outside the range count as the value at its edge. */
const winsorized = (values: readonly Weighted[], { from, to, isPercent }: Range): Weighted[] => {
  const inside = isPercent ? between(values, from ?? 0, to ?? 100) : [];
  const least = from === undefined ? -Infinity : isPercent ? (inside[0]?.[0] ?? from) : from;
  const most = to === undefined ? Infinity : isPercent ? (inside.at(-1)?.[0] ?? to) : to;
  return values.map(([value, count]) => [Math.min(Math.max(value, least), most), count]);
};

const mean = (values: readonly Weighted[]) => sumOf(values) / countOf(values);

/** Statistics over a range of the values. A mean of no value is NaN, and so has no datapoint. */
const RANGED = {
  TM: (values, range) => mean(trimmed(values, range)),
  WM: (values, range) => mean(winsorized(values, range)),
  TC: (values, range) => countOf(trimmed(values, range)),
  TS: (values, range) => sumOf(trimmed(values, range)),
  PR: (values, range) => (100 * countOf(trimmed(values, range))) / countOf(values),
} as const satisfies Record<string, (values: readonly Weighted[], range: Range) => number>;

const INTERQUARTILE: Range = { from: 25, to: 75, isPercent: true };

const numberOf = (text: string | undefined) => (text ? Number(text) : undefined);

type OfValues = (values: readonly Weighted[]) => number;

const SHORT = /^(tm|wm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100)$/;
const LONG = /^(TM|WM|TC|TS|PR)\((?:(\d+(?:\.\d{1,10})?)(%?))?:(?:(\d+(?:\.\d{1,10})?)(%?))?\)$/;

const rangedStatistic = (name: string): OfValues | undefined => {
  const [, short = "", percent] = SHORT.exec(name) ?? [];
  const [, long = "", from, fromSign, to, toSign] = LONG.exec(name) ?? [];
  const key = (short.toUpperCase() || long) as keyof typeof RANGED | "";
  if (key === "") return undefined;
  const signs = new Set(percent ? ["%"] : [...(from ? [fromSign] : []), ...(to ? [toSign] : [])]);
  const isPercent = signs.has("%");
  if (signs.size !== 1 || (isPercent && key === "PR")) return undefined;
  const range = { from: numberOf(from), to: numberOf(percent ?? to), isPercent };
  return (values) => RANGED[key](values, range);
};

const percentOf = (name: string): number | undefined => {
  const percent = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  return percent === undefined ? undefined : Number(percent);
};

/**
 * How many samples make a percentile significant:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
 * @returns undefined for a statistic that is no percentile between 0 and 100
 */
export const significantSamples = (name: string): number | undefined => {
  const share = (percentOf(name) ?? 0) / 100;
  if (share <= 0 || share >= 1) return undefined;
  // 10 / (1 - 0.99) is a little more than 1000 in binary fractions.
  return Number((10 / (share >= 0.5 ? 1 - share : share)).toFixed(6));
};

/**
 * @param name Sum, Average, Minimum, Maximum, SampleCount, a percentile such as p99.9, IQM, or a range such as tm90 or TM(10%:90%)
 * @throws Error `Expected Sum, … for statistic but got <name>`
 */
export const statisticOf = (name: string): Statistic => {
  if (isSimple(name)) return { needs: "set", of: SIMPLE[name] };
  const percent = percentOf(name);
  if (percent !== undefined) return { needs: "values", of: (values) => percentile(values, percent) };
  if (name === "IQM") return { needs: "values", of: (values) => RANGED.TM(values, INTERQUARTILE) };
  const of = rangedStatistic(name);
  if (of !== undefined) return { needs: "values", of };
  throw new Error(
    `Expected ${Object.keys(SIMPLE).join(", ")}, p0 to p100, IQM or a range such as TM(10%:90%) for statistic but got ${JSON.stringify(name)}`,
  );
};
