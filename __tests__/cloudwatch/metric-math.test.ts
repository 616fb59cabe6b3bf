/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
import fc from "fast-check";
import { evaluateExpression, parseExpression } from "../../scripts/cloudwatch/metric-math";
import type { Series, Value } from "../../scripts/cloudwatch/metric-math-values";
import { NotModelledError } from "../../scripts/cloudwatch/not-modelled";

const _ = undefined;

/** A Monday. */
const START = Date.UTC(2026, 10, 23, 23, 58, 0);

const valueIn = (text: string, series: Readonly<Record<string, Series>>): Value => {
  const periods = Object.values(series)[0]?.length ?? 3;
  return evaluateExpression(parseExpression(text), {
    startsMs: Array.from({ length: periods }, (__, index) => START + index * 60_000),
    periodSeconds: 60,
    lookup: (id) => new Map(Object.entries(series)).get(id) ?? [],
    metricIds: Object.keys(series),
  });
};

const evaluated = (text: string, series: Readonly<Record<string, Series>>) => {
  const value = valueIn(text, series);
  if (value.kind === "S") return value.value;
  return value.kind === "TS" ? value.series : value.list;
};

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
    ["m1 + 1 / 0", [_, _, _, _]],
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
    ["FILL(m1, 0)", [0, 1, 0, 0, 4, 0]],
    ["FILL(m1, m2)", [5, 1, 7, _, 4, _]],
    ["FILL(m1, 0) / FILL(m2, 1)", [0, 1, 0, 0, 4, 0]],
    ["FILL(m1, REPEAT)", [_, 1, 1, 1, 4, 4]],
    ["FILL(m1, LINEAR)", [_, 1, 2, 3, 4, _]],
    ["FILL(m1, MAX(m1))", [4, 1, 4, 4, 4, 4]],
    [
      "FILL([m1, m2], 0)",
      [
        [0, 1, 0, 0, 4, 0],
        [5, 0, 7, 0, 0, 0],
      ],
    ],
  ])("%s", (text, expected) => {
    expect(evaluated(text, { m1: [_, 1, _, _, 4, _], m2: [5, _, 7, _, _, _] })).toEqual(expected);
  });
});

describe("functions (#metric-math-syntax-functions-list)", () => {
  const series = { m1: [1, -2, _, 6.5], m2: [3, _, _, 0.5], errors4xx: [1, 1, 1, 1] };

  it.each([
    ["ABS(m1)", [1, 2, _, 6.5]],
    ["CEIL(m1)", [1, -2, _, 7]],
    ["FLOOR(m1)", [1, -2, _, 6]],
    ["LOG(m2 - 2)", [0, _, _, _]],
    ["LOG10(m2 + 97)", [2, _, _, expect.closeTo(Math.log10(97.5), 12)]],
    ["SUM([m1, m2])", [4, -2, _, 7]],
    ["AVG([m1, m2])", [2, -1, _, 3.5]],
    ["MIN([m1, m2])", [1, -2, _, 0.5]],
    ["MAX([m1, m2])", [3, -2, _, 6.5]],
    ["STDDEV([m1, m2])", [1, 0, _, 3]],
    ["DATAPOINT_COUNT([m1, m2])", [2, 1, _, 2]],
    ["m1 - m1 + SUM(m2)", [3.5, 3.5, _, 3.5]],
    ["m2 - m2 + AVG(m2)", [0.875, _, _, 0.875]],
    ["m2 - m2 + MIN(m1)", [-2, _, _, -2]],
    ["m2 - m2 + MAX(m1)", [6.5, _, _, 6.5]],
    ["m2 - m2 + STDDEV(m2)", [1.25, _, _, 1.25]],
    ["m2 - m2 + DATAPOINT_COUNT(m1)", [3, _, _, 3]],
    ["m2 / PERIOD(m2)", [0.05, _, _, expect.closeTo(0.5 / 60, 12)]],
    ["DIFF(m1)", [_, -3, _, 8.5]],
    ["DIFF_TIME(m1)", [_, 60, _, 120]],
    ["RATE(m2)", [_, _, _, expect.closeTo(-2.5 / 180, 12)]],
    ["RUNNING_SUM(m1)", [1, -1, _, 5.5]],
    ["TIME_SERIES(5)", [5, 5, 5, 5]],
    ["TIME_SERIES(MAX(m1))", [6.5, 6.5, 6.5, 6.5]],
    ["MINUTE(m2)", [58, 59, 0, 1]],
    ["HOUR(m2)", [23, 23, 0, 0]],
    ["DAY(m2)", [1, 1, 2, 2]],
    ["DATE(m2)", [23, 23, 24, 24]],
    ["MONTH(m2)", [11, 11, 11, 11]],
    ["YEAR(m2)", [2026, 2026, 2026, 2026]],
    ["EPOCH(m2)", [START / 1000, START / 1000 + 60, START / 1000 + 120, START / 1000 + 180]],
    ["IF(DAY(m1) < 2, m1)", [1, -2, _, _]],
    ["SUM(METRICS())", [5, -1, 1, 8]],
    ['SUM(METRICS("4xx"))', [1, 1, 1, 1]],
    ["SUM([METRICS('m1'), m2])", [4, -2, _, 7]],
    ["SUM(100 / [m2, errors4xx])", [expect.closeTo(100 / 3 + 100, 9), 100, 100, 300]],
    ["SUM(-[m1, m2])", [-4, 2, _, -7]],
    ["SUM([m1, m2] * [m1, m2])", [10, 4, _, 42.5]],
    ["errors4xx / METRIC_COUNT(METRICS())", [1 / 3, 1 / 3, 1 / 3, 1 / 3]],
    ["FIRST(SORT(METRICS(), AVG, ASC))", [3, _, _, 0.5]],
    ["LAST(SORT(METRICS(), AVG, ASC))", [1, -2, _, 6.5]],
    ["LAST(SORT([m1, m2], MAX, ASC))", [1, -2, _, 6.5]],
    ["FIRST(SORT([m1, m2], MIN, ASC))", [1, -2, _, 6.5]],
    ["FIRST(SLICE(SORT([m1, m2, errors4xx], SUM, DESC), 1))", [1, 1, 1, 1]],
    ["METRIC_COUNT(SLICE(METRICS(), 0, 2))", 2],
    ["METRIC_COUNT(SORT(METRICS(), SUM, ASC, 2))", 2],
    ["METRIC_COUNT(REMOVE_EMPTY([m1, m1 / 0]))", 1],
    ["-2 + 1", -1],
  ])("%s", (text, expected) => {
    expect(evaluated(text, series)).toEqual(expected);
  });

  it("counts Sunday as day 7", () => {
    const value = evaluateExpression(parseExpression("DAY(m1)"), {
      startsMs: [Date.UTC(2026, 10, 22)],
      periodSeconds: 60,
      lookup: () => [1],
      metricIds: ["m1"],
    });
    expect(value).toEqual({ kind: "TS", series: [7] });
  });

  it.each([
    ["ABS(5)", "Expected a time series or an array of time series for ABS but got a number"],
    ["SUM(5)", "Expected an array of time series for SUM but got a number"],
    ["MINUTE([m1])", "Expected a time series for MINUTE but got an array of time series"],
    [
      "FILL(m1, ASC)",
      "Expected a number, a time series, REPEAT or LINEAR for the second argument of FILL but got a word",
    ],
    [
      "FILL(m1, 'x')",
      "Expected a number, a time series, REPEAT or LINEAR for the second argument of FILL but got a text",
    ],
    ["SORT([m1], ASC, ASC)", "Expected AVG, MIN, MAX, SUM for the second argument of SORT but got a word"],
    ["SORT([m1], AVG, AVG)", "Expected ASC or DESC for the third argument of SORT but got a word"],
    ["SLICE([m1], m1)", "Expected a number for the start of SLICE but got a time series"],
    ["SLICE([m1], 0, m1)", "Expected a number for the end of SLICE but got a time series"],
    ["FIRST(REMOVE_EMPTY([m1 / 0]))", "Expected a time series in the array for FIRST but got nothing"],
    ["METRICS(m1)", "Expected a text for METRICS but got a time series"],
    ["[m1] + [m1, m2]", "Expected arrays of one length for + but got 1 and 2"],
    ["[1]", "Expected a time series for an item of an array but got a number"],
    ["IF([m1], 1, 0)", "Expected a time series for the condition of IF but got an array of time series"],
    ["1 + REPEAT", 'Expected a value for an operand but got "REPEAT"'],
  ])("%s: %s", (text, message) => {
    expect(() => evaluated(text, series)).toThrow(message);
  });

  it.each([
    ["ANOMALY_DETECTION_BAND(m1)", "ANOMALY_DETECTION_BAND"],
    ["m1 + INSIGHT_RULE_METRIC('r', 'Sum')", "INSIGHT_RULE_METRIC"],
    ["m1 / SERVICE_QUOTA(m1)", "SERVICE_QUOTA"],
    ["SEARCH('{A} x', 'Sum')", "SEARCH"],
    ["SELECT AVG(x) FROM y", "a Metrics Insights query"],
  ])("cannot tell what %s is", (text, what) => {
    expect(() => parseExpression(text)).toThrow(NotModelledError);
    expect(() => parseExpression(text)).toThrow(`Cannot tell: ${what} is not modelled`);
  });
});

describe("anything else", () => {
  it.each([
    ["SUMM(METRICS())", "Expected a number, an id, a function, [ or ( at column 1 of expression SUMM(METRICS())"],
    ["REPEAT(m1)", "Expected a number, an id, a function, [ or ( at column 1 of expression REPEAT(m1)"],
    ["IF(m1)", "Expected 2 or 3 arguments of IF at column 1 of expression IF(m1)"],
    ["1 + IF(m1, 1, 2, 3)", "Expected 2 or 3 arguments of IF at column 5 of expression 1 + IF(m1, 1, 2, 3)"],
    ["FILL(m1, 1, 2)", "Expected 2 arguments of FILL at column 1 of expression FILL(m1, 1, 2)"],
    ["ABS()", "Expected 1 argument of ABS at column 1 of expression ABS()"],
    ["ABS", "Expected ( at column 4 of expression ABS"],
    ["m1 < m2 < m3", "Expected an operator or the end at column 9 of expression m1 < m2 < m3"],
    ["m1 +", "Expected a number, an id, a function, [ or ( at column 5 of expression m1 +"],
    ["(m1", "Expected an operator or ) at column 4 of expression (m1"],
    ["[m1", "Expected a comma or ] at column 4 of expression [m1"],
    ["SUM(m1", "Expected a comma or ) at column 7 of expression SUM(m1"],
    ["", "Expected a number, an id, a function, [ or ( at column 1 of expression "],
    ["if(m1, 1)", "Expected an operator or the end at column 3 of expression if(m1, 1)"],
  ])("refuses %s", (text, message) => {
    expect(() => parseExpression(text)).toThrow(message);
  });

  it("is refused by a message with its column or by the kind of a value, for any text", () => {
    const pieces = "m1 m2 1 .5 ( ) , + - * / ^ == < AND OR IF( FILL( SUM( METRICS( [ ] REPEAT DIFF( SORT( &&".split(
      " ",
    );
    const piece = fc.constantFrom(...pieces, " ");
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(text, (any) => {
        let value: Value = { kind: "S", value: 0 };
        try {
          value = valueIn(any, { m1: [1, _, 0], m2: [_, _, 2] });
        } catch (error) {
          expect(error instanceof Error && error.message).toMatch(
            /^(?:Expected .+ (?:at column \d+|but got)|Cannot tell)/s,
          );
        }
        const all = value.kind === "TS" ? [value.series] : value.kind === "TS[]" ? value.list : [];
        expect(all.flat().every((one) => one === undefined || Number.isFinite(one))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
