import { type Alarm, evaluate } from "../../scripts/cloudwatch/alarm";
import { MetricStore } from "../../scripts/cloudwatch/metric-store";
import { alarmOf, errors, evaluated, MINUTE, NOON, storeOf } from "./alarms-at-noon";

describe("threshold", () => {
  it.each([
    ["GreaterThanOrEqualToThreshold", ["OK", "ALARM", "ALARM"]],
    ["GreaterThanThreshold", ["OK", "OK", "ALARM"]],
    ["LessThanThreshold", ["ALARM", "OK", "OK"]],
    ["LessThanOrEqualToThreshold", ["ALARM", "ALARM", "OK"]],
  ])("%s: just under, at, just over", (comparison, expected) => {
    expect([2, 3, 4].map((value) => evaluated({ comparison }, [value]).state)).toEqual(expected);
  });

  it("takes M breaching data points out of the last N, in any order", () => {
    const rule = { evaluationPeriods: 5, datapointsToAlarm: 3 };
    expect(evaluated(rule, [0, 0, 9, 0, 9, 0, 9]).state).toBe("ALARM");
    expect(evaluated(rule, [9, 9, 9, 0, 9, 0, 0]).state).toBe("OK");
  });

  it("takes all of the evaluation periods where the alarm does not say how many", () => {
    expect(evaluated({ evaluationPeriods: 3 }, [0, 9, 9, 9]).state).toBe("ALARM");
    expect(evaluated({ evaluationPeriods: 3 }, [9, 0, 9, 9]).state).toBe("OK");
  });
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
describe("window", () => {
  const fiveMinutes = alarmOf({ watches: { ...errors, periodSeconds: 300 } });
  const store = new MetricStore();
  store.put({ ...errors, unit: "Count", timestampMs: NOON + 30_000, value: 3 });

  it("slides by the minute: a period of five minutes ends at the last whole minute", () => {
    const starts = [1, 2, 5].map((after) => evaluate(fiveMinutes, store, NOON + after * MINUTE, "OK").datapoints[0]);
    expect(starts).toEqual([
      { startMs: NOON - 4 * MINUTE, value: 3 },
      { startMs: NOON - 3 * MINUTE, value: 3 },
      { startMs: NOON, value: 3 },
    ]);
  });

  it("ends at the whole minute however late within it CloudWatch looks", () => {
    const { datapoints } = evaluate(fiveMinutes, store, NOON + 99_999, "OK");
    expect(datapoints[0]?.startMs).toBe(NOON - 4 * MINUTE);
  });

  it("does not see the minute that is not over", () => {
    expect(evaluate(fiveMinutes, store, NOON + 59_999, "OK").state).toBe("INSUFFICIENT_DATA");
    expect(evaluate(fiveMinutes, store, NOON + 60_000, "OK").state).toBe("ALARM");
  });

  it("sees a data point until the evaluation range has passed it", () => {
    const states = [1, 6, 7].map((after) => evaluate(alarmOf(), store, NOON + after * MINUTE, "ALARM").state);
    expect(states).toEqual(["ALARM", "ALARM", "INSUFFICIENT_DATA"]);
  });
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
describe("metric math", () => {
  const rate: Partial<Alarm> = {
    comparison: "LessThanThreshold",
    threshold: 95,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    treatMissingData: "notBreaching",
    watches: [
      { id: "s", metric: { ...errors, name: "Success" } },
      { id: "f", metric: { ...errors, name: "Failure" } },
      { id: "n", expression: "s + f" },
      { id: "rate", expression: "IF(n >= 10, 100 * s / n)", returnData: true, label: "Success rate" },
    ],
  };

  const rates = (successes: readonly (number | undefined)[], failures: readonly (number | undefined)[]) =>
    evaluate(alarmOf(rate), storeOf(failures, "Failure", storeOf(successes, "Success")), NOON, "OK");

  it("evaluates expressions over expressions", () => {
    const { state, datapoints } = rates([9, 19, undefined, 19, 9], [1, 1, undefined, 1, 3]);
    expect(state).toBe("OK");
    expect(datapoints.slice(0, 5).map(({ value }) => value)).toEqual([75, 95, undefined, 95, 90]);
  });

  it("fires when three of five periods are under the threshold", () => {
    expect(rates([9, 9, undefined, 19, 9], [1, 1, undefined, 1, 3]).state).toBe("ALARM");
  });

  it("is silent while there are too few samples", () => {
    expect(rates([4, 4, 4, 4, 4], [5, 5, 5, 5, 5]).state).toBe("OK");
  });

  it.each<[string, NonNullable<Alarm["watches"]>]>([
    [
      "Expected the id of another query that does not need this one at column 5 of expression m + x",
      [
        { id: "m", metric: errors },
        { id: "e", expression: "m + x", returnData: true },
      ],
    ],
    [
      "Expected the id of another query that does not need this one at column 1 of expression e",
      [
        { id: "e", expression: "d", returnData: true },
        { id: "d", expression: "e" },
        { id: "m", metric: errors },
      ],
    ],
    [
      "Expected a time series for expression e of alarm a but got 2",
      [
        { id: "m", metric: errors },
        { id: "e", expression: "1 + 1", returnData: true },
      ],
    ],
    ["Expected exactly one query for returnData of alarm a but got []", [{ id: "m", metric: errors }]],
    [
      'Expected exactly one query for returnData of alarm a but got ["m","e"]',
      [
        { id: "m", metric: errors, returnData: true },
        { id: "e", expression: "m", returnData: true },
      ],
    ],
    [
      "Expected one period for the metrics of alarm a but got [60,300]",
      [
        { id: "m", metric: errors, returnData: true },
        { id: "n", metric: { ...errors, periodSeconds: 300 } },
      ],
    ],
    [
      "Expected a number, an id, a function, [ or ( at column 1 of expression FOO(m)",
      [
        { id: "m", metric: errors },
        { id: "e", expression: "FOO(m)", returnData: true },
      ],
    ],
  ])("refuses: %s", (message, watches) => {
    expect(() => evaluated({ watches }, [1])).toThrow(message);
  });
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
describe("percentiles with few samples", () => {
  const slow = (count: number) => {
    const store = new MetricStore();
    store.put({ ...errors, unit: "Count", timestampMs: NOON - MINUTE, value: 9, count });
    return store;
  };
  const stateWith = (statistic: string, count: number, setting?: string) => {
    const changes = { watches: { ...errors, statistic }, evaluateLowSampleCountPercentiles: setting };
    return evaluate(alarmOf(changes), slow(count), NOON, "OK").state;
  };

  it.each([
    ["p99", 1000],
    ["p90", 100],
    ["p50", 20],
    ["p10", 100],
  ])("%s is ignored below %d samples, if the alarm says so", (statistic, samples) => {
    expect([samples - 1, samples].map((count) => stateWith(statistic, count, "ignore"))).toEqual(["OK", "ALARM"]);
  });

  it("are evaluated if the alarm says so, or says nothing", () => {
    expect([stateWith("p99", 1, "evaluate"), stateWith("p99", 1)]).toEqual(["ALARM", "ALARM"]);
  });

  it.each(["Average", "p100", "p0"])("keep %s as it is", (statistic) => {
    expect(stateWith(statistic, 1, "ignore")).toBe("ALARM");
  });
});

it.each([
  [60, 1440],
  [300, 288],
  [3600, 168],
  [86_400, 7],
])("allows %d s times %d periods, the most that CloudWatch accepts", (periodSeconds, evaluationPeriods) => {
  const watches = { ...errors, periodSeconds };
  expect(evaluated({ evaluationPeriods, watches, treatMissingData: "notBreaching" }, []).state).toBe("OK");
});
