/** `npm run smoke`: one picture of every format through a deployed environment, and one file that it must refuse. */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { Command, Option } from "commander";
import pc from "picocolors";
import { naming } from "../../modules/naming";
import { environmentNamed } from "../aws/account";
import { findBuckets, lateNote, type RoundOptions, removeAll, uploadAll } from "../aws/account-uploads";
import { clientsFor } from "../aws/clients";
import { type Log, type Outcome, outcomeOf, refused } from "../aws/smoke-outcomes";
import { endpointUrl } from "../aws/terraform/target";
import { runCommand } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { wholeNumber } from "../terminal/options";

const SAMPLES = join(__dirname, "../images/samples");

/** Its name says that it is a picture, its bytes do not. */
const FAKE = { name: "not-a-photo.jpg", bytes: Buffer.from("There is no picture in here.\n") };

/** Clocks may differ by as much. */
const MINUTE_MS = 60_000;

interface Options {
  /** Seconds. */
  readonly wait: number;
  readonly refusal: boolean;
  readonly json?: true;
  readonly endpointUrl?: string;
}

const line = ({ key, afterMs, result, isRight }: Outcome, prefix: string): string => {
  const time = afterMs === undefined ? "" : `${afterMs} ms`;
  return `${isRight ? pc.green("✓") : pc.red("✗")} ${key.slice(prefix.length).padEnd(24)} ${time.padStart(9)}  ${result}`;
};

/** @returns what became of each sample, and of the fake */
const tryAll = async (round: RoundOptions, log: Log, withFake: boolean): Promise<Outcome[]> => {
  const uploads = readdirSync(SAMPLES).map((name) => ({
    key: `${round.prefix}${name}`,
    bytes: readFileSync(join(SAMPLES, name)),
  }));
  const format = `${pc.dim("{bar}")} {value} of {total}`;
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true });
  bar.start(uploads.length, 0);
  try {
    const [arrivals, refusals] = await Promise.all([
      uploadAll(uploads, { ...round, concurrency: uploads.length, onArrival: () => bar.increment() }),
      withFake ? [await refused({ key: `${round.prefix}${FAKE.name}`, bytes: FAKE.bytes }, log, round)] : [],
    ]);
    const made = await Promise.all(arrivals.map((arrival) => outcomeOf(arrival, log, round)));
    return [...made, ...refusals];
  } finally {
    bar.stop();
  }
};

const smoke = async (env: string, { wait, refusal, json, ...options }: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const { s3, logs: client } = clientsFor(environment.aws_region, options.endpointUrl);
  const buckets = await findBuckets(s3, environment);
  const prefix = `smoke/${randomUUID()}/`;
  const group = naming(environment).logGroupName;
  const log = { client, group, sinceMs: Date.now() - MINUTE_MS };

  const outcomes = await interruptible(async (signal) => {
    const round = { s3, buckets, prefix, signal, concurrency: 1, waitMs: wait * 1000, intervalMs: 250 };
    return await tryAll(round, log, refusal).finally(() => removeAll(s3, buckets, prefix));
  });
  if (json) console.log(JSON.stringify({ environment: env, outcomes }, undefined, 2));
  else for (const outcome of outcomes) console.log(line(outcome, prefix));
  if (outcomes.every(({ isRight }) => isRight)) return;
  process.stderr.write(pc.dim(lateNote(buckets, prefix)));
  process.exitCode ??= 1;
};

export const command = new Command("npm run smoke --")
  .description(
    "Uploads a picture of every format and a file that is none to an environment, waits for the variants and for the " +
      "refusal in the log, and takes everything away again. With the shell's credentials.",
  )
  .argument("<env>", "environment, such as dev")
  .addOption(
    new Option("--wait <seconds>", "how long to wait for each upload")
      .argParser(wholeNumber("--wait", 1, 900))
      .default(90),
  )
  .option("--no-refusal", "without the file that is no picture: its error in the log rings log-errors")
  .option("--json", "for machines")
  .addOption(new Option("--endpoint-url <url>", "this emulator, or npm start, and not AWS").argParser(endpointUrl))
  .addHelpText("after", "\nExit code 1: something did not come, or came otherwise than it should.")
  .action(smoke);

if (require.main === module) void runCommand(command);
