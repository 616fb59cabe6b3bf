/**
 * What stands to the right of a selector or a field name in a filter pattern, and when it equals what the line has.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html. Where that page is silent:
 * - `*` is a wildcard at the start and at the end of a value only. (An earlier edition of the page says so: `Ev*ent` matches
 *   only the string Ev*ent.)
 * - A text in quotes equals strings, never JSON numbers; a number without quotes equals numbers, and strings spelled alike.
 *   A wildcard without quotes and a regular expression look at the text of either.
 * - `<`, `<=`, `>` and `>=` are false for what is not a number. In JSON a string of digits is not one.
 */
import type { Cursor } from "./cursor";
import { NUMBER, printRegex, QUOTED, quoted, readRegex, regexOf, unquoted } from "./tokens";

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export type Value =
  | { readonly kind: "quoted" | "bare" | "number"; readonly text: string }
  | { readonly kind: "regex"; readonly source: string };

export interface Comparison {
  readonly operator: Operator;
  readonly value: Value;
}

/** What a line has at the place that is compared: a JSON string, a JSON number, or a column of a space-delimited line. */
export interface Actual {
  readonly text: string;
  /** Not a number where undefined. */
  readonly number: number | undefined;
  /** False for JSON numbers. */
  readonly isText: boolean;
}

/**
 * @param bare what a value without quotes may consist of
 * @param operators what is expected, for the error, where there is no operator
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

const matchesWildcards = (pattern: string, text: string): boolean => {
  const [, before, middle = "", after] = /^(\*?)(.*?)(\*?)$/s.exec(pattern) ?? [];
  if (before && after) return text.includes(middle);
  if (before) return text.endsWith(middle);
  return after ? text.startsWith(middle) : text === middle;
};

const equals = (value: Value, actual: Actual): boolean => {
  if (value.kind === "regex") return regexOf(value.source).test(actual.text);
  if (value.kind === "quoted") return actual.isText && matchesWildcards(value.text, actual.text);
  if (value.kind === "bare") return matchesWildcards(value.text, actual.text);
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
