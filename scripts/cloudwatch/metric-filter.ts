/**
 * Metric filters of CloudWatch Logs: turns log lines into data.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html. The default
 * value is reported for a minute in which lines were ingested and none matched. Where the page is silent: it is one data
 * point a minute, at the start of the minute; a match whose value is no number, or that lacks a dimension's field, gives no
 * data point, but counts as a match.
 */
import { type FilterPattern, isSelected, type Match, matches, parseFilterPattern } from "./filter-pattern";
import type { Datum } from "./metric-store";

/** As PutMetricFilter takes it; `value` is a number's text, `$.field` (JSON) or `$name` (space-delimited). */
export interface MetricFilter {
  readonly name: string;
  readonly logGroup: string;
  readonly pattern: string;
  readonly metric: {
    readonly namespace: string;
    readonly name: string;
    readonly value: string;
    /** @default nothing is reported for a minute without a match */
    readonly defaultValue?: number;
    /** @default "None" */
    readonly unit?: string;
    /** Dimension names, and the selectors whose values they take. @default no dimensions */
    readonly dimensions?: Readonly<Record<string, string>>;
  };
}

/** A line of a log group, and when it was written. */
export interface LogLine {
  readonly timestampMs: number;
  readonly message: string;
}

const MINUTE_MS = 60_000;
const MAX_DIMENSIONS = 3;

const numberIn = (text: string | number | undefined): number | undefined =>
  text === undefined || String(text).trim() === "" || !Number.isFinite(Number(text)) ? undefined : Number(text);

const refuse = (what: string, of: string, got: unknown): never => {
  throw new Error(`Expected ${what} for ${of} but got ${JSON.stringify(got)}`);
};

const validate = ({ name, metric }: MetricFilter, pattern: FilterPattern): void => {
  const selectors = Object.entries(metric.dimensions ?? {});
  if (numberIn(metric.value) === undefined && !isSelected(pattern, metric.value)) {
    refuse("a number or a selector of the pattern", `the metric value of filter ${name}`, metric.value);
  }
  if (selectors.length > MAX_DIMENSIONS) {
    refuse(`at most ${MAX_DIMENSIONS} dimensions`, `filter ${name}`, selectors.length);
  }
  if (selectors.length > 0 && metric.defaultValue !== undefined) {
    refuse("no default value beside dimensions", `filter ${name}`, metric.defaultValue);
  }
  for (const [dimension, selector] of selectors) {
    if (isSelected(pattern, selector)) continue;
    refuse("a selector of the pattern", `dimension ${dimension} of filter ${name}`, selector);
  }
};

export interface CompiledFilter {
  /** Whether the line matches, and the datum it produces. */
  readonly match: (line: LogLine) => { readonly isMatch: boolean; readonly datum?: Datum };
  /**
   * All data that the filter reports for lines of its log group, default values included.
   * @param lines in any order. Pass all lines of a minute in one call; otherwise a minute with a match can get a default value
   */
  readonly report: (lines: readonly LogLine[]) => Datum[];
}

/**
 * @throws Error `Expected … at column … of pattern …`, or `Expected … for … but got …` where value, default value and
 * dimensions contradict each other or name something that the pattern does not select
 */
export const compileFilter = (filter: MetricFilter): CompiledFilter => {
  const pattern = parseFilterPattern(filter.pattern);
  validate(filter, pattern);
  const { namespace, name, value, defaultValue, unit = "None", dimensions = {} } = filter.metric;

  const resultOf = (timestampMs: number, found: Match | undefined): ReturnType<CompiledFilter["match"]> => {
    if (found === undefined) return { isMatch: false };
    const number = numberIn(numberIn(value) ?? found.values.get(value));
    const selected = Object.entries(dimensions).map(([dimension, selector]) => [dimension, found.values.get(selector)]);
    if (number === undefined || selected.some(([, text]) => text === undefined)) return { isMatch: true };
    const texts = Object.fromEntries(selected.map(([dimension, text]) => [dimension, String(text)]));
    return { isMatch: true, datum: { namespace, name, dimensions: texts, unit, timestampMs, value: number } };
  };

  const match: CompiledFilter["match"] = ({ timestampMs, message }) =>
    resultOf(timestampMs, matches(pattern, message));

  const report: CompiledFilter["report"] = (lines) => {
    const texts = new Set(lines.map(({ message }) => message));
    const found = new Map([...texts].map((text) => [text, matches(pattern, text)]));
    const results = lines.map(({ timestampMs, message }) => ({
      minute: Math.floor(timestampMs / MINUTE_MS),
      ...resultOf(timestampMs, found.get(message)),
    }));
    const data = results.flatMap(({ datum }) => datum ?? []);
    if (defaultValue === undefined) return data;
    const matched = new Set(results.filter(({ isMatch }) => isMatch).map(({ minute }) => minute));
    const unmatched = [...new Set(results.map(({ minute }) => minute))].filter((minute) => !matched.has(minute));
    const defaults = unmatched.map((minute) => ({ timestampMs: minute * MINUTE_MS, value: defaultValue }));
    return [...data, ...defaults.map((one) => ({ namespace, name, dimensions: {}, unit, ...one }))];
  };

  return { match, report };
};
