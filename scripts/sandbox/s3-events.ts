/** The events that S3 sends to a function for created and deleted objects, and which of them match a notification. */
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

/** How the object was deleted: for good, or hidden by a delete marker of a versioned bucket. */
type Removal = "Delete" | "DeleteMarkerCreated";

export interface RemovedObject extends Pick<CreatedObject, "bucket" | "key" | "sequence"> {
  readonly removal: Removal;
  /** Milliseconds since 1970. */
  readonly removedMs: number;
  /** The deleted version, or the delete marker. @default the bucket keeps no versions */
  readonly versionId?: string;
}

/** What happened to an object. */
export type ChangedObject = CreatedObject | RemovedObject;

const eventNameOf = (object: ChangedObject): string =>
  "creation" in object ? `ObjectCreated:${object.creation}` : `ObjectRemoved:${object.removal}`;

/** S3 gives no size of a deleted object, and no ETag without a delete marker, which is empty. */
const contentOf = (object: ChangedObject): { size?: number; eTag?: string } => {
  if ("creation" in object) return { size: object.sizeBytes, eTag: object.eTag };
  return object.removal === "DeleteMarkerCreated" ? { eTag: EMPTY_ETAG } : {};
};

const EMPTY_ETAG = createHash("md5").update("").digest("hex");

/** S3 identifies owners and requesters by opaque ids. */
const PRINCIPAL = "A1B2C3D4E5F6G7";

/**
 * Event type, prefix and suffix must all match. A type can end in `*`; prefix and suffix are case-sensitive.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export const isMatch = (object: ChangedObject, notification: NotificationBlueprint): boolean =>
  object.bucket === notification.bucket &&
  object.key.startsWith(notification.prefix) &&
  object.key.endsWith(notification.suffix) &&
  notification.events.some((type) => {
    const name = `s3:${eventNameOf(object)}`;
    return type.endsWith("*") ? name.startsWith(type.slice(0, -1)) : type === name;
  });

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
  object: ChangedObject,
  bucket: BucketBlueprint,
  { configurationId, region }: { configurationId: string; region: string },
) => ({
  Records: [
    {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: region,
      eventTime: new Date("creation" in object ? object.createdMs : object.removedMs).toISOString(),
      eventName: eventNameOf(object),
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
          ...contentOf(object),
          ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
          sequencer: object.sequence.toString(16).toUpperCase().padStart(18, "0"),
        },
      },
    },
  ],
});
