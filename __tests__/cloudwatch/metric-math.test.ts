/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
import fc from "fast-check";
import { evaluateExpression, parseExpression, type Series } from "../../scripts/cloudwatch/metric-math";

const _ = undefined;

const evaluated = (text: string, series: Readonly<Record<string, Series>>) =>
  evaluateExpression(
    parseExpression(text),
    (id) => new Map(Object.entries(series)).get(id) ?? [],
    Object.values(series)[0]?.length ?? 3,
  );

describe("arithmetic (#metric-math-syntax-arithmetic)", () => {
  const series = { m1: [6, 4, _, _], m2: [3, _, 5, _] };

  it.each([
    ["m1 + m2", [9, 4, 5, _]],
    ["m1 - m2", [3, 4, -5, _]],
    ["m1 * m2", [18, 0, 0, _]],
    ["m1 / m2", [2, _, 0, _]],
    ["m1 ^ 2", [36, 16, _, _]],
    ["-m1", [-6, -4, _, _]],
    ["5 * m1", [30, 20, _, _]],
    ["m1 / 0", [_, _, _, _]],
    ["1 + 2 * m1", [13, 9, _, _]],
    ["(1 + 2) * m1", [18, 12, _, _]],
    ["m1 - 1 - 1", [4, 2, _, _]],
    ["-m1 ^ 2", [-36, -16, _, _]],
    ["m1 * -1", [-6, -4, _, _]],
    ["m1 ^ 2 ^ 0", [6, 4, _, _]],
    ["2 + 1.5e1", 17],
    ["m1 + 1 / 0", [6, 4, _, _]],
  ])("%s", (text, expected) => {
    expect(evaluated(text, series)).toEqual(expected);
  });
});

describe("comparison and logic (#metric-math-syntax-operators)", () => {
  const series = { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] };

  it.each([
    ["metric1 < metric2", [0, 0, 1, 0]],
    ["metric1 >= 30", [1, 0, 0, 0]],
    ["metric1 > 15 AND metric2 > 15", [1, 0, 0, 0]],
    ["metric1 > 15 && metric2 > 15", [1, 0, 0, 0]],
    ["metric1 > 15 OR metric2 > 15", [1, 1, 1, 0]],
    ["metric1 > 15 || metric2 > 15", [1, 1, 1, 0]],
    ["metric1 == 20", [0, 1, 0, 0]],
    ["metric1 != 20", [1, 0, 1, 1]],
    ["metric1 <= 20", [0, 1, 1, 1]],
    ["metric2 > 15", [1, _, 1, _]],
    ["metric1 > 25 OR metric1 < 5 AND metric1 > 1", [1, 0, 0, 0]],
    ["metric1 + 1 > 20 + 1", [1, 0, 0, 0]],
  ])("%s", (text, expected) => {
    expect(evaluated(text, series)).toEqual(expected);
  });
});

describe("IF (#using-IF-expressions)", () => {
  const series = { metric1: [1, 1, 0, 0, _], metric2: [30, _, 0, 0, 30], metric3: [0, 0, 20, _, 20] };

  it.each([
    ["IF(metric1, metric2, metric3)", [30, 0, 20, _, _]],
    ["IF(metric1, 5, metric3)", [5, 5, 20, _, _]],
    ["IF(metric1, metric2, 5)", [30, 0, 5, 5, _]],
    ["IF(metric1, metric2)", [30, 0, _, _, _]],
    ["IF(1, metric2, metric3)", [30, _, 0, 0, 30]],
    ["IF(0, metric2, metric3)", [0, 0, 20, _, 20]],
    ["IF(0, metric2)", [_, _, _, _, _]],
    ["IF(metric1 < 1, 10, 2)", [2, 2, 10, 10, _]],
    ["IF(-metric1, 1, 0)", [1, 1, 0, 0, _]],
  ])("%s", (text, expected) => {
    expect(evaluated(text, series)).toEqual(expected);
  });

  it.each([
    [
      [90, 10],
      [90, _],
    ],
    [
      [9, 0],
      [_, _],
    ],
    [
      [10, _],
      [100, _],
    ],
    [
      [_, 10],
      [0, _],
    ],
    [
      [_, _],
      [_, _],
    ],
  ])("a rate of %j successes and failures has a value only above its minimum of samples", ([s, f], expected) => {
    const rate = "IF((s + f) >= 10, 100 * s / (s + f))";
    expect(evaluated(rate, { s: [s, _], f: [f, _] })).toEqual(expected);
  });
});

describe("FILL (#metric-math-syntax-functions-list)", () => {
  it.each([
    ["FILL(m1, 0)", [1, 0, 0]],
    ["FILL(m1, m2)", [1, 7, _]],
    ["FILL(m1, 0) / FILL(m2, 1)", [0.2, 0, 0]],
  ])("%s", (text, expected) => {
    expect(evaluated(text, { m1: [1, _, _], m2: [5, 7, _] })).toEqual(expected);
  });
});

describe("anything else", () => {
  it.each([
    ["SUM(METRICS())", "Expected a number, an id, IF, FILL or ( at column 1 of expression SUM(METRICS())"],
    ["m1 + ANOMALY_DETECTION_BAND(m1)", "Expected a number, an id, IF, FILL or ( at column 6 of expression"],
    ["FILL(m1, REPEAT)", "Expected a number, an id, IF, FILL or ( at column 10 of expression FILL(m1, REPEAT)"],
    ["IF(m1)", "Expected 2 or 3 arguments of IF at column 1 of expression IF(m1)"],
    ["1 + IF(m1, 1, 2, 3)", "Expected 2 or 3 arguments of IF at column 5 of expression 1 + IF(m1, 1, 2, 3)"],
    ["FILL(m1, 1, 2)", "Expected 2 arguments of FILL at column 1 of expression FILL(m1, 1, 2)"],
    ["m1 < m2 < m3", "Expected an operator or the end at column 9 of expression m1 < m2 < m3"],
    ["m1 +", "Expected a number, an id, IF, FILL or ( at column 5 of expression m1 +"],
    ["(m1", "Expected an operator or ) at column 4 of expression (m1"],
    ["", "Expected a number, an id, IF, FILL or ( at column 1 of expression "],
    ["[m1, m2]", "Expected a number, an id, IF, FILL or ( at column 1 of expression [m1, m2]"],
    ["if(m1, 1)", "Expected an operator or the end at column 3 of expression if(m1, 1)"],
  ])("refuses %s", (text, message) => {
    expect(() => parseExpression(text)).toThrow(message);
  });

  it("is refused by a message with its column, for any text", () => {
    const piece = fc.constantFrom(..."m1 m2 1 .5 ( ) , + - * / ^ == < AND OR IF( FILL( SUM( &&".split(" "), " ");
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(text, (any) => {
        let value: number | Series = 0;
        try {
          value = evaluated(any, { m1: [1, _, 0], m2: [_, _, 2] });
        } catch (error) {
          expect(error instanceof Error && error.message).toMatch(/^Expected .+ at column \d+ of expression /s);
        }
        const finite = (one: number | undefined) => one === undefined || Number.isFinite(one);
        expect(typeof value === "number" || value.every(finite)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
