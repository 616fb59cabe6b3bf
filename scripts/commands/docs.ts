/** `npm run docs`: rewrites the generated parts of the documents. */
import { Command } from "commander";
import { updateDocuments } from "../docs/generated";
import { writePicture } from "../docs/picture";
import { runCommand } from "../terminal/cli";

export const command = new Command("npm run docs --")
  .description("Rewrites the generated parts of the documents: tables, plots and runbooks.")
  .option("--check", "change nothing; fail if a document is out of date", false)
  .option("--picture", "also make docs/images/variants.png again, from a local run", false)
  .addHelpText("after", "\nExit code 1: with --check, a document is out of date.")
  .action(async ({ check, picture }: { check: boolean; picture: boolean }) => {
    if (picture) await writePicture();
    await updateDocuments(check);
  });

if (require.main === module) void runCommand(command);
