/** The local dead-letter queue: an SQS queue that receives events as Lambda would send them, and its metric. */

import { FUNCTION_ACCESS_KEY_ID, type Intercept } from "./api-call";
import type { QueueBlueprint } from "./blueprint";
import type { SentDatum } from "./sent";

/** A dead-letter queue message: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
export interface DeadLetter {
  readonly requestId: string;
  /** HTTP status of the last attempt. */
  readonly errorCode: number;
  readonly errorMessage: string;
  /** The event as the function received it. */
  readonly event: unknown;
}

export interface DeadLetterQueueOptions {
  readonly queue: QueueBlueprint;
  readonly region: string;
  /** URL of the local SQS. */
  readonly endpointUrl: string;
  readonly intercept?: Intercept;
  /** Time for the data, in milliseconds since 1970. */
  readonly now: () => number;
  /** Called for every datum of the namespace AWS/SQS. */
  readonly onDatum: (datum: SentDatum) => void;
}

export interface DeadLetterQueue {
  /** Sends one message. Rejects if the queue refuses it. */
  send(deadLetter: DeadLetter): Promise<void>;
  /** The messages in the queue, oldest first; they stay in the queue. */
  messages(): Promise<readonly DeadLetter[]>;
  /** Publishes the number of visible messages. */
  measure(): Promise<void>;
  /** Deletes all messages, and publishes that there are none. */
  purge(): Promise<void>;
  stop(): Promise<void>;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html */
const PUBLISHED_EVERY_MS = 60_000;

/** Lambda keeps the first 1 KB of the error message. */
const MAX_MESSAGE_BYTES = 1024;

interface Message {
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, { readonly StringValue?: string }>>;
}

/** @returns as many whole characters as fit into `maxBytes` of UTF-8 */
const firstBytes = (text: string, maxBytes: number): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true });

const attributesOf = ({ requestId, errorCode, errorMessage }: DeadLetter) => ({
  RequestID: { DataType: "String", StringValue: requestId },
  ErrorCode: { DataType: "Number", StringValue: String(errorCode) },
  ErrorMessage: { DataType: "String", StringValue: firstBytes(errorMessage, MAX_MESSAGE_BYTES) },
});

const deadLetterOf = ({ body, messageAttributes }: Message): DeadLetter => ({
  requestId: messageAttributes.RequestID?.StringValue ?? "",
  errorCode: Number(messageAttributes.ErrorCode?.StringValue),
  errorMessage: messageAttributes.ErrorMessage?.StringValue ?? "",
  event: JSON.parse(body),
});

/** Creates the queue. @throws Error with the response of SQS */
export const openDeadLetterQueue = async (options: DeadLetterQueueOptions): Promise<DeadLetterQueue> => {
  const { queue, region, endpointUrl, intercept, now, onDatum } = options;
  const signedBy = `AWS4-HMAC-SHA256 Credential=${FUNCTION_ACCESS_KEY_ID}/20260101/${region}/sqs/aws4_request`;

  const call = async (operation: string, input: object) => {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` };
    const body = JSON.stringify(input);
    const response = await fetch(endpointUrl, {
      method: "POST",
      headers: { ...headers, authorization: signedBy },
      body,
    });
    if (response.ok) return response.json();
    throw new Error(`Expected status 200 for ${operation} but got ${response.status} ${await response.text()}`);
  };
  const stored = async () => {
    const response = await fetch(`${endpointUrl}/_fauxqs/queues/${queue.name}`);
    return (await response.json()).messages as { readonly ready: readonly Message[] };
  };
  /** The queue is idle until its first message. */
  let activeSinceMs: number | undefined;
  const measure = async () => {
    const { ready } = await stored();
    const dimensions = { QueueName: queue.name };
    const name = "ApproximateNumberOfMessagesVisible";
    const sentMs = now();
    const sent = {
      channel: "activeQueueMetric",
      sentMs,
      ...(activeSinceMs !== undefined && { activeSinceMs }),
    } as const;
    const datum = { namespace: "AWS/SQS", name, dimensions, unit: "Count", timestampMs: sentMs, value: ready.length };
    onDatum({ ...datum, ...sent });
  };

  const { QueueUrl } = await call("CreateQueue", { QueueName: queue.name });
  await measure();
  const published = setInterval(() => void measure().catch(() => {}), PUBLISHED_EVERY_MS).unref();
  return {
    send: async (deadLetter) => {
      const action = "sqs:SendMessage";
      const refusal = await intercept?.({ caller: FUNCTION_ACCESS_KEY_ID, action, queueArn: queue.arn });
      if (refusal !== undefined) throw new Error(`${refusal.code}: ${refusal.message}`);
      activeSinceMs ??= now();
      const MessageAttributes = attributesOf(deadLetter);
      await call("SendMessage", { QueueUrl, MessageBody: JSON.stringify(deadLetter.event), MessageAttributes });
      // Don't wait for the next minute: the clock of a drill skips minutes.
      await measure();
    },
    messages: async () => (await stored()).ready.map(deadLetterOf),
    measure,
    purge: async () => {
      await call("PurgeQueue", { QueueUrl });
      await measure();
    },
    stop: async () => clearInterval(published),
  };
};
