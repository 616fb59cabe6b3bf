/** `npm run release`: puts the version that was published last into service, a share at a time, or takes it back. */
import { Command, Option } from "commander";
import pc from "picocolors";
import { criticalAlarms } from "../../modules/alarms";
import { naming, stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { environmentNamed } from "../aws/account";
import { clientsFor } from "../aws/clients";
import { readLive, readVersions } from "../aws/release/alias";
import { type Choices, type Result, releaseNewest, rollBack, statusOf } from "../aws/release/verbs";
import { endpointUrl } from "../aws/terraform/target";
import { runCommand, UsageError } from "../terminal/cli";
import { wholeNumber } from "../terminal/options";

interface Options extends Choices {
  readonly rollback?: true;
  readonly status?: true;
  readonly json?: true;
  readonly endpointUrl?: string;
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** @throws UsageError where there is no alias to move; Error of one line */
export const release = async (environment: Environment, options: Options): Promise<Result> => {
  if (!environment.enable_release_alias)
    throw new UsageError(
      `Expected enable_release_alias = true for ${stackName(environment)} but got false: a deployment is in service at once`,
    );
  const { functionName, aliasName, releases: names } = naming(environment);
  const { lambda, cloudwatch, codedeploy } = clientsFor(environment.aws_region, options.endpointUrl);
  const place = { lambda, functionName, aliasName };
  const alarmNames = criticalAlarms(environment).map((name) => `${functionName}-${name}`);
  const [live, versions] = [await readLive(place), await readVersions(place)];
  const codeDeploy = environment.enable_codedeploy ? { codedeploy, names } : undefined;
  const verb = options.status ? statusOf : options.rollback ? rollBack : releaseNewest;
  return verb({ environment, place, watch: { cloudwatch, alarmNames }, codeDeploy, live, versions, options });
};

const run = async (env: string, options: Options): Promise<void> => {
  const result = await release(await environmentNamed(env), options);
  if (options.json) console.log(JSON.stringify({ environment: env, ...result }, undefined, 2));
  else
    for (const [name, value] of Object.entries(result))
      if (value !== undefined) console.log(`${pc.dim(name.padEnd("deployment".length))}  ${shown(value)}`);
  if (result.status === "taken back") process.exitCode ??= 1;
};

export const command = new Command("npm run release --")
  .description(
    "Puts the version of the function that was published last into service, as release_strategy says, and takes it back " +
      "when a critical alarm goes off. With the shell's credentials.",
  )
  .argument("<env>", "environment, such as prod, with enable_release_alias")
  .addOption(
    new Option("--to <version>", "another than the newest, or the one before").argParser(wholeNumber("--to", 1, 1e9)),
  )
  .addOption(new Option("--rollback", "puts the version before back into service, all at once").conflicts("status"))
  .option("--status", "only shows what is in service, what rings, and what is under way")
  .option("--dry-run", "only shows what would be done")
  .option("--ignore-alarms", "releases although critical alarms ring: what is released may be the remedy")
  .option("--json", "for machines")
  .addOption(new Option("--endpoint-url <url>", "this emulator, and not AWS").argParser(endpointUrl))
  .addHelpText("after", "\nExit code 1: the release was taken back, or could not begin.")
  .action(run);

if (require.main === module) void runCommand(command);
