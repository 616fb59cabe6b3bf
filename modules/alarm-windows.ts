/** How many periods an alarm evaluates, so that it sees the failure of the longest invocation when Lambda reports it. */

/**
 * Metrics that Lambda dates at the start of an invocation and sends after its end:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html. Assumed for AsyncEventAge.
 */
const START_DATED: readonly string[] = ["Invocations", "Errors", "Duration", "AsyncEventAge"];

/** Delays of Lambda's metrics after the end of the minute in which they are sent: typical and worst, as the drill has them. */
export const DELAYS_SECONDS: readonly number[] = [180, 300];

/** Lambda sends metrics by the minute. */
const MINUTE_SECONDS = 60;

/** CloudWatch looks this many periods further back than `evaluation_periods`, and at least so many periods of a minute. */
const RANGE = { extra: 2, minutesAtLeast: 6 } as const;

/** The part of an alarm that decides how far it looks back. */
export interface Window {
  /** Name or address of a metric, or metric math. */
  readonly metric: string | object;
  readonly periodSeconds: number;
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly comparison: ">=" | "<";
}

const isStartDated = ({ metric }: Window): boolean => {
  if (typeof metric === "string") return START_DATED.includes(metric);
  return "metricName" in metric && "namespace" in metric && metric.namespace === "AWS/Lambda"
    ? START_DATED.includes(String(metric.metricName))
    : false;
};

/** Periods from now back to the start of the longest invocation, when its data arrive. */
const periodsBack = (periodSeconds: number, timeoutSeconds: number, delaySeconds: number): number =>
  Math.ceil((timeoutSeconds + MINUTE_SECONDS + delaySeconds) / periodSeconds);

/** Newer periods that have no data yet. */
const emptyPeriods = (periodSeconds: number, delaySeconds: number): number => Math.floor(delaySeconds / periodSeconds);

/** The smallest number of periods whose range goes so far back. */
const forRange = (periodSeconds: number, back: number): number =>
  periodSeconds === MINUTE_SECONDS && back <= RANGE.minutesAtLeast ? 1 : back - RANGE.extra;

/** Healthy datapoints newer than the failure count first, so as many periods as they can fill, and one more. */
const untilFailure = ({ periodSeconds }: Window, timeoutSeconds: number): number =>
  Math.max(
    ...DELAYS_SECONDS.flatMap((delay) => {
      const back = periodsBack(periodSeconds, timeoutSeconds, delay);
      return [back - emptyPeriods(periodSeconds, delay), forRange(periodSeconds, back)];
    }),
  );

/** An upload in each period must be in the range although it takes long. */
const untilUpload = ({ periodSeconds }: Window, timeoutSeconds: number): number =>
  Math.max(
    ...DELAYS_SECONDS.map((delay) => forRange(periodSeconds, periodsBack(periodSeconds, timeoutSeconds, delay) + 1)),
  );

/**
 * @param row an alarm as its ledger has it
 * @param timeoutSeconds lambda_timeout
 * @returns the alarm with as many evaluation periods as it needs; those of the ledger are the least
 */
export const withWindow = <W extends Window>(row: W, timeoutSeconds: number): W => {
  if (!isStartDated(row)) return row;
  const { datapointsToAlarm, evaluationPeriods } = row;
  const needed = row.comparison === "<" ? untilUpload(row, timeoutSeconds) : untilFailure(row, timeoutSeconds);
  const periods = Math.max(evaluationPeriods, needed);
  // An alarm on all of its periods stays one.
  const datapoints = row.comparison === "<" && datapointsToAlarm === evaluationPeriods ? periods : datapointsToAlarm;
  return { ...row, evaluationPeriods: periods, datapointsToAlarm: datapoints };
};

/**
 * @param seconds until Lambda's metrics of an invocation are visible after its end
 * @returns a period that contains the longest invocation when its metrics are visible
 */
export const wholeInvocation =
  (seconds: number, atLeastSeconds = 0) =>
  ({ lambda_timeout }: { readonly lambda_timeout: number }): number =>
    Math.max(atLeastSeconds, Math.ceil((lambda_timeout + seconds) / MINUTE_SECONDS) * MINUTE_SECONDS);

/** How long a release's step must last, so that the new version's failures are reported before the next step. */
export const shortestStepSeconds = (timeoutSeconds: number): number => timeoutSeconds + (DELAYS_SECONDS[0] ?? 0);
