/** Reads S3 events in every form in which AWS delivers them. */
import { type Delivery, type ObjectChange, readUploadEvent } from "../../handler/contract/upload-event";
import { created } from "./aws";

const KEY = "2026/a b+c%20.png";
const RECORD = created(KEY, 10, "e1");
const S3_EVENT = { Records: [RECORD] };
const CHANGE: ObjectChange = {
  change: "created",
  eventName: "ObjectCreated:Put",
  bucket: "uploads",
  key: KEY,
  sizeBytes: 10,
  eTag: "e1",
  time: "2026-01-01T00:00:00.000Z",
};

/** Shape: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const eventBridge = (name: string, object: object) => ({
  version: "0",
  id: "17793124-05d4-b198-2fde-7ededc63b103",
  "detail-type": name,
  source: "aws.s3",
  account: "111122223333",
  time: "2026-01-01T00:00:00Z",
  region: "us-east-1",
  resources: ["arn:aws:s3:::uploads"],
  detail: { version: "0", bucket: { name: "uploads" }, object, "request-id": "N4N7GDK58NMKJ12R", reason: "PutObject" },
});
const CREATED = eventBridge("Object Created", { key: KEY, size: 10, etag: "e1", "version-id": "v1", sequencer: "00" });
const FROM_EVENT_BRIDGE: ObjectChange = {
  ...CHANGE,
  eventName: "Object Created",
  versionId: "v1",
  time: "2026-01-01T00:00:00Z",
};

const snsMessage = (message: unknown) => ({
  Type: "Notification",
  MessageId: "m",
  TopicArn: "arn:aws:sns:us-east-1:111122223333:uploads",
  Subject: "Amazon S3 Notification",
  Message: JSON.stringify(message),
});
const snsEvent = (message: unknown) => ({
  Records: [{ EventSource: "aws:sns", EventVersion: "1.0", Sns: snsMessage(message) }],
});
const sqsEvent = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, i) => ({ messageId: `id-${i}`, receiptHandle: "r", eventSource: "aws:sqs", body })),
});
const onFailure = (requestPayload: unknown) => ({
  version: "1.0",
  timestamp: "2026-01-01T00:00:00.000Z",
  requestContext: { requestId: "r", condition: "RetriesExhausted", approximateInvokeCount: 3 },
  requestPayload,
  responseContext: { statusCode: 200, functionError: "Unhandled" },
});
const onBus = (requestPayload: unknown) => ({
  source: "lambda",
  "detail-type": "Lambda Function Invocation Result - Failure",
  detail: onFailure(requestPayload),
});

it.each<[string, unknown, ObjectChange]>([
  ["from S3", S3_EVENT, CHANGE],
  ["from SNS", snsEvent(S3_EVENT), CHANGE],
  ["of an SNS message as it lies in a queue", snsMessage(S3_EVENT), CHANGE],
  ["from EventBridge, which does not encode keys", CREATED, FROM_EVENT_BRIDGE],
  ["from EventBridge through SNS", snsEvent(CREATED), FROM_EVENT_BRIDGE],
  ["of an on-failure destination", onFailure(S3_EVENT), CHANGE],
  ["of an on-failure destination of SNS", onFailure(snsEvent(S3_EVENT)), CHANGE],
  ["of an on-failure destination on an event bus", onBus(CREATED), FROM_EVENT_BRIDGE],
])("reads an upload %s", (_form, event, change) => {
  expect(readUploadEvent(event)).toEqual([{ changes: [change], problems: [] }]);
});

it("reads each message of an SQS batch on its own, so that it can be acknowledged on its own", () => {
  const two = { Records: [RECORD, created("b.png", 20, "e2")] };
  const bodies = [two, snsMessage(S3_EVENT), CREATED, onFailure(S3_EVENT)].map((body) => JSON.stringify(body));

  const deliveries = readUploadEvent(sqsEvent(...bodies, "not JSON", "{}"));

  expect(deliveries).toEqual([
    { messageId: "id-0", changes: [CHANGE, { ...CHANGE, key: "b.png", sizeBytes: 20, eTag: "e2" }], problems: [] },
    { messageId: "id-1", changes: [CHANGE], problems: [] },
    { messageId: "id-2", changes: [FROM_EVENT_BRIDGE], problems: [] },
    { messageId: "id-3", changes: [CHANGE], problems: [] },
    { messageId: "id-4", changes: [], problems: ["the body of the SQS message is not JSON"] },
    { messageId: "id-5", changes: [], problems: ["the event is not from S3"] },
  ]);
});

it.each([
  ["ObjectCreated:CompleteMultipartUpload", "created"],
  ["s3:ObjectCreated:Copy", "created"],
  ["ObjectTagging:Put", "other"],
  ["ObjectRestore:Completed", "other"],
] as const)("tells from %s that the object was changed as: %s", (eventName, change) => {
  const [delivery] = readUploadEvent({ Records: [{ ...RECORD, eventName }] });

  expect(delivery?.changes).toEqual([{ ...CHANGE, eventName, change }]);
});

it.each([
  ["ObjectRemoved:Delete", undefined, "current"],
  ["ObjectRemoved:Delete", "v1", "version"],
  ["ObjectRemoved:DeleteMarkerCreated", "marker", "current"],
  ["LifecycleExpiration:Delete", "v1", "version"],
  ["LifecycleExpiration:DeleteMarkerCreated", "marker", "current"],
] as const)("tells from %s of the version %s that it removed: %s", (eventName, versionId, removal) => {
  const object = { ...RECORD.s3.object, ...(versionId && { versionId }) };
  const [delivery] = readUploadEvent({ Records: [{ ...RECORD, eventName, s3: { ...RECORD.s3, object } }] });

  expect(delivery?.changes).toEqual([
    { ...CHANGE, eventName, change: "removed", removal, ...(versionId && { versionId }) },
  ]);
});

it.each([
  ["Permanently Deleted", "v1", "version"],
  ["Permanently Deleted", undefined, "current"],
  ["Delete Marker Created", "marker", "current"],
] as const)("tells from the deletion type %s of the version %s that it removed: %s", (type, versionId, removal) => {
  const event = eventBridge("Object Deleted", { key: "a.png", ...(versionId && { "version-id": versionId }) });

  const [delivery] = readUploadEvent({ ...event, detail: { ...event.detail, "deletion-type": type } });

  expect(delivery?.changes).toMatchObject([{ change: "removed", removal, key: "a.png" }]);
});

it.each([
  ["Object Created", "created"],
  ["Object Tags Added", "other"],
] as const)("tells from %s of EventBridge that the object was changed as: %s", (eventName, change) => {
  const [delivery] = readUploadEvent(eventBridge(eventName, { key: "a.png" }));

  expect(delivery?.changes).toEqual([
    { change, eventName, bucket: "uploads", key: "a.png", time: "2026-01-01T00:00:00Z" },
  ]);
});

it("leaves out what a record does not say, and the quotation marks of an ETag", () => {
  const removal = {
    eventName: "ObjectRemoved:Delete",
    s3: { bucket: { name: "uploads" }, object: { key: "100%.png" } },
  };
  const quoted = { ...RECORD, s3: { ...RECORD.s3, object: { ...RECORD.s3.object, eTag: '"e1"' } } };

  const [delivery] = readUploadEvent({ Records: [removal, quoted] });

  expect(delivery).toEqual({
    changes: [
      { change: "removed", removal: "current", eventName: "ObjectRemoved:Delete", bucket: "uploads", key: "100%.png" },
      CHANGE,
    ],
    problems: [],
  });
});

it("finds nothing to do in the test event of S3, directly and in a queue", () => {
  const test = { Service: "Amazon S3", Event: "s3:TestEvent", Time: "2026-01-01T00:00:00.000Z", Bucket: "uploads" };

  expect(readUploadEvent(test)).toEqual([{ changes: [], problems: [] }]);
  expect(readUploadEvent(sqsEvent(JSON.stringify(test)))).toEqual([{ messageId: "id-0", changes: [], problems: [] }]);
});

it("keeps good records beside bad ones", () => {
  const bad = [null, "x", {}, { eventName: "ObjectCreated:Put" }, { Sns: { Message: "x" } }, { Sns: {} }, { body: 7 }];

  expect(readUploadEvent({ Records: [...bad, RECORD] })).toEqual([
    {
      changes: [CHANGE],
      problems: [
        ...Array.from({ length: 4 }, () => "a record lacks its event name, bucket or key"),
        "the message of SNS is not JSON",
        "the message of SNS has no text",
        "the body of the SQS message has no text",
      ],
    },
  ]);
});

const nested = (depth: number): unknown => (depth === 0 ? S3_EVENT : onFailure(nested(depth - 1)));

it.each<[string, unknown, string]>([
  ["nothing", undefined, "the event is not an object"],
  ["a text", "text", "the event is not an object"],
  ["a list", [S3_EVENT], "the event is not an object"],
  ["an empty object", {}, "the event is not from S3"],
  ["the test event of the Lambda console", { key1: "value1" }, "the event is not from S3"],
  ["a request without payload", { requestContext: {} }, "the event is not from S3"],
  ["an on-failure destination of a text", onFailure("text"), "the event is not an object"],
  [
    "an event of EventBridge without key",
    eventBridge("Object Created", {}),
    "the event of EventBridge lacks its event name, bucket or key",
  ],
  ["six envelopes", nested(6), "the event has more than 5 envelopes"],
])("reports a problem for %s", (_what, event, problem) => {
  expect(readUploadEvent(event)).toEqual<Delivery[]>([{ changes: [], problems: [problem] }]);
});

it("reads up to five envelopes", () => {
  expect(readUploadEvent(nested(4))).toEqual([{ changes: [CHANGE], problems: [] }]);
});
