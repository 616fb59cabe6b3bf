/** `npm run smoke`: uploads an image of every format, and a file that must be refused, to a deployed environment. */
import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import pc from "picocolors";
import { logGroupOf } from "../aws/account-log";
import { findBuckets, lateNote, type RoundOptions, removeAll, uploadAll } from "../aws/account-uploads";
import { clientsFor } from "../aws/clients";
import { confirmIfProtected } from "../aws/protection";
import { invalidUpload, sampleUploads } from "../aws/sample-uploads";
import { type Log, type Outcome, outcomeOf, refused } from "../aws/smoke-outcomes";
import { environmentNamed } from "../build/environments";
import { runCommand } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { endpointOption, environmentArgument, wholeNumber } from "../terminal/options";
import { withProgress } from "../terminal/progress";

/** Allowed difference between this machine's clock and the account's. */
const MINUTE_MS = 60_000;

interface Options {
  /** Seconds. */
  readonly wait: number;
  readonly refusal: boolean;
  readonly yesSmoke?: string;
  readonly json?: true;
  readonly endpointUrl?: string;
}

const line = ({ key, afterMs, result, passed }: Outcome, prefix: string): string => {
  const time = afterMs === undefined ? "" : `${afterMs} ms`;
  return `${passed ? pc.green("✓") : pc.red("✗")} ${key.slice(prefix.length).padEnd(24)} ${time.padStart(9)}  ${result}`;
};

/** @returns the outcome of each sample, and of the invalid file */
const runAll = async (round: RoundOptions, log: Log, withInvalid: boolean): Promise<Outcome[]> => {
  const uploads = sampleUploads(round.prefix);
  return withProgress({ total: uploads.length }, async (onDone) => {
    let arrived = 0;
    const onArrival = () => onDone(++arrived);
    const [arrivals, refusals] = await Promise.all([
      uploadAll(uploads, { ...round, concurrency: uploads.length, onArrival }),
      withInvalid ? [await refused(invalidUpload(round.prefix), log, round)] : [],
    ]);
    const made = await Promise.all(
      uploads.flatMap((upload) => {
        const arrival = arrivals.find(({ key }) => key === upload.key);
        return arrival === undefined ? [] : [outcomeOf(upload, arrival, log, round)];
      }),
    );
    return [...made, ...refusals];
  });
};

const smoke = async (env: string, { wait, refusal, json, yesSmoke, ...options }: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  await confirmIfProtected(environment, { option: "--yes-smoke", given: yesSmoke, what: "uploads samples to" });
  const { s3, logs } = clientsFor(environment.aws_region, options.endpointUrl);
  const buckets = await findBuckets(s3, environment);
  const prefix = `smoke/${randomUUID()}/`;
  const log = { group: logGroupOf(logs, environment), sinceMs: Date.now() - MINUTE_MS };

  const outcomes = await interruptible(async (signal) => {
    const { variants } = environment;
    const round = { s3, buckets, variants, prefix, signal, concurrency: 1, waitMs: wait * 1000, intervalMs: 250 };
    return await runAll(round, log, refusal).finally(() => removeAll(s3, buckets, prefix));
  });
  if (json) console.log(JSON.stringify({ environment: env, outcomes }, undefined, 2));
  else for (const outcome of outcomes) console.log(line(outcome, prefix));
  if (outcomes.every(({ passed }) => passed)) return;
  process.stderr.write(pc.dim(lateNote(buckets, prefix)));
  process.exitCode ??= 1;
};

export const command = new Command("npm run smoke --")
  .description(
    "Uploads an image of every format and a file that is not an image to an environment, waits for the variants and for " +
      "the refusal in the log, and deletes everything it has uploaded. Uses the shell's credentials.",
  )
  .addArgument(environmentArgument())
  .addOption(
    new Option("--wait <seconds>", "how long to wait for each upload")
      .argParser(wholeNumber("--wait", 1, 900))
      .default(90),
  )
  .option("--no-refusal", "without the invalid file; with refusal_log_level ERROR, it sets log-errors to ALARM")
  .option("--yes-smoke <env>", "confirm with the environment's name where it is protected")
  .option("--json", "print JSON")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: an expected result is missing or wrong.")
  .action(smoke);

if (require.main === module) void runCommand(command);
