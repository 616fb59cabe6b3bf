/** `npm run runbooks`: the runbooks of one environment, with its numbers and bucket names. */
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { findBuckets } from "../aws/account-uploads";
import { clientsFor } from "../aws/clients";
import { environmentNamed } from "../build/environments";
import { PLACEHOLDERS, runbookPages, writeRunbookPages } from "../docs/runbooks";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";

interface Options {
  readonly out?: string;
  readonly offline?: true;
  readonly endpointUrl?: string;
}

const run = async (env: string, options: Options): Promise<void> => {
  const environment = await environmentNamed(env);
  const { s3 } = clientsFor(environment.aws_region, options.endpointUrl);
  let note = "with placeholders for the bucket names";
  const buckets = options.offline
    ? PLACEHOLDERS
    : await findBuckets(s3, environment).catch((error: Error) => {
        note += `: ${error.message}`;
        return PLACEHOLDERS;
      });
  const pages = runbookPages(environment, buckets, "own");
  const folder = resolve(options.out ?? join("out", "runbooks", env));
  writeRunbookPages(folder, pages);
  console.log(`${pages.size} runbooks in ${relative(process.cwd(), folder)}`);
  if (buckets === PLACEHOLDERS) process.stderr.write(pc.dim(`${note}\n`));
};

export const command = new Command("npm run runbooks --")
  .description(
    "Writes a runbook for each alarm of an environment, with its numbers, and bucket names if it is deployed.",
  )
  .addArgument(environmentArgument())
  .option("--out <folder>", "folder for the pages (default: out/runbooks/<env>)")
  .option("--offline", "do not look for the buckets in the account")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: the pages cannot be written.")
  .action(run);

if (require.main === module) void runCommand(command);
