/** `npm run logs`: the log of a deployed function, one event on each line. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { Command, Option } from "commander";
import pc from "picocolors";
import { naming } from "../../modules/naming";
import { environmentNamed } from "../aws/account";
import { type LogEvent, logEvents, patternFor } from "../aws/account-log";
import { clientsFor } from "../aws/clients";
import { endpointUrl } from "../aws/terraform/target";
import { runCommand, UsageError } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { type Fields, fieldsOf, logLine } from "../terminal/log-line";

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds */
const duration = (text: string): number => {
  const [, count, unit = ""] = /^([1-9]\d{0,3})([smhd])$/.exec(text) ?? [];
  const size = UNITS_MS[unit];
  if (size !== undefined) return Number(count) * size;
  throw new UsageError(`Expected a time such as 30s, 10m, 2h or 1d for --since but got ${JSON.stringify(text)}`);
};

/** @returns the line as a person reads it; one that is no JSON stays as it is */
export const shown = ({ timestampMs, text }: LogEvent): string => {
  const fields = fieldsOf(text);
  const { requestId = "" } = { ...(fields.record as Fields | undefined), ...fields };
  // The first part of it is enough to tell apart what runs at the same time.
  const at = pc.dim(`${new Date(timestampMs).toISOString()}  ${String(requestId).slice(0, 8).padEnd(8)}`);
  return `${at}  ${Object.keys(fields).length === 0 ? text : logLine(fields)}`;
};

interface Options {
  readonly follow?: true;
  readonly errors?: true;
  readonly key?: string;
  readonly json?: true;
  /** Milliseconds. */
  readonly since: number;
  readonly endpointUrl?: string;
}

/** CloudWatch Logs may show a line some seconds after one that is younger. */
const LATE_MS = 15_000;
const INTERVAL_MS = 2_000;

interface Following {
  readonly client: CloudWatchLogsClient;
  readonly group: string;
  readonly pattern: string | undefined;
  readonly tell: (event: LogEvent) => void;
}

/** Looks again and again, and tells each line once, until the signal. */
const follow = async ({ client, group, pattern, tell }: Following, sinceMs: number, signal: AbortSignal) => {
  const told = new Map<string, number>();
  let fromMs = sinceMs;
  while (!signal.aborted) {
    for await (const event of logEvents(client, group, { pattern, sinceMs: fromMs })) {
      if (!told.has(event.id)) tell(event);
      told.set(event.id, event.timestampMs);
    }
    fromMs = Math.max(sinceMs, Date.now() - LATE_MS);
    for (const [id, timestampMs] of told) if (timestampMs < fromMs) told.delete(id);
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
};

const run = async (env: string, options: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const { logGroupName: group } = naming(environment);
  const { logs: client } = clientsFor(environment.aws_region, options.endpointUrl);
  const pattern = patternFor(options);
  const tell = (event: LogEvent) => console.log(options.json ? event.text : shown(event));
  const sinceMs = Date.now() - options.since;
  if (options.follow) {
    await interruptible((signal) => follow({ client, group, pattern, tell }, sinceMs, signal));
    return;
  }
  let count = 0;
  for await (const event of logEvents(client, group, { pattern, sinceMs })) {
    tell(event);
    count += 1;
  }
  if (count === 0) process.stderr.write(pc.dim(`no such line in ${group} since ${new Date(sinceMs).toISOString()}\n`));
};

export const command = new Command("npm run logs --")
  .description("Shows the log of an environment's function, with the shell's credentials.")
  .argument("<env>", "environment, such as dev")
  .option("--follow", "go on until Ctrl-C")
  .option("--errors", "only lines at ERROR and above, and invocations that Lambda ended")
  .option("--key <key>", "only lines about this upload; * stands for any text")
  .addOption(new Option("--since <time>", "how far back: 30s, 10m, 2h, 1d").argParser(duration).default(600_000, "10m"))
  .option("--json", "the lines as they stand in the log, for machines")
  .addOption(new Option("--endpoint-url <url>", "ask this emulator, or npm start, and not AWS").argParser(endpointUrl))
  .addHelpText("after", "\nExit code 1: the log cannot be read.")
  .action(run);

if (require.main === module) void runCommand(command);
