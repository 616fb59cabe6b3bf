/**
 * The functions of metric math: add a row to support another.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax-functions-list.
 * AVG counts missing values as 0, as the page says. Assumed: the other reducers skip missing values, and no reducer has a
 * datapoint where all values are missing; STDDEV is that of the population; REPEAT and LINEAR leave a gap at the beginning
 * open, and LINEAR one at the end too; functions of time are in UTC.
 */
import {
  type Argument,
  list,
  listOf,
  mapSeries,
  numberOf,
  present,
  reduceSeries,
  refuseArgument,
  type Series,
  scalar,
  seriesOf,
  timeSeries,
  type Value,
} from "./metric-math-values";

/** The periods that an expression is evaluated for. */
export interface MathContext {
  /** Start of each period in milliseconds since 1970, oldest first. */
  readonly startsMs: readonly number[];
  readonly periodSeconds: number;
  /** The series of a metric or expression. */
  readonly lookup: (id: string) => Series;
  /** Ids of the metrics, without those of expressions. */
  readonly metricIds: readonly string[];
}

interface MathFunction {
  /** Least and greatest number of arguments. */
  readonly takes: readonly [number, number];
  readonly of: (args: readonly Argument[], context: MathContext, name: string) => Value;
}

type Reduce = (values: readonly number[]) => number;

const sum: Reduce = (values) => values.reduce((total, value) => total + value, 0);
const average: Reduce = (values) => sum(values) / values.length;
const deviation: Reduce = (values) => {
  const mean = average(values);
  return Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
};
const least: Reduce = (values) => Math.min(...values);
const greatest: Reduce = (values) => Math.max(...values);

const each = (map: (value: number) => number): MathFunction => ({
  takes: [1, 1],
  of: ([argument], _, name) =>
    mapSeries(argument, name, (series) =>
      series.map((value) => (value === undefined ? undefined : finite(map(value)))),
    ),
});

const finite = (value: number) => (Number.isFinite(value) ? value : undefined);

const reducer = (reduce: Reduce, isMissingZero = false): MathFunction => ({
  takes: [1, 1],
  of: ([argument], _, name) => reduceSeries(argument, name, reduce, isMissingZero),
});

/** Compares each datapoint with the one before it, however many periods lie between. */
const step = (of: (difference: number, seconds: number) => number): MathFunction => ({
  takes: [1, 1],
  of: ([argument], { startsMs }, name) =>
    mapSeries(argument, name, (series) => {
      let before: number | undefined;
      return series.map((value, period) => {
        const last = before;
        if (value === undefined) return undefined;
        before = period;
        if (last === undefined) return undefined;
        const seconds = ((startsMs[period] ?? 0) - (startsMs[last] ?? 0)) / 1000;
        return of(value - (series[last] ?? 0), seconds);
      });
    }),
});

const clock = (of: (date: Date) => number): MathFunction => ({
  takes: [1, 1],
  of: ([argument], { startsMs }, name) => {
    seriesOf(argument, name);
    return timeSeries(startsMs.map((startMs) => of(new Date(startMs))));
  },
});

const repeated = (series: Series): Series => {
  let last: number | undefined;
  return series.map((value) => {
    last = value ?? last;
    return last;
  });
};

const interpolated = (series: Series): Series =>
  series.map((value, period) => {
    if (value !== undefined) return value;
    const before = series.findLastIndex((other, index) => index < period && other !== undefined);
    const after = series.findIndex((other, index) => index > period && other !== undefined);
    const [from, to] = [series[before], series[after]];
    if (from === undefined || to === undefined) return undefined;
    return from + ((to - from) * (period - before)) / (after - before);
  });

const filler = (argument: Argument | undefined): ((series: Series) => Series) => {
  if (argument?.kind === "word" && argument.text === "REPEAT") return repeated;
  if (argument?.kind === "word" && argument.text === "LINEAR") return interpolated;
  if (argument?.kind === "S") return (series) => series.map((value) => value ?? finite(argument.value));
  if (argument?.kind === "TS") return (series) => series.map((value, period) => value ?? argument.series[period]);
  return refuseArgument("a number, a time series, REPEAT or LINEAR", "the second argument of FILL", argument);
};

const isEvery = (argument: Argument, periods: number): Series =>
  argument.kind === "S"
    ? Array.from({ length: periods }, () => argument.value)
    : seriesOf(argument, "an argument of IF");

/** TRUE without a value in the second argument is 0; FALSE without one in the third has no datapoint. */
const conditional: MathFunction["of"] = ([when, yes, no], { startsMs }) => {
  if (when === undefined || yes === undefined) return refuseArgument("2 or 3 arguments", "IF", when);
  const periods = startsMs.length;
  const nothing: Series = Array.from({ length: periods }, () => undefined);
  if (when.kind === "S") {
    const chosen = when.value !== 0 ? yes : no;
    return chosen?.kind === "S" ? chosen : timeSeries(chosen === undefined ? nothing : isEvery(chosen, periods));
  }
  const [yeses, noes] = [isEvery(yes, periods), no === undefined ? nothing : isEvery(no, periods)];
  const condition = seriesOf(when, "the condition of IF");
  return timeSeries(
    condition.map((value, period) => {
      if (value === undefined) return undefined;
      return value === 0 ? noes[period] : (yeses[period] ?? 0);
    }),
  );
};

const SORT_BY = {
  AVG: (series) => sum(present(series)) / series.length,
  MIN: (series) => least(present(series)),
  MAX: (series) => greatest(present(series)),
  SUM: (series) => sum(present(series)),
} as const satisfies Record<string, (series: Series) => number>;

const isSortKey = (text: string): text is keyof typeof SORT_BY => Object.hasOwn(SORT_BY, text);

const sorted: MathFunction["of"] = ([argument, by, order, limit]) => {
  const all = listOf(argument, "SORT");
  if (by?.kind !== "word" || !isSortKey(by.text)) {
    return refuseArgument(Object.keys(SORT_BY).join(", "), "the second argument of SORT", by);
  }
  if (order?.kind !== "word" || !["ASC", "DESC"].includes(order.text)) {
    return refuseArgument("ASC or DESC", "the third argument of SORT", order);
  }
  const key = SORT_BY[by.text];
  const sign = order.text === "ASC" ? 1 : -1;
  const ordered = all.toSorted((one, other) => sign * (key(one) - key(other)));
  return list(limit === undefined ? ordered : ordered.slice(0, numberOf(limit, "the limit of SORT")));
};

const sliced: MathFunction["of"] = ([argument, start, end]) =>
  list(
    listOf(argument, "SLICE").slice(
      numberOf(start, "the start of SLICE"),
      end === undefined ? undefined : numberOf(end, "the end of SLICE"),
    ),
  );

const one = (series: Series | undefined, name: string): Value =>
  series === undefined ? refuseArgument("a time series in the array", name, undefined) : timeSeries(series);

// biome-ignore format: a ledger is read down its columns
export const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  ABS:             each(Math.abs),
  CEIL:            each(Math.ceil),
  FLOOR:           each(Math.floor),
  LOG:             each(Math.log),
  LOG10:           each(Math.log10),
  AVG:             reducer(average, true),
  MAX:             reducer(greatest),
  MIN:             reducer(least),
  SUM:             reducer(sum),
  STDDEV:          reducer(deviation),
  DATAPOINT_COUNT: reducer((values) => values.length),
  DIFF:            step((difference) => difference),
  DIFF_TIME:       step((_, seconds) => seconds),
  RATE:            step((difference, seconds) => difference / seconds),
  MINUTE:          clock((date) => date.getUTCMinutes()),
  HOUR:            clock((date) => date.getUTCHours()),
  /** Monday is 1, Sunday is 7. */
  DAY:             clock((date) => date.getUTCDay() || 7),
  DATE:            clock((date) => date.getUTCDate()),
  MONTH:           clock((date) => date.getUTCMonth() + 1),
  YEAR:            clock((date) => date.getUTCFullYear()),
  EPOCH:           clock((date) => date.getTime() / 1000),
  FILL:            { takes: [2, 2], of: ([argument, second], _, name) => mapSeries(argument, name, filler(second)) },
  IF:              { takes: [2, 3], of: conditional },
  FIRST:           { takes: [1, 1], of: ([argument], _, name) => one(listOf(argument, name)[0], name) },
  LAST:            { takes: [1, 1], of: ([argument], _, name) => one(listOf(argument, name).at(-1), name) },
  METRIC_COUNT:    { takes: [1, 1], of: ([argument], _, name) => scalar(listOf(argument, name).length) },
  REMOVE_EMPTY:    { takes: [1, 1], of: ([argument], _, name) => list(listOf(argument, name).filter((series) => present(series).length > 0)) },
  SLICE:           { takes: [2, 3], of: sliced },
  SORT:            { takes: [3, 4], of: sorted },
  TIME_SERIES:     { takes: [1, 1], of: ([argument], { startsMs }, name) => timeSeries(startsMs.map(() => finite(numberOf(argument, name)))) },
  RUNNING_SUM:     { takes: [1, 1], of: ([argument], _, name) => mapSeries(argument, name, (series) => {
                       let total = 0;
                       return series.map((value) => { total += value ?? 0; return value === undefined ? undefined : total; });
                     }) },
  /** With a text: the metrics whose id contains it. */
  METRICS:         { takes: [0, 1], of: ([text], { metricIds, lookup }, name) => {
                       if (text !== undefined && text.kind !== "text") return refuseArgument("a text", name, text);
                       return list(metricIds.filter((id) => id.includes(text?.text ?? "")).map(lookup));
                     } },
  PERIOD:          { takes: [1, 1], of: ([argument], { periodSeconds }, name) => { seriesOf(argument, name); return scalar(periodSeconds); } },
};

/** Functions that CloudWatch has and this room does not model. */
export const NOT_MODELLED_FUNCTIONS: readonly string[] = [
  "ANOMALY_DETECTION_BAND",
  "INSIGHT_RULE_METRIC",
  "SERVICE_QUOTA",
  "SEARCH",
  "DB_PERF_INSIGHTS",
  "LAMBDA",
];
