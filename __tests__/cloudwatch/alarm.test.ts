/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html and the pages named below. */
import fc from "fast-check";
import { type Alarm, evaluate } from "../../scripts/cloudwatch/alarm";
import { MetricStore } from "../../scripts/cloudwatch/metric-store";
import { type AlarmState, stateOf, TREATMENTS, type Verdict } from "../../scripts/cloudwatch/missing-data";
import { alarmOf, errors, evaluated, MINUTE, NOON, storeOf } from "./alarms-at-noon";

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
describe("missing data: the tables of the page", () => {
  const KEEP = "Retain current state";

  it.each([
    // M  data points   missing              ignore   breaching  notBreaching
    [3, "0 - X - X", ["OK", "OK", "OK", "OK"]],
    [3, "0 - - - -", ["OK", "OK", "OK", "OK"]],
    [3, "- - - - -", ["INSUFFICIENT_DATA", KEEP, "ALARM", "OK"]],
    [3, "0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    [3, "- - X - -", ["ALARM", KEEP, "ALARM", "OK"]],
    [2, "0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    [2, "0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    [2, "0 - X - -", ["OK", "OK", "ALARM", "OK"]],
    [2, "- - - - 0", ["OK", "OK", "ALARM", "OK"]],
    [2, "- - - X -", ["ALARM", KEEP, "ALARM", "OK"]],
    // Rows of an earlier edition, and the page's text on premature alarms.
    [3, "- - - - X", ["INSUFFICIENT_DATA", KEEP, "ALARM", "OK"]],
    [3, "- - - X -", ["INSUFFICIENT_DATA", KEEP, "ALARM", "OK"]],
    [3, "- - X - X", ["ALARM", KEEP, "ALARM", "OK"]],
    [3, "- - - X 0", ["OK", "OK", "OK", "OK"]],
    [2, "- - - - X", ["INSUFFICIENT_DATA", KEEP, "ALARM", "OK"]],
  ])("%d out of 3, data points %s", (datapointsToAlarm, row, expected) => {
    const verdicts = row
      .split(" ")
      .map((sign): Verdict => (sign === "X" ? "breaching" : sign === "0" ? "within" : "missing"))
      .reverse();
    const states = (current: AlarmState) =>
      TREATMENTS.map((treatMissingData) =>
        stateOf({ evaluationPeriods: 3, datapointsToAlarm, treatMissingData }, verdicts, current),
      );
    expect(states("OK")).toEqual(expected.map((state) => (state === KEEP ? "OK" : state)));
    expect(states("ALARM")).toEqual(expected.map((state) => (state === KEEP ? "ALARM" : state)));
  });

  it("reads six minutes for an alarm of three, newest first", () => {
    const { datapoints } = evaluated({ evaluationPeriods: 3 }, [8, 9, 1, 2, undefined, 4, 5]);
    expect(datapoints.map(({ value }) => value)).toEqual([5, 4, undefined, 2, 1, 9]);
    expect(datapoints[0]?.startMs).toBe(NOON - MINUTE);
  });

  // Measured for 60 s and 540 s by infrahouse/terraform-aws-lambda-monitored; documented for 3 periods of 300 s; else assumed.
  it.each([
    [10, 3, 5],
    [60, 1, 6],
    [60, 2, 6],
    [60, 3, 6],
    [60, 5, 7],
    [120, 1, 3],
    [300, 3, 5],
    [540, 1, 2],
    [3600, 3, 4],
  ])("with periods of %d s, an alarm of %d looks %d periods back", (periodSeconds, evaluationPeriods, range) => {
    const { datapoints } = evaluated({ evaluationPeriods, watches: { ...errors, periodSeconds } }, []);
    expect(datapoints).toHaveLength(range);
  });

  it("treats missing data as missing where the alarm does not say", () => {
    expect(evaluated({}, []).state).toBe("INSUFFICIENT_DATA");
  });
});

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

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Acting_Alarm_Changes.html, and published notifications
describe("state reason", () => {
  it.each<[string, Partial<Alarm>, (number | undefined)[]]>([
    [
      "Threshold Crossed: 1 datapoint [4.0 (23/11/26 11:59:00)] was greater than or equal to the threshold (3.0).",
      {},
      [4],
    ],
    [
      "Threshold Crossed: 1 datapoint [0.25 (23/11/26 11:59:00)] was not greater than or equal to the threshold (3.0).",
      {},
      [0.25],
    ],
    [
      "Threshold Crossed: 2 datapoints were less than the threshold (3.0). The most recent datapoints which crossed the threshold: [1.0 (23/11/26 11:59:00), 2.0 (23/11/26 11:58:00)].",
      { comparison: "LessThanThreshold", evaluationPeriods: 2 },
      [2, 1],
    ],
    [
      "Threshold Crossed: 2 datapoints were not less than or equal to the threshold (0.5). The most recent datapoints: [1.0 (23/11/26 11:59:00), 2.0 (23/11/26 11:58:00)].",
      { comparison: "LessThanOrEqualToThreshold", threshold: 0.5, evaluationPeriods: 2 },
      [2, 1],
    ],
    [
      "Threshold Crossed: 3 out of the last 5 datapoints [7.0 (23/11/26 11:59:00), 9.0 (23/11/26 11:57:00), 8.0 (23/11/26 11:55:00)] were greater than the threshold (3.0) (minimum 3 datapoints for OK -> ALARM transition).",
      { comparison: "GreaterThanThreshold", evaluationPeriods: 5, datapointsToAlarm: 3 },
      [8, 0, 9, 0, 7],
    ],
    [
      "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (23/11/26 11:59:00)] was not greater than or equal to the threshold (3.0) (minimum 1 datapoint for ALARM -> OK transition).",
      { datapointsToAlarm: 1 },
      [0],
    ],
    [
      "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].",
      { evaluationPeriods: 3, treatMissingData: "breaching" },
      [],
    ],
    [
      "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
      { treatMissingData: "notBreaching" },
      [],
    ],
    [
      "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].",
      { evaluationPeriods: 3, datapointsToAlarm: 2, treatMissingData: "breaching" },
      [0],
    ],
    [
      "Threshold Crossed: 1 datapoint [5.0 (23/11/26 11:59:00)] was greater than or equal to the threshold (3.0) and 1 missing datapoint was treated as [Breaching].",
      { evaluationPeriods: 2, treatMissingData: "breaching" },
      [5],
    ],
    ["Insufficient Data: 1 datapoint was unknown.", {}, []],
    ["Insufficient Data: 3 datapoints were unknown.", { evaluationPeriods: 3 }, []],
  ])("%s", (expected, changes, values) => {
    expect(evaluated(changes, values).reason).toBe(expected);
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

it("a fault can only help an alarm to fire: one more breaching data point never turns ALARM into OK", () => {
  const verdict = fc.constantFrom<Verdict>("breaching", "within", "missing");
  const rule = fc.integer({ min: 1, max: 5 }).chain((evaluationPeriods) =>
    fc.record({
      evaluationPeriods: fc.constant(evaluationPeriods),
      datapointsToAlarm: fc.integer({ min: 1, max: evaluationPeriods }),
      treatMissingData: fc.constantFrom(...TREATMENTS),
      verdicts: fc.array(verdict, { minLength: evaluationPeriods + 2, maxLength: evaluationPeriods + 2 }),
      index: fc.nat(evaluationPeriods + 1),
    }),
  );
  fc.assert(
    fc.property(rule, ({ verdicts, index, ...one }) => {
      fc.pre(verdicts[index] === "within" && stateOf(one, verdicts, "OK") === "ALARM");
      expect(stateOf(one, verdicts.with(index, "breaching"), "OK")).toBe("ALARM");
    }),
  );
});
