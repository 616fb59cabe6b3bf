/** `npm run synth`: environments as Terraform JSON. */
import { relative } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { stackName } from "../../modules/naming";
import { type FromTraffic, fromTraffic } from "../../modules/traffic";
import type { Environment } from "../../modules/variables";
import { warnings } from "../../modules/warnings";
import { environmentNamed } from "../build/environments";
import { synth } from "../build/synth";
import { runCommand } from "../terminal/cli";

const report = async (env: string | undefined): Promise<void> => {
  const synthesized = await synth(env === undefined ? undefined : [await environmentNamed(env)]);
  const width = Math.max(...synthesized.map(({ environment }) => stackName(environment).length));
  const lines = synthesized.map(({ environment, folder, resources, alarms, compositeAlarms }) => {
    const name = pc.bold(stackName(environment).padEnd(width));
    const composites = compositeAlarms === 0 ? "" : `, ${compositeAlarms} composite alarms`;
    return `${name}  ${relative(process.cwd(), folder)}  ${resources} resources, ${alarms} alarms${composites}`;
  });
  const environments = synthesized.map(({ environment }) => environment);
  const remarks = warnings(environments).map((remark) => `${pc.yellow("warning:")} ${remark}`);
  console.log([...lines, ...environments.flatMap(windowLines), ...remarks].join("\n"));
};

/** @returns the windows of an environment's alarms, in one line; none where every alarm has its own topic */
const windowLines = (environment: Environment): string[] => {
  if (environment.alarm_routing === "each") return [];
  const windows = Object.entries(fromTraffic(environment)).map(([name, derived]) => {
    const value = environment[name as FromTraffic];
    return value === derived ? `${name} ${value}` : `${name} ${value} (by hand; otherwise ${derived})`;
  });
  const uploads = environment.uploads_per_month.toLocaleString("en-US");
  return [`${stackName(environment)} for ${uploads} uploads a month: ${windows.join(", ")}`];
};

export const command = new Command("npm run synth --")
  .description(
    "Writes every environment as Terraform JSON to cdktf.out/stacks/<environment>, or <environment>-<region> where it has several.",
  )
  .argument("[env]", "only this environment, or one region of it")
  .addHelpText("after", "\nExit code 1: an environment is not valid, or a package cannot be built.")
  .action(report);

if (require.main === module) void runCommand(command);
