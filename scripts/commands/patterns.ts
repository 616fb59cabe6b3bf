/** `npm run patterns`: every synthesized metric filter against every kind of log line, here and by CloudWatch Logs itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import { synthesize } from "../../main";
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { environmentNamed } from "../aws/account";
import { clientsFor } from "../aws/clients";
import { PROJECT, stackFolder } from "../build/stacks";
import type { MetricFilter } from "../cloudwatch/metric-filter";
import { readBlueprint } from "../sandbox/blueprint";
import { runCommand } from "../terminal/cli";
import { producedLines } from "../trials/log-samples";
import { deafFilters, type Hearing, hearingOf, serviceDifferences } from "../trials/pattern-check";

/** @returns the metric filters of an environment, synthesized into a folder that is gone afterwards */
export const synthesizedFilters = (environment: Environment): readonly MetricFilter[] => {
  const outdir = mkdtempSync(join(tmpdir(), "patterns-"));
  try {
    process.env.HANDLER_PACKAGE ??= join(PROJECT, "package.json"); // Filters do not depend on the code's package.
    synthesize([environment], outdir);
    return readBlueprint(stackFolder(stackName(environment), outdir)).metricFilters;
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

const row = ({ line, heardBy, problems }: Hearing, width: number): string => {
  const right = problems.length === 0 ? pc.green("✓") : pc.red("✗");
  return `${right} ${line.name.padEnd(width)}  ${heardBy.join(" ") || pc.dim("nobody")}`;
};

interface Options {
  readonly live?: boolean;
  readonly endpointUrl?: string;
}

const check = async (env: string, { live, endpointUrl }: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const filters = synthesizedFilters(environment);
  const lines = await producedLines();
  const hearings = lines.map((line) => hearingOf(line, filters));
  const width = Math.max(...lines.map(({ name }) => name.length));
  for (const hearing of hearings) console.log(row(hearing, width));

  const extent = `${env}, ${filters.length} filters and ${lines.length} lines`;
  conclude(
    [...hearings.flatMap(({ problems }) => problems), ...deafFilters(filters, hearings)],
    `${extent}: each filter hears exactly its own, by the local parser`,
  );
  if (!live) return;
  const { logs } = clientsFor(environment.aws_region, endpointUrl);
  conclude(
    await serviceDifferences(logs, filters, lines),
    `${extent}: CloudWatch Logs hears what the local parser hears, and takes the same values`,
  );
};

const conclude = (problems: readonly string[], success: string): void => {
  for (const problem of problems) console.log(`${pc.red("✗")} ${problem}`);
  if (problems.length === 0) console.log(`${pc.green("✓")} ${success}`);
  else process.exitCode = 1;
};

export const command = new Command("npm run patterns --")
  .description("Checks which metric filters of an environment hear which log lines, as synthesized now.")
  .argument("<env>", "environment, such as dev")
  .option("--live", "ask TestMetricFilter of CloudWatch Logs, too, with the shell's credentials, and compare")
  .addOption(new Option("--endpoint-url <url>", "ask this emulator, not AWS").implies({ live: true }))
  .addHelpText("after", "\nExit code 1: a filter hears what it must not, or not what it must, or otherwise than here.")
  .action(check);

if (require.main === module) void runCommand(command);
