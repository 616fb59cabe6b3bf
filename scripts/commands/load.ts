/** `npm run load`: uploads many photos in parallel to a deployed environment, and measures the result. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import sharp from "sharp";
import { naming } from "../../modules/naming";
import { findBuckets, lateNote, type RoundOptions, removeAll, uploadAll } from "../aws/account-uploads";
import { clientsFor } from "../aws/clients";
import { type Percentiles, type Report, reportOn } from "../aws/load-report";
import { confirmIfProtected } from "../aws/protection";
import { environmentNamed } from "../build/environments";
import { runCommand } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { endpointOption, environmentArgument, wholeNumber } from "../terminal/options";
import { withProgress } from "../terminal/progress";

/** The run ends after this many uploads without variants: more would only add to the cost. */
const GIVE_UP_AFTER = 10;

const MINUTE_MS = 60_000;

interface Options {
  readonly count: number;
  readonly concurrency: number;
  readonly megapixels: number;
  /** Seconds. */
  readonly wait: number;
  readonly yesLoad?: string;
  readonly json?: true;
  readonly endpointUrl?: string;
}

const SAMPLE = join(__dirname, "../images/samples/sunrise-sideways.jpg");

/** @returns a JPEG with the aspect ratio 4:3 */
const photo = async (megapixels: number): Promise<Buffer> => {
  const height = Math.round(Math.sqrt((megapixels * 1e6 * 3) / 4));
  const width = Math.round((height * 4) / 3);
  // From memory: the handler, which another command may have loaded, blocks reading from files.
  return sharp(await readFile(SAMPLE))
    .autoOrient()
    .resize(width, height)
    .jpeg({ quality: 90 })
    .toBuffer();
};

/** Uploads until all are processed, the signal aborts, or too many stay without variants. */
const uploadPhotos = async (round: RoundOptions, { count, megapixels }: Options) => {
  const bytes = await photo(megapixels);
  const uploads = Array.from({ length: count }, (_, i) => ({ key: `${round.prefix}${i}.jpg`, bytes }));
  const enough = new AbortController();
  let missing = 0;
  let done = 0;
  return withProgress({ total: count, showsTimeLeft: true }, (onDone) =>
    uploadAll(uploads, {
      ...round,
      signal: AbortSignal.any([round.signal, enough.signal]),
      onArrival: ({ afterMs }) => {
        onDone(++done);
        if (afterMs === undefined) missing += 1;
        if (missing >= GIVE_UP_AFTER) enough.abort();
      },
    }),
  );
};

const timesText = (times: Percentiles | undefined): string =>
  times === undefined
    ? "none"
    : Object.entries(times)
        .map(([name, ms]) => `${pc.dim(name)} ${ms}`)
        .join("  ");

/** @param seconds that the uploads took */
export const reportLines = (report: Report, { count, concurrency }: Options, seconds: number): string[] => {
  const { uploads, arrived, errors, usage, costUsd } = report;
  const rows: Record<string, string> = {
    uploads: `${uploads} of ${count}, ${concurrency} at a time, in ${seconds.toFixed(1)} s: ${(uploads / seconds).toFixed(1)} a second`,
    "with all variants": `${arrived}${arrived < uploads ? pc.red(`, ${uploads - arrived} without`) : ""}`,
    "upload to variants": `ms, to the nearest 0.5 s: ${timesText(report.endToEndMs)}`,
    "in the function": `ms: ${timesText(report.processingMs)}`,
    invocations: `${usage.invocations}, ${usage.coldStarts} of them cold; at most ${usage.maxMemoryUsedMb} MB of memory`,
    "cost so far":
      costUsd === undefined
        ? "unknown: the prices of this region are not known"
        : `${costUsd.toFixed(4)} USD for Lambda, S3 and PutMetricData`,
    throttles: `${report.throttles} (CloudWatch may publish more within minutes)`,
    errors:
      Object.entries(errors)
        .map(([name, times]) => pc.red(`${name} (${times})`))
        .join(", ") || "none",
  };
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  return Object.entries(rows).map(([name, text]) => `${name.padEnd(width)}  ${text}`);
};

const load = async (env: string, options: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  await confirmIfProtected(environment, { option: "--yes-load", given: options.yesLoad, what: "uploads photos to" });
  const { functionName } = naming(environment);
  const aws = clientsFor(environment.aws_region, options.endpointUrl);
  const buckets = await findBuckets(aws.s3, environment);
  const prefix = `load/${randomUUID()}/`;
  const sinceMs = Date.now() - MINUTE_MS;
  await interruptible(async (signal) => {
    const { concurrency, wait } = options;
    const round = {
      s3: aws.s3,
      buckets,
      variants: environment.variants,
      prefix,
      concurrency,
      waitMs: wait * 1000,
      signal,
    };
    const startedAt = performance.now();
    try {
      const arrivals = await uploadPhotos(round, options);
      const seconds = (performance.now() - startedAt) / 1000;
      const report = await reportOn(arrivals, { environment, aws, functionName, prefix, sinceMs });
      if (options.json) console.log(JSON.stringify({ environment: env, seconds, ...report }, undefined, 2));
      else for (const line of reportLines(report, options, seconds)) console.log(line);
      if (report.arrived === options.count) return;
      process.stderr.write(pc.dim(lateNote(buckets, prefix)));
      process.exitCode ??= 1;
    } finally {
      await removeAll(aws.s3, buckets, prefix);
    }
  });
};

const whole = (flags: string, about: string, from: number, to: number, usual: number): Option => {
  const option = new Option(flags, `${about}, at most ${to}`);
  return option.argParser(wholeNumber(`--${option.name()}`, from, to)).default(usual);
};

export const command = new Command("npm run load --")
  .description(
    "Uploads the same photo many times to an environment, several in parallel, waits for the variants, reports times, " +
      "errors and cost, and deletes everything it has uploaded. Uses the shell's credentials.",
  )
  .addArgument(environmentArgument())
  .addOption(whole("--count <uploads>", "number of uploads", 1, 5_000, 200))
  .addOption(whole("--concurrency <uploads>", "uploads in parallel", 1, 200, 20))
  .addOption(whole("--megapixels <number>", "size of the photo", 1, 24, 2))
  .addOption(whole("--wait <seconds>", "how long to wait for the variants of an upload", 1, 900, 120))
  .option("--yes-load <env>", "confirm with the environment's name where it is protected")
  .option("--json", "print JSON")
  .addOption(endpointOption())
  .addHelpText(
    "after",
    `\nExit code 1: an upload has no variants in time. The run ends after ${GIVE_UP_AFTER} such uploads.`,
  )
  .action(load);

if (require.main === module) void runCommand(command);
