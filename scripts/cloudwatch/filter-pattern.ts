/**
 * Filter patterns of CloudWatch Logs: read, matched against log lines, and printed again.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html; each syntax has a file of
 * its own that also says what was chosen where the page is silent.
 */
import type { Comparison } from "./comparison";
import { type Condition, testsOf } from "./condition";
import { type Cursor, cursorOver } from "./cursor";
import {
  type Field,
  fieldComparisons,
  fieldIsSelected,
  matchFields,
  printFieldPattern,
  readFieldPattern,
} from "./field-pattern";
import { type JsonTest, jsonSelectors, matchJson, printJsonPattern, readJsonPattern } from "./json-pattern";
import { matchesTerms, printTerms, readTerms, type Term } from "./term-pattern";
import { printRegex, readRegex, regexOf } from "./tokens";

export type FilterPattern =
  | { readonly syntax: "terms"; readonly terms: readonly Term[] }
  | { readonly syntax: "regex"; readonly source: string }
  | { readonly syntax: "fields"; readonly fields: readonly Field[] }
  | { readonly syntax: "json"; readonly condition: Condition<JsonTest> };

export interface Match {
  /** What the pattern's selectors find in the line: JSON under `$.field` as `printFilterPattern` writes it, columns under `$name`. */
  readonly values: ReadonlyMap<string, string | number>;
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

/** @returns undefined where the line does not match */
export const matches = (pattern: FilterPattern, line: string): Match | undefined => {
  const nothing: ReadonlyMap<string, string> = new Map();
  const valuesOf = (): ReadonlyMap<string, string | number> | undefined => {
    if (pattern.syntax === "json") return matchJson(pattern.condition, line);
    if (pattern.syntax === "fields") return matchFields(pattern.fields, line);
    const isMatch = pattern.syntax === "regex" ? regexOf(pattern.source).test(line) : matchesTerms(pattern.terms, line);
    return isMatch ? nothing : undefined;
  };
  const values = valuesOf();
  return values && { values };
};

/** Whether a metric value or dimension may name this selector: only what the pattern itself selects can be published. */
export const isSelected = (pattern: FilterPattern, selector: string): boolean => {
  if (pattern.syntax === "json") return jsonSelectors(pattern.condition).includes(selector);
  return pattern.syntax === "fields" && fieldIsSelected(pattern.fields, selector);
};

/** @returns a pattern of the same meaning in one spelling: `parseFilterPattern` of it equals the argument */
export const printFilterPattern = (pattern: FilterPattern): string => {
  if (pattern.syntax === "json") return printJsonPattern(pattern.condition);
  if (pattern.syntax === "fields") return printFieldPattern(pattern.fields);
  return pattern.syntax === "regex" ? printRegex(pattern.source) : printTerms(pattern.terms);
};
