/** The values of metric math: CloudWatch's S, TS and TS[], and what operators and functions do with them. */

/** One value for each period, oldest first; undefined for a period without a datapoint. */
export type Series = readonly (number | undefined)[];

export type Value =
  /** A number. NaN if it would need data and there are none. */
  | { readonly kind: "S"; readonly value: number }
  | { readonly kind: "TS"; readonly series: Series }
  | { readonly kind: "TS[]"; readonly list: readonly Series[] };

/** A word such as REPEAT or a quoted text, as an argument. */
export type Argument = Value | { readonly kind: "word" | "text"; readonly text: string };

/** A value that is no array. */
export type Single = Exclude<Value, { readonly kind: "TS[]" }>;

export const scalar = (value: number): Single => ({ kind: "S", value });
export const timeSeries = (series: Series): Single => ({ kind: "TS", series });
export const list = (all: readonly Series[]): Value => ({ kind: "TS[]", list: all });

const NAMES = {
  S: "a number",
  TS: "a time series",
  "TS[]": "an array of time series",
  word: "a word",
  text: "a text",
} as const satisfies Record<Argument["kind"], string>;

/** @throws Error `Expected <what> for <name> but got a number`, or a time series, and so on */
export const refuseArgument = (what: string, name: string, got: Argument | undefined): never => {
  throw new Error(`Expected ${what} for ${name} but got ${got === undefined ? "nothing" : NAMES[got.kind]}`);
};

export const seriesOf = (argument: Argument | undefined, name: string): Series =>
  argument?.kind === "TS" ? argument.series : refuseArgument(NAMES.TS, name, argument);

export const numberOf = (argument: Argument | undefined, name: string): number =>
  argument?.kind === "S" ? argument.value : refuseArgument(NAMES.S, name, argument);

export const listOf = (argument: Argument | undefined, name: string): readonly Series[] =>
  argument?.kind === "TS[]" ? argument.list : refuseArgument(NAMES["TS[]"], name, argument);

/** Applies a function to a time series, or to each of an array. */
export const mapSeries = (argument: Argument | undefined, name: string, map: (series: Series) => Series): Value => {
  if (argument?.kind === "TS") return timeSeries(map(argument.series));
  if (argument?.kind === "TS[]") return list(argument.list.map(map));
  return refuseArgument(`${NAMES.TS} or ${NAMES["TS[]"]}`, name, argument);
};

const isPresent = (value: number | undefined): value is number => value !== undefined;

/** The datapoints of a time series. */
export const present = (series: Series): number[] => series.filter(isPresent);

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/**
 * Reduces a time series to a number, or an array to one time series, period by period.
 * @param isMissingZero whether a missing value counts as 0 beside others
 */
export const reduceSeries = (
  argument: Argument | undefined,
  name: string,
  reduce: (values: readonly number[]) => number,
  isMissingZero = false,
): Value => {
  const valuesOf = (all: Series) => (isMissingZero ? all.map((value) => value ?? 0) : present(all));
  if (argument?.kind === "TS") {
    return scalar(present(argument.series).length === 0 ? Number.NaN : reduce(valuesOf(argument.series)));
  }
  const all = listOf(argument, name);
  const periods = Math.max(0, ...all.map(({ length }) => length));
  const reduced = Array.from({ length: periods }, (_, period) => {
    const column = all.map((series) => series[period]);
    return column.some(isPresent) ? finite(reduce(valuesOf(column))) : undefined;
  });
  return timeSeries(reduced);
};

export type BinaryOperation = (left: number, right: number) => number;

const series2 = (one: Series, other: Series, operation: BinaryOperation): Series =>
  one.map((left, period) => {
    const right = other[period];
    return left === undefined && right === undefined ? undefined : finite(operation(left ?? 0, right ?? 0));
  });

const series1 = (one: Series, operation: (value: number) => number): Series =>
  one.map((value) => (value === undefined ? undefined : finite(operation(value))));

const combineSingle = (left: Single, right: Single, operation: BinaryOperation): Single => {
  if (left.kind === "TS" && right.kind === "TS") return timeSeries(series2(left.series, right.series, operation));
  if (left.kind === "TS" && right.kind === "S") {
    return timeSeries(series1(left.series, (value) => operation(value, right.value)));
  }
  if (left.kind === "S" && right.kind === "TS") {
    return timeSeries(series1(right.series, (value) => operation(left.value, value)));
  }
  return scalar(left.kind === "S" && right.kind === "S" ? operation(left.value, right.value) : Number.NaN);
};

const seriesIn = (value: Single): Series => (value.kind === "TS" ? value.series : []);

/**
 * Between two time series, a value that only one of them has counts as 0 in the other. A result that is no finite number,
 * such as that of a division by zero, is dropped.
 */
export const combine = (left: Value, right: Value, name: string, operation: BinaryOperation): Value => {
  if (left.kind !== "TS[]" && right.kind !== "TS[]") return combineSingle(left, right, operation);
  if (left.kind === "TS[]" && right.kind === "TS[]") {
    const { length } = left.list;
    if (length === right.list.length) {
      return list(left.list.map((series, index) => series2(series, right.list[index] ?? [], operation)));
    }
    throw new Error(`Expected arrays of one length for ${name} but got ${length} and ${right.list.length}`);
  }
  if (left.kind === "TS[]") {
    const one = right as Single;
    return list(left.list.map((series) => seriesIn(combineSingle(timeSeries(series), one, operation))));
  }
  const all = right as Extract<Value, { readonly kind: "TS[]" }>;
  return list(all.list.map((series) => seriesIn(combineSingle(left, timeSeries(series), operation))));
};
