/** Whether a deployed environment did to an upload what it should. */
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { FORMATS, VARIANTS, type VariantName } from "../../handler/src/variants";
import { fieldsOf } from "../terminal/log-line";
import { answerTo } from "./account";
import { logEvents, patternFor, refusalOf } from "./account-log";
import { type Arrival, put, type RoundOptions, type Upload } from "./account-uploads";
import type { Clients } from "./clients";

export interface Outcome {
  readonly key: string;
  /** From the end of the upload until what was waited for was seen. @default it was not, in the time that was given */
  readonly afterMs?: number;
  /** What came of it, in words. */
  readonly result: string;
  readonly isRight: boolean;
}

/** @returns what is wrong with a stored variant, if anything is */
const faultOf = async (name: VariantName, Key: string, { s3, buckets }: RoundOptions): Promise<string | undefined> => {
  const { format } = VARIANTS[name];
  const command = new GetObjectCommand({ Bucket: buckets.processed, Key });
  const { Body, ContentType } = await answerTo("GetObject", s3.send(command));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  const got = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  const isRight = got?.format === format && ContentType === FORMATS[format].contentType;
  return isRight ? undefined : `${name} is ${got?.format ?? "no picture"}, as ${ContentType}`;
};

export interface Log {
  readonly client: Clients["logs"];
  readonly group: string;
  /** Milliseconds since 1970, before the upload. */
  readonly sinceMs: number;
}

/** @returns what the log says went wrong with an upload, or nothing */
const complaintOf = async (key: string, { client, group, sinceMs }: Log): Promise<string> => {
  for await (const { text } of logEvents(client, group, { pattern: patternFor({ key, errors: true }), sinceMs })) {
    const { event, reason, errorMessage } = fieldsOf(text);
    return `; ${event}: ${reason ?? errorMessage}`;
  }
  return "";
};

/** Reads the variants of an upload back. @throws Error of one line */
export const outcomeOf = async (
  { key, variants, afterMs }: Arrival,
  log: Log,
  round: RoundOptions,
): Promise<Outcome> => {
  const named = Object.entries(variants) as [VariantName, string][];
  if (afterMs === undefined) {
    const missing = `${named.length} of ${Object.keys(VARIANTS).length} variants in ${round.waitMs / 1000} s`;
    return { key, result: `${missing}${await complaintOf(key, log)}`, isRight: false };
  }
  const faults = await Promise.all(named.map(([name, variant]) => faultOf(name, variant, round)));
  const problems = faults.filter((fault) => fault !== undefined);
  const isRight = problems.length === 0;
  return { key, afterMs, result: isRight ? `${named.length} variants` : problems.join("; "), isRight };
};

/** Uploads what must be refused, and looks for its refusal in the log until the time is up. @throws Error of one line */
export const refused = async (fake: Upload, log: Log, round: RoundOptions): Promise<Outcome> => {
  const { key } = fake;
  await put(round, fake);
  const uploadedAt = performance.now();
  const elapsedMs = () => Math.round(performance.now() - uploadedAt);
  while (!round.signal.aborted && elapsedMs() < round.waitMs) {
    const lines = logEvents(log.client, log.group, { pattern: refusalOf(key), sinceMs: log.sinceMs });
    for await (const { text } of lines)
      return { key, afterMs: elapsedMs(), result: `refused: ${fieldsOf(text).reason}`, isRight: true };
    await sleep(round.intervalMs, undefined, { signal: round.signal }).catch(() => {});
  }
  return { key, result: "no refusal in the log in time", isRight: false };
};
