/** Dead letters, one after the other: taken out of the queue only when the function has done its work. */
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { answerTo } from "./account";

export interface Letter {
  /** Keys of the uploads that the event is about. */
  readonly keys: readonly string[];
  /** Why Lambda gave the event up. */
  readonly reason: string;
  /** Since when it lies there, in milliseconds since 1970. */
  readonly sentMs: number;
  /** What the function was given. */
  readonly body: string;
}

export type Fate = "would be sent" | "done" | "failed";

export interface Handled extends Letter {
  readonly fate: Fate;
  /** Why the function failed again. @default it did not, or was not asked */
  readonly error?: string;
}

export interface RedriveOptions {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly queueUrl: string;
  readonly functionName: string;
  /** @default the function has no alias */
  readonly qualifier?: string;
  /** Nobody else is given a letter for so long; longer than an invocation takes. */
  readonly holdSeconds: number;
  /** How many letters at most. */
  readonly max: number;
  /** Looks only: no letter is sent, none leaves the queue. */
  readonly isDryRun: boolean;
  /** Ends it after the letter that is on its way. */
  readonly signal: AbortSignal;
  readonly onHandled?: (letter: Handled) => void;
}

/** Long enough to ask every server of the queue. */
const WAIT_SECONDS = 1;

/** S3 writes keys as forms do. */
const keysOf = (body: string): string[] => {
  try {
    const { Records = [] } = JSON.parse(body) as { Records?: { s3?: { object?: { key?: string } } }[] };
    return Records.map(({ s3 }) => decodeURIComponent((s3?.object?.key ?? "").replaceAll("+", " ")));
  } catch {
    return [];
  }
};

const letterOf = ({ Body = "", Attributes, MessageAttributes }: Message): Letter => ({
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

/** Whoever looks next sees it again at once. It does so by itself a little later, so a failure is no loss. */
const release = async ({ sqs, queueUrl: QueueUrl }: RedriveOptions, { ReceiptHandle }: Message) => {
  const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  await sqs.send(command).catch(() => {});
};

/** @returns the message of the error that the function ended with, or nothing where it did its work */
const invoke = async ({ lambda, ...options }: RedriveOptions, { body }: Letter): Promise<string | undefined> => {
  const command = new InvokeCommand({
    FunctionName: options.functionName,
    Qualifier: options.qualifier,
    // Whoever waits for the end knows it: only then may the letter go.
    InvocationType: "RequestResponse",
    Payload: body,
  });
  const { FunctionError, Payload } = await answerTo("Invoke", lambda.send(command));
  if (FunctionError === undefined) return undefined;
  const { errorMessage = FunctionError } = JSON.parse(Payload?.transformToString() ?? "{}");
  return String(errorMessage);
};

/**
 * Sends one letter after the other to the function and waits for it. What fails stays and is held until the end, so that it
 * does not come again in this run; what a run that was killed had held comes back by itself. A letter whose deletion is
 * missed is sent twice, which overwrites the same variants.
 * @returns the letters in the order in which they came
 * @throws Error of one line; every letter that was held is released before
 */
export const redrive = async (options: RedriveOptions): Promise<Handled[]> => {
  const { max, isDryRun, signal, onHandled } = options;
  const handled: Handled[] = [];
  /** By their ids; a letter may come twice, and then its newest handle counts. */
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
      const letter = letterOf(message);
      const error = isDryRun ? undefined : await invoke(options, letter);
      if (!isDryRun && error === undefined) {
        await remove(options, message);
        held.delete(id);
        done.add(id);
      }
      const fate: Fate = isDryRun ? "would be sent" : error === undefined ? "done" : "failed";
      handled.push({ ...letter, fate, ...(error !== undefined && { error }) });
      onHandled?.(handled.at(-1) as Handled);
    }
  } finally {
    for (const message of held.values()) await release(options, message);
  }
  return handled;
};
