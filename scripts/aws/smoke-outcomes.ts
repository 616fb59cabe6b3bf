/** Checks what a deployed environment did with an upload. */
import { fieldsOf } from "../terminal/log-line";
import { poll } from "../terminal/polling";
import { type LogGroup, logEvents, patternFor, refusalOf } from "./account-log";
import { type Arrival, put, type RoundOptions, type Upload } from "./account-uploads";
import { INVALID_REASON } from "./sample-uploads";
import { variantProblems } from "./stored-variants";

export interface Outcome {
  readonly key: string;
  /** From the end of the upload until the expected result was there. @default it was not there in time */
  readonly afterMs?: number;
  /** The result, in words. */
  readonly result: string;
  readonly passed: boolean;
}

export interface Log {
  readonly group: LogGroup;
  /** Milliseconds since 1970, before the upload. */
  readonly sinceMs: number;
}

/** @returns the first error that the log has about an upload, or nothing */
const errorOf = async (key: string, { group, sinceMs }: Log): Promise<string> => {
  for await (const { text } of logEvents(group, { pattern: patternFor({ key, errors: true }), sinceMs })) {
    const { event, reason, errorMessage } = fieldsOf(text);
    return `; ${event}: ${reason ?? errorMessage}`;
  }
  return "";
};

/** Downloads and checks the variants of an upload. @throws Error of one line */
export const outcomeOf = async (
  { key, bytes }: Upload,
  { variants, afterMs }: Arrival,
  log: Log,
  round: RoundOptions,
): Promise<Outcome> => {
  const count = Object.keys(variants).length;
  if (afterMs === undefined) {
    const missing = `${count} of ${Object.keys(round.variants).length} variants in ${round.waitMs / 1000} s`;
    return { key, result: `${missing}${await errorOf(key, log)}`, passed: false };
  }
  const problems = await variantProblems(bytes, variants, round);
  const passed = problems.length === 0;
  return { key, afterMs, result: passed ? `${count} variants` : problems.join("; "), passed };
};

/** Uploads a file that is not an image, and waits for its refusal in the log. @throws Error of one line */
export const refused = async (invalid: Upload, log: Log, round: RoundOptions): Promise<Outcome> => {
  const { key } = invalid;
  await put(round, invalid);
  const uploadedAt = performance.now();
  const elapsedMs = () => Math.round(performance.now() - uploadedAt);
  const refusal = async (): Promise<Outcome | undefined> => {
    for await (const { text } of logEvents(log.group, { pattern: refusalOf(key), sinceMs: log.sinceMs })) {
      const { reason } = fieldsOf(text);
      return { key, afterMs: elapsedMs(), result: `refused: ${reason}`, passed: reason === INVALID_REASON };
    }
    return undefined;
  };
  const { intervalMs = 500, waitMs: limitMs, signal } = round;
  const found = await poll(refusal, { intervalMs, limitMs, signal });
  return found ?? { key, result: `no refusal in the log within ${round.waitMs / 1000} s`, passed: false };
};
