/** Tests joined by && and ||, as JSON and space-delimited filter patterns use them. */
import type { Cursor } from "./cursor";

export type Condition<T> =
  | { readonly kind: "test"; readonly test: T }
  | { readonly kind: "&&" | "||"; readonly parts: readonly Condition<T>[] };

const joined = <T>(kind: "&&" | "||", parts: readonly Condition<T>[]): Condition<T> =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind, parts };

/**
 * Order of operations: () before && before ||.
 * @param readTest reads one test at the cursor
 * @param grouping whether parentheses are part of the syntax
 * @throws Error of the cursor
 */
export const readCondition = <T>(cursor: Cursor, readTest: () => T, grouping: boolean): Condition<T> => {
  const operand = (): Condition<T> => {
    if (!grouping || cursor.take(/\(/y) === undefined) return { kind: "test", test: readTest() };
    const inner = any();
    cursor.need(/\)/y, "&&, || or )");
    return inner;
  };
  const list = (kind: "&&" | "||", separator: RegExp, part: () => Condition<T>): Condition<T> => {
    const parts = [part()];
    while (cursor.take(separator) !== undefined) parts.push(part());
    return joined(kind, parts);
  };
  const all = () => list("&&", /&&/y, operand);
  const any = (): Condition<T> => list("||", /\|\|/y, all);
  return any();
};

export const holds = <T>(condition: Condition<T>, test: (test: T) => boolean): boolean => {
  if (condition.kind === "test") return test(condition.test);
  return condition.kind === "&&"
    ? condition.parts.every((part) => holds(part, test))
    : condition.parts.some((part) => holds(part, test));
};

export const testsOf = <T>(condition: Condition<T>): T[] =>
  condition.kind === "test" ? [condition.test] : condition.parts.flatMap((part) => testsOf(part));

export const printCondition = <T>(condition: Condition<T>, print: (test: T) => string): string => {
  if (condition.kind === "test") return print(condition.test);
  const needsNoParentheses = (part: Condition<T>) =>
    part.kind === "test" || (part.kind === "&&" && condition.kind === "||");
  return condition.parts
    .map((part) => (needsNoParentheses(part) ? printCondition(part, print) : `(${printCondition(part, print)})`))
    .join(` ${condition.kind} `);
};
