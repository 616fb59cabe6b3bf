/** `npm run diff-env`: what two environments do not have in common: their variables, and what follows from them, by module. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { synthesize } from "../../main";
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { environmentNamed } from "../aws/account";
import { differences, type Stack } from "../aws/terraform/environment-diff/comparison";
import { type Comparison, comparisonLines } from "../aws/terraform/environment-diff/report";
import { renamed, variableDifferences } from "../aws/terraform/environment-diff/variables";
import { PROJECT, stackFolder } from "../build/stacks";
import { runCommand } from "../terminal/cli";

const synthesized = (environment: Environment): Stack => {
  const outdir = mkdtempSync(join(tmpdir(), "diff-env-"));
  try {
    process.env.HANDLER_PACKAGE ??= join(PROJECT, "package.json"); // Nothing that is compared depends on the package.
    synthesize([environment], outdir);
    return JSON.parse(readFileSync(join(stackFolder(stackName(environment), outdir), "cdk.tf.json"), "utf8")) as Stack;
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

/** Both are synthesized under the first one's name, so that names that hold the environment's make no difference. */
export const compare = (first: Environment, second: Environment): Comparison => ({
  variables: variableDifferences(first, second),
  differences: differences(synthesized(first), synthesized(renamed(second, first))),
});

const run = async (first: string, second: string, { json }: { json?: true }): Promise<void> => {
  const comparison = compare(await environmentNamed(first), await environmentNamed(second));
  if (json) console.log(JSON.stringify({ environments: [first, second], ...comparison }, undefined, 2));
  else if (comparison.variables.length === 0) console.log(`${first} and ${second} differ in their names only`);
  else for (const line of comparisonLines(comparison)) console.log(line);
};

export const command = new Command("npm run diff-env --")
  .description("Shows which variables two environments set differently, and what of their stacks differs for it.")
  .argument("<first>", "environment, such as staging")
  .argument("<second>", "environment, such as prod")
  .option("--json", "all values, for machines")
  .addHelpText("after", "\nExit code 1: an environment is not valid. That there are differences is no failure.")
  .action(run);

if (require.main === module) void runCommand(command);
