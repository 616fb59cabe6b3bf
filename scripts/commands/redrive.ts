/** `npm run redrive`: sends what Lambda gave up to the function again, and keeps what fails again. */
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { SingleBar } from "cli-progress";
import { Command, Option } from "commander";
import pc from "picocolors";
import { naming } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { answerTo, environmentNamed } from "../aws/account";
import { clientsFor } from "../aws/clients";
import { type Handled, redrive } from "../aws/dead-letters";
import { endpointUrl } from "../aws/terraform/target";
import { ago } from "../terminal/ago";
import { runCommand } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { wholeNumber } from "../terminal/options";

/** An invocation takes so much less than nobody else is given its letter. */
const MARGIN_SECONDS = 60;

interface Options {
  readonly dryRun: boolean;
  readonly max: number;
  readonly json?: true;
  readonly endpointUrl?: string;
}

/** @throws Error where the environment has no queue, or none of that name is in the account */
const queueOf = async (sqs: SQSClient, environment: Environment): Promise<string> => {
  const { environment: name, enable_dead_letter_queue: isOn } = environment;
  if (!isOn) throw new Error(`Expected true for enable_dead_letter_queue of ${name} but got false: there is no queue`);
  const command = new GetQueueUrlCommand({ QueueName: naming(environment).deadLetterQueueName });
  const { QueueUrl } = await answerTo("GetQueueUrl", sqs.send(command));
  return QueueUrl ?? "";
};

const waiting = async (sqs: SQSClient, QueueUrl: string): Promise<number> => {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
  const { Attributes } = await answerTo("GetQueueAttributes", sqs.send(command));
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
};

const MARKS = { done: pc.green("✓"), failed: pc.red("✗"), "would be sent": pc.yellow("·") } as const;

const line = ({ fate, keys, reason, sentMs, error }: Handled, now: number): string => {
  const why = error === undefined ? reason : `${reason}; again: ${error}`;
  return `${MARKS[fate]} ${fate.padEnd("would be sent".length)}  ${ago(now - sentMs).padEnd(10)}  ${keys.join(", ")}  ${pc.dim(why)}`;
};

const run = async (env: string, { dryRun, max, json, ...options }: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const { functionName, aliasName } = naming(environment);
  const { sqs, lambda } = clientsFor(environment.aws_region, options.endpointUrl);
  const queueUrl = await queueOf(sqs, environment);
  const total = Math.min(await waiting(sqs, queueUrl), max);
  const bar = new SingleBar({
    format: `letters ${pc.dim("{bar}")} {value} of about {total}`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, 0);
  const letters = await interruptible((signal) =>
    redrive({
      ...{ sqs, lambda, queueUrl, functionName, max, signal, isDryRun: dryRun },
      ...(environment.enable_release_alias && { qualifier: aliasName }),
      holdSeconds: environment.lambda_timeout + MARGIN_SECONDS,
      onHandled: () => bar.increment(),
    }).finally(() => bar.stop()),
  );
  const left = await waiting(sqs, queueUrl);
  if (json) console.log(JSON.stringify({ environment: env, dryRun, letters, left }, undefined, 2));
  else {
    for (const letter of letters) console.log(line(letter, Date.now()));
    console.log(
      left === 0 ? "The queue is empty." : `About ${left} ${left === 1 ? "letter lies" : "letters lie"} in the queue.`,
    );
  }
  if (!dryRun && left > 0) process.exitCode ??= 1;
};

export const command = new Command("npm run redrive --")
  .description(
    "Sends the events that Lambda gave up to the function again, one after the other, with the shell's credentials. What the " +
      "function handles leaves the dead letter queue, what fails again stays.",
  )
  .argument("<env>", "environment, such as prod")
  .option("--dry-run", "only show what lies there: which upload, since when and why", false)
  .addOption(
    new Option("--max <letters>", "so many at most").argParser(wholeNumber("--max", 1, 1_000_000)).default(1_000_000),
  )
  .option("--json", "for machines")
  .addOption(new Option("--endpoint-url <url>", "this emulator, or npm start, and not AWS").argParser(endpointUrl))
  .addHelpText(
    "after",
    "\nCtrl-C ends it after the letter that is on its way.\nExit code 1: something still lies in the queue.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
