/**
 * Filter patterns of CloudWatch Logs: parses them, matches log lines, and prints them again.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html. Each syntax has its own file,
 * which also lists other sources and what is assumed.
 */
import type { Comparison } from "./comparison";
import { type Condition, testsOf } from "./condition";
import { type Cursor, cursorOver } from "./cursor";
import {
  type Field,
  fieldComparisons,
  fieldReader,
  fieldValues,
  type MatchedColumns,
  matchFields,
  printFieldPattern,
  readFieldPattern,
} from "./field-pattern";
import {
  type JsonTest,
  jsonValues,
  matchJson,
  printJsonPattern,
  readJson,
  readJsonPattern,
  readSelector,
} from "./json-pattern";
import { matchesTerms, printTerms, readTerms, type Term } from "./term-pattern";
import { printRegex, readRegex, regexOf } from "./tokens";

export type FilterPattern =
  | { readonly syntax: "terms"; readonly terms: readonly Term[] }
  | { readonly syntax: "regex"; readonly source: string }
  | { readonly syntax: "fields"; readonly fields: readonly Field[] }
  | { readonly syntax: "json"; readonly condition: Condition<JsonTest> };

/** A line that matches a pattern. */
export interface Match {
  /** The values that the pattern names: JSON under `$.field` as `printFilterPattern` writes it, columns under `$name` or `$position`. */
  readonly values: ReadonlyMap<string, string | number>;
  /** The line's object if the pattern is for JSON. */
  readonly root?: object;
  /** The line's columns if the pattern is for space-delimited lines. */
  readonly columns?: MatchedColumns;
}

/** PutMetricFilter, filterPattern: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html */
const MAX_CHARACTERS = 1024;
const MAX_REGEXES = 2;

const read = (cursor: Cursor): FilterPattern => {
  if (cursor.take(/(?=\{)/y) !== undefined) return { syntax: "json", condition: readJsonPattern(cursor) };
  if (cursor.take(/(?=\[)/y) !== undefined) return { syntax: "fields", fields: readFieldPattern(cursor) };
  const source = readRegex(cursor);
  return source === undefined ? { syntax: "terms", terms: readTerms(cursor) } : { syntax: "regex", source };
};

const comparisons = (pattern: FilterPattern): Comparison[] => {
  if (pattern.syntax === "fields") return fieldComparisons(pattern.fields);
  if (pattern.syntax !== "json") return [];
  return testsOf(pattern.condition).flatMap((test) => (test.kind === "compare" ? [test.comparison] : []));
};

/**
 * @throws Error `Expected <what> at column <n> of pattern <text>` for what the documented syntax and its quotas do not allow
 */
export const parseFilterPattern = (text: string): FilterPattern => {
  const cursor = cursorOver(text, "pattern");
  if (text.length > MAX_CHARACTERS) cursor.fail(`at most ${MAX_CHARACTERS} characters`, MAX_CHARACTERS);
  const pattern = read(cursor);
  cursor.need(/$/y, "nothing more");
  const regexes = comparisons(pattern).filter(({ value }) => value.kind === "regex");
  if (regexes.length > MAX_REGEXES) cursor.fail(`at most ${MAX_REGEXES} regular expressions`, 0);
  return pattern;
};

const NOTHING: ReadonlyMap<string, string> = new Map();

/** @returns undefined if the line does not match */
export const matches = (pattern: FilterPattern, line: string): Match | undefined => {
  if (pattern.syntax === "json") {
    const root = matchJson(pattern.condition, line);
    return root && { values: jsonValues(pattern.condition, root), root };
  }
  if (pattern.syntax === "fields") {
    const columns = matchFields(pattern.fields, line);
    return columns && { values: fieldValues(columns), columns };
  }
  const isMatch = pattern.syntax === "regex" ? regexOf(pattern.source).test(line) : matchesTerms(pattern.terms, line);
  return isMatch ? { values: NOTHING } : undefined;
};

/** Reads one value from a matching line. */
export type ValueReader = (match: Match) => string | number | undefined;

/**
 * A metric value or dimension may name any field of the line, whether or not the pattern selects it: CloudWatch accepts
 * `$.value` for `{ $.val = * }` (recorded by LocalStack, test_delete_metric_filter).
 * @param selector `$.field` for JSON; `$name` or `$position` for space-delimited lines
 * @returns undefined if the pattern's syntax has no such selector
 */
export const valueReader = (pattern: FilterPattern, selector: string): ValueReader | undefined => {
  if (pattern.syntax === "fields") {
    const read = fieldReader(selector);
    return read && (({ columns }) => columns && read(columns));
  }
  if (pattern.syntax !== "json") return undefined;
  const steps = jsonSelector(selector);
  return steps && (({ root }) => root && readJson(root, steps));
};

const jsonSelector = (selector: string) => {
  const cursor = cursorOver(selector, "selector");
  try {
    const steps = readSelector(cursor);
    cursor.need(/$/y, "nothing more");
    return steps;
  } catch {
    return undefined;
  }
};

/** @returns the pattern in one spelling: `parseFilterPattern` of it equals the argument */
export const printFilterPattern = (pattern: FilterPattern): string => {
  if (pattern.syntax === "json") return printJsonPattern(pattern.condition);
  if (pattern.syntax === "fields") return printFieldPattern(pattern.fields);
  return pattern.syntax === "regex" ? printRegex(pattern.source) : printTerms(pattern.terms);
};
