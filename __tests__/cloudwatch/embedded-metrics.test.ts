/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
import { embeddedMetrics, validationErrors } from "../../scripts/cloudwatch/embedded-metrics";

const TIME = { Name: "Time", Unit: "Milliseconds" };

const embedded = (metrics: object, rest: object, aws: object = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: 5,
      CloudWatchMetrics: [{ Namespace: "Images", Dimensions: [[]], Metrics: [TIME], ...metrics }],
      ...aws,
    },
    ...rest,
  });

const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);
const targets = (count: number, value: unknown) => Object.fromEntries(keys(count).map((key) => [key, value]));

it("gives a datum for each metric, value and set of dimensions", () => {
  const line = embedded(
    { Dimensions: [["FunctionName"], []], Metrics: [TIME, { Name: "Done" }] },
    { FunctionName: "resizer", Time: [1, 2], Done: 3 },
  );
  const { data, rejected } = embeddedMetrics(line);
  expect(data.map(({ name, dimensions, unit, value }) => [name, dimensions, unit, value])).toEqual([
    ["Time", { FunctionName: "resizer" }, "Milliseconds", 1],
    ["Time", { FunctionName: "resizer" }, "Milliseconds", 2],
    ["Time", {}, "Milliseconds", 1],
    ["Time", {}, "Milliseconds", 2],
    ["Done", { FunctionName: "resizer" }, "None", 3],
    ["Done", {}, "None", 3],
  ]);
  expect(data[0]).toMatchObject({ namespace: "Images", timestampMs: 5 });
  expect(rejected).toEqual([]);
});

it.each([
  ["another kind of line", '{"level":"INFO"}'],
  ["a line that is no JSON", 'text with "_aws" in it'],
  ["a JSON array", '["_aws"]'],
  ["other metadata", '{"_aws":{"Timestamp":5}}'],
])("finds nothing, and nothing to reject, in %s", (_, line) => {
  expect(embeddedMetrics(line)).toEqual({ data: [], rejected: [] });
});

it.each([
  [
    "a dimension without value",
    embedded({ Dimensions: [["fn"]] }, { Time: 1 }),
    "Expected a text for dimension fn but got nothing",
  ],
  [
    "a dimension that is a number",
    embedded({ Dimensions: [["fn"]] }, { Time: 1, fn: 7 }),
    "Expected a text for dimension fn but got 7",
  ],
  [
    "a dimension of 1025 characters",
    embedded({ Dimensions: [["fn"]] }, { Time: 1, fn: "x".repeat(1025) }),
    "Expected a text for dimension fn",
  ],
  [
    "a dimension that only objects inherit",
    embedded({ Dimensions: [["toString"]] }, { Time: 1 }),
    "Expected a text for dimension toString but got nothing",
  ],
  [
    "a dimension set that is no array",
    embedded({ Dimensions: ["fn"] }, { Time: 1, fn: "f" }),
    'Expected an array of keys for a dimension set but got "fn"',
  ],
  [
    "31 dimensions",
    embedded({ Dimensions: [keys(31)] }, { Time: 1, ...targets(31, "x") }),
    "Expected at most 30 dimensions for a dimension set but got 31",
  ],
  [
    "no dimension sets",
    embedded({ Dimensions: [] }, { Time: 1 }),
    "Expected an array of dimension sets for Dimensions but got []",
  ],
  [
    "101 metrics",
    embedded({ Metrics: keys(101).map((Name) => ({ Name })) }, targets(101, 1)),
    "Expected at most 100 metrics for Metrics but got 101",
  ],
  [
    "metrics that are no array",
    embedded({ Metrics: TIME }, { Time: 1 }),
    "Expected an array of metrics for Metrics but got {",
  ],
  [
    "a metric without name",
    embedded({ Metrics: [{ Unit: "Count" }] }, { Time: 1 }),
    "Expected a name for a metric but got nothing",
  ],
  [
    "101 values",
    embedded({}, { Time: Array.from({ length: 101 }, () => 1) }),
    "Expected at most 100 values for metric Time but got 101",
  ],
  ["a value that is a text", embedded({}, { Time: "1" }), 'Expected numbers for metric Time but got "1"'],
  [
    "values that are not all numbers",
    embedded({}, { Time: [1, null] }),
    "Expected numbers for metric Time but got [1,null]",
  ],
  ["a metric without value", embedded({}, {}), "Expected numbers for metric Time but got nothing"],
  [
    "an unknown unit",
    embedded({ Metrics: [{ Name: "Time", Unit: "ms" }] }, { Time: 1 }),
    'Expected a unit of CloudWatch for metric Time but got "ms"',
  ],
  ["no namespace", embedded({ Namespace: "" }, { Time: 1 }), 'Expected a text for Namespace but got ""'],
  [
    "no timestamp",
    embedded({}, { Time: 1 }, { Timestamp: undefined }),
    "Expected milliseconds since 1970 for Timestamp but got nothing",
  ],
  [
    "a timestamp with a fraction",
    embedded({}, { Time: 1 }, { Timestamp: 5.5 }),
    "Expected milliseconds since 1970 for Timestamp but got 5.5",
  ],
  [
    "a timestamp that is a text",
    embedded({}, { Time: 1 }, { Timestamp: "now" }),
    'Expected milliseconds since 1970 for Timestamp but got "now"',
  ],
])("rejects %s", (_, line, message) => {
  const { data, rejected } = embeddedMetrics(line);
  expect(data).toEqual([]);
  expect(rejected).toEqual([expect.stringContaining(message)]);
});

it.each([
  ["30 dimensions", embedded({ Dimensions: [keys(30)] }, { Time: 1, ...targets(30, "x") }), 1],
  ["a dimension of 1024 characters", embedded({ Dimensions: [["fn"]] }, { Time: 1, fn: "x".repeat(1024) }), 1],
  ["100 metrics", embedded({ Metrics: keys(100).map((Name) => ({ Name })) }, targets(100, 1)), 100],
  ["100 values", embedded({}, { Time: Array.from({ length: 100 }, () => 1) }), 100],
  ["the unit Megabytes/Second", embedded({ Metrics: [{ Name: "Time", Unit: "Megabytes/Second" }] }, { Time: 1 }), 1],
])("accepts %s", (_, line, count) => {
  expect(embeddedMetrics(line)).toEqual({ data: expect.any(Array), rejected: [] });
  expect(embeddedMetrics(line).data).toHaveLength(count);
});

it("keeps what is valid beside what is rejected", () => {
  const line = embedded({ Dimensions: [["gone"], []], Metrics: [TIME, { Name: "Done" }] }, { Time: 1 });
  const { data, rejected } = embeddedMetrics(line);
  expect(data.map(({ name, dimensions }) => [name, dimensions])).toEqual([["Time", {}]]);
  expect(rejected).toEqual([
    "Expected a text for dimension gone but got nothing",
    "Expected numbers for metric Done but got nothing",
  ]);
});

it("counts a line with rejections once, as CloudWatch does", () => {
  const rejected = embeddedMetrics(embedded({}, { Time: "1" }));
  expect(validationErrors(rejected, "/aws/lambda/f", 7)).toEqual({
    namespace: "AWS/Logs",
    name: "EMFValidationErrors",
    dimensions: { LogGroupName: "/aws/lambda/f" },
    unit: "Count",
    timestampMs: 7,
    value: 1,
  });
  expect(validationErrors(embeddedMetrics(embedded({}, { Time: 1 })), "g", 7)).toBeUndefined();
});
