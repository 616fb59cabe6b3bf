/** `npm run synth`: environments as Terraform JSON. */
import { relative } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { stackName } from "../../modules/naming";
import { warnings } from "../../modules/warnings";
import { environmentNamed } from "../build/environments";
import { synth } from "../build/synth";
import { runCommand } from "../terminal/cli";

const report = async (env: string | undefined): Promise<void> => {
  const synthesized = await synth(env === undefined ? undefined : [await environmentNamed(env)]);
  const width = Math.max(...synthesized.map(({ environment }) => stackName(environment).length));
  const lines = synthesized.map(({ environment, folder, resources, alarms }) => {
    const name = pc.bold(stackName(environment).padEnd(width));
    return `${name}  ${relative(process.cwd(), folder)}  ${resources} resources, ${alarms} alarms`;
  });
  const remarks = warnings(synthesized.map(({ environment }) => environment));
  console.log([...lines, ...remarks.map((remark) => `${pc.yellow("warning:")} ${remark}`)].join("\n"));
};

export const command = new Command("npm run synth --")
  .description(
    "Writes every environment as Terraform JSON to cdktf.out/stacks/<environment>, or <environment>-<region> where it has several.",
  )
  .argument("[env]", "only this environment, or one region of it")
  .addHelpText("after", "\nExit code 1: an environment is not valid, or a package cannot be built.")
  .action(report);

if (require.main === module) void runCommand(command);
