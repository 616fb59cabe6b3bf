/** Reads uploads from S3 and writes variants to it. */
import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expected, Mismatched, Refusal, Superseded, storageError } from "./errors";
import { headerText, manifestKey, outputKey, type Upload } from "./keys";
import type { Encoded } from "./process";
import { s3 } from "./s3-client";

/** The SDK retries requests but not bodies, which can break off, stall or be incomplete. */
const BODY_ATTEMPTS = 3;

/**
 * Reads exactly the object of the event: its version or, in a bucket without versioning, the object with its ETag.
 *
 * @param signal cancels the request
 * @throws Refusal `deleted` or `archived`; Superseded; Mismatched; StorageDenied; other errors of the SDK
 */
export const download = async (
  upload: Upload,
  signal: AbortSignal,
): Promise<{ bytes: Buffer; contentType: string }> => {
  let broken: unknown;
  try {
    for (let attempt = 0; attempt < BODY_ATTEMPTS; attempt += 1) {
      const { body, contentType, claimedBytes } = await open(upload, signal);
      try {
        return { bytes: await bytesOf(body, claimedBytes, upload.sizeBytes), contentType };
      } catch (error) {
        broken = error;
      }
    }
  } catch (error) {
    const meaning = storageError("GetObject", error);
    throw meaning instanceof Superseded ? await whyOther(upload, meaning, signal) : meaning;
  }
  throw broken;
};

/** Runs a request. @returns undefined if the object does not exist @throws StorageDenied; other errors of the SDK */
export const unlessGone = async <T>(operation: string, request: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await request();
  } catch (error) {
    const meaning = storageError(operation, error);
    if (meaning instanceof Refusal && meaning.reason === "deleted") return undefined;
    throw meaning;
  }
};

interface Described {
  readonly eTag: string;
  /** "null" for an object that was stored while versioning was off. */
  readonly versionId: string | undefined;
  readonly sizeBytes: number;
  readonly storedAt: Date | undefined;
}

const describe = async (
  { bucket: Bucket, key: Key, versionId: VersionId }: Pick<Upload, "bucket" | "key" | "versionId">,
  signal: AbortSignal,
): Promise<Described> => {
  try {
    const head = new HeadObjectCommand({ Bucket, Key, VersionId });
    const found = await s3.send(head, { abortSignal: signal });
    const { ETag = "", ContentLength: sizeBytes = 0, LastModified: storedAt, VersionId: versionId } = found;
    return { eTag: ETag.replaceAll('"', ""), versionId, sizeBytes, storedAt };
  } catch (error) {
    throw storageError("HeadObject", error);
  }
};

/** An upload whose event may lack its size or ETag. */
export type NamedUpload = Omit<Upload, "sizeBytes" | "eTag"> & Partial<Pick<Upload, "sizeBytes" | "eTag">>;

export const isIdentified = (upload: NamedUpload): upload is Upload =>
  upload.sizeBytes !== undefined && upload.eTag !== undefined;

/**
 * Asks S3 for what the event does not say.
 *
 * @throws Refusal `deleted`; StorageDenied; other errors of the SDK
 */
export const identify = async (upload: NamedUpload, signal: AbortSignal): Promise<Upload> => {
  const { sizeBytes, eTag } = upload;
  const described = await describe(upload, signal);
  return { ...upload, sizeBytes: sizeBytes ?? described.sizeBytes, eTag: eTag ?? described.eTag };
};

/**
 * Asks S3 for the object that a key has now, as its event described it: an object that was stored while versioning was off has
 * the version "null", which its event did not name.
 *
 * @throws Refusal `deleted`; StorageDenied; other errors of the SDK
 */
export const current = async (named: Pick<Upload, "bucket" | "key">, signal: AbortSignal): Promise<Upload> => {
  const { eTag, sizeBytes, versionId } = await describe({ ...named, versionId: undefined }, signal);
  return { ...named, eTag, sizeBytes, versionId: versionId === "null" ? undefined : versionId };
};

/** @returns the size of an object; undefined if it does not exist @throws StorageDenied; other errors of the SDK */
export const sizeOf = async (bucket: string, key: string, signal: AbortSignal): Promise<number | undefined> => {
  const head = new HeadObjectCommand({ Bucket: bucket, Key: key });
  const found = await unlessGone("HeadObject", () => s3.send(head, { abortSignal: signal }));
  return found && (found.ContentLength ?? 0);
};

/** S3 gives the time of an object in whole seconds, rounded down; events have milliseconds. */
const LAST_MODIFIED_STEP_MS = 1_000;

/** @returns Superseded, unless the object is certainly older than its event: then the event never had the right ETag */
const whyOther = async (upload: Upload, superseded: Superseded, signal: AbortSignal): Promise<Error> => {
  const { eTag, storedAt } = await describe(upload, signal);
  const eventAt = Date.parse(upload.time ?? "");
  if (eTag === upload.eTag || storedAt === undefined || Number.isNaN(eventAt)) return superseded;
  return storedAt.getTime() + LAST_MODIFIED_STEP_MS > eventAt
    ? superseded
    : new Mismatched(upload.eTag, eTag, { cause: superseded });
};

/** The type that the SDK returns on Node.js. */
type Body = Extract<GetObjectCommandOutput["Body"], Readable>;

const open = async (
  upload: Upload,
  signal: AbortSignal,
): Promise<{ body: Body; contentType: string; claimedBytes: number }> => {
  const { bucket: Bucket, key: Key, versionId: VersionId, eTag } = upload;
  const IfMatch = VersionId === undefined ? `"${eTag}"` : undefined;
  const get = new GetObjectCommand({ Bucket, Key, VersionId, IfMatch });
  const { Body, ContentLength = 0, ContentType = "", ETag } = await s3.send(get, { abortSignal: signal });
  const body = Body as Body;
  const eTagNow = ETag?.replaceAll('"', "") ?? eTag;
  if (eTagNow !== eTag) {
    body.destroy();
    throw expected(`eTag ${eTag}`, "the object", eTagNow);
  }
  return { body, contentType: ContentType, claimedBytes: ContentLength };
};

/** Reads the body only if it has the size given in the event, so a larger object cannot exhaust the memory. */
const bytesOf = async (body: Body, claimedBytes: number, sizeBytes: number): Promise<Buffer> => {
  if (claimedBytes > sizeBytes) {
    body.destroy();
    throw expected(`${sizeBytes} bytes`, "the body", claimedBytes);
  }
  const bytes = await body.transformToByteArray();
  if (bytes.length !== sizeBytes) throw expected(`${sizeBytes} bytes`, "the body", bytes.length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** @throws Refusal `too-many-bytes` */
export const admitBytes = (sizeBytes: number, maxBytes: number): void => {
  if (sizeBytes > maxBytes)
    throw new Refusal("too-many-bytes", `Expected at most ${maxBytes} bytes for the file but got ${sizeBytes}`);
};

/** Where objects are stored, and how. */
export interface Destination {
  readonly bucket: string;
  readonly cacheControl: string;
  /** `{variant}` in a value stands for the name of the variant. */
  readonly tags: Readonly<Record<string, string>>;
}

/** An object to store. */
interface Output extends Pick<Encoded, "name" | "bytes" | "contentType"> {
  readonly key: string;
}

const taggingOf = (tags: Destination["tags"], name: string): string | undefined =>
  Object.entries(tags)
    .map(([key, value]) => [key, value.replaceAll("{variant}", name)].map(encodeURIComponent).join("="))
    .join("&") || undefined;

/** Metadata to store with a variant, and the signal that cancels storing it. */
export interface Making {
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly processingMs: number;
}

/**
 * Writes one variant. Processing the same event again overwrites it.
 *
 * @returns its ETag
 * @throws StorageDenied; other errors of the SDK
 */
export const store = (to: Destination, upload: Upload, image: Encoded, making: Making): Promise<string> =>
  put(to, upload, { ...image, key: outputKey(upload, image.name, image.extension) }, making);

/** Writes the manifest of an upload. @throws StorageDenied; other errors of the SDK */
export const storeManifest = async (
  to: Destination,
  upload: Upload,
  manifest: object,
  making: Making,
): Promise<void> => {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const output = { name: "manifest", key: manifestKey(upload), bytes, contentType: "application/json" };
  await put(to, upload, output, making);
};

const put = async (to: Destination, upload: Upload, output: Output, making: Making): Promise<string> => {
  const command = new PutObjectCommand({
    Bucket: to.bucket,
    Key: output.key,
    Body: output.bytes,
    ContentType: output.contentType,
    CacheControl: to.cacheControl,
    Tagging: taggingOf(to.tags, output.name),
    Metadata: {
      "original-key": headerText(upload.key),
      variant: output.name,
      "source-etag": upload.eTag,
      ...(upload.versionId !== undefined && { "source-version": upload.versionId }),
      "request-id": making.requestId,
      "processing-ms": String(making.processingMs),
    },
  });
  try {
    const { ETag = "" } = await s3.send(command, { abortSignal: making.signal });
    return ETag.replaceAll('"', "");
  } catch (error) {
    throw storageError("PutObject", error);
  }
};
