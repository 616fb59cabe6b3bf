/** The events that S3 sends to a function for created objects, and which objects match a notification. */
import { createHash, randomUUID } from "node:crypto";
import type { BucketBlueprint, NotificationBlueprint } from "./blueprint";

/** How the object was created: the last part of the event name. */
export type Creation = "Put" | "Post" | "Copy" | "CompleteMultipartUpload";

export interface CreatedObject {
  readonly bucket: string;
  /** Not URL-encoded. */
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotation marks. */
  readonly eTag: string;
  readonly creation: Creation;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** Increases with each event: it orders the events of one key. */
  readonly sequence: number;
  /** @default the bucket keeps no versions */
  readonly versionId?: string;
}

/** S3 identifies owners and requesters by opaque ids. */
const PRINCIPAL = "A1B2C3D4E5F6G7";

/**
 * Event type, prefix and suffix must all match. A type can end in `*`; prefix and suffix are case-sensitive.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export const isMatch = (object: CreatedObject, notification: NotificationBlueprint): boolean =>
  object.bucket === notification.bucket &&
  object.key.startsWith(notification.prefix) &&
  object.key.endsWith(notification.suffix) &&
  notification.events.some((type) =>
    type.endsWith("*")
      ? `s3:ObjectCreated:${object.creation}`.startsWith(type.slice(0, -1))
      : type === `s3:ObjectCreated:${object.creation}`,
  );

/**
 * S3 encodes keys as HTML forms do: UTF-8, a space as `+`. Slashes stay.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const encodeKey = (key: string): string =>
  new URLSearchParams({ key }).toString().slice("key=".length).replaceAll("%2F", "/");

/**
 * @returns the event as the function receives it, in version 2.1 of
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
