/**
 * Filter patterns for space-delimited lines: `[ip, user, ..., status = 4* || status = 5*, bytes > 1000]`.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#matching-term-space-delimited-log-events.
 * Without an ellipsis a line must have exactly as many columns as the pattern has fields: an earlier edition of the page
 * says that `[w1=ERROR, w2]` matches "ERROR message" but not "ERROR WARN message". Columns that the pattern does not name
 * are called by their position, `$1` being the first, as that edition shows. Where the page is silent: any blank delimits,
 * tabs too; a bracket or quotation mark opens a column only at the column's start and only if it is closed on the line; the
 * tests of a field repeat that field's name; at most one ellipsis; no parentheses.
 */
import { type Comparison, compares, printComparison, readComparison } from "./comparison";
import { type Condition, holds, printCondition, readCondition, testsOf } from "./condition";
import type { Cursor } from "./cursor";

export type Field =
  | { readonly kind: "ellipsis" }
  | { readonly kind: "column"; readonly name?: string; readonly condition?: Condition<Comparison> };

type Column = Extract<Field, { kind: "column" }>;

const NAME = /[A-Za-z_][\w-]*/y;
const BARE = /[^\s,[\]"&|=<>!%()]+(?=[\s,\]&|]|$)/y;
const COLUMN = /\[([^\]]*)\]|"([^"]*)"|(\S+)/g;
const DIGITS = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

const readField = (cursor: Cursor): Field => {
  if (cursor.take(/\.\.\.|…/y) !== undefined) return { kind: "ellipsis" };
  const name = cursor.take(NAME);
  if (name === undefined) return { kind: "column" };
  if (cursor.take(/(?=[,\]])/y) !== undefined) return { kind: "column", name };
  let tests = 0;
  const readTest = () => {
    if (tests > 0) cursor.need(new RegExp(`${name}(?![\\w-])`, "y"), name);
    tests += 1;
    return readComparison(cursor, BARE, "a comma, ], =, !=, <, <=, > or >=");
  };
  return { kind: "column", name, condition: readCondition(cursor, readTest, false) };
};

/** @throws Error of the cursor */
export const readFieldPattern = (cursor: Cursor): Field[] => {
  cursor.need(/\[/y, "[");
  const fields: Field[] = [];
  do {
    const start = cursor.offset();
    const field = readField(cursor);
    const isSecond = field.kind === "ellipsis" && fields.some(({ kind }) => kind === "ellipsis");
    if (isSecond) cursor.fail("at most one ellipsis", start);
    fields.push(field);
  } while (cursor.take(/,/y) !== undefined);
  cursor.need(/\]/y, "a field name, a comma or ]");
  return fields;
};

const columnsOf = (line: string): string[] =>
  [...line.matchAll(COLUMN)].map(([, bracketed, inQuotes, word]) => bracketed ?? inQuotes ?? word ?? "");

/** One field for each column, or undefined where their numbers do not fit. */
const spread = (fields: readonly Field[], columns: number): Column[] | undefined => {
  const gap = columns - fields.filter(({ kind }) => kind === "column").length;
  const hasEllipsis = fields.some(({ kind }) => kind === "ellipsis");
  if (gap < 0 || (gap > 0 && !hasEllipsis)) return undefined;
  return fields.flatMap((field) =>
    field.kind === "column" ? [field] : Array.from({ length: gap }, (): Column => ({ kind: "column" })),
  );
};

const passes = ({ condition }: Column, text: string): boolean => {
  const actual = { text, number: DIGITS.test(text) ? Number(text) : undefined, isText: true };
  return condition === undefined || holds(condition, (comparison) => compares(comparison, actual));
};

/** @returns the text of each column under `$name` or `$position`, or undefined where the line does not match */
export const matchFields = (fields: readonly Field[], line: string): ReadonlyMap<string, string> | undefined => {
  const columns = columnsOf(line);
  const spreaded = spread(fields, columns.length);
  const pairs = spreaded?.map((field, index) => ({ field, text: columns[index] ?? "", position: index + 1 }));
  if (!pairs?.every(({ field, text }) => passes(field, text))) return undefined;
  return new Map(pairs.map(({ field, text, position }) => [`$${field.name ?? position}`, text]));
};

/** Whether the pattern can have such a column: `$name`, or `$position` of one without name. */
export const fieldIsSelected = (fields: readonly Field[], selector: string): boolean => {
  const position = /^\$([1-9]\d*)$/.exec(selector)?.[1];
  if (position === undefined) return fields.some((field) => field.kind === "column" && `$${field.name}` === selector);
  const ellipsis = fields.findIndex(({ kind }) => kind === "ellipsis");
  const field = fields[Number(position) - 1];
  if (ellipsis !== -1 && Number(position) > ellipsis) return true;
  return field?.kind === "column" && field.name === undefined;
};

const printField = (field: Field): string => {
  if (field.kind === "ellipsis") return "...";
  if (field.condition === undefined) return field.name ?? "";
  return printCondition(field.condition, (comparison) => `${field.name} ${printComparison(comparison)}`);
};

export const printFieldPattern = (fields: readonly Field[]): string => `[${fields.map(printField).join(", ")}]`;

export const fieldComparisons = (fields: readonly Field[]): Comparison[] =>
  fields.flatMap((field) => (field.kind === "column" && field.condition ? testsOf(field.condition) : []));
