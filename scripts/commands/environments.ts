/** `npm run environments`: lists the stacks of all environments, with region, alarms and protection. */
import { Command } from "commander";
import pc from "picocolors";
import { logAlarms, metricAlarms } from "../../modules/alarm-rows";
import { ENVIRONMENTS, environmentFiles, readEnvironments } from "../../modules/environment";
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { runCommand } from "../terminal/cli";
import { table } from "../terminal/table";

interface Listed {
  readonly name: string;
  readonly region: string;
  /** Number of alarms. */
  readonly alarms: number;
  readonly protected: boolean;
}

const listed = (environment: Environment): Listed => ({
  name: stackName(environment),
  region: environment.aws_region,
  alarms: metricAlarms(environment).length + logAlarms(environment).length,
  protected: environment.protected,
});

const run = async ({ json }: { json?: true }): Promise<void> => {
  // One by one, so that a mistake in one file does not hide the others.
  const read = await Promise.allSettled(
    environmentFiles(ENVIRONMENTS).map((name) => readEnvironments(ENVIRONMENTS, process.env, [name])),
  );
  const rows = read.flatMap((each) => (each.status === "fulfilled" ? each.value.map(listed) : []));
  const problems = read.flatMap((each) => (each.status === "rejected" ? [(each.reason as Error).message] : []));
  if (json) console.log(JSON.stringify(rows, undefined, 2));
  else
    console.log(
      table(
        { name: "left", region: "left", alarms: "right", protected: "left" },
        rows.map((row) => [row.name, row.region, String(row.alarms), row.protected ? "yes" : "no"]),
      ),
    );
  if (problems.length === 0) return;
  process.stderr.write(`${pc.red(problems.join("\n"))}\n`);
  process.exitCode = 1;
};

export const command = new Command("npm run environments --")
  .description(
    "Lists the environments: the name of each stack, its region, the number of its alarms, and its protection.",
  )
  .option("--json", "print JSON")
  .addHelpText("after", "\nExit code 1: the file of an environment is not valid.")
  .action(run);

if (require.main === module) void runCommand(command);
