/** `npm run plan -- <env>`: writes a plan that can be reviewed, and deployed as it is. */
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { headline } from "../aws/terraform/plan-summary";
import { makePlan, REVIEWED } from "../aws/terraform/saved-plan";
import { findTarget, synthesizeTarget, type TargetOptions } from "../aws/terraform/target";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";

interface PlanOptions extends TargetOptions {
  readonly out?: string;
}

const plan = async (name: string, { out = join("out", "plan", name), ...options }: PlanOptions): Promise<void> => {
  const target = await findTarget(name, options, console.log);
  const stack = await synthesizeTarget(target, console.log);
  const folder = resolve(out);
  const planned = await makePlan(target, stack, folder);
  console.log(`\n${headline(name, planned)}`);
  for (const each of REVIEWED) console.log(`  ${relative(process.cwd(), join(folder, each))}`);
  const endpoint = target.endpoint === undefined ? "" : ` --endpoint-url ${target.endpoint}`;
  console.log(
    `Deploy exactly this plan: npm run deploy -- ${name} --plan ${relative(process.cwd(), folder)}${endpoint}`,
  );
};

export const command = new Command("npm run plan --")
  .description(
    "Plans a deployment and writes plan.md for a pull request, plan.json for programs, and everything that npm run deploy " +
      "-- <env> --plan <folder> needs to apply exactly this plan.",
  )
  .addArgument(environmentArgument())
  .option("--out <folder>", "folder for the plan (default: out/plan/<env>)")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: Terraform cannot create the plan. A plan with changes is not a failure.")
  .action(plan);

if (require.main === module) void runCommand(command);
