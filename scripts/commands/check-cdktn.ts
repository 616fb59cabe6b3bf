/** `npm run check:cdktn`: shows that the maintained fork of CDKTF writes the same JSON. */
import { Command } from "commander";
import pc from "picocolors";
import { runCommand } from "../terminal/cli";
import { compareWithFork } from "../trials/fork";

const run = async (): Promise<void> => {
  const { stacks, differences } = await compareWithFork();
  for (const difference of differences) console.error(`${pc.red("✗")} ${difference}`);
  if (differences.length > 0) process.exitCode = 1;
  else console.log(`${pc.green("✓")} cdktn writes the same JSON for ${stacks.join(", ")}`);
};

export const command = new Command("npm run check:cdktn --")
  .description(
    "Synthesizes with the maintained fork of CDKTF in a temporary copy, with packages from the npm registry, and compares the JSON.",
  )
  .addHelpText("after", "\nExit code 1: the JSON differs.")
  .action(run);

if (require.main === module) void runCommand(command);
