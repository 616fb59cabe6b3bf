/** Reads uploads from S3 and writes variants to it. */
import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expected, Refusal, storageError } from "./errors";
import { headerText, outputKey, type Upload } from "./keys";
import type { Encoded } from "./process";
import { captured } from "./tracing";

// Once per execution environment. Three attempts of one request end before the default lambda_timeout of 60 s does; an
// answer or a body of which nothing comes is given up after `socketTimeout`.
const s3 = captured(
  new S3Client({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_500,
      requestTimeout: 15_000,
      socketTimeout: 5_000,
      throwOnRequestTimeout: true,
    },
  }),
);

/** The SDK tries a request again, but no body: that may still break off, stall, or be shorter than the object. */
const BODY_ATTEMPTS = 3;

/**
 * Reads exactly the object that the event is about: its version, or, where the bucket keeps none, what has its eTag.
 *
 * @param signal gives up what is under way
 * @throws Refusal `deleted`; Superseded; StorageDenied; whatever else the SDK throws
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
    throw storageError("GetObject", error);
  }
  throw broken;
};

/** What the SDK gives on Node, of all that its type allows. */
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

/** Not one byte more is read than the event told of. */
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

/** What a stored variant says of its making, and what gives up storing it. */
export interface Making {
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly processingMs: number;
}

/**
 * Writes one variant; a replay of the same event overwrites it.
 *
 * @throws StorageDenied; whatever else the SDK throws
 */
export const store = async (bucket: string, upload: Upload, image: Encoded, making: Making): Promise<void> => {
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: outputKey(upload, image.name),
    Body: image.bytes,
    ContentType: image.contentType,
    Metadata: {
      "original-key": headerText(upload.key),
      variant: image.name,
      "source-etag": upload.eTag,
      "request-id": making.requestId,
      "processing-ms": String(making.processingMs),
    },
  });
  try {
    await s3.send(put, { abortSignal: making.signal });
  } catch (error) {
    throw storageError("PutObject", error);
  }
};
