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
import { logSamples } from "../trials/log-samples";
import { type LineMatches, matchesOf, serviceDifferences, unmatchedFilters } from "../trials/pattern-check";

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

const row = ({ line, countedBy, problems }: LineMatches, width: number): string => {
  const right = problems.length === 0 ? pc.green("✓") : pc.red("✗");
  return `${right} ${line.name.padEnd(width)}  ${countedBy.join(" ") || pc.dim("no metric")}`;
};

interface Options {
  readonly live?: boolean;
  readonly endpointUrl?: string;
}

const check = async (env: string, { live, endpointUrl }: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const filters = synthesizedFilters(environment);
  const lines = await logSamples();
  const allMatches = lines.map((line) => matchesOf(line, filters));
  const width = Math.max(...lines.map(({ name }) => name.length));
  for (const line of allMatches) console.log(row(line, width));

  const extent = `${env}, ${filters.length} filters and ${lines.length} lines`;
  conclude(
    [...allMatches.flatMap(({ problems }) => problems), ...unmatchedFilters(filters, allMatches)],
    `${extent}: each filter matches exactly its own lines, by the local parser`,
  );
  if (!live) return;
  const { logs } = clientsFor(environment.aws_region, endpointUrl);
  conclude(
    await serviceDifferences(logs, filters, lines),
    `${extent}: CloudWatch Logs matches the same lines and reads the same values as the local parser`,
  );
};

const conclude = (problems: readonly string[], success: string): void => {
  for (const problem of problems) console.log(`${pc.red("✗")} ${problem}`);
  if (problems.length === 0) console.log(`${pc.green("✓")} ${success}`);
  else process.exitCode = 1;
};

export const command = new Command("npm run patterns --")
  .description("Checks which metric filters of an environment match which log lines, as synthesized now.")
  .argument("<env>", "environment, such as dev")
  .option("--live", "compare with CloudWatch Logs (TestMetricFilter), with the shell's credentials")
  .addOption(new Option("--endpoint-url <url>", "endpoint of an emulator instead of AWS").implies({ live: true }))
  .addHelpText(
    "after",
    "\nExit code 1: a filter matches other lines than it should, or CloudWatch Logs differs from the local parser.",
  )
  .action(check);

if (require.main === module) void runCommand(command);
