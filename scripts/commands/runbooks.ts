/** `npm run runbooks`: the runbooks of one environment, to publish them. */
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { environmentNamed } from "../aws/account";
import { findBuckets } from "../aws/account-uploads";
import { clientsFor } from "../aws/clients";
import { runbooksOf, writeRunbooks } from "../docs/runbooks";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";

interface Options {
  readonly out?: string;
  readonly deployed: boolean;
  readonly endpointUrl?: string;
}

const runbooks = async (env: string, options: Options): Promise<void> => {
  const { out = join("out", "runbooks", env), deployed, endpointUrl } = options;
  const environment = await environmentNamed(env);
  const bucket =
    deployed || endpointUrl !== undefined
      ? (await findBuckets(clientsFor(environment.aws_region, endpointUrl).s3, environment)).upload
      : undefined;
  const pages = runbooksOf(environment, bucket);
  const folder = resolve(out);
  writeRunbooks(folder, pages);
  console.log(`${pages.size} runbooks of ${env} are in ${relative(process.cwd(), folder)}`);
};

export const command = new Command("npm run runbooks --")
  .description("Writes the runbooks of an environment, with the values of its variables.")
  .addArgument(environmentArgument())
  .option("--out <folder>", "folder for the pages (default: out/runbooks/<env>)")
  .option("--deployed", "with the name of the deployed upload bucket, read with the shell's credentials", false)
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: the environment is not valid, or --deployed and it is not deployed.")
  .action(runbooks);

if (require.main === module) void runCommand(command);
