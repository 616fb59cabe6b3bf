/** `npm run patterns`: tests every synthesized metric filter on every kind of log line, locally and with CloudWatch Logs. */
import { Command } from "commander";
import pc from "picocolors";
import type { Environment } from "../../modules/variables";
import { clientsFor } from "../aws/clients";
import { environmentNamed } from "../build/environments";
import { stackFor } from "../build/stack-for";
import type { MetricFilter } from "../cloudwatch/metric-filter";
import { readBlueprint } from "../sandbox/blueprint";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";
import { type LogSample, logSamples } from "../trials/log-samples";
import { type LineMatches, matchesOf, metricsOff, serviceDifferences, unmatchedFilters } from "../trials/pattern-check";

/** @returns the metric filters of an environment, as synthesized now */
export const synthesizedFilters = (environment: Environment): readonly MetricFilter[] =>
  readBlueprint(stackFor(environment)).metricFilters;

/** @returns the line with the metrics that the environment's filters must count it by */
const sampleIn =
  (environment: Environment) =>
  (line: LogSample): LogSample => ({
    ...line,
    countedBy: line.countedBy.filter((metric) => !metricsOff(environment).includes(metric)),
  });

const row = ({ line, countedBy, problems }: LineMatches, width: number): string => {
  const right = problems.length === 0 ? pc.green("✓") : pc.red("✗");
  return `${right} ${line.name.padEnd(width)}  ${countedBy.join(" ") || pc.dim("no filter")}`;
};

interface Options {
  readonly live?: boolean;
  readonly endpointUrl?: string;
}

const check = async (env: string, { live, endpointUrl }: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const filters = synthesizedFilters(environment);
  const lines = (await logSamples(environment.refusal_log_level)).map(sampleIn(environment));
  const allMatches = lines.map((line) => matchesOf(line, filters));
  const width = Math.max(...lines.map(({ name }) => name.length));
  for (const line of allMatches) console.log(row(line, width));

  const extent = `${env}, ${filters.length} filters and ${lines.length} lines`;
  conclude(
    [...allMatches.flatMap(({ problems }) => problems), ...unmatchedFilters(filters, allMatches)],
    `${extent}: each filter matches exactly its own lines (local parser)`,
  );
  if (!live) return;
  const { logs } = clientsFor(environment.aws_region, endpointUrl);
  conclude(
    await serviceDifferences(logs, filters, lines),
    `${extent}: CloudWatch Logs matches the same lines as the local parser, and extracts the same values`,
  );
};

const conclude = (problems: readonly string[], success: string): void => {
  for (const problem of problems) console.log(`${pc.red("✗")} ${problem}`);
  if (problems.length === 0) console.log(`${pc.green("✓")} ${success}`);
  else process.exitCode = 1;
};

export const command = new Command("npm run patterns --")
  .description("Checks which metric filters of an environment match which log lines, as synthesized now.")
  .addArgument(environmentArgument())
  .option("--live", "also call TestMetricFilter of CloudWatch Logs with the shell's credentials, and compare")
  .addOption(endpointOption().implies({ live: true }))
  .addHelpText(
    "after",
    "\nExit code 1: a filter matches a wrong line, misses its own, or matches differently in CloudWatch Logs.",
  )
  .action(check);

if (require.main === module) void runCommand(command);
