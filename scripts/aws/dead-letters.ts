/** Sends dead-letter queue messages to the function again, and deletes a message only after the function has processed it. */
import type { LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { type ObjectChange, readUploadEvent } from "../../handler/contract/upload-event";
import { answerTo } from "./account";
import { invoke, s3Event } from "./invocation";

/** @returns the URL of a queue @throws Error of one line */
export const queueUrlOf = async (sqs: SQSClient, QueueName: string): Promise<string> => {
  const { QueueUrl = "" } = await answerTo("GetQueueUrl", sqs.send(new GetQueueUrlCommand({ QueueName })));
  if (QueueUrl.endsWith(`/${QueueName}`)) return QueueUrl;
  throw new Error(`Expected the URL of ${QueueName} from GetQueueUrl but got ${JSON.stringify(QueueUrl)}`);
};

const COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;

/** @returns how many messages the queue holds, including those that a run of redrive has made invisible */
export const messagesIn = async (sqs: SQSClient, QueueUrl: string): Promise<number> => {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] });
  const { Attributes = {} } = await answerTo("GetQueueAttributes", sqs.send(command));
  const counts = COUNTS.map((name) => Number(Attributes[name] ?? Number.NaN));
  if (counts.every(Number.isInteger)) return counts.reduce((sum, count) => sum + count, 0);
  throw new Error(`Expected ${COUNTS.join(" and ")} from GetQueueAttributes but got ${JSON.stringify(Attributes)}`);
};

interface DeadLetter {
  /** Keys of the uploads that the event is about. */
  readonly keys: readonly string[];
  /** The error that Lambda attached to the message. */
  readonly reason: string;
  /** When it was sent to the queue, in milliseconds since 1970. */
  readonly sentMs: number;
  /** The body of the message. */
  readonly body: string;
}

export type Status = "would be sent" | "done" | "failed" | "not an upload event";

export interface Handled extends DeadLetter {
  readonly status: Status;
  /** Error of the new invocation, or why the message is not an upload event. @default neither */
  readonly error?: string;
}

export interface RedriveOptions {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly queueUrl: string;
  readonly functionName: string;
  /** Alias to invoke. @default none: $LATEST is invoked */
  readonly qualifier?: string;
  /** Visibility timeout of a received message. It must be longer than an invocation. */
  readonly holdSeconds: number;
  /** The function ignores objects of this bucket. @param bucket a name @returns whether it is the bucket of variants */
  readonly isProcessedBucket: (bucket: string) => boolean;
  /** Maximum number of messages. */
  readonly max: number;
  /** Only lists the messages: none is sent, none is deleted. */
  readonly isDryRun: boolean;
  /** Stops after the current message. */
  readonly signal: AbortSignal;
  readonly onHandled?: (deadLetter: Handled) => void;
}

/** With any wait time (long polling), SQS queries all of its servers. */
const WAIT_SECONDS = 1;

/** SQS may deliver an invisible message again, but rarely. */
const MAX_REPETITIONS = 100;

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** The uploads in the body of a message, or why the function would not process it as a whole. */
interface Content {
  readonly uploads: readonly ObjectChange[];
  readonly problems: readonly string[];
}

/** The function ignores other changes and returns success, so a message with one of them must not be sent and deleted. */
const contentOf = (body: string, { isProcessedBucket }: RedriveOptions): Content => {
  const event = parsed(body);
  if (event === undefined) return { uploads: [], problems: ["the body is not JSON"] };
  const deliveries = readUploadEvent(event);
  const uploads = deliveries.flatMap(({ changes }) => changes);
  const ignored = uploads.flatMap(({ change, eventName, bucket, key }) => {
    if (change !== "created") return [`${eventName} of ${key} is not an upload`];
    if (key.endsWith("/")) return [`${key} is a folder`];
    return isProcessedBucket(bucket) ? [`${key} is in the bucket of variants`] : [];
  });
  const problems = [...deliveries.flatMap((delivery) => delivery.problems), ...ignored];
  return { uploads, problems: uploads.length === 0 && problems.length === 0 ? ["it names no object"] : problems };
};

/** @returns whether the function receives the event from S3 itself, without an envelope */
const isPlain = (event: unknown): boolean => {
  const { Records: records } = event as { readonly Records?: unknown };
  return Array.isArray(records) && records.every((record) => typeof record?.s3 === "object");
};

const payloadOf = (body: string, uploads: readonly ObjectChange[]): string =>
  isPlain(parsed(body)) ? body : JSON.stringify(s3Event(uploads));

const receive = async ({ sqs, queueUrl, holdSeconds }: RedriveOptions): Promise<Message | undefined> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 1,
    WaitTimeSeconds: WAIT_SECONDS,
    VisibilityTimeout: holdSeconds,
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["SentTimestamp"],
  });
  const { Messages = [] } = await answerTo("ReceiveMessage", sqs.send(command));
  return Messages[0];
};

const remove = ({ sqs, queueUrl: QueueUrl }: RedriveOptions, { ReceiptHandle }: Message) =>
  answerTo("DeleteMessage", sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })));

/** Makes the message visible again at once. If this fails, the visibility timeout does it later. */
const release = async ({ sqs, queueUrl: QueueUrl }: RedriveOptions, { ReceiptHandle }: Message) => {
  const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  await sqs.send(command).catch(() => {});
};

const handle = async (message: Message, options: RedriveOptions): Promise<Handled> => {
  const { Body: body = "", Attributes, MessageAttributes } = message;
  const { uploads, problems } = contentOf(body, options);
  const deadLetter: DeadLetter = {
    keys: uploads.map(({ key }) => key),
    reason: MessageAttributes?.ErrorMessage?.StringValue ?? "",
    sentMs: Number(Attributes?.SentTimestamp ?? 0),
    body,
  };
  if (problems.length > 0) return { ...deadLetter, status: "not an upload event", error: problems.join("; ") };
  if (options.isDryRun) return { ...deadLetter, status: "would be sent" };
  // Synchronous, so that the message is deleted only after the function has succeeded.
  const { error } = await invoke(options, payloadOf(body, uploads));
  if (error !== undefined) return { ...deadLetter, status: "failed", error };
  await remove(options, message);
  return { ...deadLetter, status: "done" };
};

/**
 * Sends one message after the other to the function and waits for the result. A message is deleted only after the function
 * has processed all of its uploads. Any other message is kept invisible until the end of the run, so that the run does not
 * receive it twice. If this process is killed, the visibility timeout makes such messages visible again. A message whose
 * deletion fails is processed twice, which overwrites the same variants.
 * @returns the messages in the order in which they were received
 * @throws Error of one line, after the invisible messages are visible again
 */
export const redrive = async (options: RedriveOptions): Promise<Handled[]> => {
  const { max, signal, onHandled } = options;
  const handled: Handled[] = [];
  /** By message id. SQS may deliver a message twice; then the newest receipt handle is valid. */
  const held = new Map<string, Message>();
  const done = new Set<string>();
  let repetitions = 0;
  try {
    while (handled.length < max && !signal.aborted) {
      const message = await receive(options);
      if (message?.MessageId === undefined) break;
      const { MessageId: id } = message;
      const isKnown = held.has(id);
      if (done.has(id)) await remove(options, message);
      else held.set(id, message);
      if (isKnown || done.has(id)) {
        repetitions += 1;
        if (repetitions > MAX_REPETITIONS)
          throw new Error(`Expected other messages from ReceiveMessage but got ${id} again and again`);
        continue;
      }
      if (signal.aborted) continue;
      const result = await handle(message, options);
      if (result.status === "done") {
        held.delete(id);
        done.add(id);
      }
      handled.push(result);
      onHandled?.(result);
    }
  } finally {
    for (const message of held.values()) await release(options, message);
  }
  return handled;
};
