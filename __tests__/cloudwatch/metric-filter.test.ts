/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html */
import fc from "fast-check";
import { compileFilter, type MetricFilter } from "../../scripts/cloudwatch/metric-filter";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);

const filterOf = (pattern: string, metric: Partial<MetricFilter["metric"]> = {}): MetricFilter => ({
  name: "f",
  logGroup: "/aws/lambda/f",
  pattern,
  metric: { namespace: "N", name: "M", value: "1", ...metric },
});

const lines = (...messages: readonly string[]) => messages.map((message) => ({ timestampMs: NOON + 1, message }));

const valuesOf = (filter: MetricFilter, ...messages: readonly string[]) =>
  compileFilter(filter)
    .report(lines(...messages))
    .map(({ value }) => value);

describe("metric value (#publishing-values-found-in-logs)", () => {
  it("reports a match in the filter's own namespace, name and unit, at the time of the line", () => {
    const data = compileFilter(filterOf("ERROR", { unit: "Count" })).report(lines("an ERROR", "fine"));
    expect(data).toEqual([
      { namespace: "N", name: "M", dimensions: {}, unit: "Count", timestampMs: NOON + 1, value: 1 },
    ]);
  });

  it('has the unit "None" where the filter gives none', () => {
    expect(compileFilter(filterOf("ERROR")).report(lines("ERROR"))[0]?.unit).toBe("None");
  });

  it("takes the number of a JSON field", () => {
    const filter = filterOf("{ $.latency = * }", { value: "$.latency" });
    expect(valuesOf(filter, '{"latency":50,"requestType":"GET"}', '{"latency":"51"}', '{"other":1}')).toEqual([50, 51]);
  });

  it("takes the number of a column", () => {
    const filter = filterOf("[ip, ..., bytes > 1000]", { value: "$bytes" });
    expect(valuesOf(filter, "127.0.0.1 x 1534", "127.0.0.1 x 999")).toEqual([1534]);
  });

  it("reports nothing for a match whose value is no number", () => {
    expect(valuesOf(filterOf("{ $.a = * }", { value: "$.a" }), '{"a":"x"}', '{"a":""}')).toEqual([]);
  });

  it("reports any literal number", () => {
    expect(valuesOf(filterOf("ERROR", { value: "2.5" }), "ERROR", "ERROR")).toEqual([2.5, 2.5]);
  });

  it.each([
    ["ERROR", "$.a"],
    ["{ $.b = * }", "$a"],
    ["{ $.b = * }", "$.a b"],
    ["[a, b]", "$.a"],
    ["[a, b]", "$0"],
    ["ERROR", "one"],
    ["ERROR", ""],
  ])("refuses for %s the value %j, which its syntax does not have", (pattern, value) => {
    expect(() => compileFilter(filterOf(pattern, { value }))).toThrow(
      `Expected a number or a selector such as $.field or $name for the metric value of filter f but got ${JSON.stringify(value)}`,
    );
  });

  it.each([
    ["[a, , b]", "$2"],
    ["[..., b]", "$1"],
    ["[a, b, c]", "$2"],
  ])("takes for %s the column at position %s", (pattern, value) => {
    expect(valuesOf(filterOf(pattern, { value }), "7 7 9")).toEqual([7]);
  });

  // Recorded from AWS by LocalStack, test_delete_metric_filter
  it("may be a field that the pattern does not select", () => {
    const filter = filterOf("{ $.val = * }", { value: "$.value" });
    expect(valuesOf(filter, '{"val":1,"value":5}', '{"val":1}', '{"value":6}')).toEqual([5]);
  });

  it("takes decimal numbers only", () => {
    const filter = filterOf("{ $.a = * }", { value: "$.a" });
    const values = ["1e3", " 2 ", "-.5", "0x10", "Infinity", "1_000", ""].map((a) => JSON.stringify({ a }));
    expect(valuesOf(filter, ...values)).toEqual([1000, 2, -0.5]);
  });
});

describe("default value (#changing-default-increment-value)", () => {
  const filter = compileFilter(filterOf("ERROR", { defaultValue: 0 }));
  const at = (minute: number, message: string) => ({ timestampMs: NOON + minute * 60_000 + 5, message });

  it("is reported once for a minute with lines where none matches, and for no other", () => {
    const data = filter.report([at(0, "ERROR"), at(0, "fine"), at(1, "fine"), at(1, "fine"), at(3, "fine")]);
    expect(data.map(({ timestampMs, value }) => [(timestampMs - NOON) / 60_000, value])).toEqual([
      [5 / 60_000, 1],
      [1, 0],
      [3, 0],
    ]);
  });

  it("is reported for nothing where there is none", () => {
    expect(compileFilter(filterOf("ERROR")).report([at(0, "fine")])).toEqual([]);
  });

  it("is visible with the last line of its minute, as other data are with theirs", () => {
    const seen = (minute: number, message: string, visibleMs?: number) => ({ ...at(minute, message), visibleMs });
    const data = filter.report([
      seen(0, "fine", 7),
      seen(0, "fine", 9),
      seen(0, "fine"),
      seen(1, "ERROR", 8),
      seen(2, "fine"),
    ]);
    expect(data.map(({ value, visibleMs }) => [value, visibleMs])).toEqual([
      [1, 8],
      [0, 9],
      [0, undefined],
    ]);
  });

  it("is not reported beside a match without a number", () => {
    const one = compileFilter(filterOf("{ $.a = * }", { value: "$.a", defaultValue: 0 }));
    expect(one.report([at(0, '{"a":"x"}')])).toEqual([]);
  });
});

describe("dimensions (#logs-metric-filters-dimensions)", () => {
  it("take their values from a JSON line", () => {
    const pattern = '{ $.eventType = "*" && $.sourceIPAddress != 123.123.* }';
    const filter = compileFilter(filterOf(pattern, { dimensions: { eventType: "$.eventType" } }));
    const line = '{"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111"}';
    expect(filter.report(lines(line))[0]?.dimensions).toEqual({ eventType: "UpdateTrail" });
  });

  it("take their values from columns", () => {
    const filter = compileFilter(filterOf("[ip, server, bytes > 1000]", { dimensions: { server: "$server" } }));
    expect(filter.report(lines("127.0.0.1 Prod 1534"))[0]?.dimensions).toEqual({ server: "Prod" });
  });

  it("are at most three", () => {
    const filter = filterOf("{ $.a = * }", { dimensions: { a: "$.a", b: "$.a", c: "$.a" } });
    expect(compileFilter(filter).report(lines('{"a":7}'))[0]?.dimensions).toEqual({ a: "7", b: "7", c: "7" });
  });

  // aws-cdk, integ.metricfilter-dimensions
  it("may name fields that the pattern does not select", () => {
    const filter = filterOf('{ $.latency = "*" }', { value: "$.latency", dimensions: { code: "$.errorCode" } });
    const [datum] = compileFilter(filter).report(lines('{"latency":50,"errorCode":"E1"}'));
    expect([datum?.value, datum?.dimensions]).toEqual([50, { code: "E1" }]);
  });

  it("keep a match without their field from being reported", () => {
    const filter = filterOf("{ $.a = 1 || $.b = 1 }", { dimensions: { b: "$.b" } });
    expect(valuesOf(filter, '{"a":1}', '{"a":1,"b":2}')).toEqual([1]);
  });

  it.each([
    [
      { dimensions: { a: "$.a" }, defaultValue: 0 },
      "Expected no default value beside dimensions for filter f but got 0",
    ],
    [
      { dimensions: { x: "x" } },
      'Expected a selector such as $.field or $name for dimension x of filter f but got "x"',
    ],
    [
      { dimensions: { a: "$.a", b: "$.a", c: "$.a", d: "$.a" } },
      "Expected at most 3 dimensions for filter f but got 4",
    ],
  ])("refuses %j", (metric, message) => {
    expect(() => compileFilter(filterOf("{ $.a = * }", metric))).toThrow(message);
  });
});

it("matches any line without throwing, and reports finite numbers only", () => {
  const filters = [
    filterOf("{ $.a = * && $.b NOT EXISTS }", { value: "$.a", defaultValue: 0 }),
    filterOf("[a, ..., b]", { value: "$b", dimensions: { a: "$a" } }),
    filterOf("?a ?b"),
  ].map(compileFilter);
  const line = fc.record({
    timestampMs: fc.nat(),
    message: fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ a: fc.anything() }).map((one) => JSON.stringify(one)),
    ),
  });
  fc.assert(
    fc.property(fc.array(line), (any) => {
      const values = filters.flatMap(({ report }) => report(any)).map(({ value }) => value);
      expect(values.every(Number.isFinite)).toBe(true);
    }),
  );
});
