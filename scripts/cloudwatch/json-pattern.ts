/**
 * Filter patterns for JSON lines: `{ $.a.b[0] = "x" && ($.c > 3 || $.d NOT EXISTS) }`.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#matching-terms-json-log-events.
 * A comparison, `!=` included, is false if the selector finds nothing, or finds an object or array. Assumed: it is also false
 * for true, false and null (use IS for them); with a wildcard one matching value is enough; `.*` selects the fields of objects
 * only and `[*]` the elements of arrays only; a JSON line holds one object and nothing else.
 * Values without quotes: the page asks for quotes round anything but letters, digits and _, but CIS benchmarks and many public
 * stacks use names such as kms.amazonaws.com without them. An earlier edition refuses @, $ and \\.
 */
import { type Actual, type Comparison, compares, printComparison, readComparison } from "./comparison";
import { type Condition, holds, printCondition, readCondition, testsOf } from "./condition";
import type { Cursor } from "./cursor";

export type Step = { readonly key: string } | { readonly index: number } | { readonly every: "field" | "element" };

export type JsonTest = { readonly selector: readonly Step[] } & (
  | { readonly kind: "compare"; readonly comparison: Comparison }
  | { readonly kind: "is"; readonly literal: "TRUE" | "FALSE" | "NULL" }
  | { readonly kind: "not exists" }
);

const SELECTOR = /\$\.(?:[\w-]+|\*|\['[^']+'\])(?:\.(?:[\w-]+|\*|\['[^']+'\])|\[(?:\d+|\*|'[^']+')\])*/y;
const STEP = /\[(\d+|\*)\]|\['([^']+)'\]|([\w-]+|\*)/g;
const BARE = /[\w.*:/+-]+(?=[\s)}&|]|$)/y;
const LITERALS = { TRUE: true, FALSE: false, NULL: null };

const stepsOf = (selector: string): Step[] =>
  [...selector.matchAll(STEP)].map(([, index, key, name]) => {
    if (index !== undefined) return index === "*" ? { every: "element" } : { index: Number(index) };
    return name === "*" ? { every: "field" } : { key: name ?? key ?? "" };
  });

const printStep = (step: Step): string => {
  if ("index" in step) return `[${step.index}]`;
  if ("every" in step) return step.every === "field" ? ".*" : "[*]";
  return /^[\w-]+$/.test(step.key) ? `.${step.key}` : `.['${step.key}']`;
};

const printSelector = (steps: readonly Step[]): string => `$${steps.map(printStep).join("")}`;

const wildcards = (steps: readonly Step[]) => steps.filter((step) => "every" in step).length;

/** @throws Error of the cursor */
export const readSelector = (cursor: Cursor): Step[] => {
  const start = cursor.offset();
  const steps = stepsOf(cursor.need(SELECTOR, "a selector such as $.field"));
  if (wildcards(steps) > 1) cursor.fail("at most one wildcard in a selector", start);
  return steps;
};

const readTest = (cursor: Cursor): JsonTest => {
  const selector = readSelector(cursor);
  if (cursor.take(/NOT\s+EXISTS\b/y) !== undefined) return { selector, kind: "not exists" };
  if (cursor.take(/IS\b/y) === undefined) {
    const comparison = readComparison(cursor, BARE, "=, !=, <, <=, >, >=, IS or NOT EXISTS");
    return { selector, kind: "compare", comparison };
  }
  const literal = cursor.need(/(?:TRUE|FALSE|NULL)\b/y, "TRUE, FALSE or NULL");
  return { selector, kind: "is", literal: literal as keyof typeof LITERALS };
};

/** @throws Error of the cursor */
export const readJsonPattern = (cursor: Cursor): Condition<JsonTest> => {
  cursor.need(/\{/y, "{");
  const condition = readCondition(cursor, () => readTest(cursor), true);
  cursor.need(/\}/y, "&&, || or }");
  const all = testsOf(condition).map(({ selector }) => wildcards(selector));
  if (all.reduce((sum, count) => sum + count, 0) > 3) cursor.fail("at most three selectors with a wildcard", 0);
  return condition;
};

const nothing: readonly unknown[] = [];

const children = (node: unknown, step: Step): readonly unknown[] => {
  if (Array.isArray(node)) {
    if ("index" in step) return node.slice(step.index, step.index + 1);
    return "every" in step && step.every === "element" ? node : nothing;
  }
  if (typeof node !== "object" || node === null) return nothing;
  if ("key" in step) return Object.hasOwn(node, step.key) ? [(node as Record<string, unknown>)[step.key]] : nothing;
  return "every" in step && step.every === "field" ? Object.values(node) : nothing;
};

const select = (root: object, steps: readonly Step[]): readonly unknown[] =>
  steps.reduce<readonly unknown[]>((nodes, step) => nodes.flatMap((node) => children(node, step)), [root]);

const actualOf = (value: unknown): Actual | undefined => {
  if (typeof value === "string") return { text: value, number: undefined, isText: true };
  return typeof value === "number" ? { text: String(value), number: value, isText: false } : undefined;
};

const passes = (test: JsonTest, root: object): boolean => {
  const found = select(root, test.selector);
  if (test.kind === "not exists") return found.length === 0;
  if (test.kind === "is") return found.includes(LITERALS[test.literal]);
  return found.some((value) => {
    const actual = actualOf(value);
    return actual !== undefined && compares(test.comparison, actual);
  });
};

const parsedObject = (line: string): object | undefined => {
  try {
    const root: unknown = JSON.parse(line);
    return typeof root === "object" && root !== null && !Array.isArray(root) ? root : undefined;
  } catch {
    return undefined;
  }
};

/** Every filter of a log group reads the same lines: parse each of the latest ones once. */
const parsedLines = new Map<string, object | undefined>();
const MAX_PARSED_LINES = 2_000;

const objectIn = (line: string): object | undefined => {
  if (parsedLines.has(line)) return parsedLines.get(line);
  const root = parsedObject(line);
  if (parsedLines.size >= MAX_PARSED_LINES) parsedLines.clear();
  parsedLines.set(line, root);
  return root;
};

/** @returns the first string or number that the selector finds in a JSON object */
export const readJson = (root: object, selector: readonly Step[]): string | number | undefined =>
  select(root, selector).find((value): value is string | number => actualOf(value) !== undefined);

/** @returns the line's object, or undefined if the line does not match */
export const matchJson = (condition: Condition<JsonTest>, line: string): object | undefined => {
  const root = objectIn(line);
  return root !== undefined && holds(condition, (test) => passes(test, root)) ? root : undefined;
};

/** @returns the values of the pattern's own selectors, by selector as `printFilterPattern` writes it */
export const jsonValues = (condition: Condition<JsonTest>, root: object): ReadonlyMap<string, string | number> =>
  new Map(
    testsOf(condition).flatMap(({ selector }): [string, string | number][] => {
      const value = readJson(root, selector);
      return value === undefined ? [] : [[printSelector(selector), value]];
    }),
  );

const printTest = (test: JsonTest): string => {
  const selector = printSelector(test.selector);
  if (test.kind === "compare") return `${selector} ${printComparison(test.comparison)}`;
  return test.kind === "is" ? `${selector} IS ${test.literal}` : `${selector} NOT EXISTS`;
};

export const printJsonPattern = (condition: Condition<JsonTest>): string =>
  `{ ${printCondition(condition, printTest)} }`;
