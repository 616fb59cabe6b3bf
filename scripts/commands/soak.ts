/** `npm run soak`: many uploads while S3 fails in every way, and the result of each upload. */
import Table from "cli-table3";
import { Command, Option } from "commander";
import pc from "picocolors";
import { drillStack } from "../build/local-stack";
import { type Blueprint, readBlueprint } from "../sandbox/blueprint";
import { runCommand } from "../terminal/cli";
import { wholeNumber } from "../terminal/options";
import { withProgress } from "../terminal/progress";
import { type SoakResult, soak, TIME_LIMIT_SECONDS } from "../trials/soak/run";

interface Options {
  readonly env: string;
  readonly count: number;
  readonly seed: number;
  readonly concurrency: number;
  readonly deliveries?: number;
  readonly unversioned: boolean;
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

const run = async (options: Options): Promise<void> => {
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
    new Option("--deliveries <times>", "deliver every event so often, in random order")
      .argParser(wholeNumber("--deliveries", 2, 20))
      .default(undefined, "a few twice"),
  )
  .option("--unversioned", "as with enable_s3_versioning = false", false)
  .option("--json", "print the result as JSON", false)
  .addHelpText(
    "after",
    "\nExit code 1: an upload was lost, or was logged as processed with missing or wrong variants, or has a wrong record.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
