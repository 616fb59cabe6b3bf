/**
 * The operator and value to the right of a selector or field name in a filter pattern, and when they hold for a line.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html. Beyond that page:
 * - `*` is a wildcard only at the start and the end of a value: an earlier edition says that `Ev*ent` matches only the text
 *   Ev*ent. A wildcard matches the text of numbers too, with quotes or without: `= "*"` is how the AWS CDK writes "exists",
 *   for numbers as well (aws-cdk, FilterPattern.exists and its integration tests).
 * - Assumed: a text in quotes without a wildcard equals strings, not JSON numbers. A number without quotes equals numbers,
 *   and strings of the same spelling. A regular expression looks at the text of either.
 * - Assumed: `<`, `<=`, `>` and `>=` are false for anything but a number. In JSON, a string of digits is not a number.
 */
import type { Cursor } from "./cursor";
import { NUMBER, printRegex, QUOTED, quoted, readRegex, regexOf, unquoted } from "./tokens";

type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

type Value =
  | { readonly kind: "quoted" | "bare" | "number"; readonly text: string }
  | { readonly kind: "regex"; readonly source: string };

export interface Comparison {
  readonly operator: Operator;
  readonly value: Value;
}

/** The value in the line: a JSON string, a JSON number, or a column of a space-delimited line. */
export interface Actual {
  readonly text: string;
  /** Undefined if the value is not a number. */
  readonly number: number | undefined;
  /** False for JSON numbers. */
  readonly isText: boolean;
}

/**
 * @param bare matches a value without quotes
 * @param operators names the expected operators in the error
 * @throws Error of the cursor
 */
export const readComparison = (cursor: Cursor, bare: RegExp, operators: string): Comparison => {
  const operator = cursor.need(/!=|<=|>=|=|<|>/y, operators) as Operator;
  if (operator !== "=" && operator !== "!=") {
    return { operator, value: { kind: "number", text: cursor.need(NUMBER, "a number") } };
  }
  return { operator, value: readValue(cursor, bare) };
};

const readValue = (cursor: Cursor, bare: RegExp): Value => {
  const number = cursor.take(NUMBER);
  if (number !== undefined) return { kind: "number", text: number };
  const quoted = cursor.take(QUOTED);
  if (quoted !== undefined) return { kind: "quoted", text: unquoted(quoted) };
  const source = readRegex(cursor);
  if (source !== undefined) return { kind: "regex", source };
  return { kind: "bare", text: cursor.need(bare, "a number, %regex%, plain word or text in double quotation marks") };
};

const hasWildcard = (text: string): boolean => text.startsWith("*") || text.endsWith("*");

const matchesWildcards = (pattern: string, text: string): boolean => {
  const [, before, middle = "", after] = /^(\*?)(.*?)(\*?)$/s.exec(pattern) ?? [];
  if (before && after) return text.includes(middle);
  if (before) return text.endsWith(middle);
  return after ? text.startsWith(middle) : text === middle;
};

const equals = (value: Value, actual: Actual): boolean => {
  if (value.kind === "regex") return regexOf(value.source).test(actual.text);
  if (value.kind === "quoted" && !actual.isText && !hasWildcard(value.text)) return false;
  if (value.kind !== "number") return matchesWildcards(value.text, actual.text);
  return actual.number === Number(value.text) || (actual.isText && actual.text === value.text);
};

export const compares = ({ operator, value }: Comparison, actual: Actual): boolean => {
  if (operator === "=") return equals(value, actual);
  if (operator === "!=") return !equals(value, actual);
  if (actual.number === undefined || value.kind !== "number") return false;
  const limit = Number(value.text);
  if (operator === "<") return actual.number < limit;
  if (operator === "<=") return actual.number <= limit;
  return operator === ">" ? actual.number > limit : actual.number >= limit;
};

export const printComparison = ({ operator, value }: Comparison): string => {
  if (value.kind === "regex") return `${operator} ${printRegex(value.source)}`;
  return `${operator} ${value.kind === "quoted" ? quoted(value.text) : value.text}`;
};
