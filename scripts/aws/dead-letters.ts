/** Sends dead-letter queue messages to the function again, and deletes a message only after the function has processed it. */
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { answerTo } from "./account";

export interface DeadLetter {
  /** Keys of the uploads that the event is about. */
  readonly keys: readonly string[];
  /** The error that Lambda attached to the message. */
  readonly reason: string;
  /** When it was sent to the queue, in milliseconds since 1970. */
  readonly sentMs: number;
  /** The event that the function received. */
  readonly body: string;
}

export type Status = "would be sent" | "done" | "failed";

export interface Handled extends DeadLetter {
  readonly status: Status;
  /** Error of the new invocation. @default it succeeded, or was not made */
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
  /** Maximum number of messages. */
  readonly max: number;
  /** Only lists the messages: none is sent, none is deleted. */
  readonly isDryRun: boolean;
  /** Stops after the current message. */
  readonly signal: AbortSignal;
  readonly onHandled?: (deadLetter: Handled) => void;
}

/** With any wait, SQS asks all of its servers for messages. */
const WAIT_SECONDS = 1;

/** S3 encodes keys in events like form fields: `+` is a space. */
const keysOf = (body: string): string[] => {
  try {
    const { Records = [] } = JSON.parse(body) as { Records?: { s3?: { object?: { key?: string } } }[] };
    return Records.map(({ s3 }) => decodeURIComponent((s3?.object?.key ?? "").replaceAll("+", " ")));
  } catch {
    return [];
  }
};

const deadLetterOf = ({ Body = "", Attributes, MessageAttributes }: Message): DeadLetter => ({
  keys: keysOf(Body),
  reason: MessageAttributes?.ErrorMessage?.StringValue ?? "",
  sentMs: Number(Attributes?.SentTimestamp ?? 0),
  body: Body,
});

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

/** @returns the function's error, or undefined if it succeeded */
const invoke = async ({ lambda, ...options }: RedriveOptions, { body }: DeadLetter): Promise<string | undefined> => {
  const command = new InvokeCommand({
    FunctionName: options.functionName,
    Qualifier: options.qualifier,
    // Synchronous, so that the message is deleted only after the function has succeeded.
    InvocationType: "RequestResponse",
    Payload: body,
  });
  const { FunctionError, Payload } = await answerTo("Invoke", lambda.send(command));
  if (FunctionError === undefined) return undefined;
  const { errorMessage = FunctionError } = JSON.parse(Payload?.transformToString() ?? "{}");
  return String(errorMessage);
};

/**
 * Sends one message after the other to the function and waits for the result. A message that fails again is kept invisible
 * until the end of the run, so that the run does not receive it twice. If this process is killed, the visibility timeout
 * makes such messages visible again. A message whose deletion fails is processed twice, which overwrites the same variants.
 * @returns the messages in the order in which they were received
 * @throws Error of one line, after the invisible messages are visible again
 */
export const redrive = async (options: RedriveOptions): Promise<Handled[]> => {
  const { max, isDryRun, signal, onHandled } = options;
  const handled: Handled[] = [];
  /** By message id. SQS may deliver a message twice; then the newest receipt handle is valid. */
  const held = new Map<string, Message>();
  const done = new Set<string>();
  try {
    while (handled.length < max && !signal.aborted) {
      const message = await receive(options);
      if (message?.MessageId === undefined) break;
      const { MessageId: id } = message;
      const isKnown = held.has(id);
      if (done.has(id)) await remove(options, message);
      else held.set(id, message);
      if (isKnown || done.has(id) || signal.aborted) continue;
      const deadLetter = deadLetterOf(message);
      const error = isDryRun ? undefined : await invoke(options, deadLetter);
      if (!isDryRun && error === undefined) {
        await remove(options, message);
        held.delete(id);
        done.add(id);
      }
      const status: Status = isDryRun ? "would be sent" : error === undefined ? "done" : "failed";
      handled.push({ ...deadLetter, status, ...(error !== undefined && { error }) });
      onHandled?.(handled.at(-1) as Handled);
    }
  } finally {
    for (const message of held.values()) await release(options, message);
  }
  return handled;
};
