/**
 * The state of an alarm by the datapoints of its evaluation range.
 *
 * Follows https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html. If too few and too
 * recent breaching datapoints would make a premature alarm, an earlier edition of the page gives INSUFFICIENT_DATA for
 * `missing` and the current state for `ignore`. The page's text on premature alarms contradicts its table for `0 - X - -`
 * (2 of 3): the table is followed.
 */

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export const TREATMENTS = ["missing", "ignore", "breaching", "notBreaching"] as const;

export type MissingDataTreatment = (typeof TREATMENTS)[number];

export type Verdict = "breaching" | "within" | "missing";

interface RangeRule {
  readonly upToSeconds: number;
  /** Periods beyond the evaluation periods. */
  readonly extra: number;
  /** @default no minimum */
  readonly atLeast?: number;
  readonly source: string;
}

/** How far back CloudWatch looks, by period. The page says only that it depends on the period: add a row per measurement. */
const EVALUATION_RANGES = [
  { upToSeconds: 59, extra: 2, source: "assumed, as for longer periods" },
  {
    upToSeconds: 60,
    extra: 2,
    atLeast: 6,
    source:
      "measured on AWS by infrahouse/terraform-aws-lambda-monitored, probe_alarm_range.py, 2026-09-11: 6 minutes for 1 of 1 and 2 of 2",
  },
  {
    upToSeconds: 300,
    extra: 2,
    source: "the page's tables: 5 datapoints for 3 evaluation periods of 5 minutes; others assumed",
  },
  {
    upToSeconds: Infinity,
    extra: 1,
    source: "the same measurement, 540 s: 2 periods for 1 of 1; others assumed",
  },
] as const satisfies readonly RangeRule[];

/** @returns how many periods back CloudWatch looks for datapoints */
export const evaluationRange = (evaluationPeriods: number, periodSeconds: number): number => {
  const rule: RangeRule | undefined = EVALUATION_RANGES.find(({ upToSeconds }) => periodSeconds <= upToSeconds);
  return Math.max(evaluationPeriods + (rule?.extra ?? 0), rule?.atLeast ?? 0);
};

export interface Rule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataTreatment;
}

/**
 * @param verdicts of the evaluation range, newest first
 * @param current the state that `ignore` keeps
 */
export const stateOf = (
  { evaluationPeriods, datapointsToAlarm, treatMissingData }: Rule,
  verdicts: readonly Verdict[],
  current: AlarmState,
): AlarmState => {
  let breaching = 0;
  let within = 0;
  for (const verdict of verdicts) {
    if (breaching + within === evaluationPeriods) break;
    if (verdict === "breaching") breaching += 1;
    else if (verdict === "within") within += 1;
  }
  const missing = evaluationPeriods - breaching - within;
  const filled = treatMissingData === "breaching" ? missing : 0;
  if (breaching + filled >= datapointsToAlarm) return "ALARM";
  if (within > 0 || treatMissingData === "breaching" || treatMissingData === "notBreaching") return "OK";
  if (treatMissingData === "ignore") return current;
  const ageOfOldest = verdicts.lastIndexOf("breaching") + 1;
  return ageOfOldest >= datapointsToAlarm ? "ALARM" : "INSUFFICIENT_DATA";
};
