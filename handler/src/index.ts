/** The Lambda entry point: processes each upload of an S3 event independently. */
import type { Context, S3Event, S3EventRecord } from "aws-lambda";
import type { EventFields } from "../contract/events";
import { readSettings, type Settings } from "../contract/settings";
import { type Deadline, startDeadline, until } from "./deadline";
import { declaredFormat } from "./declared-format";
import { asError, oneLine, Refusal, StorageDenied, Superseded } from "./errors";
import type { Upload } from "./keys";
import { createLog, type Log } from "./logger";
import { createMetricsRecorder, createTransport, type MetricsRecorder } from "./metrics";
import { processImage } from "./process";
import { admitBytes, download, store } from "./storage";
import { traced } from "./tracing";

const initSettings = (): Settings => {
  try {
    return readSettings(process.env);
  } catch (error) {
    createLog("ERROR")("settings.refused", { problem: asError(error).message });
    throw error;
  }
};

const settings = initSettings();
const transport = createTransport(settings);
/** The part of the function's memory that an image may take; the rest is a reserve for what is not estimated. */
const MEMORY_SHARE = 0.95;
/** Set by Lambda. Elsewhere memory is not limited. */
const memoryMb = process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
const limits = {
  maxPixels: settings.MAX_IMAGE_PIXELS,
  maxSidePx: settings.MAX_IMAGE_SIDE_PX,
  maxFrames: settings.MAX_IMAGE_FRAMES,
  ...(memoryMb !== undefined && { maxMemoryBytes: Number(memoryMb) * 2 ** 20 * MEMORY_SHARE }),
};

/** The state of one invocation. */
interface Invocation {
  readonly requestId: string;
  readonly log: Log;
  readonly recorder: MetricsRecorder;
  readonly deadline: Deadline;
}

/**
 * @throws AggregateError with every failure that a retry may fix, after all uploads were tried. The retry stores all
 *   variants again, under the same keys.
 */
export const handler = async (
  event: Partial<S3Event>,
  context: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">,
): Promise<void> => {
  const { awsRequestId: requestId } = context;
  const deadline = startDeadline(context.getRemainingTimeInMillis());
  const log = createLog(settings.LOG_LEVEL, requestId);
  const recorder = createMetricsRecorder(transport, log, requestId, deadline.reporting);
  try {
    await processUploads(uploadsOf(event, log), { requestId, log, recorder, deadline });
  } finally {
    deadline.end();
  }
};

const processUploads = async (uploads: readonly Upload[], invocation: Invocation): Promise<void> => {
  const faults: Error[] = [];
  for (const [i, upload] of uploads.entries()) {
    const fault = await processUpload(upload, invocation, i === uploads.length - 1);
    if (fault !== undefined) faults.push(fault);
  }
  await invocation.recorder.flush();
  if (faults.length > 0)
    throw new AggregateError(
      faults,
      `${faults.length} of ${uploads.length} images failed: ${faults.map(oneLine).join("; ")}`,
    );
};

/** @returns the uploads of an event; other records are logged at DEBUG and skipped */
const uploadsOf = ({ Records }: Partial<S3Event>, log: Log): Upload[] => {
  // S3 sends an s3:TestEvent, which has no records, when the notification is configured.
  if (!Array.isArray(Records)) log("record.ignored", { why: "the event has no records" });
  return (Records ?? []).flatMap((record) => {
    const upload = uploadOf(record);
    const why = reasonToIgnore(record.eventName, upload);
    if (why === undefined) return [upload];
    log("record.ignored", { why });
    return [];
  });
};

const reasonToIgnore = (eventName: string, { bucket, key }: Upload): string | undefined => {
  if (!eventName.startsWith("ObjectCreated:")) return `${eventName} is not ObjectCreated`;
  if (key.endsWith("/")) return "the key is a folder marker";
  if (bucket === settings.PROCESSED_BUCKET) return "the bucket holds variants, not uploads";
  return undefined;
};

const uploadOf = ({ s3: { bucket, object } }: S3EventRecord): Upload => ({
  bucket: bucket.name,
  key: decodeKey(object.key),
  sizeBytes: object.size,
  eTag: object.eTag,
  versionId: object.versionId,
});

/** S3 form-encodes keys. A key that cannot be decoded comes from a handwritten event and is used as it is. */
const decodeKey = (key: string): string => {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
};

/** @returns the error that must fail the invocation; undefined after success and where a retry cannot help */
const processUpload = async (upload: Upload, invocation: Invocation, isLast: boolean): Promise<Error | undefined> => {
  const { log, recorder, deadline } = invocation;
  const { bucket, key, sizeBytes } = upload;
  const limitBytes = settings.LARGE_IMAGE_BYTES;
  log("image.received", { bucket, key, sizeBytes });
  if (sizeBytes > limitBytes) log("image.large", { bucket, key, sizeBytes, limitBytes });
  recorder.received();
  try {
    log("image.processed", await until(deadline.work, () => makeVariants(upload, invocation, isLast)));
    recorder.finished("success");
    return undefined;
  } catch (error) {
    return report(asError(error), upload, invocation);
  }
};

const makeVariants = async (
  upload: Upload,
  { requestId, recorder, deadline: { work: signal } }: Invocation,
  isLast: boolean,
): Promise<EventFields<"image.processed">> => {
  const { bucket, key, sizeBytes } = upload;
  const startedAt = performance.now();
  const elapsedMs = () => Math.round(performance.now() - startedAt);
  admitBytes(sizeBytes, settings.MAX_IMAGE_BYTES);
  const { bytes, contentType } = await traced("download", () => download(upload, signal));
  const { source, variants } = await processImage(bytes, limits, signal, traced);
  const making = { requestId, processingMs: elapsedMs(), signal };
  recorder.encoded(making.processingMs);
  if (isLast) recorder.lastUploadStarted();
  const stored = await Promise.allSettled(
    variants.map((image) =>
      traced(`upload ${image.name}`, () => store(settings.PROCESSED_BUCKET, upload, image, making)),
    ),
  );
  // allSettled, not all: no upload may continue after the invocation has failed.
  for (const result of stored) if (result.status === "rejected") throw result.reason;
  const outputBytes = variants.reduce((sum, image) => sum + image.bytes.length, 0);
  return {
    bucket,
    key,
    ...source,
    declaredFormat: declaredFormat(key, contentType, source.format),
    sizeBytes,
    outputBytes,
    variants: variants.length,
    durationMs: elapsedMs(),
  };
};

const report = (error: Error, { bucket, key, eTag }: Upload, { log, recorder }: Invocation): Error | undefined => {
  if (error instanceof Superseded) {
    log("image.superseded", { bucket, key, eTag });
    return undefined;
  }
  recorder.finished("failure");
  if (error instanceof Refusal) {
    log("image.refused", { bucket, key, reason: error.reason, detail: error.message });
    return undefined;
  }
  if (error instanceof StorageDenied)
    log("storage.denied", { bucket, key, operation: error.operation, errorMessage: error.message });
  else log("image.failed", { bucket, key, errorName: error.name, errorMessage: oneLine(error) });
  return error;
};
