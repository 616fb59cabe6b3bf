/** What `npm run redrive` makes of messages that are no upload events, and of answers that are plausible and wrong: nothing is lost. */
import { createHash } from "node:crypto";
import { clientsFor } from "../../scripts/aws/clients";
import { redrive } from "../../scripts/aws/dead-letters";
import type { Answers } from "./account";
import { useAccounts } from "./accounts";
import { bucketsOf } from "./healthy-account";

const { dev, account } = useAccounts();

describe("npm run redrive", () => {
  const S3_RECORD = {
    eventName: "ObjectCreated:Put",
    s3: { bucket: { name: "image-processor-dev-upload-1" }, object: { key: "album/a+1.jpg", size: 3, eTag: "e" } },
  };
  const EVENT = { Records: [S3_RECORD] };

  /** The client compares the digest. */
  const messageOf = (Body: string) => {
    const MD5OfBody = createHash("md5").update(Body).digest("hex");
    return { MessageId: "1", ReceiptHandle: "h", Body, MD5OfBody, Attributes: { SentTimestamp: "1" } };
  };

  /** @returns the result for one message with this body, and the events that the function received */
  const redriven = async (body: string, wrong: Answers = {}) => {
    const messages = [messageOf(body)];
    const { endpoint, calls } = await account({
      ReceiveMessage: () => ({ Messages: messages.splice(0) }),
      DeleteMessage: () => ({}),
      ChangeMessageVisibility: () => ({}),
      ...wrong,
    });
    const { sqs, lambda } = clientsFor("us-east-1", endpoint);
    const [handled] = await redrive({
      ...{ sqs, lambda, queueUrl: `${endpoint}/1/q`, functionName: "f", holdSeconds: 1, max: 10, isDryRun: false },
      isProcessedBucket: (bucket) => bucket === bucketsOf(dev()).processed,
      signal: new AbortController().signal,
    });
    const made = (name: string) => calls.filter(({ operation }) => operation === name);
    const sent = made("Invoke").map(({ input: { url, ...event } }) => event);
    return { status: handled?.status, error: handled?.error, deleted: made("DeleteMessage").length, sent };
  };

  const ENVELOPES: Readonly<Record<string, unknown>> = {
    "an on-failure destination": { requestContext: { condition: "RetriesExhausted" }, requestPayload: EVENT },
    "a notification of SNS": { Type: "Notification", Message: JSON.stringify(EVENT) },
    "a message of SQS": { Records: [{ eventSource: "aws:sqs", messageId: "1", body: JSON.stringify(EVENT) }] },
    "an event of EventBridge": {
      source: "aws.s3",
      "detail-type": "Object Created",
      detail: {
        bucket: { name: "image-processor-dev-upload-1" },
        object: { key: "album/a 1.jpg", size: 3, etag: "e" },
      },
    },
  };

  it.each(Object.entries(ENVELOPES))("sends the upload in %s as S3 itself would", async (_, body) => {
    const { status, deleted, sent } = await redriven(JSON.stringify(body));

    expect([status, deleted]).toEqual(["done", 1]);
    expect(sent).toMatchObject([{ Records: [S3_RECORD] }]);
  });

  it("sends an event of S3 as it is", async () => {
    const { status, sent } = await redriven(JSON.stringify(EVENT));

    expect([status, sent]).toEqual(["done", [EVENT]]);
  });

  // biome-ignore format: a table is read down its columns
  it.each<[string, unknown, string]>([
    ["a text",               "hello",                                                          "the body is not JSON"],
    ["an empty object",      {},                                                               "the event is not from S3"],
    ["no records",           { Records: [] },                                                  "it names no object"],
    ["the test event of S3", { Event: "s3:TestEvent" },                                        "it names no object"],
    ["a record without key", { Records: [S3_RECORD, { s3: {} }] },                             "a record lacks its event name, bucket or key"],
    ["a removal",            { Records: [S3_RECORD, { ...S3_RECORD, eventName: "ObjectRemoved:Delete" }] }, "ObjectRemoved:Delete of album/a 1.jpg is not an upload"],
    ["a folder",             { Records: [{ ...S3_RECORD, s3: { bucket: { name: "b" }, object: { key: "album/" } } }] }, "album/ is a folder"],
    ["a variant",            { Records: [{ ...S3_RECORD, s3: { bucket: { name: "image-processor-dev-processed-1" }, object: { key: "v.jpg" } } }] }, "v.jpg is in the bucket of variants"],
  ])("keeps a message with %s, and invokes nothing", async (_, body, error) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);

    expect(await redriven(text)).toEqual({ status: "not an upload event", error, deleted: 0, sent: [] });
  });

  it("keeps a message if the function fails", async () => {
    const wrong = {
      Invoke: () => ({ raw: { headers: { "x-amz-function-error": "Unhandled" }, body: '{"errorMessage":"no"}' } }),
    };

    expect(await redriven(JSON.stringify(EVENT), wrong)).toMatchObject({ status: "failed", error: "no", deleted: 0 });
  });

  it("keeps a message if the function was not run synchronously", async () => {
    const { status, error, deleted } = await redriven(JSON.stringify(EVENT), {
      Invoke: () => ({ raw: { status: 202 } }),
    });

    expect([status, error, deleted]).toEqual(["failed", "Expected status 200 from Invoke but got 202", 0]);
  });

  it("ends if the queue delivers an invisible message again and again", async () => {
    const ReceiveMessage = () => ({ Messages: [messageOf("{}")] });

    await expect(redriven("", { ReceiveMessage })).rejects.toThrow(
      "Expected other messages from ReceiveMessage but got 1 again and again",
    );
  });
});
