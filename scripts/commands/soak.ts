/** `npm run soak`: many uploads while S3 fails in every way, and the result of each upload. */
import Table from "cli-table3";
import { Command, Option } from "commander";
import pc from "picocolors";
import { environmentNamed } from "../build/environments";
import { drillStack } from "../build/local-stack";
import { type Blueprint, readBlueprint } from "../sandbox/blueprint";
import { runCommand } from "../terminal/cli";
import { wholeNumber } from "../terminal/options";
import { withProgress } from "../terminal/progress";
import { type BackfillTrialResult, backfillTrial } from "../trials/soak/backfill";
import { type SoakResult, soak, TIME_LIMIT_SECONDS } from "../trials/soak/run";

interface Options {
  readonly env: string;
  readonly count: number;
  readonly seed: number;
  readonly concurrency: number;
  readonly deliveries?: number;
  readonly unversioned: boolean;
  readonly backfill?: number;
  readonly json: boolean;
}

const withoutVersions = (blueprint: Blueprint): Blueprint => ({
  ...blueprint,
  buckets: blueprint.buckets.map((bucket) => ({ ...bucket, versioned: false })),
});

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ") || "none";

const mark = (isRight: boolean): string => (isRight ? pc.green("✓") : pc.red("✗"));

const report = (result: SoakResult, { env, seed }: Options, seconds: number): string => {
  const { lost, problems, refused, records } = result;
  const table = new Table({ style: { head: [], border: [] }, colWidths: [24, 90], wordWrap: true });
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  table.push(
    ["uploads", result.uploads],
    ["processed", `${result.processed}, each with exactly its variants`],
    ["refused", refusals === 0 ? "0" : `${refusals}: ${listed(refused)}`],
    ["superseded", result.superseded],
    ["dead-lettered", result.deadLettered],
    ...(records === undefined
      ? []
      : [
          [
            "records",
            `${records.right} say what the bucket says, ${records.lost} are missing or old and logged as lost`,
          ],
        ]),
    [pc.bold("lost"), pc.bold((lost === 0 ? pc.green : pc.red)(lost))],
    ["injected faults", listed(result.faults)],
    ["irregular uploads", listed(result.irregularities)],
    ["retries by Lambda", result.retries],
  );
  return [
    table.toString(),
    ...problems.map((problem) => `${mark(false)} ${problem}`),
    `${mark(lost === 0)} lost = ${lost}`,
    `${mark(problems.length === 0)} ${problems.length} uploads were logged as processed with missing or wrong variants${records === undefined ? "" : ", or have a wrong record"}`,
    pc.dim(
      `${env}, seed ${seed}, ${seconds.toFixed(1)} s. The function's timeout was ${TIME_LIMIT_SECONDS} s and retries came at once.`,
    ),
  ].join("\n");
};

const backfillReport = (result: BackfillTrialResult): string => {
  const { objects, unversioned, processed, refused, listed: failed, open, ranAgain, liveUploads } = result;
  const checks: readonly (readonly [problems: readonly string[], about: string])[] = [
    [result.lost, "objects were neither processed, refused nor listed as failed"],
    [result.secondSets, "objects have a second set of variants"],
    [result.ranTwice, "objects of finished batches ran again after it was resumed"],
    [result.liveAlarms, "alarms on live uploads fired"],
    [
      result.slowestLiveMs < LIVE_LIMIT_MS ? [] : [`${Math.round(result.slowestLiveMs)} ms`],
      `live uploads took longer than ${LIVE_LIMIT_MS / 1_000} s`,
    ],
  ];
  return [
    `${objects} objects, ${unversioned} of them without a version: ${processed} processed, ${refused} refused, ${failed} listed as failed; ${result.faults} injected faults`,
    `stopped at half: ${open} objects were in open batches, ${ranAgain} ran again`,
    `${liveUploads} live uploads meanwhile, the slowest took ${Math.round(result.slowestLiveMs)} ms`,
    ...checks.map(
      ([found, about]) =>
        `${mark(found.length === 0)} ${found.length} ${about}${found.length > 0 ? `: ${found.slice(0, 5).join(", ")}` : ""}`,
    ),
  ].join("\n");
};

const isRight = ({ lost, secondSets, ranTwice, liveAlarms, slowestLiveMs }: BackfillTrialResult): boolean =>
  [lost, secondSets, ranTwice, liveAlarms].every((found) => found.length === 0) && slowestLiveMs < LIVE_LIMIT_MS;

/** How long a live upload may take while a backfill runs. */
const LIVE_LIMIT_MS = 60_000;

/** Some objects can never be read, and a batch with one of them fails. */
const BACKFILL = { enable_backfill: true, backfill_tolerated_failure_percent: 30 } as const;

const runBackfill = async ({ env, seed, json }: Options, objects: number): Promise<void> => {
  const environment = { ...(await environmentNamed(env, "--env")), ...BACKFILL };
  const blueprint = readBlueprint(await drillStack(env, BACKFILL));
  const result = await withProgress({ label: "backfill", total: objects, showsTimeLeft: true }, (onDone) =>
    backfillTrial({ environment, blueprint, objects, seed, onDone }),
  );
  console.log(json ? JSON.stringify({ environment: env, seed, ...result }, undefined, 2) : backfillReport(result));
  if (!isRight(result)) process.exitCode = 1;
};

const run = async (options: Options): Promise<void> => {
  if (options.backfill !== undefined) return runBackfill(options, options.backfill);
  const { env, count, seed, concurrency, deliveries, unversioned, json } = options;
  const deployed = readBlueprint(await drillStack(env));
  const startedAt = performance.now();
  const blueprint = unversioned ? withoutVersions(deployed) : deployed;
  const result = await withProgress({ label: "soak", total: count, showsTimeLeft: true }, (onDone) =>
    soak(blueprint, { count, seed, concurrency, onDone, ...(deliveries !== undefined && { deliveries }) }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  if (json) console.log(JSON.stringify({ environment: env, seed, ...result, seconds }, undefined, 2));
  else console.log(report(result, options, seconds));
  if (result.lost > 0 || result.problems.length > 0) process.exitCode = 1;
};

const whole = (flags: string, about: string, from: number, to: number, usual: number): Option => {
  const option = new Option(flags, about);
  return option.argParser(wholeNumber(`--${option.name()}`, from, to)).default(usual);
};

export const command = new Command("npm run soak --")
  .description(
    "Uploads small pictures to an environment's stack on this machine while S3 throttles, truncates, stalls or drops its " +
      "responses and delivers events late, twice or out of order, and the metadata table throttles, denies or stalls. Then shows the result of every upload.",
  )
  .option("--env <name>", "environment", "prod")
  .addOption(whole("--count <uploads>", "number of uploads", 1, 100_000, 1_000))
  .addOption(whole("--seed <number>", "repeats the faults of an earlier run", 0, 2 ** 31, 1))
  .addOption(whole("--concurrency <keys>", "keys in progress at the same time", 1, 200, 16))
  .addOption(
    new Option("--deliveries <times>", "deliver every event this many times, in random order")
      .argParser(wholeNumber("--deliveries", 2, 20))
      .default(undefined, "a few twice"),
  )
  .addOption(
    new Option(
      "--backfill <objects>",
      "instead, backfill this many objects during live uploads, stop the run halfway and resume it",
    ).argParser(wholeNumber("--backfill", 50, 100_000)),
  )
  .option("--unversioned", "as with enable_s3_versioning = false", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    "\nExit code 1: an upload was lost, or was logged as processed with missing or wrong variants, or has a wrong record; with --backfill, an object was lost or has a second set, or live uploads were affected.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
