/** Uploads in every form of delivery, events that say too little, and answers of S3 that are no denial. */
import type { S3EventRecord } from "aws-lambda";
import { created, eventsIn, run, startAws, sums, UPLOADS } from "./aws";
import { plain } from "./pictures";

let aws: Awaited<ReturnType<typeof startAws>>;
let png: Buffer;

beforeAll(async () => {
  aws = await startAws();
  png = await plain(40, 20, [200, 40, 40]).png().toBuffer();
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const inSqs = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body, i) => ({
    messageId: `message-${i}`,
    eventSource: "aws:sqs",
    body: typeof body === "string" ? body : JSON.stringify(body),
  })),
});
const inSns = (event: unknown) => ({
  Records: [{ EventSource: "aws:sns", Sns: { Type: "Notification", Message: JSON.stringify(event) } }],
});
const inEventBridge = (key: string, size: number, etag: string) => ({
  source: "aws.s3",
  "detail-type": "Object Created",
  time: "2026-01-01T00:00:00Z",
  detail: { bucket: { name: UPLOADS }, object: { key, size, etag } },
});
const event = (...Records: readonly S3EventRecord[]) => ({ Records });

const DENIED = { status: 403, code: "AccessDenied", message: "Access Denied" };
const failGet = (part: string, fault = DENIED) => {
  aws.s3.faults.answer = (method, url) => (method === "GET" && url.includes(part) ? fault : undefined);
};

it.each([
  ["SNS", async () => inSns(event(await aws.upload("a b.png", png)))],
  [
    "an on-failure destination",
    async () => ({ requestContext: {}, requestPayload: event(await aws.upload("a b.png", png)) }),
  ],
  [
    "EventBridge",
    async () => {
      const { s3 } = await aws.upload("a b.png", png);
      return inEventBridge("a b.png", s3.object.size, s3.object.eTag);
    },
  ],
])("processes an upload that is delivered by %s", async (_form, make) => {
  const { lines, returned, thrown } = await run(await make());

  expect([returned, thrown]).toEqual([undefined, undefined]);
  expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
  expect(lines.at(-1)).toMatchObject({ key: "a b.png" });
});

describe("an SQS batch", () => {
  it("returns the messages whose uploads failed, and those that are not S3 events", async () => {
    const records = [await aws.upload("1.png", png), await aws.upload("2.png", png), await aws.upload("3.png", png)];
    failGet("/2.png");

    const bodies = [
      event(records[0] as S3EventRecord),
      event(records[1] as S3EventRecord, records[2] as S3EventRecord),
    ];
    const { lines, returned, thrown } = await run(inSqs(...bodies, "not JSON", {}, inSns(bodies[0]).Records[0]?.Sns));

    expect(thrown).toBeUndefined();
    expect(returned).toEqual({
      batchItemFailures: ["message-1", "message-2", "message-3"].map((itemIdentifier) => ({ itemIdentifier })),
    });
    expect(lines.map(({ event, key, problem }) => [event, key ?? problem])).toEqual([
      ["event.unknown", "the body of the SQS message is not JSON"],
      ["event.unknown", "the event is not from S3"],
      ["image.received", "1.png"],
      ["image.processed", "1.png"],
      ["image.received", "2.png"],
      ["storage.denied", "2.png"],
      ["image.received", "3.png"],
      ["image.processed", "3.png"],
      ["image.received", "1.png"],
      ["image.processed", "1.png"],
    ]);
  });

  it("returns nothing where every upload is processed or refused", async () => {
    const refused = event(await aws.upload("1.png", Buffer.from("no image")));

    const { returned, thrown } = await run(inSqs(refused, event(await aws.upload("2.png", png))));

    expect([returned, thrown]).toEqual([undefined, undefined]);
  });

  it("fails as a whole where every message failed, as its mapping may not ask for single messages", async () => {
    const record = await aws.upload("1.png", png);
    failGet("/1.png");

    const { returned, thrown } = await run(inSqs(event(record)));

    expect(returned).toBeUndefined();
    expect(thrown).toMatchObject({ name: "AggregateError", message: "1 of 1 images failed: Access Denied" });
  });
});

it("logs a part that is no record of S3, and processes the others", async () => {
  const record = await aws.upload("a.png", png);

  const { lines, thrown } = await run({ Records: [{ eventName: "ObjectCreated:Put" }, record] });

  expect(thrown).toBeUndefined();
  expect(eventsIn(lines)).toEqual(["event.unknown", "image.received", "image.processed"]);
  expect(lines[0]).toMatchObject({ level: "ERROR", problem: "a record lacks its event name, bucket or key" });
});

describe("an event that lacks size and ETag", () => {
  const bare = (key: string) => ({
    Records: [{ eventName: "ObjectCreated:Put", s3: { bucket: { name: UPLOADS }, object: { key } } }],
  });

  it("is completed by S3, and names its variants after the ETag of the object", async () => {
    await run(event(await aws.upload("a.png", png)));
    const keys = await aws.processedKeys();

    const { lines } = await run(bare("a.png"));

    expect(lines[0]).toMatchObject({ event: "image.received", sizeBytes: png.length });
    expect(lines[1]).toMatchObject({ event: "image.processed" });
    expect(await aws.processedKeys()).toEqual(keys);
  });

  it("is refused where the object is gone or too large", async () => {
    await aws.upload("large.png", png);

    const { lines: gone } = await run(bare("gone.png"));
    const { lines: large } = await run(bare("large.png"), { MAX_IMAGE_BYTES: "10" });

    expect(gone).toEqual([expect.objectContaining({ event: "image.refused", reason: "deleted", key: "gone.png" })]);
    expect(large.at(-1)).toMatchObject({ event: "image.refused", reason: "too-many-bytes" });
  });
});

describe("an ETag that never was that of the object", () => {
  it("is a warning, counted as a failure and not retried", async () => {
    const { s3 } = await aws.upload("a.png", png);
    const record = created("a.png", s3.object.size, "0".repeat(32));
    record.eventTime = "2999-01-01T00:00:00.000Z";

    const { lines, thrown } = await run(event(record));

    expect(thrown).toBeUndefined();
    expect(eventsIn(lines)).toEqual(["image.received", "image.mismatched"]);
    expect(lines[1]).toMatchObject({ level: "WARN", eTag: "0".repeat(32), objectETag: s3.object.eTag });
    expect(sums(aws.cloudwatch.requests)).toEqual({ ImagesProcessed: 1, ProcessingFailure: 1 });
  });

  it("is taken for that of an object which was replaced in the second of its event", async () => {
    const eventTime = new Date().toISOString();
    const { s3 } = await aws.upload("a.png", png);
    const record = { ...created("a.png", s3.object.size, "0".repeat(32)), eventTime };

    const { lines } = await run(event(record));

    expect(eventsIn(lines)).toEqual(["image.received", "image.superseded"]);
  });

  it.each(["2000-01-01T00:00:00.000Z", undefined])(
    "is taken for that of an object which was replaced, where its event is older or has no time (%s)",
    async (eventTime) => {
      const { s3 } = await aws.upload("a.png", png);
      const record = { ...created("a.png", s3.object.size, "0".repeat(32)), eventTime };

      const { lines } = await run({ Records: [record] });

      expect(eventsIn(lines)).toEqual(["image.received", "image.superseded"]);
    },
  );
});

describe("an answer of S3", () => {
  it("that the object is archived is a refusal, which no retry can change", async () => {
    const record = await aws.upload("a.png", png);
    failGet("/a.png", {
      status: 403,
      code: "InvalidObjectState",
      message: "The operation is not valid for the object",
    });

    const { lines, thrown } = await run(event(record));

    expect(thrown).toBeUndefined();
    expect(lines.at(-1)).toMatchObject({ event: "image.refused", reason: "archived" });
  });

  it.each([
    ["RequestTimeTooSkewed", 403, "image.failed"],
    ["KMS.DisabledException", 400, "storage.denied"],
    ["KMS.NotFoundException", 400, "storage.denied"],
    ["KMS.KMSInvalidStateException", 400, "storage.denied"],
    ["KMS.ThrottlingException", 400, "image.failed"],
    ["InvalidAccessKeyId", 403, "storage.denied"],
  ])("of %s (status %i) is logged as it is meant and fails the invocation: %s %s", async (code, status, logged) => {
    const record = await aws.upload("a.png", png);
    failGet("/a.png", { status, code, message: "explained" });

    const { lines, thrown } = await run(event(record));

    expect(eventsIn(lines)).toEqual(["image.received", logged]);
    expect(thrown).toBeInstanceOf(AggregateError);
  });
});
