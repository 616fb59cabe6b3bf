/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
import { MetricStore } from "../../scripts/cloudwatch/metric-store";
import { significantSamples } from "../../scripts/cloudwatch/statistics";

const METRIC = { namespace: "N", name: "M", dimensions: {} };

const of = (statistic: string, values: readonly number[]) => {
  const store = new MetricStore();
  for (const value of values) store.put({ ...METRIC, unit: "None", timestampMs: 0, value });
  return store.statistic({ ...METRIC, statistic, startMs: 0, periodSeconds: 60 });
};

const to = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

it.each([
  ["p0", 1],
  ["p10", 10],
  ["p50", 50],
  ["p99.5", 100],
  ["p100", 100],
  ["tm90", 45.5],
  ["TM(:90%)", 45.5],
  ["TM(10%:90%)", 50.5],
  ["TM(10%:)", 55.5],
  ["TM(20:30)", 25.5],
  ["TM(:20)", 10.5],
  ["TM(99:)", 100],
  ["IQM", 50.5],
  ["TM(25%:75%)", 50.5],
  ["wm90", (45.5 * 90 + 90 * 10) / 100],
  ["WM(10%:90%)", 50.5],
  ["WM(20:30)", 27.55],
  ["tc90", 90],
  ["TC(10%:90%)", 80],
  ["TC(20:30)", 10],
  ["TC(:0.5)", 0],
  ["ts90", 4095],
  ["TS(80%:)", 1810],
  ["TS(20:30)", 255],
  ["PR(:30)", 30],
  ["PR(20:30)", 10],
  ["PR(90:)", 10],
])("%s of 1 to 100 is %d", (statistic, expected) => {
  expect(of(statistic, to(100))).toBeCloseTo(expected, 9);
});

it.each([
  ["IQM", [1, 2, 3], 2],
  ["tm50", [1, 2, 3], 4 / 3],
  ["tc90", [1, 2], 1.8],
  ["WM(10%:90%)", [5], 5],
])("%s of %j counts the parts of a sample at a boundary by their weight: %d", (statistic, values, expected) => {
  expect(of(statistic, values)).toBeCloseTo(expected, 9);
});

it("has no mean of no sample, and none of negative values", () => {
  expect(["TM(1000:)", "WM(5:6)", "p50"].map((statistic) => of(statistic, []))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(of("TM(1000:)", to(100))).toBeUndefined();
  expect(["tm90", "PR(:1)", "p50"].map((statistic) => of(statistic, [-1, 5]))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it.each([
  ["p99", 1000],
  ["p99.9", 10_000],
  ["p50", 20],
  ["p49", 10 / 0.49],
  ["p1", 1000],
  ["p0", undefined],
  ["p100", undefined],
  ["Average", undefined],
  ["tm99", undefined],
])("%s is significant from %d samples on", (statistic, samples) => {
  const significant = significantSamples(statistic);
  if (samples === undefined) expect(significant).toBeUndefined();
  else expect(significant).toBeCloseTo(samples, 5);
});

describe("statistic sets", () => {
  const storeOf = (...sets: readonly { count: number; sum: number; min: number; max: number }[]) => {
    const store = new MetricStore();
    for (const statistics of sets) store.put({ ...METRIC, unit: "None", timestampMs: 0, statistics });
    store.put({ ...METRIC, unit: "None", timestampMs: 0, value: 10, count: 2 });
    return (statistic: string) => store.statistic({ ...METRIC, statistic, startMs: 0, periodSeconds: 60 });
  };

  it("count as their observations", () => {
    const ask = storeOf({ count: 3, sum: 12, min: 1, max: 20 });
    expect(["Sum", "Average", "Minimum", "Maximum", "SampleCount"].map(ask)).toEqual([32, 6.4, 1, 20, 5]);
  });

  it("have percentiles only if they hold one value", () => {
    expect(storeOf({ count: 3, sum: 12, min: 1, max: 20 })("p50")).toBeUndefined();
    expect(storeOf({ count: 3, sum: 12, min: 4, max: 4 })("p50")).toBe(4);
  });

  it("without observations are no data", () => {
    const store = new MetricStore();
    store.put({ ...METRIC, unit: "None", timestampMs: 0, statistics: { count: 0, sum: 0, min: 0, max: 0 } });
    store.put({ ...METRIC, unit: "None", timestampMs: 0, value: 5, count: 0 });
    expect(store.list()).toEqual([]);
    expect(store.statistic({ ...METRIC, statistic: "SampleCount", startMs: 0, periodSeconds: 60 })).toBeUndefined();
  });
});
