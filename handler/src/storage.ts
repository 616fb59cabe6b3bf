/** Reads uploads from S3 and writes variants to it. */
import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Refusal, storageError } from "./errors";
import { headerText, outputKey, type Upload } from "./keys";
import type { Encoded } from "./process";

// Once per execution environment. Three attempts of one request end before the default lambda_timeout of 60 s does; a
// body that stalls is given up after `socketTimeout`, because `requestTimeout` only waits for the response to begin.
const s3 = new S3Client({
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_500,
    requestTimeout: 15_000,
    socketTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
});

/**
 * @throws Refusal `too-many-bytes` before the body is read, or `deleted`; StorageDenied; whatever else the SDK throws
 */
export const download = async (
  { bucket, key, versionId }: Upload,
  maxBytes: number,
): Promise<{ bytes: Buffer; eTag: string; contentType: string }> => {
  try {
    const {
      Body,
      ContentLength = 0,
      ETag = "",
      ContentType: contentType = "",
    } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    // Not by an abort signal: that raises an error on the body, which nobody hears by then, and Node would exit.
    if (ContentLength > maxBytes && Body instanceof Readable) Body.destroy();
    admitBytes(ContentLength, maxBytes);
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    return {
      bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      eTag: ETag.replaceAll('"', ""),
      contentType,
    };
  } catch (error) {
    throw storageError("GetObject", error);
  }
};

/** @throws Refusal `too-many-bytes` */
export const admitBytes = (sizeBytes: number, maxBytes: number): void => {
  if (sizeBytes > maxBytes)
    throw new Refusal("too-many-bytes", `Expected at most ${maxBytes} bytes for the file but got ${sizeBytes}`);
};

/** What a stored variant says of its making. */
export interface Making {
  readonly eTag: string;
  readonly requestId: string;
  readonly processingMs: number;
}

/**
 * Writes one variant; a replay of the same event overwrites it.
 *
 * @throws StorageDenied; whatever else the SDK throws
 */
export const store = async (bucket: string, upload: Upload, image: Encoded, making: Making): Promise<void> => {
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: outputKey(upload, image.name),
        Body: image.bytes,
        ContentType: image.contentType,
        Metadata: {
          "original-key": headerText(upload.key),
          variant: image.name,
          "source-etag": making.eTag,
          "request-id": making.requestId,
          "processing-ms": String(making.processingMs),
        },
      }),
    );
  } catch (error) {
    throw storageError("PutObject", error);
  }
};
