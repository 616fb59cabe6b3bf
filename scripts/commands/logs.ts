/** `npm run logs`: prints the log of a deployed function, one event on each line. */

import { Command, Option } from "commander";
import pc from "picocolors";
import { type LogEvent, type LogGroup, logEvents, logGroupOf, patternFor } from "../aws/account-log";
import { clientsFor } from "../aws/clients";
import { environmentNamed } from "../build/environments";
import { runCommand, UsageError } from "../terminal/cli";
import { interruptible } from "../terminal/interruptible";
import { type Fields, fieldsOf, logLine } from "../terminal/log-line";
import { endpointOption, environmentArgument } from "../terminal/options";
import { poll } from "../terminal/polling";

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds */
const duration = (text: string): number => {
  const [, count, unit = ""] = /^([1-9]\d{0,3})([smhd])$/.exec(text) ?? [];
  const size = UNITS_MS[unit];
  if (size !== undefined) return Number(count) * size;
  throw new UsageError(`Expected a time such as 30s, 10m, 2h or 1d for --since but got ${JSON.stringify(text)}`);
};

/** @returns the line formatted for the terminal; a line that is not JSON stays as it is */
export const shown = ({ timestampMs, text }: LogEvent): string => {
  const fields = fieldsOf(text);
  const { requestId = "" } = { ...(fields.record as Fields | undefined), ...fields };
  // Its first part is enough to distinguish parallel invocations.
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

/** CloudWatch Logs may return a line some seconds after a newer one. */
const LATE_MS = 15_000;
const INTERVAL_MS = 2_000;

interface Following {
  readonly group: LogGroup;
  readonly pattern: string | undefined;
  readonly print: (event: LogEvent) => void;
}

/** Polls until the signal aborts, and prints each line once. */
const follow = async ({ group, pattern, print }: Following, sinceMs: number, signal: AbortSignal) => {
  const printed = new Map<string, number>();
  let fromMs = sinceMs;
  const look = async () => {
    for await (const event of logEvents(group, { pattern, sinceMs: fromMs })) {
      if (!printed.has(event.id)) print(event);
      printed.set(event.id, event.timestampMs);
    }
    fromMs = Math.max(sinceMs, Date.now() - LATE_MS);
    for (const [id, timestampMs] of printed) if (timestampMs < fromMs) printed.delete(id);
    return undefined;
  };
  await poll(look, { intervalMs: INTERVAL_MS, signal });
};

const run = async (env: string, options: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const group = logGroupOf(clientsFor(environment.aws_region, options.endpointUrl).logs, environment);
  const pattern = patternFor(options);
  const print = (event: LogEvent) => console.log(options.json ? event.text : shown(event));
  const sinceMs = Date.now() - options.since;
  if (options.follow) {
    await interruptible((signal) => follow({ group, pattern, print }, sinceMs, signal));
    return;
  }
  let count = 0;
  for await (const event of logEvents(group, { pattern, sinceMs })) {
    print(event);
    count += 1;
  }
  if (count === 0)
    process.stderr.write(pc.dim(`No matching line in ${group.name} since ${new Date(sinceMs).toISOString()}\n`));
};

export const command = new Command("npm run logs --")
  .description("Prints the log of an environment's function, with the shell's credentials.")
  .addArgument(environmentArgument())
  .option("--follow", "print new lines until Ctrl-C")
  .option("--errors", "only lines at ERROR or above, and reports of failed invocations")
  .option("--key <key>", "only lines about this upload; * matches any text")
  .addOption(new Option("--since <time>", "how far back: 30s, 10m, 2h, 1d").argParser(duration).default(600_000, "10m"))
  .option("--json", "print the lines as they are in the log")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: the log cannot be read.")
  .action(run);

if (require.main === module) void runCommand(command);
