/** Alarms that CloudWatch refuses, and what is not modelled here. */
import type { Alarm } from "../../scripts/cloudwatch/alarm";
import { NotModelledError } from "../../scripts/cloudwatch/not-modelled";
import { errors, evaluated } from "./alarms-at-noon";

describe("refusals", () => {
  it.each<[string, Partial<Alarm>]>([
    [
      'Expected GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold, LessThanOrEqualToThreshold for comparison of alarm a but got ">="',
      { comparison: ">=" },
    ],
    [
      'Expected evaluate or ignore for evaluateLowSampleCountPercentiles of alarm a but got "no"',
      { evaluateLowSampleCountPercentiles: "no" },
    ],
    [
      'Expected missing, ignore, breaching, notBreaching for treatMissingData of alarm a but got "notbreaching"',
      { treatMissingData: "notbreaching" },
    ],
    [
      "Expected 10, 20, 30 or a multiple of 60 for the period of alarm a but got 90",
      { watches: { ...errors, periodSeconds: 90 } },
    ],
    ["Expected at most 86400 s for period x evaluationPeriods of alarm a but got 86460", { evaluationPeriods: 1441 }],
    [
      "Expected at most 604800 s for period x evaluationPeriods of alarm a but got 608400",
      { evaluationPeriods: 169, watches: { ...errors, periodSeconds: 3600 } },
    ],
    [
      "Expected at most 10 for the metrics of alarm a but got 11",
      {
        watches: Array.from({ length: 11 }, (_, index) => ({
          id: `m${index}`,
          metric: errors,
          returnData: index === 0,
        })),
      },
    ],
    [
      "Expected 1 to 1 (evaluationPeriods) for datapointsToAlarm of alarm a but got 2",
      { evaluationPeriods: 1, datapointsToAlarm: 2 },
    ],
    [
      'Expected Sum, Average, Minimum, Maximum, SampleCount, p0 to p100, IQM or a range such as TM(10%:90%) for statistic but got "Total"',
      { watches: { ...errors, statistic: "Total" } },
    ],
  ])("refuses: %s", (message, changes) => {
    expect(() => evaluated(changes, [1])).toThrow(message);
  });
});

describe("what is not modelled", () => {
  it.each<[string, Partial<Alarm>]>([
    ["an anomaly detection band", { comparison: "LessThanLowerOrGreaterThanUpperThreshold" }],
    ["an anomaly detection band", { comparison: "GreaterThanUpperThreshold" }],
    ["an anomaly detection band", { comparison: "LessThanLowerThreshold" }],
    ["the evaluation window wall-clock", { evaluationWindow: "wall-clock" }],
    [
      "ANOMALY_DETECTION_BAND",
      {
        watches: [
          { id: "m", metric: errors },
          { id: "e", expression: "FIRST(ANOMALY_DETECTION_BAND(m))", returnData: true },
        ],
      },
    ],
    [
      "a Metrics Insights query",
      {
        watches: [
          { id: "m", metric: errors },
          { id: "e", expression: "SELECT MAX(Errors) FROM N", returnData: true },
        ],
      },
    ],
  ])("is never OK: %s", (what, changes) => {
    const act = () => evaluated(changes, [0, 0, 0]);
    expect(act).toThrow(NotModelledError);
    expect(act).toThrow(`Cannot tell: ${what} is not modelled`);
  });
});
