/** `npm run load`: many uploads to a deployed environment at a time, and how it bears them. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { Command, Option } from "commander";
import pc from "picocolors";
import sharp from "sharp";
import { naming } from "../../modules/naming";
import { environmentNamed } from "../aws/account";
import { findBuckets, lateNote, type RoundOptions, removeAll, uploadAll } from "../aws/account-uploads";
import { clientsFor } from "../aws/clients";
import { type Percentiles, type Report, reportOn } from "../aws/load-report";
import { endpointUrl } from "../aws/terraform/target";
import { runCommand, UsageError } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { wholeNumber } from "../terminal/options";

/** So many uploads without their variants end the run: more would only cost more. */
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

/** @returns a JPEG of 4 to 3 */
const photo = async (megapixels: number): Promise<Buffer> => {
  const height = Math.round(Math.sqrt((megapixels * 1e6 * 3) / 4));
  const width = Math.round((height * 4) / 3);
  return sharp(SAMPLE).autoOrient().resize(width, height).jpeg({ quality: 90 }).toBuffer();
};

/** Uploads until all are done, somebody interrupts, or too many stay without variants. */
const bear = async (round: RoundOptions, { count, megapixels }: Options) => {
  const bytes = await photo(megapixels);
  const uploads = Array.from({ length: count }, (_, i) => ({ key: `${round.prefix}${i}.jpg`, bytes }));
  const enough = new AbortController();
  let missing = 0;
  const format = `${pc.dim("{bar}")} {value} of {total}, {eta_formatted} to go`;
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true });
  bar.start(count, 0);
  const arrivals = await uploadAll(uploads, {
    ...round,
    signal: AbortSignal.any([round.signal, enough.signal]),
    onArrival: ({ afterMs }) => {
      bar.increment();
      if (afterMs === undefined) missing += 1;
      if (missing >= GIVE_UP_AFTER) enough.abort();
    },
  }).finally(() => bar.stop());
  return arrivals;
};

const inWords = (times: Percentiles | undefined): string =>
  times === undefined
    ? "none"
    : Object.entries(times)
        .map(([name, ms]) => `${pc.dim(name)} ${ms}`)
        .join("  ");

/** @param seconds that the uploads took */
export const reportLines = (report: Report, { count, concurrency }: Options, seconds: number): string[] => {
  const { uploads, arrived, complaints, usage, costUsd } = report;
  const rows: Record<string, string> = {
    uploads: `${uploads} of ${count}, ${concurrency} at a time, in ${seconds.toFixed(1)} s: ${(uploads / seconds).toFixed(1)} a second`,
    "with all variants": `${arrived}${arrived < uploads ? pc.red(`, ${uploads - arrived} without`) : ""}`,
    "upload to variants": `ms, to half a second: ${inWords(report.endToEndMs)}`,
    "in the function": `ms: ${inWords(report.processingMs)}`,
    invocations: `${usage.invocations}, ${usage.coldStarts} of them cold; at most ${usage.maxMemoryUsedMb} MB of memory`,
    "cost so far":
      costUsd === undefined
        ? "unknown: no prices of this region"
        : `${costUsd.toFixed(4)} USD for Lambda, S3 and PutMetricData`,
    throttles: `${report.throttles}, as far as CloudWatch knows yet`,
    errors:
      Object.entries(complaints)
        .map(([name, times]) => pc.red(`${name} (${times})`))
        .join(", ") || "none",
  };
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  return Object.entries(rows).map(([name, text]) => `${name.padEnd(width)}  ${text}`);
};

const load = async (env: string, options: Options): Promise<void> => {
  if (env === "prod" && options.yesLoad !== env)
    throw new UsageError(
      `Expected --yes-load prod for prod but got ${JSON.stringify(options.yesLoad) ?? "nothing"}: its alarms may ring`,
    );
  const environment = await environmentNamed(env);
  const { functionName, logGroupName } = naming(environment);
  const aws = clientsFor(environment.aws_region, options.endpointUrl);
  const buckets = await findBuckets(aws.s3, environment);
  const prefix = `load/${randomUUID()}/`;
  const sinceMs = Date.now() - MINUTE_MS;
  await interruptible(async (signal) => {
    const { concurrency, wait } = options;
    const round = { s3: aws.s3, buckets, prefix, concurrency, waitMs: wait * 1000, signal };
    const startedAt = performance.now();
    try {
      const arrivals = await bear(round, options);
      const seconds = (performance.now() - startedAt) / 1000;
      const report = await reportOn(arrivals, { environment, aws, functionName, logGroupName, prefix, sinceMs });
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
    "Uploads the same photo many times to an environment, several at a time and each until its variants are there, tells " +
      "how long that took and what went wrong, and takes everything away again. With the shell's credentials.",
  )
  .argument("<env>", "environment, such as staging")
  .addOption(whole("--count <uploads>", "how many", 1, 5_000, 200))
  .addOption(whole("--concurrency <uploads>", "how many at a time", 1, 200, 20))
  .addOption(whole("--megapixels <number>", "size of the photo", 1, 24, 2))
  .addOption(whole("--wait <seconds>", "how long to wait for the variants of an upload", 1, 900, 120))
  .option("--yes-load <env>", "prod only if it is named here")
  .option("--json", "for machines")
  .addOption(new Option("--endpoint-url <url>", "this emulator, or npm start, and not AWS").argParser(endpointUrl))
  .addHelpText(
    "after",
    `\nExit code 1: an upload stayed without variants. After ${GIVE_UP_AFTER} of those it gives up.`,
  )
  .action(load);

if (require.main === module) void runCommand(command);
