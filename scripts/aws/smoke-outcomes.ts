/** Checks what a deployed environment did with an upload. */
import { GetObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { FORMATS, VARIANTS, type VariantName } from "../../handler/src/variants";
import { fieldsOf } from "../terminal/log-line";
import { poll } from "../terminal/polling";
import { answerTo } from "./account";
import { logEvents, patternFor, refusalOf } from "./account-log";
import { type Arrival, put, type RoundOptions, type Upload } from "./account-uploads";
import type { Clients } from "./clients";

export interface Outcome {
  readonly key: string;
  /** From the end of the upload until the expected result was there. @default it was not there in time */
  readonly afterMs?: number;
  /** The result, in words. */
  readonly result: string;
  readonly passed: boolean;
}

/** @returns what is wrong with a stored variant, or undefined */
const problemOf = async (
  name: VariantName,
  Key: string,
  { s3, buckets }: RoundOptions,
): Promise<string | undefined> => {
  const { format } = VARIANTS[name];
  const command = new GetObjectCommand({ Bucket: buckets.processed, Key });
  const { Body, ContentType } = await answerTo("GetObject", s3.send(command));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  const got = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  const isExpected = got?.format === format && ContentType === FORMATS[format].contentType;
  return isExpected ? undefined : `${name} is ${got?.format ?? "not an image"}, stored as ${ContentType}`;
};

export interface Log {
  readonly client: Clients["logs"];
  readonly group: string;
  /** Milliseconds since 1970, before the upload. */
  readonly sinceMs: number;
}

/** @returns the first error that the log has about an upload, or nothing */
const errorOf = async (key: string, { client, group, sinceMs }: Log): Promise<string> => {
  for await (const { text } of logEvents(client, group, { pattern: patternFor({ key, errors: true }), sinceMs })) {
    const { event, reason, errorMessage } = fieldsOf(text);
    return `; ${event}: ${reason ?? errorMessage}`;
  }
  return "";
};

/** Downloads and checks the variants of an upload. @throws Error of one line */
export const outcomeOf = async (
  { key, variants, afterMs }: Arrival,
  log: Log,
  round: RoundOptions,
): Promise<Outcome> => {
  const named = Object.entries(variants) as [VariantName, string][];
  if (afterMs === undefined) {
    const missing = `${named.length} of ${Object.keys(VARIANTS).length} variants in ${round.waitMs / 1000} s`;
    return { key, result: `${missing}${await errorOf(key, log)}`, passed: false };
  }
  const found = await Promise.all(named.map(([name, variant]) => problemOf(name, variant, round)));
  const problems = found.filter((problem) => problem !== undefined);
  const passed = problems.length === 0;
  return { key, afterMs, result: passed ? `${named.length} variants` : problems.join("; "), passed };
};

/** Uploads a file that must be refused, and waits for its refusal in the log. @throws Error of one line */
export const refused = async (invalid: Upload, log: Log, round: RoundOptions): Promise<Outcome> => {
  const { key } = invalid;
  await put(round, invalid);
  const uploadedAt = performance.now();
  const elapsedMs = () => Math.round(performance.now() - uploadedAt);
  const refusal = async (): Promise<Outcome | undefined> => {
    const lines = logEvents(log.client, log.group, { pattern: refusalOf(key), sinceMs: log.sinceMs });
    for await (const { text } of lines)
      return { key, afterMs: elapsedMs(), result: `refused: ${fieldsOf(text).reason}`, passed: true };
    return undefined;
  };
  const { intervalMs = 500, waitMs: limitMs, signal } = round;
  const found = await poll(refusal, { intervalMs, limitMs, signal });
  return found ?? { key, result: `no refusal in the log within ${round.waitMs / 1000} s`, passed: false };
};
