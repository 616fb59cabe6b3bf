/** `npm run check`: everything that a change has to pass. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { runCommand } from "../terminal/cli";

/** Scripts of package.json, in this order; `.ci/run` runs the same: add a row. */
const STEPS = [
  ["lint"],
  ["types"],
  ["unused"],
  ["docs", "--", "--check"],
  ["test"],
  ["test:long"],
] as const satisfies readonly (readonly string[])[];

const argsOf = (step: readonly string[]): string[] => ["run", "--silent", ...step];

const check = async ({ list }: { list?: true }): Promise<void> => {
  if (list) return console.log(STEPS.map((step) => ["npm", ...argsOf(step)].join(" ")).join("\n"));
  for (const step of STEPS) {
    const child = spawn("npm", argsOf(step), { stdio: "inherit" });
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`npm run ${step.join(" ")} failed`);
  }
};

export const command = new Command("npm run check --")
  .description(`Runs ${STEPS.map(([name]) => name).join(", ")}, and stops at the first that fails.`)
  .option("--list", "print the commands of these steps, and run none")
  .addHelpText("after", "\nExit code 1: a step failed.")
  .action(check);

if (require.main === module) void runCommand(command);
