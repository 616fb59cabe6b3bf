/**
 * Metric math: parses an expression and evaluates it over time series.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html. Assumed: ^ binds closest and
 * to the right; comparisons are not chained; AND binds closer than OR; a time series beside a number has a result only where
 * it has a value.
 */
import { type Cursor, cursorOver } from "./cursor";
import { FUNCTIONS, type MathContext, NOT_MODELLED_FUNCTIONS } from "./metric-math-functions";
import {
  type Argument,
  type BinaryOperation,
  combine,
  list,
  scalar,
  seriesOf,
  timeSeries,
  type Value,
} from "./metric-math-values";
import { NotModelledError } from "./not-modelled";

type Operator = "+" | "-" | "*" | "/" | "^" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "AND" | "OR";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "id"; readonly id: string; readonly offset: number }
  | { readonly kind: "word" | "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const ID = /[a-z][A-Za-z0-9_]*/y;
const NAME = /[A-Z][A-Z0-9_]*\b/y;
const TEXT = /"[^"]*"|'[^']*'/y;
const WORDS: readonly string[] = ["REPEAT", "LINEAR", "ASC", "DESC", "AVG", "MIN", "MAX", "SUM"];
const OPERAND = "a number, an id, a function, [ or (";

const canonical = (operator: string): Operator =>
  operator === "&&" ? "AND" : operator === "||" ? "OR" : (operator as Operator);

const commaSeparated = (cursor: Cursor, read: () => Expression, end: RegExp, endName: string): Expression[] => {
  if (cursor.take(end) !== undefined) return [];
  const items = [read()];
  while (cursor.take(/,/y) !== undefined) items.push(read());
  cursor.need(end, `a comma or ${endName}`);
  return items;
};

const counted = ([least, most]: readonly [number, number], name: string): string => {
  const numbers = least === most ? String(least) : `${least} or ${most}`;
  return `${numbers} argument${most === 1 ? "" : "s"} of ${name}`;
};

const readCall = (cursor: Cursor, read: () => Expression): Expression => {
  const start = cursor.offset();
  const name = cursor.need(NAME, OPERAND);
  const isCall = cursor.take(/\(/y) !== undefined;
  if (!isCall && WORDS.includes(name)) return { kind: "word", text: name };
  if (NOT_MODELLED_FUNCTIONS.includes(name)) throw new NotModelledError(name);
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined) return cursor.fail(OPERAND, start);
  if (!isCall) cursor.need(/\(/y, "(");
  const args = commaSeparated(cursor, read, /\)/y, ")");
  const [least, most] = known.takes;
  if (args.length < least || args.length > most) cursor.fail(counted(known.takes, name), start);
  return { kind: "call", name, args };
};

const negative = (of: Expression): Expression => ({
  kind: "binary",
  operator: "-",
  left: { kind: "number", value: 0 },
  right: of,
});

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
    const text = cursor.take(TEXT);
    if (text !== undefined) return { kind: "text", text: text.slice(1, -1) };
    if (cursor.take(/\[/y) !== undefined) return { kind: "list", items: commaSeparated(cursor, or, /\]/y, "]") };
    if (cursor.take(/\(/y) === undefined) return readCall(cursor, or);
    const inner = or();
    cursor.need(/\)/y, "an operator or )");
    return inner;
  };
  const power = (): Expression => {
    const left = primary();
    return cursor.take(/\^/y) === undefined ? left : { kind: "binary", operator: "^", left, right: unary() };
  };
  const unary = (): Expression => (cursor.take(/-/y) === undefined ? power() : negative(unary()));
  const product = leftToRight(/[*/]/y, unary);
  const sum = leftToRight(/[+-]/y, product);
  const comparison = leftToRight(/==|!=|<=|>=|<|>/y, sum, true);
  const and = leftToRight(/AND\b|&&/y, comparison);
  const or = leftToRight(/OR\b|\|\|/y, and);
  return or();
};

/**
 * @throws Error `Expected <what> at column <n> of expression <text>`
 * @throws NotModelledError for Metrics Insights queries and the functions of NOT_MODELLED_FUNCTIONS
 */
export const parseExpression = (text: string): Expression => {
  const cursor = cursorOver(text, "expression");
  if (/^\s*SELECT\b/i.test(text)) throw new NotModelledError("a Metrics Insights query");
  const expression = readExpression(cursor);
  cursor.need(/$/y, "an operator or the end");
  return expression;
};

const truth = (is: boolean) => (is ? 1 : 0);

// biome-ignore format: a ledger is read down its columns
export const OPERATIONS = {
  "+":  (left, right) => left + right,
  "-":  (left, right) => left - right,
  "*":  (left, right) => left * right,
  "/":  (left, right) => left / right,
  "^":  (left, right) => left ** right,
  "==": (left, right) => truth(left === right),
  "!=": (left, right) => truth(left !== right),
  "<=": (left, right) => truth(left <= right),
  ">=": (left, right) => truth(left >= right),
  "<":  (left, right) => truth(left < right),
  ">":  (left, right) => truth(left > right),
  AND:  (left, right) => truth(left !== 0 && right !== 0),
  OR:   (left, right) => truth(left !== 0 || right !== 0),
} as const satisfies Record<Operator, BinaryOperation>;

const evaluateArgument = (expression: Expression, context: MathContext): Argument => {
  if (expression.kind === "word" || expression.kind === "text") return expression;
  return evaluateExpression(expression, context);
};

const evaluateList = (items: readonly Expression[], context: MathContext): Value =>
  list(
    items.flatMap((item) => {
      const value = evaluateArgument(item, context);
      return value.kind === "TS[]" ? value.list : [seriesOf(value, "an item of an array")];
    }),
  );

/**
 * @returns S only for an expression without time series
 * @throws Error `Expected <what> for <function> but got <kind of value>`
 */
export const evaluateExpression = (expression: Expression, context: MathContext): Value => {
  switch (expression.kind) {
    case "number":
      return scalar(expression.value);
    case "id":
      return timeSeries(context.lookup(expression.id));
    case "list":
      return evaluateList(expression.items, context);
    case "binary": {
      const { operator, left, right } = expression;
      return combine(
        evaluateExpression(left, context),
        evaluateExpression(right, context),
        operator,
        OPERATIONS[operator],
      );
    }
    case "call": {
      const args = expression.args.map((argument) => evaluateArgument(argument, context));
      const known = FUNCTIONS[expression.name];
      if (known === undefined) throw new NotModelledError(expression.name);
      return known.of(args, context, expression.name);
    }
    default:
      throw new Error(`Expected a value for an operand but got ${JSON.stringify(expression.text)}`);
  }
};

/** The ids that an expression reads, and where they stand in its text. */
export const idsOf = (expression: Expression): { readonly id: string; readonly offset: number }[] => {
  switch (expression.kind) {
    case "id":
      return [expression];
    case "list":
      return expression.items.flatMap(idsOf);
    case "binary":
      return [...idsOf(expression.left), ...idsOf(expression.right)];
    case "call":
      return expression.args.flatMap(idsOf);
    default:
      return [];
  }
};
