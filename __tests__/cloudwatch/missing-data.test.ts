/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
import fc from "fast-check";
import { type AlarmState, stateOf, TREATMENTS, type Verdict } from "../../scripts/cloudwatch/missing-data";
import { errors, evaluated, MINUTE, NOON } from "./alarms-at-noon";

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
