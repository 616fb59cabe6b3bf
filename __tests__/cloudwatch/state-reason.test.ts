/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Acting_Alarm_Changes.html, and published notifications. */
import type { Alarm } from "../../scripts/cloudwatch/alarm";
import { evaluated } from "./alarms-at-noon";

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
