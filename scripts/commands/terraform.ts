/** `npm run terraform`: writes the modules and the stack as plain Terraform. */
import { Command } from "commander";
import { environmentNamed } from "../build/environments";
import { updateTerraform } from "../docs/terraform/files";
import { movedBlocks } from "../docs/terraform/moved";
import { runCommand } from "../terminal/cli";

interface Options {
  readonly check: boolean;
  readonly moved?: string;
}

const run = async ({ check, moved }: Options): Promise<void> => {
  if (moved === undefined) updateTerraform(check);
  else process.stdout.write(movedBlocks(await environmentNamed(moved)));
};

export const command = new Command("npm run terraform --")
  .description("Writes the modules and the stack as plain Terraform to terraform/, for use without Node.")
  .option("--check", "change nothing; fail if a file is out of date", false)
  .option("--moved <env>", "print moved blocks that take over the state of an environment deployed from CDKTF")
  .addHelpText("after", "\nExit code 1: with --check, a file is out of date.")
  .action(run);

if (require.main === module) void runCommand(command);
