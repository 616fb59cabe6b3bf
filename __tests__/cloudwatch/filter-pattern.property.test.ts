/** What must be true of any filter pattern and any line. */
import fc from "fast-check";
import type { Comparison } from "../../scripts/cloudwatch/comparison";
import type { Condition } from "../../scripts/cloudwatch/condition";
import type { Field, FieldTest } from "../../scripts/cloudwatch/field-pattern";
import {
  type FilterPattern,
  matches,
  parseFilterPattern,
  printFilterPattern,
} from "../../scripts/cloudwatch/filter-pattern";
import type { JsonTest } from "../../scripts/cloudwatch/json-pattern";

const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/);
const number = fc.stringMatching(/^-?[0-9]{1,3}(\.[0-9]{1,2})?(e[+-]?[0-9])?$/);
const regex = fc.constantFrom("a+", "^x|y$", "[a-z]{1,3}", "\\d\\.\\x28", "b{,2}", "\\\\n");
const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: "grapheme", maxLength: 8 }));

const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    operator: fc.constantFrom("=" as const, "!=" as const),
    value: fc.oneof(
      fc.record({ kind: fc.constant("quoted" as const), text }),
      fc.record({
        kind: fc.constant("bare" as const),
        text: word.chain((bare) => fc.constantFrom(`${bare}*`, `${bare}.x-1`, `${bare}:9`)),
      }),
      fc.record({ kind: fc.constant("number" as const), text: number }),
      fc.record({ kind: fc.constant("regex" as const), source: regex }),
    ),
  }),
  fc.record({
    operator: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
    value: fc.record({ kind: fc.constant("number" as const), text: number }),
  }),
);

const key = fc.oneof(
  word,
  text.filter((name) => name !== "" && !name.includes("'")),
);
const selector = fc
  .tuple(
    key.map((name) => ({ key: name })),
    fc.array(
      fc.oneof(
        fc.nat(9).map((index) => ({ index })),
        key.map((name) => ({ key: name })),
      ),
      { maxLength: 3 },
    ),
    fc.option(fc.constantFrom({ every: "field" as const }, { every: "element" as const }), { nil: undefined }),
  )
  .map(([first, steps, wildcard]) => [first, ...steps, ...(wildcard ? [wildcard] : [])]);

const jsonTest: fc.Arbitrary<JsonTest> = fc.oneof(
  fc.record({ selector, kind: fc.constant("compare" as const), comparison }),
  fc.record({
    selector,
    kind: fc.constant("is" as const),
    literal: fc.constantFrom("TRUE" as const, "FALSE" as const, "NULL" as const),
  }),
  fc.record({ selector, kind: fc.constant("not exists" as const) }),
);

/** Parentheses can put any condition into any other; without them && binds closer, so no && is part of an &&. */
const conditionOf = <T>(test: fc.Arbitrary<T>, grouping: boolean): fc.Arbitrary<Condition<T>> => {
  const leaf = test.map((one): Condition<T> => ({ kind: "test", test: one }));
  const list = (kind: "&&" | "||", part: fc.Arbitrary<Condition<T>>) =>
    fc.array(part, { minLength: 2, maxLength: 3 }).map((parts): Condition<T> => ({ kind, parts }));
  const flat = fc.oneof(leaf, list("&&", leaf), list("||", fc.oneof(leaf, list("&&", leaf))));
  return grouping ? fc.oneof(flat, list("&&", flat), list("||", flat)) : flat;
};

/** The first test of a field is about the field itself. */
const withField = (condition: Condition<Comparison>, field: string): Condition<FieldTest> =>
  condition.kind === "test"
    ? { kind: "test", test: { field, comparison: condition.test } }
    : { kind: condition.kind, parts: condition.parts.map((part) => withField(part, field)) };

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.constant({ kind: "column" as const }),
  fc.record({ kind: fc.constant("column" as const), name: word }),
  fc
    .record({ kind: fc.constant("column" as const), name: word, condition: conditionOf(comparison, false) })
    .map(({ condition, ...column }): Field => ({ ...column, condition: withField(condition, column.name) })),
);

const fields = fc
  .tuple(fc.array(field, { minLength: 1, maxLength: 4 }), fc.option(fc.nat(4), { nil: undefined }))
  .map(([columns, ellipsis]): Field[] =>
    ellipsis === undefined ? columns : columns.toSpliced(ellipsis, 0, { kind: "ellipsis" }),
  )
  // Without a name, one field prints as no field.
  .filter((all) => printFilterPattern({ syntax: "fields", fields: all }) !== "[]");

const pattern: fc.Arbitrary<FilterPattern> = fc.oneof(
  fc.record({
    syntax: fc.constant("terms" as const),
    terms: fc.array(
      fc.record({
        mode: fc.constantFrom("required" as const, "optional" as const, "excluded" as const),
        text: fc.oneof(word, text),
      }),
      { maxLength: 4 },
    ),
  }),
  fc.record({ syntax: fc.constant("regex" as const), source: regex }),
  fc.record({ syntax: fc.constant("fields" as const), fields }),
  fc.record({ syntax: fc.constant("json" as const), condition: conditionOf(jsonTest, true) }),
);

const pieces = [
  ..."{}[]()%\"'?-*.,$=<>!&| \\\t",
  ..."a 1 $.a ... && || != >= IS NULL NOT EXISTS %a% -1e3 [0] ['b']".split(" "),
];

/** Texts that look like patterns, most of them broken. */
const scrap = fc.oneof(
  fc.string(),
  fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((all) => all.join("")),
  fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((all) => `{ ${all.join(" ")} }`),
  fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((all) => `[${all.join("")}]`),
);

const line = fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" }), scrap);

/** What the quotas on regular expressions, wildcards and length let through. */
const allowed = (one: FilterPattern): boolean => {
  try {
    parseFilterPattern(printFilterPattern(one));
    return true;
  } catch (error) {
    return !/^Expected at most /.test(String(error instanceof Error ? error.message : error));
  }
};

const parsedOrNot = (written: string): FilterPattern | undefined => {
  try {
    return parseFilterPattern(written);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect(error instanceof Error && error.message).toMatch(/^Expected .+ at column \d+ of pattern /s);
    return undefined;
  }
};

it("printing and parsing agree on any pattern", () => {
  fc.assert(
    fc.property(pattern.filter(allowed), (one) => {
      expect(parseFilterPattern(printFilterPattern(one))).toEqual(one);
    }),
    { numRuns: 500 },
  );
});

it("any text is parsed, or refused with a column; what is parsed is printed to the same pattern", () => {
  fc.assert(
    fc.property(scrap, (written) => {
      const parsed = parsedOrNot(written);
      if (parsed !== undefined) expect(parseFilterPattern(printFilterPattern(parsed))).toEqual(parsed);
    }),
    { numRuns: 500 },
  );
});

it("matching never throws, on any line", () => {
  fc.assert(
    fc.property(pattern, line, (one, any) => {
      const match = matches(one, any);
      expect(match === undefined || match.values instanceof Map).toBe(true);
    }),
    { numRuns: 500 },
  );
});
