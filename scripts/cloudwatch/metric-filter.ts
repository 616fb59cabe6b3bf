/**
 * Metric filters of CloudWatch Logs: turns log lines into data.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html. The default
 * value is reported for a minute that has lines but no match. Assumed: it is one datum a minute, at the start of the minute,
 * visible with the last of its lines;
 * a match without a numeric value, or without the field of a dimension, produces no datum but counts as a match.
 */
import {
  type FilterPattern,
  type Match,
  matches,
  parseFilterPattern,
  type ValueReader,
  valueReader,
} from "./filter-pattern";
import type { Datum } from "./metric-store";

/** The input of PutMetricFilter. `value` is the text of a number, `$.field` (JSON), or `$name` or `$position` (space-delimited). */
export interface MetricFilter {
  readonly name: string;
  readonly logGroup: string;
  readonly pattern: string;
  readonly metric: {
    readonly namespace: string;
    readonly name: string;
    readonly value: string;
    /** @default a minute without a match has no datum */
    readonly defaultValue?: number;
    /** @default "None" */
    readonly unit?: string;
    /** Selectors of the values, by dimension name. @default no dimensions */
    readonly dimensions?: Readonly<Record<string, string>>;
  };
}

/** A line of a log group. */
export interface LogLine {
  /** The time that the line is about, in milliseconds since 1970. */
  readonly timestampMs: number;
  readonly message: string;
  /** The time from which CloudWatch can see the data that filters make from the line. @default timestampMs */
  readonly visibleMs?: number;
  /** Name of its log group. @default that of each filter */
  readonly logGroup?: string;
}

const MINUTE_MS = 60_000;
const MAX_DIMENSIONS = 3;

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

const numberIn = (text: string | number | undefined): number | undefined => {
  const number = typeof text === "string" && !NUMBER.test(text) ? undefined : Number(text);
  return Number.isFinite(number) ? number : undefined;
};

const refuse = (what: string, of: string, got: unknown): never => {
  throw new Error(`Expected ${what} for ${of} but got ${JSON.stringify(got)}`);
};

interface Readers {
  readonly value: ValueReader;
  readonly dimensions: readonly (readonly [name: string, read: ValueReader])[];
}

const readersOf = ({ name, metric }: MetricFilter, pattern: FilterPattern): Readers => {
  const selectors = Object.entries(metric.dimensions ?? {});
  const number = numberIn(metric.value);
  const value = number === undefined ? valueReader(pattern, metric.value) : () => number;
  if (value === undefined) {
    return refuse(
      "a number or a selector such as $.field or $name",
      `the metric value of filter ${name}`,
      metric.value,
    );
  }
  if (selectors.length > MAX_DIMENSIONS) {
    refuse(`at most ${MAX_DIMENSIONS} dimensions`, `filter ${name}`, selectors.length);
  }
  if (selectors.length > 0 && metric.defaultValue !== undefined) {
    refuse("no default value beside dimensions", `filter ${name}`, metric.defaultValue);
  }
  const dimensions = selectors.map(([dimension, selector]): [string, ValueReader] => [
    dimension,
    valueReader(pattern, selector) ??
      refuse("a selector such as $.field or $name", `dimension ${dimension} of filter ${name}`, selector),
  ]);
  return { value, dimensions };
};

const minuteOf = ({ timestampMs }: LogLine) => Math.floor(timestampMs / MINUTE_MS);

const latest = (one: number | undefined, other: number | undefined) =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

export interface CompiledFilter {
  /** Whether the line matches, and the datum it produces. */
  readonly match: (line: LogLine) => { readonly isMatch: boolean; readonly datum?: Datum };
  /**
   * All data that the filter reports for lines, default values included. Lines of other log groups are left out.
   * @param lines in any order. Pass all lines of a minute in one call; otherwise a minute with a match can get a default value
   */
  readonly report: (lines: readonly LogLine[]) => Datum[];
}

/**
 * @throws Error `Expected … at column … of pattern …`, or `Expected … for … but got …` where value, default value and
 * dimensions contradict each other or are no selector of the pattern's syntax
 */
export const compileFilter = (filter: MetricFilter): CompiledFilter => {
  const pattern = parseFilterPattern(filter.pattern);
  const readers = readersOf(filter, pattern);
  const { namespace, name, defaultValue, unit = "None" } = filter.metric;

  const resultOf = (
    { timestampMs, visibleMs }: LogLine,
    found: Match | undefined,
  ): ReturnType<CompiledFilter["match"]> => {
    if (found === undefined) return { isMatch: false };
    const value = numberIn(readers.value(found));
    const dimensions = readers.dimensions.map(([dimension, read]) => [dimension, read(found)]);
    if (value === undefined || dimensions.some(([, text]) => text === undefined)) return { isMatch: true };
    const texts = Object.fromEntries(dimensions.map(([dimension, text]) => [dimension, String(text)]));
    const times = visibleMs === undefined ? { timestampMs } : { timestampMs, visibleMs };
    return { isMatch: true, datum: { namespace, name, dimensions: texts, unit, ...times, value } };
  };

  const isOther = ({ logGroup }: LogLine) => logGroup !== undefined && logGroup !== filter.logGroup;

  const match: CompiledFilter["match"] = (line) =>
    isOther(line) ? { isMatch: false } : resultOf(line, matches(pattern, line.message));

  const report: CompiledFilter["report"] = (all) => {
    const lines = all.some(isOther) ? all.filter((line) => !isOther(line)) : all;
    const texts = new Set(lines.map(({ message }) => message));
    const found = new Map([...texts].map((text) => [text, matches(pattern, text)]));
    const results = lines.map((line) => ({ line, ...resultOf(line, found.get(line.message)) }));
    const data = results.flatMap(({ datum }) => datum ?? []);
    if (defaultValue === undefined) return data;
    const matched = new Set(results.filter(({ isMatch }) => isMatch).map(({ line }) => minuteOf(line)));
    const visible = new Map<number, number | undefined>();
    for (const { line } of results.filter(({ line: each }) => !matched.has(minuteOf(each)))) {
      visible.set(minuteOf(line), latest(visible.get(minuteOf(line)), line.visibleMs));
    }
    const defaults = [...visible].map(([minute, visibleMs]): Datum => {
      const times = { timestampMs: minute * MINUTE_MS, ...(visibleMs !== undefined && { visibleMs }) };
      return { namespace, name, dimensions: {}, unit, ...times, value: defaultValue };
    });
    return [...data, ...defaults];
  };

  return { match, report };
};
