/** `npm run reference`: rewrites what the documents take from the ledgers. */
import { Command } from "commander";
import { updateReference } from "../docs/reference";
import { runCommand } from "../terminal/cli";

export const command = new Command("npm run reference --")
  .description("Rewrites the tables of the documents and the pages of docs/runbooks from the ledgers.")
  .option("--check", "change nothing; fail if a document is not current", false)
  .addHelpText("after", "\nExit code 1: with --check, a document is not as the ledgers have it.")
  .action(({ check }: { check: boolean }) => updateReference(check));

if (require.main === module) void runCommand(command);
