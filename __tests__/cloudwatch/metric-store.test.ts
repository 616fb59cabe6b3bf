/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
import { type Datum, MetricStore } from "../../scripts/cloudwatch/metric-store";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);

const stored = (data: readonly Partial<Datum>[]) => {
  const store = new MetricStore();
  for (const datum of data) {
    store.put({ namespace: "N", name: "M", dimensions: {}, unit: "Count", timestampMs: NOON, value: 1, ...datum });
  }
  return store;
};

const asked = (store: MetricStore, query: Partial<Parameters<MetricStore["statistic"]>[0]>) =>
  store.statistic({
    namespace: "N",
    name: "M",
    dimensions: {},
    statistic: "Sum",
    startMs: NOON,
    periodSeconds: 60,
    ...query,
  });

describe("statistics (#Statistic)", () => {
  const store = stored([{ value: 3 }, { value: 1, count: 2 }, { value: 7, timestampMs: NOON + 59_999 }]);

  it.each([
    ["Sum", 12],
    ["Average", 3],
    ["Minimum", 1],
    ["Maximum", 7],
    ["SampleCount", 4],
    ["p50", 1],
    ["p50.01", 3],
    ["p75", 3],
    ["p99", 7],
    ["p0", 1],
    ["p100", 7],
  ])("%s is %d", (statistic, expected) => {
    expect(asked(store, { statistic })).toBe(expected);
  });

  it("gives the one value there is for any percentile", () => {
    expect(["p1", "p50", "p99.9"].map((statistic) => asked(stored([{ value: 5 }]), { statistic }))).toEqual([5, 5, 5]);
  });

  it("has percentiles of a metric with zeros", () => {
    expect(asked(stored([{ value: 0 }, { value: 5 }]), { statistic: "p99" })).toBe(5);
  });

  it("has no percentiles of a metric with negative values", () => {
    const percentile = asked(stored([{ value: -1 }, { value: 5 }]), { statistic: "p99" });
    expect(percentile).toBeUndefined();
  });

  it.each([
    "sum",
    "p",
    "p101",
    "p99.99999999999",
    "tm101",
    "TM99",
    "tm(1:2)",
    "TM(1%:2)",
    "TM(:)",
    "PR(1%:2%)",
    "iqm",
    "toString",
  ])("refuses the statistic %s", (statistic) => {
    expect(() => asked(store, { statistic })).toThrow(
      `Expected Sum, Average, Minimum, Maximum, SampleCount, p0 to p100, IQM or a range such as TM(10%:90%) for statistic but got "${statistic}"`,
    );
  });
});

describe("metrics (#Dimension)", () => {
  const servers = stored(
    [
      ["Prod", "Frankfurt", 105],
      ["Beta", "Frankfurt", 115],
      ["Prod", "Rio", 95],
      ["Beta", "Rio", 97],
    ].map(([Server, Domain, value]) => ({
      dimensions: { Server: String(Server), Domain: String(Domain) },
      value: Number(value),
    })),
  );

  it.each([
    [{ Server: "Prod", Domain: "Rio" }, 95],
    [{ Domain: "Rio", Server: "Prod" }, 95],
    [{ Server: "Prod" }, undefined],
    [{}, undefined],
    [{ Server: "Prod", Domain: "Rio", More: "x" }, undefined],
  ])("finds for %j exactly those dimensions, in any order", (dimensions, expected) => {
    expect(asked(servers, { dimensions })).toBe(expected);
  });

  it("keeps namespaces and names apart", () => {
    const store = stored([{}]);
    expect(asked(store, { namespace: "Other" })).toBeUndefined();
    expect(asked(store, { name: "Other" })).toBeUndefined();
  });

  // Recorded from AWS by LocalStack: test_get_metric_data_different_units_no_unit_in_query
  it("never adds data of different units, and answers the first in alphabetical order if none is asked for", () => {
    const store = stored([{ value: 2 }, { value: 3, unit: "Bytes" }, { value: 4, timestampMs: NOON + 60_000 }]);
    const units = [{ unit: "Count" }, { unit: "Bytes" }, { unit: "Seconds" }, {}];
    expect(units.map((query) => asked(store, query))).toEqual([2, 3, undefined, 3]);
    expect(asked(store, { startMs: NOON + 60_000 })).toBe(4);
  });

  it("lists every metric once for each of its units", () => {
    const store = stored([{}, {}, { unit: "Bytes" }, { dimensions: { FunctionName: "f" } }]);
    expect(store.list()).toEqual([
      { namespace: "N", name: "M", dimensions: {}, unit: "Bytes" },
      { namespace: "N", name: "M", dimensions: {}, unit: "Count" },
      { namespace: "N", name: "M", dimensions: { FunctionName: "f" }, unit: "Count" },
    ]);
  });
});

describe("periods (#CloudWatchPeriods)", () => {
  const store = stored([0, 59_999, 60_000, 299_999, 300_000].map((after) => ({ timestampMs: NOON + after })));

  it.each([
    [60, 0, 2],
    [60, 60_000, 1],
    [60, 120_000, undefined],
    [300, 0, 4],
    [300, 60_000, 3],
    [300, -60_000, 3],
  ])("of %d s, %d ms after noon, holds what was stamped within it", (periodSeconds, after, expected) => {
    expect(asked(store, { periodSeconds, startMs: NOON + after })).toBe(expected);
  });

  it("ends before the first moment of the next, in the same minute too", () => {
    const tens = stored([{ timestampMs: NOON + 9_999 }, { timestampMs: NOON + 10_000 }]);
    expect(asked(tens, { periodSeconds: 10 })).toBe(1);
  });

  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
  it("starts at the whole minute, or at whole 10 s if it is shorter", () => {
    expect(asked(store, { startMs: NOON + 42_000 })).toBe(2);
    expect(asked(store, { startMs: NOON + 52_000, periodSeconds: 10 })).toBe(1);
    expect(asked(store, { startMs: NOON + 49_000, periodSeconds: 10 })).toBeUndefined();
    expect(asked(store, { startMs: NOON + 40_000, periodSeconds: 30 })).toBe(2);
    expect(asked(store, { startMs: NOON + 59_000, periodSeconds: 1 })).toBe(1);
  });
});

describe("a long simulation", () => {
  const NAME = { namespace: "N", name: "Uploads", dimensions: {}, unit: "Count" };
  const HOUR = 3_600_000;
  const START = Date.UTC(2026, 0, 1);
  const sumOf = (store: MetricStore, startMs: number) =>
    store.statistic({ ...NAME, statistic: "Sum", periodSeconds: 3_600, startMs });

  it("writes the data of one metric as put does", () => {
    const store = new MetricStore();
    const write = store.writer(NAME);

    write({ count: 3, sum: 6, min: 1, max: 3 }, START, START);
    write({ count: 0, sum: 0, min: 0, max: 0 }, START + HOUR, START);

    expect([sumOf(store, START), sumOf(store, START + HOUR)]).toEqual([6, undefined]);
  });

  it("forgets the hours before a time, and no later ones", () => {
    const store = new MetricStore();
    for (const hour of [0, 1, 2]) store.put({ ...NAME, timestampMs: START + hour * HOUR, value: hour + 1 });
    // Data are in their hours once they have been read.
    expect(sumOf(store, START)).toBe(1);

    store.forget(START + 2 * HOUR - 1);

    expect([0, 1, 2].map((hour) => sumOf(store, START + hour * HOUR))).toEqual([undefined, 2, 3]);
  });
});
