/**
 * Filter patterns for space-delimited lines: `[ip, user, ..., status = 4* || status = 5*, bytes > 1000]`.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#matching-term-space-delimited-log-events.
 * Beyond that page:
 * - Without an ellipsis, the last field takes the rest of the line: ten fields match CloudFront lines of many more columns
 *   (awslogs issue 176), and the page asks for an empty `w2` after `[w1=ERROR`. The pattern `[]` names no column and matches
 *   any line (API reference of CloudWatch Logs, TestMetricFilter).
 * - A condition may name another field of the pattern (page of 2018), in any case: the page writes `[w1=ERROR || W1=WARN, w2]`.
 *   A name that the pattern does not have is refused (user guide, issue 21).
 * - Columns without a name are called by their position; `$1` is the first.
 * - Assumed: any whitespace delimits; a bracket or quotation mark opens a column only at the column's start and only if it is
 *   closed on the line; the rest of the line keeps its brackets and quotation marks; at most one ellipsis; no parentheses.
 */
import { type Comparison, compares, printComparison, readComparison } from "./comparison";
import { type Condition, holds, printCondition, readCondition, testsOf } from "./condition";
import type { Cursor } from "./cursor";

/** A comparison with the column of a field. */
export interface FieldTest {
  /** Name of a field of the pattern. */
  readonly field: string;
  readonly comparison: Comparison;
}

export type Field =
  | { readonly kind: "ellipsis" }
  | { readonly kind: "column"; readonly name?: string; readonly condition?: Condition<FieldTest> };

type NamedTest = FieldTest & { readonly offset: number };
type Column = Extract<Field, { kind: "column" }>;

const NAME = /[A-Za-z_][\w-]*/y;
const BARE = /[^\s,[\]"&|=<>!%()]+(?=[\s,\]&|]|$)/y;
const COLUMN = /\[([^\]]*)\]|"([^"]*)"|(\S+)/g;
const DIGITS = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

interface ReadField {
  readonly name?: string;
  readonly condition?: Condition<NamedTest>;
}

const readColumn = (cursor: Cursor): ReadField => {
  const name = cursor.take(NAME);
  if (name === undefined || cursor.take(/(?=[,\]])/y) !== undefined) return { name };
  let isFirst = true;
  const readTest = (): NamedTest => {
    const offset = cursor.offset();
    const field = isFirst ? name : cursor.need(NAME, "a field name");
    isFirst = false;
    return { field, offset, comparison: readComparison(cursor, BARE, "a comma, ], =, !=, <, <=, > or >=") };
  };
  return { name, condition: readCondition(cursor, readTest, false) };
};

/** Names are resolved when all fields have been read, because a condition may name a later field. */
const resolved = (cursor: Cursor, { name, condition }: ReadField, names: readonly string[]): Field => {
  const nameOf = ({ field, offset }: NamedTest): string =>
    names.find((each) => each === field) ??
    names.find((each) => each.toLowerCase() === field.toLowerCase()) ??
    cursor.fail("the name of a field of the pattern", offset);
  const test = (one: NamedTest): FieldTest => ({ field: nameOf(one), comparison: one.comparison });
  const map = (part: Condition<NamedTest>): Condition<FieldTest> =>
    part.kind === "test"
      ? { kind: "test", test: test(part.test) }
      : { kind: part.kind, parts: part.parts.map((each) => map(each)) };
  return { kind: "column", ...(name && { name }), ...(condition && { condition: map(condition) }) };
};

/** @throws Error of the cursor */
export const readFieldPattern = (cursor: Cursor): Field[] => {
  cursor.need(/\[/y, "[");
  if (cursor.take(/\]/y) !== undefined) return [];
  const fields: (ReadField | "ellipsis")[] = [];
  do {
    const start = cursor.offset();
    const isEllipsis = cursor.take(/\.\.\.|…/y) !== undefined;
    if (isEllipsis && fields.includes("ellipsis")) cursor.fail("at most one ellipsis", start);
    fields.push(isEllipsis ? "ellipsis" : readColumn(cursor));
  } while (cursor.take(/,/y) !== undefined);
  cursor.need(/\]/y, "a field name, a comma or ]");
  const names = fields.flatMap((field) => (field === "ellipsis" ? [] : (field.name ?? [])));
  return fields.map((field) => (field === "ellipsis" ? { kind: "ellipsis" } : resolved(cursor, field, names)));
};

interface LineColumn {
  readonly text: string;
  readonly start: number;
}

const columnsOf = (line: string): LineColumn[] =>
  [...line.matchAll(COLUMN)].map((match) => ({
    text: match[1] ?? match[2] ?? match[3] ?? "",
    start: match.index,
  }));

const unnamed = (count: number): Column[] => Array.from({ length: count }, () => ({ kind: "column" }));

/** @returns one field for each of the line's columns, or undefined if the line has too few */
const spread = (fields: readonly Field[], columns: number): Column[] | undefined => {
  if (fields.length === 0) return unnamed(columns);
  const gap = columns - fields.filter(({ kind }) => kind === "column").length;
  if (gap < 0) return undefined;
  return fields.flatMap((field) => (field.kind === "column" ? [field] : unnamed(gap)));
};

/** @returns the texts of as many columns; the last one holds the rest of the line */
const textsOf = (line: string, columns: readonly LineColumn[], count: number): string[] =>
  columns
    .slice(0, count)
    .map(({ text, start }, index) =>
      index === count - 1 && count < columns.length ? line.slice(start).trimEnd() : text,
    );

const passes = ({ comparison }: FieldTest, text: string): boolean =>
  compares(comparison, { text, number: DIGITS.test(text) ? Number(text) : undefined, isText: true });

/** A line that matches: its columns by position and by name. */
export interface MatchedColumns {
  readonly columns: readonly { readonly name?: string; readonly text: string }[];
}

export const matchFields = (fields: readonly Field[], line: string): MatchedColumns | undefined => {
  const columns = columnsOf(line);
  const spreaded = spread(fields, columns.length);
  if (spreaded === undefined) return undefined;
  const texts = textsOf(line, columns, spreaded.length);
  const textOf = (field: string, own: Column, index: number): string => {
    const at = own.name === field ? index : spreaded.findIndex(({ name }) => name === field);
    return texts[at] ?? "";
  };
  const isMatch = spreaded.every(
    (column, index) =>
      column.condition === undefined ||
      holds(column.condition, (test) => passes(test, textOf(test.field, column, index))),
  );
  return isMatch ? { columns: spreaded.map(({ name }, index) => ({ name, text: texts[index] ?? "" })) } : undefined;
};

/** @returns the text of each column under `$name`, or under `$position` if it has no name */
export const fieldValues = ({ columns }: MatchedColumns): ReadonlyMap<string, string> =>
  new Map(columns.map(({ name, text }, index) => [`$${name ?? index + 1}`, text]));

/** @param selector `$name` or `$position` @returns the reader of that column, or undefined for another kind of selector */
export const fieldReader = (selector: string): ((match: MatchedColumns) => string | undefined) | undefined => {
  const position = /^\$([1-9]\d*)$/.exec(selector)?.[1];
  if (position !== undefined) return ({ columns }) => columns[Number(position) - 1]?.text;
  const name = /^\$([A-Za-z_][\w-]*)$/.exec(selector)?.[1];
  return name === undefined ? undefined : ({ columns }) => columns.find((column) => column.name === name)?.text;
};

const printField = (field: Field): string => {
  if (field.kind === "ellipsis") return "...";
  if (field.condition === undefined) return field.name ?? "";
  return printCondition(field.condition, ({ field: name, comparison }) => `${name} ${printComparison(comparison)}`);
};

export const printFieldPattern = (fields: readonly Field[]): string => `[${fields.map(printField).join(", ")}]`;

export const fieldComparisons = (fields: readonly Field[]): Comparison[] =>
  fields.flatMap((field) =>
    field.kind === "column" && field.condition ? testsOf(field.condition).map(({ comparison }) => comparison) : [],
  );
