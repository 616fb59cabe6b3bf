/** The messages that S3 sends to a function when objects are created, and which objects a notification is about. */
import { createHash, randomUUID } from "node:crypto";
import type { BucketBlueprint, NotificationBlueprint } from "./blueprint";

/** How an object came to be, as the last part of the event name. */
export type Creation = "Put" | "Post" | "Copy" | "CompleteMultipartUpload";

export interface CreatedObject {
  readonly bucket: string;
  /** As the uploader spells it, not encoded. */
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotation marks. */
  readonly eTag: string;
  readonly creation: Creation;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** Larger for each later event: S3 orders the events of one key by it. */
  readonly sequence: number;
  /** @default the bucket keeps no versions */
  readonly versionId?: string;
}

/** Owners and requesters are opaque ids in S3's messages. */
const PRINCIPAL = "A1B2C3D4E5F6G7";

/**
 * Event type, prefix and suffix of a notification are all to be met; a type may end in `*`, prefix and suffix are case-sensitive.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export const isWanted = (object: CreatedObject, notification: NotificationBlueprint): boolean =>
  object.bucket === notification.bucket &&
  object.key.startsWith(notification.prefix) &&
  object.key.endsWith(notification.suffix) &&
  notification.events.some((type) =>
    type.endsWith("*")
      ? `s3:ObjectCreated:${object.creation}`.startsWith(type.slice(0, -1))
      : type === `s3:ObjectCreated:${object.creation}`,
  );

/**
 * S3 sends keys as forms are encoded: UTF-8, a space as `+`; the slashes between folders stay.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const encodeKey = (key: string): string =>
  new URLSearchParams({ key }).toString().slice("key=".length).replaceAll("%2F", "/");

/**
 * @returns the message as the function receives it, in version 2.1 of
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const s3Event = (
  object: CreatedObject,
  bucket: BucketBlueprint,
  { configurationId, region }: { configurationId: string; region: string },
) => ({
  Records: [
    {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: region,
      eventTime: new Date(object.createdMs).toISOString(),
      eventName: `ObjectCreated:${object.creation}`,
      userIdentity: { principalId: PRINCIPAL },
      requestParameters: { sourceIPAddress: "127.0.0.1" },
      responseElements: {
        "x-amz-request-id": randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase(),
        "x-amz-id-2": createHash("sha256").update(object.key).digest("base64"),
      },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId,
        bucket: { name: bucket.name, ownerIdentity: { principalId: PRINCIPAL }, arn: bucket.arn },
        object: {
          key: encodeKey(object.key),
          size: object.sizeBytes,
          eTag: object.eTag,
          ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
          sequencer: object.sequence.toString(16).toUpperCase().padStart(18, "0"),
        },
      },
    },
  ],
});
