/** The local dead-letter queue: its messages, and what Lambda cuts off. */
import { type DeadLetterQueue, openDeadLetterQueue } from "../../scripts/sandbox/dead-letters";
import type { SentDatum } from "../../scripts/sandbox/sent";
import { type Storage, startStorage } from "../../scripts/sandbox/storage";

const DEAD_LETTER = { requestId: "r1", errorCode: 200, errorMessage: "no", event: { Records: [] } };

const data: SentDatum[] = [];
let nowMs: number;
let storage: Storage;
let queue: DeadLetterQueue;

beforeEach(async () => {
  data.length = 0;
  nowMs = 5_000;
  storage = await startStorage({ buckets: [] });
  queue = await openDeadLetterQueue({
    queue: { name: "dead-letters", arn: "arn:aws:sqs:us-east-1:000000000000:dead-letters" },
    region: "us-east-1",
    endpointUrl: storage.endpointUrl,
    now: () => nowMs,
    onDatum: (datum) => data.push(datum),
  });
});

afterEach(async () => {
  await queue.stop();
  await storage.stop();
});

describe("the dead-letter queue", () => {
  it("keeps the event, request id, error code and error message", async () => {
    await queue.send(DEAD_LETTER);

    expect(await queue.messages()).toEqual([DEAD_LETTER]);
  });

  it.each([
    ["1 KB", "x".repeat(1_024), 1_024],
    ["more than 1 KB", "x".repeat(1_025), 1_024],
    ["more than 1 KB in characters of three bytes", "\u20ac".repeat(400), 341],
  ])("keeps the first kilobyte of an error message of %s", async (_size, errorMessage, characters) => {
    await queue.send({ ...DEAD_LETTER, errorMessage });

    const [message] = await queue.messages();

    expect(message?.errorMessage).toBe(errorMessage.slice(0, characters));
  });

  it("publishes the number of messages when it opens, after each message, and when it is emptied", async () => {
    await queue.send(DEAD_LETTER);
    nowMs = 7_000;
    await queue.send(DEAD_LETTER);
    await queue.purge();

    const dimensions = { QueueName: "dead-letters" };
    const name = "ApproximateNumberOfMessagesVisible";
    const datum = { namespace: "AWS/SQS", name, dimensions, unit: "Count", channel: "activeQueueMetric" };
    expect(data).toEqual([
      { ...datum, timestampMs: 5_000, sentMs: 5_000, value: 0 },
      { ...datum, timestampMs: 5_000, sentMs: 5_000, activeSinceMs: 5_000, value: 1 },
      { ...datum, timestampMs: 7_000, sentMs: 7_000, activeSinceMs: 5_000, value: 2 },
      { ...datum, timestampMs: 7_000, sentMs: 7_000, activeSinceMs: 5_000, value: 0 },
    ]);
  });
});
