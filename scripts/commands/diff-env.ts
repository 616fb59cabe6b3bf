/** `npm run diff-env`: compares two environments: their variables, and the resources that differ, by module. */
import { Command } from "commander";
import type { Environment } from "../../modules/variables";
import { differences } from "../aws/terraform/environment-diff/comparison";
import { type Comparison, comparisonLines } from "../aws/terraform/environment-diff/report";
import { renamed, variableDifferences } from "../aws/terraform/environment-diff/variables";
import { environmentNamed } from "../build/environments";
import { stackFor } from "../build/stack-for";
import { readTerraformJson, type TerraformJson } from "../build/stacks";
import { runCommand } from "../terminal/cli";

const synthesized = (environment: Environment): TerraformJson => readTerraformJson(stackFor(environment));

/** Both are synthesized under the first one's name, so that their names do not show up as differences. */
export const compare = (first: Environment, second: Environment): Comparison => ({
  variables: variableDifferences(first, second),
  differences: differences(synthesized(first), synthesized(renamed(second, first))),
});

const run = async (first: string, second: string, { json }: { json?: true }): Promise<void> => {
  const comparison = compare(await environmentNamed(first), await environmentNamed(second));
  if (json) console.log(JSON.stringify({ environments: [first, second], ...comparison }, undefined, 2));
  else if (comparison.variables.length === 0) console.log(`${first} and ${second} differ only in their names`);
  else for (const line of comparisonLines(comparison)) console.log(line);
};

export const command = new Command("npm run diff-env --")
  .description("Shows which variables differ between two environments, and which resources differ as a result.")
  .argument("<first>", "environment, such as staging")
  .argument("<second>", "environment, such as prod")
  .option("--json", "print all values as JSON")
  .addHelpText("after", "\nExit code 1: an environment is not valid. Differences are not a failure.")
  .action(run);

if (require.main === module) void runCommand(command);
