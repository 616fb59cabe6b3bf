/**
 * Metric math, as far as alarms of this project use it: + - * / ^, comparisons, AND and OR, IF, FILL, parentheses, numbers, ids.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html: between two time series a
 * value that only one of them has counts as 0 in the other; a division by zero drops the data point. Where the page is
 * silent: a period that neither series has, or that the series beside a number lacks, has no value in the result; results
 * that are no finite number are dropped; ^ binds closest and to the right; comparisons are not chained.
 */
import { type Cursor, cursorOver } from "./cursor";

/** One value for each period, newest first; undefined where there is none. */
export type Series = readonly (number | undefined)[];

type Operator = "+" | "-" | "*" | "/" | "^" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "AND" | "OR";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "id"; readonly id: string; readonly offset: number }
  | { readonly kind: "negative"; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "if"; readonly when: Expression; readonly yes: Expression; readonly no?: Expression }
  | { readonly kind: "fill"; readonly series: Expression; readonly filler: Expression };

const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const ID = /[a-z][A-Za-z0-9_]*/y;

const canonical = (operator: string): Operator =>
  operator === "&&" ? "AND" : operator === "||" ? "OR" : (operator as Operator);

const readArguments = (cursor: Cursor, read: () => Expression): Expression[] => {
  cursor.need(/\(/y, "(");
  const list = [read()];
  while (cursor.take(/,/y) !== undefined) list.push(read());
  cursor.need(/\)/y, "a comma or )");
  return list;
};

const readCall = (cursor: Cursor, read: () => Expression): Expression => {
  const start = cursor.offset();
  const name = cursor.need(/(?:IF|FILL)\b/y, "a number, an id, IF, FILL or (");
  const [first, second, third, ...more] = readArguments(cursor, read);
  if (first === undefined || second === undefined || more.length > 0 || (name === "FILL" && third !== undefined)) {
    return cursor.fail(name === "IF" ? "2 or 3 arguments of IF" : "2 arguments of FILL", start);
  }
  if (name === "FILL") return { kind: "fill", series: first, filler: second };
  return { kind: "if", when: first, yes: second, ...(third && { no: third }) };
};

const readExpression = (cursor: Cursor): Expression => {
  const leftToRight =
    (operators: RegExp, operand: () => Expression, once = false) =>
    (): Expression => {
      let left = operand();
      for (let operator = cursor.take(operators); operator !== undefined; operator = cursor.take(operators)) {
        left = { kind: "binary", operator: canonical(operator), left, right: operand() };
        if (once) break;
      }
      return left;
    };
  const primary = (): Expression => {
    const number = cursor.take(NUMBER);
    if (number !== undefined) return { kind: "number", value: Number(number) };
    const offset = cursor.offset();
    const id = cursor.take(ID);
    if (id !== undefined) return { kind: "id", id, offset };
    if (cursor.take(/\(/y) === undefined) return readCall(cursor, or);
    const inner = or();
    cursor.need(/\)/y, "an operator or )");
    return inner;
  };
  const power = (): Expression => {
    const left = primary();
    return cursor.take(/\^/y) === undefined ? left : { kind: "binary", operator: "^", left, right: unary() };
  };
  const unary = (): Expression => (cursor.take(/-/y) === undefined ? power() : { kind: "negative", of: unary() });
  const product = leftToRight(/[*/]/y, unary);
  const sum = leftToRight(/[+-]/y, product);
  const comparison = leftToRight(/==|!=|<=|>=|<|>/y, sum, true);
  const and = leftToRight(/AND\b|&&/y, comparison);
  const or = leftToRight(/OR\b|\|\|/y, and);
  return or();
};

/** @throws Error `Expected <what> at column <n> of expression <text>` for whatever is not listed at the top of this file */
export const parseExpression = (text: string): Expression => {
  const cursor = cursorOver(text, "expression");
  const expression = readExpression(cursor);
  cursor.need(/$/y, "an operator or the end");
  return expression;
};

const truth = (is: boolean) => (is ? 1 : 0);

const OPERATIONS: Record<Operator, (left: number, right: number) => number> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
  "==": (left, right) => truth(left === right),
  "!=": (left, right) => truth(left !== right),
  "<=": (left, right) => truth(left <= right),
  ">=": (left, right) => truth(left >= right),
  "<": (left, right) => truth(left < right),
  ">": (left, right) => truth(left > right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
};

/** A number is a scalar; between scalar and series the scalar stands at every period. */
type Value = number | Series;

const isScalar = (value: Value): value is number => typeof value === "number";
const at = (value: Value, period: number) => (isScalar(value) ? value : value[period]);

const binary = (operator: Operator, left: Value, right: Value, period: number): number | undefined => {
  const [one, other] = [at(left, period), at(right, period)];
  const hasValue = (value: Value, number: number | undefined) => !isScalar(value) && number !== undefined;
  const isKnown = hasValue(left, one) || hasValue(right, other) || (isScalar(left) && isScalar(right));
  const result = OPERATIONS[operator](one ?? 0, other ?? 0);
  return isKnown && Number.isFinite(result) ? result : undefined;
};

/** IF(TRUE, series without a value) is 0; IF(FALSE) without a third argument, or a value in it, is dropped. */
const choose = (when: number | undefined, yes: Value, no: Value | undefined, period: number) => {
  if (when === undefined) return undefined;
  if (when !== 0) return at(yes, period) ?? 0;
  return no === undefined ? undefined : at(no, period);
};

/**
 * @param lookup the series of an id
 * @param periods how many values a series has
 * @returns a series, or the number that an expression without any series comes to
 */
export const evaluateExpression = (
  expression: Expression,
  lookup: (id: string) => Series,
  periods: number,
): number | Series => {
  const each = (value: (period: number) => number | undefined): Series =>
    Array.from({ length: periods }, (_, period) => value(period));
  const of = (part: Expression): Value => evaluateExpression(part, lookup, periods);
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "id":
      return lookup(expression.id);
    case "negative": {
      const value = of(expression.of);
      return isScalar(value) ? -value : value.map((number) => number && -number);
    }
    case "binary": {
      const [left, right] = [of(expression.left), of(expression.right)];
      const scalar = isScalar(left) && isScalar(right) ? binary(expression.operator, left, right, 0) : undefined;
      return scalar ?? each((period) => binary(expression.operator, left, right, period));
    }
    case "if": {
      const [when, yes] = [of(expression.when), of(expression.yes)];
      const no = expression.no && of(expression.no);
      if (isScalar(when)) return when !== 0 ? yes : (no ?? each(() => undefined));
      return each((period) => choose(at(when, period), yes, no, period));
    }
    case "fill": {
      const [series, filler] = [of(expression.series), of(expression.filler)];
      return each((period) => at(series, period) ?? at(filler, period));
    }
  }
};

/** The ids that an expression reads, and where they stand in its text. */
export const idsOf = (expression: Expression): { readonly id: string; readonly offset: number }[] => {
  switch (expression.kind) {
    case "number":
      return [];
    case "id":
      return [expression];
    case "negative":
      return idsOf(expression.of);
    case "binary":
      return [...idsOf(expression.left), ...idsOf(expression.right)];
    case "if":
      return [expression.when, expression.yes, ...(expression.no ? [expression.no] : [])].flatMap(idsOf);
    case "fill":
      return [...idsOf(expression.series), ...idsOf(expression.filler)];
  }
};
