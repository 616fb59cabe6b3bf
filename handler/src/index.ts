/** The Lambda entry point: processes each upload of an event independently. */
import type { Context } from "aws-lambda";
import type { EventFields } from "../contract/events";
import { readSettings, type Settings } from "../contract/settings";
import { directUploadOf } from "../contract/upload-api";
import { type Delivery, type ObjectChange, readUploadEvent } from "../contract/upload-event";
import { type Deadline, startDeadline, until } from "./deadline";
import { declaredFormat } from "./declared-format";
import { asError, Mismatched, oneLine, Refusal, StorageDenied, Superseded } from "./errors";
import { outputKey, type Upload } from "./keys";
import { reportLateness } from "./lateness";
import { createLog, type Log } from "./logger";
import { manifestOf } from "./manifest";
import { admittedBytes, avifPixelsOf } from "./memory";
import { createMetricsRecorder, createTransport, type MetricsRecorder } from "./metrics";
import { storeWhileEncoding } from "./overlap";
import { type Encoded, processImage } from "./process";
import type { RecordFields } from "./record-write";
import { recordOf, recordWriter, type UploadRecord } from "./records";
import { deleteVariants, type Removed } from "./removal";
import { admitBytes, download, identify, isIdentified, type NamedUpload, store, storeManifest } from "./storage";
import { traced } from "./tracing";

const initSettings = (): Settings => {
  try {
    return readSettings(process.env);
  } catch (error) {
    createLog({ LOG_LEVEL: "ERROR", REFUSAL_LOG_LEVEL: "ERROR" })("settings.refused", {
      problem: asError(error).message,
    });
    throw error;
  }
};

const settings = initSettings();
const transport = createTransport(settings);
const writeRecord = recordWriter(settings);
/** Set by Lambda. Elsewhere memory is not limited. */
const memoryMb = process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
const limits = {
  maxPixels: settings.MAX_IMAGE_PIXELS,
  maxSidePx: settings.MAX_IMAGE_SIDE_PX,
  maxFrames: settings.MAX_IMAGE_FRAMES,
  avifPixels: avifPixelsOf(settings.VARIANTS),
  ...(memoryMb !== undefined && { maxMemoryBytes: admittedBytes(Number(memoryMb)) }),
};

const processing = {
  variants: settings.VARIANTS,
  effort: settings.ENCODER_EFFORT,
  keepsCopyright: settings.KEEP_COPYRIGHT === "on",
  withPlaceholder: settings.MANIFEST === "on",
  keepsSmallerOriginal: settings.KEEP_SMALLER_ORIGINAL === "on",
  traced,
};

const destination = {
  bucket: settings.PROCESSED_BUCKET,
  cacheControl: settings.CACHE_CONTROL,
  tags: settings.VARIANT_TAGS,
};

/** The state of one invocation. */
interface Invocation {
  readonly requestId: string;
  readonly log: Log;
  readonly recorder: MetricsRecorder;
  readonly deadline: Deadline;
}

/** Messages of an SQS batch to deliver again: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * @param event an S3 event in any form in which AWS delivers it
 * @returns the failed messages of an SQS batch; nothing for other events
 * @throws AggregateError with every failure that a retry may fix, after all uploads were tried: of any other event than an
 *   SQS batch, and of a batch in which all messages failed. The retry stores all variants again, under the same keys.
 */
export const handler = async (
  event: unknown,
  context: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">,
): Promise<BatchResponse | undefined> => {
  const { awsRequestId: requestId } = context;
  const deadline = startDeadline(context.getRemainingTimeInMillis());
  const log = createLog(settings, requestId);
  const recorder = createMetricsRecorder(transport, log, requestId, deadline.reporting);
  try {
    return await processDeliveries(readUploadEvent(event), { requestId, log, recorder, deadline });
  } finally {
    deadline.end();
  }
};

const processDeliveries = async (
  deliveries: readonly Delivery[],
  invocation: Invocation,
): Promise<BatchResponse | undefined> => {
  const work = deliveries.map((delivery) => ({ ...delivery, ...tasksOf(delivery, invocation.log) }));
  const count = work.reduce((sum, { uploads }) => sum + uploads.length, 0);
  const all = work.reduce((sum, { removals }) => sum + removals.length, count);
  const faults: Error[] = [];
  const failed: Delivery[] = [];
  let started = 0;
  for (const { uploads, removals, ...delivery } of work) {
    const before = faults.length;
    for (const removed of removals) {
      const fault = await processRemoval(removed, invocation);
      if (fault !== undefined) faults.push(fault);
    }
    for (const upload of uploads) {
      const fault = await processUpload(upload, invocation, ++started === count);
      if (fault !== undefined) faults.push(fault);
    }
    // What is no S3 event goes to the dead-letter queue of its queue, where a person can look at it.
    if (faults.length > before || (delivery.problems.length > 0 && delivery.messageId !== undefined))
      failed.push(delivery);
  }
  await invocation.recorder.flush();
  const ids = failed.flatMap(({ messageId }) => messageId ?? []);
  // A mapping that does not ask for failed items would take them for done, so a batch in which all failed fails as a whole.
  if (ids.length > 0 && failed.length < deliveries.length)
    return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
  if (faults.length > 0 || ids.length > 0)
    throw new AggregateError(faults, `${faults.length} of ${all} images failed: ${faults.map(oneLine).join("; ")}`);
  return undefined;
};

interface Tasks {
  readonly uploads: readonly NamedUpload[];
  readonly removals: readonly Removed[];
}

/** @returns what a delivery asks for; other records are logged at DEBUG and skipped */
const tasksOf = ({ changes, problems }: Delivery, log: Log): Tasks => {
  for (const problem of problems) log("event.unknown", { problem });
  // S3 sends an s3:TestEvent, which has no records, when the notification is configured.
  if (changes.length + problems.length === 0) log("record.ignored", { why: "the event has no records" });
  const wanted = changes.filter((change) => {
    const why = reasonToIgnore(change);
    if (why !== undefined) log("record.ignored", { why });
    return why === undefined;
  });
  return {
    uploads: wanted.filter(({ change }) => change === "created").map(namedUpload),
    removals: wanted.filter(({ change }) => change === "removed"),
  };
};

const namedUpload = ({ bucket, key, sizeBytes, eTag, versionId, time }: ObjectChange): NamedUpload => ({
  bucket,
  key,
  versionId,
  time,
  ...(sizeBytes !== undefined && { sizeBytes }),
  ...(eTag !== undefined && { eTag }),
});

/** What is processed besides new objects. */
const deletesVariants = settings.DELETE_VARIANTS_WITH_UPLOAD === "on";

const reasonToIgnore = ({ change, eventName, bucket, key }: ObjectChange): string | undefined => {
  if (change !== "created" && !(change === "removed" && deletesVariants)) return `${eventName} is not ObjectCreated`;
  if (key.endsWith("/")) return "the key is a folder marker";
  if (bucket === settings.PROCESSED_BUCKET) return "the bucket holds variants, not uploads";
  return undefined;
};

/** @returns the error that must fail the invocation; undefined after success */
const processRemoval = async (removed: Removed, { log, deadline }: Invocation): Promise<Error | undefined> => {
  const { bucket, key } = removed;
  try {
    const variants = await until(deadline.work, () =>
      traced("delete variants", () => deleteVariants(settings.PROCESSED_BUCKET, removed, deadline.work)),
    );
    log("variants.deleted", { bucket, key, variants });
    return undefined;
  } catch (thrown) {
    const error = asError(thrown);
    logFault(error, bucket, key, log);
    return error;
  }
};

/** @returns the error that must fail the invocation; undefined after success and where a retry cannot help */
const processUpload = async (
  named: NamedUpload,
  invocation: Invocation,
  isLast: boolean,
): Promise<Error | undefined> => {
  const { log, recorder, deadline } = invocation;
  const { bucket, key } = named;
  const limitBytes = settings.LARGE_IMAGE_BYTES;
  recorder.received();
  let record = recordOf(writeRecord, named, log, deadline.reporting);
  try {
    const upload = isIdentified(named) ? named : await until(deadline.work, () => identify(named, deadline.work));
    const { sizeBytes } = upload;
    log("image.received", { bucket, key, sizeBytes });
    record = recordOf(writeRecord, upload, log, deadline.reporting);
    record.received({ sizeBytes });
    if (directUploadOf(key) !== undefined) log("link.used", { bucket, key });
    if (sizeBytes > limitBytes) log("image.large", { bucket, key, sizeBytes, limitBytes });
    const { line, fields } = await until(deadline.work, () => makeVariants(upload, invocation, isLast));
    log("image.processed", line);
    reportLateness(upload, settings, log);
    recorder.finished("success");
    await record.finished("processed", fields);
    return undefined;
  } catch (error) {
    return report(asError(error), named, invocation, record);
  }
};

const makeVariants = async (
  upload: Upload,
  { requestId, recorder, deadline: { work: signal } }: Invocation,
  isLast: boolean,
): Promise<{ line: EventFields<"image.processed">; fields: RecordFields }> => {
  const { bucket, key, sizeBytes } = upload;
  const startedAt = performance.now();
  const elapsedMs = () => Math.round(performance.now() - startedAt);
  admitBytes(sizeBytes, settings.MAX_IMAGE_BYTES);
  const { bytes, contentType } = await traced("download", () => download(upload, signal));
  const making = (signal: AbortSignal) => ({ requestId, processingMs: elapsedMs(), signal });
  const eTags = new Map<string, string>();
  const made = await storeWhileEncoding(
    {
      encode: async (onEncoded, signal) => {
        const made = await processImage(bytes, limits, { ...processing, signal, onEncoded });
        recorder.encoded(elapsedMs());
        if (isLast) recorder.lastUploadStarted();
        return made;
      },
      store: async (image, signal) => {
        const put = () => store(destination, upload, image, making(signal));
        eTags.set(image.name, await traced(`upload ${image.name}`, put));
      },
    },
    signal,
  );
  if (settings.MANIFEST === "on") {
    const manifest = manifestOf(upload, made, eTags);
    await traced("upload manifest", () => storeManifest(destination, upload, manifest, making(signal)));
  }
  const { source, variants } = made;
  const outputBytes = variants.reduce((sum, image) => sum + image.bytes.length, 0);
  const line = {
    bucket,
    key,
    format: source.format,
    widthPx: source.widthPx,
    heightPx: source.heightPx,
    declaredFormat: declaredFormat(key, contentType, source.format),
    sizeBytes,
    outputBytes,
    variants: variants.length,
    kept: namesOf(variants, "kept"),
    reduced: namesOf(variants, "reduced"),
    durationMs: elapsedMs(),
  };
  const recorded = variants.map(({ name, extension, bytes }) => ({
    name,
    key: outputKey(upload, name, extension),
    bytes: bytes.length,
  }));
  const { format, widthPx, heightPx } = source;
  return { line, fields: { format, widthPx, heightPx, sizeBytes, variants: recorded } };
};

const namesOf = (variants: readonly Encoded[], wanted: Encoded["origin"]): string =>
  variants
    .filter(({ origin }) => origin === wanted)
    .map(({ name }) => name)
    .join() || "none";

const report = async (
  error: Error,
  { bucket, key, eTag = "" }: NamedUpload,
  { log, recorder }: Invocation,
  record: UploadRecord,
): Promise<Error | undefined> => {
  if (error instanceof Superseded) {
    log("image.superseded", { bucket, key, eTag });
    await record.finished("superseded", {});
    return undefined;
  }
  // A refused file is its sender's business, unless the operator wants to hear of it as an error.
  const isFailure = !(error instanceof Refusal) || settings.REFUSAL_LOG_LEVEL === "ERROR";
  recorder.finished(isFailure ? "failure" : "refused");
  if (error instanceof Mismatched) {
    log("image.mismatched", { bucket, key, eTag, objectETag: error.objectETag });
    await record.finished("refused", { reason: "mismatched", detail: error.message });
    return undefined;
  }
  if (error instanceof Refusal) {
    log("image.refused", { bucket, key, reason: error.reason, detail: error.message });
    await record.finished("refused", { reason: error.reason, detail: oneLine(error) });
    return undefined;
  }
  logFault(error, bucket, key, log);
  await record.finished("failed", { reason: error.name, detail: oneLine(error) });
  return error;
};

const logFault = (error: Error, bucket: string, key: string, log: Log): void => {
  if (error instanceof StorageDenied)
    log("storage.denied", { bucket, key, operation: error.operation, errorMessage: error.message });
  else log("image.failed", { bucket, key, errorName: error.name, errorMessage: oneLine(error) });
};
