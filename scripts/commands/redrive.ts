/** `npm run redrive`: sends the messages of the dead-letter queue to the function again. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { Command, Option } from "commander";
import pc from "picocolors";
import { naming } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { ifFound, NotDeployed } from "../aws/account";
import { clientsFor } from "../aws/clients";
import { type Handled, messagesIn, queueUrlOf, redrive, type Status } from "../aws/dead-letters";
import { environmentNamed } from "../build/environments";
import { ago } from "../terminal/ago";
import { runCommand } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { endpointOption, environmentArgument, wholeNumber } from "../terminal/options";
import { withProgress } from "../terminal/progress";

/** Added to the function's timeout for the visibility timeout of a message. */
const MARGIN_SECONDS = 60;

interface Options {
  readonly dryRun: boolean;
  readonly max: number;
  readonly json?: true;
  readonly endpointUrl?: string;
}

/** @throws Error if the environment has no queue; NotDeployed if the account has none */
const queueOf = async (sqs: SQSClient, environment: Environment): Promise<string> => {
  const { environment: name, enable_dead_letter_queue: isOn } = environment;
  if (!isOn) throw new Error(`${name} has no dead-letter queue: enable_dead_letter_queue is false`);
  const { deadLetterQueueName } = naming(environment);
  const url = await ifFound(queueUrlOf(sqs, deadLetterQueueName));
  if (url === undefined) throw new NotDeployed(environment, `queue ${deadLetterQueueName}`);
  return url;
};

const MARKS = {
  done: pc.green("✓"),
  failed: pc.red("✗"),
  "would be sent": pc.yellow("·"),
  "not an upload event": pc.red("✗"),
} as const satisfies Record<Status, string>;

const width = Math.max(...Object.keys(MARKS).map((status) => status.length));

const line = ({ status, keys, reason, sentMs, error }: Handled, now: number): string => {
  const why = [reason, status === "failed" ? `again: ${error}` : error].filter(Boolean).join("; ");
  return `${MARKS[status]} ${status.padEnd(width)}  ${ago(now - sentMs).padEnd(10)}  ${keys.join(", ")}  ${pc.dim(why)}`;
};

const run = async (env: string, { dryRun, max, json, ...options }: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const { functionName, aliasName, bucketPrefixes, bucketNames } = naming(environment);
  const { sqs, lambda } = clientsFor(environment.aws_region, options.endpointUrl);
  const queueUrl = await queueOf(sqs, environment);
  const total = Math.min(await messagesIn(sqs, queueUrl), max);
  let done = 0;
  const deadLetters = await interruptible((signal) =>
    withProgress({ label: "messages", total }, (onDone) =>
      redrive({
        ...{ sqs, lambda, queueUrl, functionName, max, signal, isDryRun: dryRun },
        ...(environment.enable_release_alias && { qualifier: aliasName }),
        holdSeconds: environment.lambda_timeout + MARGIN_SECONDS,
        isProcessedBucket: (bucket) =>
          bucketNames.processed === undefined
            ? bucket.startsWith(bucketPrefixes.processed)
            : bucket === bucketNames.processed,
        onHandled: () => onDone(++done),
      }),
    ),
  );
  const left = await messagesIn(sqs, queueUrl);
  if (json) console.log(JSON.stringify({ environment: env, dryRun, deadLetters, left }, undefined, 2));
  else {
    for (const deadLetter of deadLetters) console.log(line(deadLetter, Date.now()));
    console.log(
      left === 0 ? "The queue is empty." : `The queue holds about ${left} ${left === 1 ? "message" : "messages"}.`,
    );
  }
  const isUnknown = deadLetters.some(({ status }) => status === "not an upload event");
  if (isUnknown || (!dryRun && left > 0)) process.exitCode ??= 1;
};

export const command = new Command("npm run redrive --")
  .description(
    "Sends the messages of the dead-letter queue to the function again, one after the other, with the shell's credentials. " +
      "A message is deleted when the function has processed it. A message that fails again or is not an upload event stays.",
  )
  .addArgument(environmentArgument())
  .option("--dry-run", "only list the messages: upload, age and error", false)
  .addOption(
    new Option("--max <messages>", "maximum number of messages")
      .argParser(wholeNumber("--max", 1, 1_000_000))
      .default(1_000_000),
  )
  .option("--json", "print JSON")
  .addOption(endpointOption())
  .addHelpText(
    "after",
    "\nCtrl-C stops after the current message.\nExit code 1: the queue still holds messages, or one of them is not an upload event.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
