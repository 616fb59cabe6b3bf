/**
 * What the data points of an alarm's evaluation range make of its state.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html. The page does not say
 * how long the evaluation range is, only that it is 5 data points where the evaluation periods are 3: it is taken as two
 * more than the evaluation periods. Where breaching data points are too few and too young for a premature alarm, an earlier
 * edition of the page gives INSUFFICIENT_DATA for `missing` and the current state for `ignore`. The text on premature alarms
 * would make `0 - X - -` (2 of 3) an ALARM, the page's table makes it OK: the table is followed.
 */

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export const TREATMENTS = ["missing", "ignore", "breaching", "notBreaching"] as const;

export type MissingDataTreatment = (typeof TREATMENTS)[number];

export type Verdict = "breaching" | "within" | "missing";

const EXTRA_DATAPOINTS = 2;

/** How many periods back CloudWatch looks for data points. */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + EXTRA_DATAPOINTS;

export interface Rule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataTreatment;
}

/**
 * @param verdicts of the evaluation range, newest first
 * @param current the state that `ignore` maintains
 */
export const stateOf = (
  { evaluationPeriods, datapointsToAlarm, treatMissingData }: Rule,
  verdicts: readonly Verdict[],
  current: AlarmState,
): AlarmState => {
  const real = verdicts.filter((verdict) => verdict !== "missing").slice(0, evaluationPeriods);
  const breaching = real.filter((verdict) => verdict === "breaching").length;
  const filled = treatMissingData === "breaching" ? evaluationPeriods - real.length : 0;
  if (breaching + filled >= datapointsToAlarm) return "ALARM";
  const isDecided = real.length === evaluationPeriods || real.includes("within");
  if (isDecided || treatMissingData === "breaching" || treatMissingData === "notBreaching") return "OK";
  if (treatMissingData === "ignore") return current;
  const ageOfOldest = verdicts.lastIndexOf("breaching") + 1;
  return ageOfOldest >= datapointsToAlarm ? "ALARM" : "INSUFFICIENT_DATA";
};
