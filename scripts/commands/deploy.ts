/** `npm run deploy -- <env>`: checks everything, runs cdktf deploy, and prints the next steps. */
import { Command } from "commander";
import pc from "picocolors";
import { cdktf } from "../aws/terraform/cdktf";
import { prepareTarget, type TargetOptions } from "../aws/terraform/target";
import { outputs } from "../aws/terraform/working-copy";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";

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
  NEXT.map((name) => `  ${values[name]}${endpoint === undefined ? "" : ` --endpoint-url ${endpoint}`}`);

const deploy = async (name: string, options: TargetOptions): Promise<void> => {
  const target = await prepareTarget(name, options, console.log);
  await cdktf("deploy", target);
  const values = await outputs(target);
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
  .description("Deploys an environment with cdktf and Terraform (or the binary in TERRAFORM_BINARY_NAME).")
  .addArgument(environmentArgument())
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: a check before the deployment failed, or the deployment itself.")
  .action(deploy);

if (require.main === module) void runCommand(command);
