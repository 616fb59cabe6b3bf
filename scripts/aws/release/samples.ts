/** Invokes a version with samples before it gets traffic, and checks the results. */
import { randomUUID } from "node:crypto";
import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { FORMATS, type Variants } from "../../../handler/contract/variants";
import { outputKey } from "../../../handler/src/keys";
import type { Environment } from "../../../modules/variables";
import { fieldsOf } from "../../terminal/log-line";
import { answerTo, ifFound } from "../account";
import {
  type Buckets,
  findBuckets,
  put,
  type RoundOptions,
  removeAll,
  type Upload,
  uploadAll,
} from "../account-uploads";
import { type Callee, invoke, s3Event } from "../invocation";
import { INVALID_REASON, invalidUpload, sampleUploads } from "../sample-uploads";
import type { Outcome } from "../smoke-outcomes";
import { variantProblems } from "../stored-variants";

/** Two formats are enough to load all of the package's native parts. */
const EXTENSIONS = ["jpg", "png"];

export interface SampleCheck {
  readonly environment: Environment;
  readonly s3: S3Client;
  /** The function, and the version to check. */
  readonly callee: Callee;
  /** Ends the check early. */
  readonly signal: AbortSignal;
  /**
   * How long to wait until the version in service has processed the samples, in milliseconds: S3 invokes it, too. If it fails,
   * the check continues, because the new version may be the remedy.
   * @default 30000
   */
  readonly waitMs?: number;
}

export interface Checked {
  readonly outcomes: readonly Outcome[];
  /** Where the version in service may still write variants of the samples. @default nothing is left of them */
  readonly late?: { readonly buckets: Buckets; readonly prefix: string };
}

/** An object in the upload bucket, as an event describes it. */
const objectAt = async ({ s3, buckets }: RoundOptions, key: string) => {
  const command = new HeadObjectCommand({ Bucket: buckets.upload, Key: key });
  const {
    ETag = "",
    VersionId: versionId,
    ContentLength: sizeBytes = 0,
  } = await answerTo("HeadObject", s3.send(command));
  return { bucket: buckets.upload, key, eTag: ETag.replaceAll('"', ""), versionId, sizeBytes };
};

type StoredUpload = Awaited<ReturnType<typeof objectAt>>;

const eventOf = (upload: StoredUpload): string => JSON.stringify(s3Event([upload]));

/** @returns the variants in the processed bucket that an invocation has stored: their keys, by name */
const storedBy = async (
  requestId: string,
  upload: StoredUpload,
  { s3, buckets, variants }: RoundOptions,
): Promise<Record<string, string>> => {
  const found = Object.entries(variants as Variants).map(async ([name, { format }]) => {
    const Key = outputKey(upload, name, FORMATS[format].extension);
    const head = s3.send(new HeadObjectCommand({ Bucket: buckets.processed, Key }));
    const { Metadata } = (await ifFound(answerTo("HeadObject", head))) ?? {};
    return Metadata?.["request-id"] === requestId ? [[name, Key] as const] : [];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
};

/** @returns the outcome of a picture, after the version in service has finished with it */
const pictureOutcome = async ({ key, bytes }: Upload, round: RoundOptions, callee: Callee): Promise<Outcome> => {
  const upload = await objectAt(round, key);
  const { requestId, error } = await invoke(callee, eventOf(upload));
  if (error !== undefined) return { key, result: error, passed: false };
  const stored = await storedBy(requestId, upload, round);
  const [count, wanted] = [Object.keys(stored).length, Object.keys(round.variants).length];
  if (count < wanted) return { key, result: `it stored ${count} of ${wanted} variants`, passed: false };
  const problems = await variantProblems(bytes, stored, round);
  return { key, result: problems.join("; ") || `${count} variants`, passed: problems.length === 0 };
};

const refusalOutcome = async (upload: Upload, round: RoundOptions, callee: Callee): Promise<Outcome> => {
  const { key } = upload;
  await put(round, upload);
  const { error, log } = await invoke(callee, eventOf(await objectAt(round, key)));
  if (error !== undefined) return { key, result: error, passed: false };
  const refusal = log.map(fieldsOf).find((fields) => fields.event === "image.refused" && fields.key === key);
  if (refusal === undefined) return { key, result: "it did not refuse the file", passed: false };
  return { key, result: `refused: ${refusal.reason}`, passed: refusal.reason === INVALID_REASON };
};

/** Ends with the first outcome that is wrong. */
const untilWrong = async (steps: readonly (() => Promise<Outcome>)[], signal: AbortSignal): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    if (signal.aborted || outcomes.some(({ passed }) => !passed)) break;
    outcomes.push(await step());
  }
  return outcomes;
};

const inRound = async (round: RoundOptions, { environment, callee, signal }: SampleCheck): Promise<Checked> => {
  const { buckets, prefix } = round;
  const pictures = sampleUploads(prefix, EXTENSIONS);
  const arrivals = await uploadAll(pictures, { ...round, concurrency: pictures.length });
  const steps = pictures.map((picture) => () => pictureOutcome(picture, round, callee));
  // An error in the log would roll the release back where log-errors is critical.
  if (environment.refusal_log_level === "WARN") steps.push(() => refusalOutcome(invalidUpload(prefix), round, callee));
  const outcomes = await untilWrong(steps, signal);
  const isLate = arrivals.some(({ afterMs }) => afterMs === undefined);
  return { outcomes, ...(isLate && { late: { buckets, prefix } }) };
};

/**
 * Puts samples into the upload bucket, invokes the version with an event for each, checks what it has stored and logged, and
 * deletes the samples and their variants. Records of them stay in the metadata table until they expire.
 * @returns the outcome of each sample, up to the first one that is wrong
 * @throws Error of one line
 */
export const checkSamples = async (check: SampleCheck): Promise<Checked> => {
  const { environment, s3, signal, waitMs = 30_000 } = check;
  const buckets = await findBuckets(s3, environment);
  const prefix = `release/${randomUUID()}/`;
  const { variants } = environment;
  const round = { s3, buckets, variants, prefix, signal, concurrency: 1, waitMs, intervalMs: 250 };
  return await inRound(round, check).finally(() => removeAll(s3, buckets, prefix));
};
