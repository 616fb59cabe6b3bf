/** Processes one upload: makes its variants, and reports how that ended in the log, the metrics and the record. */
import type { EventFields } from "../contract/events";
import { directUploadOf } from "../contract/upload-api";
import type { Variants } from "../contract/variants";
import { until } from "./deadline";
import { declaredFormat } from "./declared-format";
import { asError, Mismatched, oneLine, Refusal, StorageDenied, Superseded } from "./errors";
import { type Invocation, settings } from "./invocation";
import { outputKey, type Upload } from "./keys";
import { reportLateness } from "./lateness";
import type { Log } from "./logger";
import { manifestOf } from "./manifest";
import { admittedBytes, avifPixelsOf } from "./memory";
import { storeWhileEncoding } from "./overlap";
import { type Encoded, processImage } from "./process";
import type { RecordedVariant, RecordFields } from "./record-write";
import { recordOf, recordWriter, type UploadRecord } from "./records";
import { admitBytes, download, identify, isIdentified, type NamedUpload, store, storeManifest } from "./storage";
import { traced } from "./tracing";

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

/** What is left to do for an upload. */
export interface Remaining {
  /** Variants to make. If there are none, the upload is complete. */
  readonly variants: Variants;
  /** Variants that are stored already. */
  readonly stored: readonly RecordedVariant[];
}

const EVERYTHING: Remaining = { variants: settings.VARIANTS, stored: [] };

export interface Task {
  /** Metrics may be published while its variants are being stored. */
  readonly isLast: boolean;
  /** Asks S3 for what is not known of the upload. @default only if its event lacks size or ETag */
  readonly find?: (named: NamedUpload, signal: AbortSignal) => Promise<Upload>;
  /** Looks for what is stored already. @default every variant is made and stored */
  readonly findRemaining?: (upload: Upload, signal: AbortSignal) => Promise<Remaining>;
}

export interface Outcome {
  readonly state: "processed" | "complete" | "refused" | "superseded" | "failed";
  /** The error that must fail the invocation. @default none: it succeeded, or a retry cannot help */
  readonly fault?: Error;
}

/** @returns why an object is not an upload; undefined if it is one */
export const whyNoUpload = ({ bucket, key }: Pick<Upload, "bucket" | "key">): string | undefined => {
  if (key.endsWith("/")) return "the key is a folder marker";
  return bucket === settings.PROCESSED_BUCKET ? "the bucket holds variants, not uploads" : undefined;
};

export const processUpload = async (
  named: NamedUpload,
  invocation: Invocation,
  { isLast, find, findRemaining = async () => EVERYTHING }: Task,
): Promise<Outcome> => {
  const { log, recorder, deadline } = invocation;
  const { bucket, key } = named;
  const limitBytes = settings.LARGE_IMAGE_BYTES;
  recorder.received();
  let record = recordOf(writeRecord, named, log, deadline.reporting);
  try {
    const upload =
      find === undefined && isIdentified(named)
        ? named
        : await until(deadline.work, () => (find ?? identify)(named, deadline.work));
    const { sizeBytes } = upload;
    log("image.received", { bucket, key, sizeBytes });
    record = recordOf(writeRecord, upload, log, deadline.reporting);
    record.received({ sizeBytes });
    if (directUploadOf(key) !== undefined) log("link.used", { bucket, key });
    if (sizeBytes > limitBytes) log("image.large", { bucket, key, sizeBytes, limitBytes });
    const remaining = await until(deadline.work, () => findRemaining(upload, deadline.work));
    const { variants, stored } = remaining;
    if (Object.keys(variants).length === 0) {
      log("image.complete", { bucket, key, variants: stored.length });
      recorder.finished("success");
      await record.finished("processed", { sizeBytes, variants: stored });
      return { state: "complete" };
    }
    const { line, fields } = await until(deadline.work, () => makeVariants(upload, remaining, invocation, isLast));
    log("image.processed", line);
    reportLateness(upload, settings, log);
    recorder.finished("success");
    await record.finished("processed", fields);
    return { state: "processed" };
  } catch (error) {
    return report(asError(error), named, invocation, record);
  }
};

const makeVariants = async (
  upload: Upload,
  { variants: wanted, stored }: Remaining,
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
        const made = await processImage(bytes, limits, { ...processing, variants: wanted, signal, onEncoded });
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
  return { line, fields: { format, widthPx, heightPx, sizeBytes, variants: [...stored, ...recorded] } };
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
): Promise<Outcome> => {
  if (error instanceof Superseded) {
    log("image.superseded", { bucket, key, eTag });
    await record.finished("superseded", {});
    return { state: "superseded" };
  }
  // Only the sender can fix a refused file, so it is a failure only where the operator chose that.
  const isFailure = !(error instanceof Refusal) || settings.REFUSAL_LOG_LEVEL === "ERROR";
  recorder.finished(isFailure ? "failure" : "refused");
  if (error instanceof Mismatched) {
    log("image.mismatched", { bucket, key, eTag, objectETag: error.objectETag });
    await record.finished("refused", { reason: "mismatched", detail: error.message });
    return { state: "refused" };
  }
  if (error instanceof Refusal) {
    log("image.refused", { bucket, key, reason: error.reason, detail: error.message });
    await record.finished("refused", { reason: error.reason, detail: oneLine(error) });
    return { state: "refused" };
  }
  logFault(error, bucket, key, log);
  await record.finished("failed", { reason: error.name, detail: oneLine(error) });
  return { state: "failed", fault: error };
};

export const logFault = (error: Error, bucket: string, key: string, log: Log): void => {
  if (error instanceof StorageDenied)
    log("storage.denied", { bucket, key, operation: error.operation, errorMessage: error.message });
  else log("image.failed", { bucket, key, errorName: error.name, errorMessage: oneLine(error) });
};
