/**
 * Reads S3 events in every form in which AWS delivers them: directly, through SNS, SQS or EventBridge, or as the payload
 * of an on-failure destination. Forms can be nested, such as SNS in SQS.
 */

/** What happened to one object. */
export interface ObjectChange {
  readonly change: "created" | "removed" | "other";
  /** What was removed: a version for good, or the current object, which a delete marker hides in a versioned bucket. @default nothing */
  readonly removal?: "version" | "current";
  /** As in the event, such as ObjectCreated:Put or, from EventBridge, Object Created. */
  readonly eventName: string;
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** @default the event does not say */
  readonly sizeBytes?: number;
  /** Without quotation marks. @default the event does not say */
  readonly eTag?: string;
  /** @default the bucket has no versioning */
  readonly versionId?: string;
  /** ISO 8601. @default the event does not say */
  readonly time?: string;
}

/** Everything that is acknowledged together: one message of an SQS batch, or the whole event. */
export interface Delivery {
  /** To report in `batchItemFailures`. @default the event is not an SQS batch */
  readonly messageId?: string;
  /** Empty for the test event that S3 sends when a notification is configured. */
  readonly changes: readonly ObjectChange[];
  /** What is not an S3 event, a sentence for each part. Empty if everything could be read. */
  readonly problems: readonly string[];
}

/** Real events have at most three envelopes: EventBridge or S3 in SNS in SQS. */
const MAX_DEPTH = 5;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const withoutQuotes = (eTag: string | undefined): string | undefined => eTag?.replaceAll('"', "");

/** Only fields that have a value, so that two readings of an event are equal. */
const present = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** S3 form-encodes keys. A key that cannot be decoded comes from a handwritten event and is used as it is. */
const decodeKey = (key: string): string => {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
};

/** Event names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const changeOf = (eventName: string): ObjectChange["change"] => {
  if (/^(s3:)?ObjectCreated:/.test(eventName)) return "created";
  return /^(s3:)?(ObjectRemoved|LifecycleExpiration):/.test(eventName) ? "removed" : "other";
};

/** Without versioning, the object is deleted for good and the event names no version. */
const removalOf = (
  change: ObjectChange["change"],
  isMarker: boolean,
  versionId: string | undefined,
): { removal?: NonNullable<ObjectChange["removal"]> } => {
  if (change !== "removed") return {};
  return { removal: isMarker || versionId === undefined ? "current" : "version" };
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const fromS3 = ({ eventName: name, eventTime, s3 }: Fields): ObjectChange | undefined => {
  const { bucket, object } = fieldsOf(s3);
  const { key, size, eTag, versionId } = fieldsOf(object);
  const [eventName, bucketName, encodedKey] = [textOf(name), textOf(fieldsOf(bucket).name), textOf(key)];
  if (eventName === undefined || bucketName === undefined || encodedKey === undefined) return undefined;
  const change = changeOf(eventName);
  return present({
    change,
    ...removalOf(change, eventName.endsWith(":DeleteMarkerCreated"), textOf(versionId)),
    eventName,
    bucket: bucketName,
    key: decodeKey(encodedKey),
    sizeBytes: numberOf(size),
    eTag: withoutQuotes(textOf(eTag)),
    versionId: textOf(versionId),
    time: textOf(eventTime),
  });
};

const CHANGES: Readonly<Record<string, ObjectChange["change"]>> = {
  "Object Created": "created",
  "Object Deleted": "removed",
};

/** EventBridge does not encode keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const fromEventBridge = ({ "detail-type": name, time, detail }: Fields): ObjectChange | undefined => {
  const { bucket, object } = fieldsOf(detail);
  const { key: objectKey, size, etag, "version-id": versionId } = fieldsOf(object);
  const [eventName, bucketName, key] = [textOf(name), textOf(fieldsOf(bucket).name), textOf(objectKey)];
  if (eventName === undefined || bucketName === undefined || key === undefined) return undefined;
  const change = CHANGES[eventName] ?? "other";
  return present({
    change,
    ...removalOf(change, fieldsOf(detail)["deletion-type"] === "Delete Marker Created", textOf(versionId)),
    eventName,
    bucket: bucketName,
    key,
    sizeBytes: numberOf(size),
    eTag: withoutQuotes(textOf(etag)),
    versionId: textOf(versionId),
    time: textOf(time),
  });
};

type Content = Omit<Delivery, "messageId">;

const EMPTY: Content = { changes: [], problems: [] };

const problem = (text: string): Content => ({ changes: [], problems: [text] });

const oneChange = (change: ObjectChange | undefined, what: string): Content =>
  change === undefined ? problem(`${what} lacks its event name, bucket or key`) : { changes: [change], problems: [] };

const joined = (contents: readonly Content[]): Content => ({
  changes: contents.flatMap(({ changes }) => changes),
  problems: contents.flatMap(({ problems }) => problems),
});

const parsed = (text: unknown, what: string, depth: number): Content => {
  if (typeof text !== "string") return problem(`${what} has no text`);
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return problem(`${what} is not JSON`);
  }
  return contentOf(event, depth);
};

const ofRecord = (record: unknown, depth: number): Content => {
  const fields = fieldsOf(record);
  // SNS: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html, SQS: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
  if (isFields(fields.Sns)) return parsed(fields.Sns.Message, "the message of SNS", depth);
  if ("body" in fields) return parsed(fields.body, "the body of the SQS message", depth);
  return oneChange(fromS3(fields), "a record");
};

const contentOf = (event: unknown, depth: number): Content => {
  if (depth > MAX_DEPTH) return problem(`the event has more than ${MAX_DEPTH} envelopes`);
  if (!isFields(event)) return problem("the event is not an object");
  if (Array.isArray(event.Records)) return joined(event.Records.map((record) => ofRecord(record, depth + 1)));
  if (event.Event === "s3:TestEvent") return EMPTY;
  if (event.source === "aws.s3") return oneChange(fromEventBridge(event), "the event of EventBridge");
  // https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
  if (event.Type === "Notification") return parsed(event.Message, "the message of SNS", depth + 1);
  // On-failure destinations; on an event bus the record is the detail:
  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
  if ("requestContext" in event && "requestPayload" in event) return contentOf(event.requestPayload, depth + 1);
  if (event.source === "lambda") return contentOf(event.detail, depth + 1);
  return problem("the event is not from S3");
};

/** Whether a record is an SQS message, even if its body is not an S3 event. */
const isMessage = (record: unknown): boolean => fieldsOf(record).eventSource === "aws:sqs";

/**
 * @param event the parsed event of an invocation, or the parsed body of a message
 * @returns a delivery for each message of an SQS batch, otherwise one for the whole event. Never throws: a part that is
 *   not an S3 event is a problem of its delivery and does not affect other parts.
 */
export const readUploadEvent = (event: unknown): readonly Delivery[] => {
  const { Records: records } = fieldsOf(event);
  if (!Array.isArray(records) || !records.some(isMessage)) return [contentOf(event, 0)];
  return records.map((record) => present({ messageId: textOf(fieldsOf(record).messageId), ...ofRecord(record, 1) }));
};
