/**
 * Runs the Logs Insights queries of dashboards on the local log: fields, filter with comparisons, sort by time, and limit.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
import { type Fields, fieldsOf } from "../terminal/log-line";
import type { Line, Widget } from "./protocol";

type Value = string | number | undefined;
type Test = (read: (name: string) => Value) => boolean;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|'[^']*'|\/(?:[^/\\]|\\.)*\/|[()[\],]|!=|<=|>=|[=<>]|[@\w.-]+)/y;

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.trimEnd().length) {
    const found = pattern.exec(text);
    if (found === null) throw new Error(`Expected a Logs Insights expression but got ${JSON.stringify(text)}`);
    tokens.push(found[1] ?? "");
  }
  return tokens;
};

const literal = (token: string): Value => {
  if (/^["']/.test(token)) return token.slice(1, -1);
  return Number.isNaN(Number(token)) ? token : Number(token);
};

const COMPARE: Readonly<Record<string, (one: Value, other: Value) => boolean>> = {
  "=": (one, other) => String(one) === String(other),
  "!=": (one, other) => String(one) !== String(other),
  "<": (one, other) => Number(one) < Number(other),
  ">": (one, other) => Number(one) > Number(other),
  "<=": (one, other) => Number(one) <= Number(other),
  ">=": (one, other) => Number(one) >= Number(other),
};

/** A parser by recursive descent: or, and, not, one comparison. */
const parseFilter = (text: string): Test => {
  const tokens = tokensOf(text);
  const take = (): string => tokens.shift() ?? "";
  const accepts = (word: string): boolean => tokens[0]?.toLowerCase() === word && take() !== "";
  const need = (token: string) => {
    const got = take();
    if (got.toLowerCase() !== token)
      throw new Error(`Expected ${token} in a Logs Insights filter but got ${got || "its end"}`);
  };
  const list = (): Value[] => {
    const values: Value[] = [];
    need("[");
    while (!accepts("]")) {
      values.push(literal(take()));
      accepts(",");
    }
    return values;
  };
  const comparison = (): Test => {
    const name = take();
    const operator = take().toLowerCase();
    if (operator === "in") {
      const values = list().map(String);
      return (read) => values.includes(String(read(name)));
    }
    if (operator === "like") {
      const wanted = take();
      const pattern = wanted.startsWith("/") ? new RegExp(wanted.slice(1, -1)) : undefined;
      return (read) => pattern?.test(String(read(name))) ?? String(read(name)).includes(String(literal(wanted)));
    }
    const compare = COMPARE[operator];
    if (compare === undefined)
      throw new Error(`Expected a comparison in a Logs Insights filter but got ${operator || "its end"}`);
    if (tokens.length === 0) throw new Error("Expected a value in a Logs Insights filter but got its end");
    const value = literal(take());
    return (read) => read(name) !== undefined && compare(read(name), value);
  };
  const factor = (): Test => {
    if (accepts("not")) {
      const test = factor();
      return (read) => !test(read);
    }
    if (!accepts("(")) return comparison();
    const test = either();
    need(")");
    return test;
  };
  const both = (): Test => {
    const tests = [factor()];
    while (accepts("and")) tests.push(factor());
    return (read) => tests.every((test) => test(read));
  };
  const either = (): Test => {
    const tests = [both()];
    while (accepts("or")) tests.push(both());
    return (read) => tests.some((test) => test(read));
  };
  const test = either();
  if (tokens.length > 0) throw new Error(`Expected the end of a Logs Insights filter but got ${tokens[0]}`);
  return test;
};

const readerOf = ({ text, atMs }: Line): ((name: string) => Value) => {
  const fields = fieldsOf(text);
  return (name) => {
    if (name === "@timestamp") return new Date(atMs).toISOString();
    if (name === "@message") return text;
    let value: unknown = fields;
    for (const step of name.split(".")) value = (value as Fields | undefined)?.[step];
    if (typeof value === "string" || typeof value === "number" || value === undefined) return value;
    return JSON.stringify(value);
  };
};

interface Query {
  columns: string[];
  tests: Test[];
  limit: number;
}

/** Stages by their first word. */
const STAGES: Readonly<Record<string, (rest: string, query: Query) => void>> = {
  source: () => {},
  fields: (rest, query) => query.columns.push(...rest.split(",").map((name) => name.trim())),
  filter: (rest, query) => query.tests.push(parseFilter(rest)),
  sort: (rest) => {
    if (!/^@timestamp\s+desc$/i.test(rest)) throw new Error(`sort ${rest}`);
  },
  limit: (rest, query) => {
    query.limit = Number(rest);
  },
};

/** Splits at | outside quotation marks. */
const stagesOf = (text: string): string[] =>
  (text.match(/(?:"[^"]*"|'[^']*'|[^|"'])+/g) ?? []).map((stage) => stage.trim());

/** @returns the table, or why the query is not run */
export const runQuery = (text: string, lines: readonly Line[]): Pick<Widget, "table" | "problem"> => {
  const query: Query = { columns: [], tests: [], limit: 100 };
  try {
    for (const stage of stagesOf(text)) {
      const [word = "", ...rest] = stage.split(/\s+/);
      const run = STAGES[word.toLowerCase()];
      if (run === undefined) throw new Error(stage);
      run(rest.join(" "), query);
    }
  } catch (error) {
    return { problem: `This Logs Insights query is not run here: ${(error as Error).message}` };
  }
  const rows: string[][] = [];
  for (let i = lines.length - 1; i >= 0 && rows.length < query.limit; i -= 1) {
    const line = lines[i];
    if (line === undefined) continue;
    const read = readerOf(line);
    if (query.tests.every((test) => test(read))) rows.push(query.columns.map((name) => String(read(name) ?? "")));
  }
  return { table: { columns: query.columns, rows } };
};
