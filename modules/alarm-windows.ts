/** How many periods an alarm evaluates, so that it sees the failure of the longest invocation when Lambda reports it. */
import { add, divide, formulaFor, isReference, largest, multiply, roundUp, subtract } from "./arithmetic";

/**
 * Metrics that Lambda dates at the start of an invocation and sends after its end:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html. Assumed for AsyncEventAge.
 */
const START_DATED: readonly string[] = ["Invocations", "Errors", "Duration", "AsyncEventAge"];

/** Delays of Lambda's metrics after the end of the minute in which they are sent: typical and worst, the same as in the drill. */
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

/** The smallest number of periods whose range reaches that far back. */
const forRange = (periodSeconds: number, back: number): number =>
  periodSeconds === MINUTE_SECONDS && back <= RANGE.minutesAtLeast ? 1 : back - RANGE.extra;

/** CloudWatch evaluates the newest datapoints first: the periods that newer, healthy ones can fill, and one more. */
const untilFailure = ({ periodSeconds }: Window, timeoutSeconds: number): number =>
  Math.max(
    ...DELAYS_SECONDS.flatMap((delay) => {
      const back = periodsBack(periodSeconds, timeoutSeconds, delay);
      return [back - emptyPeriods(periodSeconds, delay), forRange(periodSeconds, back)];
    }),
  );

/** The upload of each period must be in the range even if its processing takes long. */
const untilUpload = ({ periodSeconds }: Window, timeoutSeconds: number): number =>
  Math.max(
    ...DELAYS_SECONDS.map((delay) => forRange(periodSeconds, periodsBack(periodSeconds, timeoutSeconds, delay) + 1)),
  );

/** The longest timeout that Lambda allows. */
const MAX_TIMEOUT_SECONDS = 900;

/** The shapes that the number of periods may have where the timeout is a reference. */
const formulas = (periodSeconds: number): ((timeoutSeconds: number) => number)[] =>
  DELAYS_SECONDS.flatMap((delay) =>
    [0, 1, 2, 3, 4, 5].flatMap((newer) => {
      const back = (timeout: number) => roundUp(divide(add(timeout, MINUTE_SECONDS + delay), periodSeconds));
      const formula = (timeout: number) => (newer === 0 ? back(timeout) : subtract(back(timeout), newer));
      return [formula, (timeout: number) => largest(1, formula(timeout))];
    }),
  );

const neededBy = (row: Window, timeoutSeconds: number): number =>
  (row.comparison === "<" ? untilUpload : untilFailure)(row, timeoutSeconds);

/** Numbers of periods for each timeout, and the formula, by the part of a row that they depend on. */
const found = new Map<string, { readonly needed: readonly number[]; readonly formula: (seconds: number) => number }>();

const formulaOf = (row: Window, periodAt: PeriodAt | undefined) => {
  const key = `${row.periodSeconds} ${row.comparison}`;
  const cached = found.get(key);
  if (cached) return cached;
  const known = (seconds: number) =>
    neededBy({ ...row, ...(periodAt && { periodSeconds: periodAt({ lambda_timeout: seconds }) }) }, seconds);
  const needed = Array.from({ length: MAX_TIMEOUT_SECONDS }, (_, index) => known(index + 1));
  const isConstant = periodAt !== undefined;
  const formula = isConstant ? () => Math.max(...needed) : formulaFor(needed, formulas(row.periodSeconds));
  found.set(key, { needed, formula });
  return { needed, formula };
};

/** @param periodAt period for a timeout, where it depends on that */
const periodsFor = (row: Window, timeoutSeconds: number, periodAt: PeriodAt | undefined): number => {
  const least = row.evaluationPeriods;
  if (!isReference(timeoutSeconds)) return largest(least, neededBy(row, timeoutSeconds));
  const { needed, formula } = formulaOf(row, periodAt);
  if (isReference(least)) return largest(least, formula(timeoutSeconds));
  if (Math.max(...needed) <= least) return least;
  return Math.min(...needed) >= least ? formula(timeoutSeconds) : largest(least, formula(timeoutSeconds));
};

type PeriodAt = (values: { readonly lambda_timeout: number }) => number;

/**
 * @param row an alarm as its ledger has it
 * @param timeoutSeconds lambda_timeout
 * @param periodAt period for a timeout @default the row's own
 * @returns the alarm with as many evaluation periods as it needs, at least those of the ledger
 */
export const withWindow = <W extends Window>(
  row: W,
  timeoutSeconds: number,
  periodAt?: (values: never) => number,
): W => {
  if (!isStartDated(row)) return row;
  const { datapointsToAlarm, evaluationPeriods } = row;
  const periods = periodsFor(row, timeoutSeconds, periodAt as PeriodAt | undefined);
  // If all periods of the ledger had to breach, all of these have to.
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
    atLeast(atLeastSeconds, multiply(roundUp(divide(add(lambda_timeout, seconds), MINUTE_SECONDS)), MINUTE_SECONDS));

const atLeast = (least: number, value: number): number => (least === 0 ? value : largest(least, value));

/** How long a release's step must last, so that the new version's failures are reported before the next step. */
export const shortestStepSeconds = (timeoutSeconds: number): number => timeoutSeconds + (DELAYS_SECONDS[0] ?? 0);
