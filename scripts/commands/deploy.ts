/** `npm run deploy -- <env>`: plans a deployment, asks where that is needed, applies exactly that plan, and prints the next steps. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { isMoto, requireSupportedByMoto } from "../aws/terraform/moto-gaps";
import { changesOf, type Plan } from "../aws/terraform/plan";
import { headline, lossesOf } from "../aws/terraform/plan-summary";
import { applyPlan, makePlan, readPlan } from "../aws/terraform/saved-plan";
import { findTarget, synthesizeTarget, type Target, type TargetOptions } from "../aws/terraform/target";
import { outputs } from "../aws/terraform/working-copy";
import { runCommand, UsageError } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";
import { temporaryFolder } from "../terminal/processes";
import { ask, hasTerminal } from "../terminal/prompt";

interface DeployOptions extends TargetOptions {
  readonly autoApprove?: true;
  /** Folder that `npm run plan` wrote. */
  readonly plan?: string;
}

type Outputs = Readonly<Record<string, unknown>>;

/** Outputs that are commands, in the order in which to run them. */
const NEXT = ["upload_command_example", "view_logs_command", "test_alarm_command"] as const;

const outputLines = (values: Outputs): string[] => {
  const shown = Object.entries(values).filter(([name]) => !NEXT.some((next) => next === name));
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.flatMap(([name, value]) => {
    const rows = typeof value === "object" && value !== null ? Object.values(value) : [value];
    return rows.map((row, at) => `  ${(at === 0 ? name : "").padEnd(width)}  ${row}`);
  });
};

/** @returns the commands of the outputs, with the emulator's address if there is one */
const nextCommands = (values: Outputs, endpoint: string | undefined): string[] =>
  NEXT.filter((name) => typeof values[name] === "string").map(
    (name) => `  ${values[name]}${endpoint === undefined ? "" : ` --endpoint-url ${endpoint}`}`,
  );

/** @returns why the plan must be approved; undefined if it needs no approval */
const reasonToAsk = ({ name, environment }: Target, plan: Plan): string | undefined => {
  if (changesOf(plan).length === 0) return undefined;
  const losses = lossesOf(plan);
  if (losses.length > 0) return `it replaces or destroys ${losses.length} resources`;
  return environment.protected ? `${name} is protected` : undefined;
};

/** @throws UsageError if the plan needs approval and there is no terminal; Error if the answer is no */
const approve = async (target: Target, plan: Plan, { autoApprove, plan: reviewed }: DeployOptions): Promise<void> => {
  const { name } = target;
  console.log(`\n${headline(name, plan)}`);
  for (const loss of lossesOf(plan)) console.log(`  ${pc.red(loss)}`);
  const reason = reasonToAsk(target, plan);
  if (reason === undefined || autoApprove || reviewed !== undefined) return;
  if (!hasTerminal())
    throw new UsageError(
      `Expected --auto-approve, or a reviewed plan for --plan (npm run plan -- ${name}), but got neither: the plan needs approval because ${reason}, and there is no terminal. Nothing was deployed`,
    );
  const answer = await ask(`Approve this plan for account ${target.account}? (${reason}) Type yes to deploy: `);
  if (answer?.trim() !== "yes")
    throw new Error(`Expected yes but got ${JSON.stringify(answer) ?? "nothing"}: nothing was deployed`);
};

/** @returns the plan, and the folder that it is in */
const planFor = async (target: Target, reviewed: string | undefined) => {
  if (reviewed !== undefined) return { folder: resolve(reviewed), plan: await readPlan(target, resolve(reviewed)) };
  const stack = await synthesizeTarget(target, console.log);
  if (target.endpoint !== undefined && (await isMoto(target.endpoint))) requireSupportedByMoto(target, stack);
  const folder = join(temporaryFolder(), "plan");
  console.log("plan         Terraform compares the stack with the account …");
  return { folder, plan: await makePlan(target, stack, folder) };
};

const deploy = async (name: string, options: DeployOptions): Promise<void> => {
  const target = await findTarget(name, options, console.log);
  const { folder, plan } = await planFor(target, options.plan);
  await approve(target, plan, options);
  const values = await outputs(await applyPlan(target, folder));
  if (Object.keys(values).length === 0)
    throw new Error(`Expected outputs of ${name} after its deployment but got none`);
  console.log(`\n${pc.bold("Outputs")}`);
  console.log(outputLines(values).join("\n"));
  console.log(`\n${pc.bold("Next: upload a photo, follow the log, check that an alarm reaches you")}`);
  console.log(nextCommands(values, target.endpoint).join("\n"));
  if (target.environment.enable_release_alias)
    console.log(
      `\n${pc.bold("Uploads still invoke the version in service. Release the version that was published now:")}\n  npm run release -- ${name}`,
    );
};

export const command = new Command("npm run deploy --")
  .description(
    "Deploys an environment with Terraform (or the binary in TERRAFORM_BINARY_NAME): plans, prints account, region and " +
      "summary, and applies exactly that plan. Asks if the environment is protected, or if a resource is replaced or destroyed.",
  )
  .addArgument(environmentArgument())
  .option("--auto-approve", "deploy without asking")
  .option("--plan <folder>", "apply this reviewed plan, which npm run plan wrote, without asking")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: a check failed, the plan was not approved, or the deployment failed.")
  .action(deploy);

if (require.main === module) void runCommand(command);
