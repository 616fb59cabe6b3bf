/** `npm run plan -- <env>`: writes what a deployment would change, as JSON and as Markdown for a pull request. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import type { Plan } from "../aws/terraform/plan";
import { headline, summarizePlan } from "../aws/terraform/plan-summary";
import { prepareTarget, type TargetOptions } from "../aws/terraform/target";
import { terraform } from "../aws/terraform/working-copy";
import { readTerraformJson } from "../build/stacks";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";
import { temporaryFolder } from "../terminal/processes";

interface PlanOptions extends TargetOptions {
  readonly out?: string;
}

const plan = async (name: string, { out = join("out", "plan", name), ...options }: PlanOptions): Promise<void> => {
  const target = await prepareTarget(name, options, console.log);
  const file = join(temporaryFolder(), "plan");
  await terraform(target, ["init", "-input=false", "-no-color"], 300);
  await terraform(target, ["plan", `-out=${file}`, "-input=false", "-no-color"], 600);
  const { stdout: json } = await terraform(target, ["show", "-json", file], 120);

  const planned = JSON.parse(json) as Plan;
  const folder = resolve(out);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "plan.json"), json);
  await writeFile(join(folder, "plan.md"), summarizePlan(name, planned, readTerraformJson(target.folder)));
  console.log(`\n${headline(name, planned)}`);
  for (const each of ["plan.md", "plan.json"]) console.log(`  ${relative(process.cwd(), join(folder, each))}`);
};

export const command = new Command("npm run plan --")
  .description("Writes what a deployment would change to plan.json and plan.md.")
  .addArgument(environmentArgument())
  .option("--out <folder>", "folder for both files (default: out/plan/<env>)")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: Terraform cannot create the plan. A plan with changes is not a failure.")
  .action(plan);

if (require.main === module) void runCommand(command);
