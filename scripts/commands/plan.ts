/** `npm run plan -- <env>`: what a deployment would change, as JSON and as Markdown for a pull request. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import type { Plan } from "../aws/terraform/plan";
import { headline, summarizePlan } from "../aws/terraform/plan-summary";
import { endpointUrl, prepareTarget, type TargetOptions } from "../aws/terraform/target";
import { terraform } from "../aws/terraform/working-copy";
import { readStack } from "../build/stacks";
import { runCommand } from "../terminal/cli";
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
  await writeFile(join(folder, "plan.md"), summarizePlan(name, planned, readStack(target.folder)));
  console.log(`\n${headline(name, planned)}`);
  for (const each of ["plan.md", "plan.json"]) console.log(`  ${relative(process.cwd(), join(folder, each))}`);
};

export const command = new Command("npm run plan --")
  .description("Writes what a deployment would change to plan.json and plan.md.")
  .argument(
    "<env>",
    "name of a file in environments/, without .tfvars; where it has several regions, prod-eu-west-1 and the like",
  )
  .option("--out <folder>", "folder for both files (default: out/plan/<env>)")
  .option("--endpoint-url <url>", "plan for an AWS emulator instead", endpointUrl)
  .addHelpText("after", "\nExit code 1: Terraform cannot make the plan. That there are changes is no failure.")
  .action(plan);

if (require.main === module) void runCommand(command);
