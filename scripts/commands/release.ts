/** `npm run release`: shifts uploads to the newest published version, or rolls back. */
import { Command, Option } from "commander";
import pc from "picocolors";
import { blockingAlarms, criticalAlarms } from "../../modules/alarm-rows";
import { naming, stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { clientsFor } from "../aws/clients";
import { onAccount } from "../aws/local-run";
import { readAlias, readVersions } from "../aws/release/alias";
import { checkSamples } from "../aws/release/samples";
import { type Choices, type Result, releaseNewest, rollBack, statusOf } from "../aws/release/verbs";
import { environmentNamed } from "../build/environments";
import { runCommand, UsageError } from "../terminal/cli";
import { endpointOption, environmentArgument, wholeNumber } from "../terminal/options";

interface Options extends Choices {
  readonly rollback?: true;
  readonly status?: true;
  readonly json?: true;
  readonly endpointUrl?: string;
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** @throws UsageError if the environment has no alias; Error of one line */
export const release = async (environment: Environment, options: Options): Promise<Result> => {
  if (!environment.enable_release_alias)
    throw new UsageError(
      `Expected true for enable_release_alias of ${stackName(environment)} but got false: without the alias, a deployment is in service at once`,
    );
  const { functionName, aliasName, releases: names } = naming(environment);
  const { endpointUrl } = options;
  const aws = clientsFor(environment.aws_region, endpointUrl);
  const { lambda, cloudwatch, codedeploy } = aws;
  const alias = { environment, lambda, functionName, aliasName };
  const watchOf = (names: readonly string[]) => ({
    environment,
    cloudwatch,
    alarmNames: names.map((name) => `${functionName}-${name}`),
  });
  const live = await onAccount(readAlias(alias), { aws, environment, endpointUrl });
  const versions = await readVersions(alias);
  const codeDeploy = environment.enable_codedeploy ? { codedeploy, names } : undefined;
  const verb = options.status ? statusOf : options.rollback ? rollBack : releaseNewest;
  return verb({
    environment,
    alias,
    watch: watchOf(criticalAlarms(environment)),
    blocking: watchOf(blockingAlarms(environment)),
    check: (qualifier, signal) =>
      checkSamples({ environment, s3: aws.s3, callee: { lambda, functionName, qualifier }, signal }),
    codeDeploy,
    live,
    versions,
    options,
  });
};

const run = async (env: string, options: Options): Promise<void> => {
  const result = await release(await environmentNamed(env), options);
  if (options.json) console.log(JSON.stringify({ environment: env, ...result }, undefined, 2));
  else
    for (const [name, value] of Object.entries(result))
      if (value !== undefined) console.log(`${pc.dim(name.padEnd("deployment".length))}  ${shown(value)}`);
  if (result.status === "rolled back") process.exitCode ??= 1;
};

export const command = new Command("npm run release --")
  .description(
    "Invokes the newest published version of the function with samples, shifts uploads to it as release_strategy says, and " +
      "rolls back when a critical alarm goes to ALARM. Uses the shell's credentials.",
  )
  .addArgument(environmentArgument())
  .addOption(new Option("--to <version>", "version to release or roll back to").argParser(wholeNumber("--to", 1, 1e9)))
  .addOption(new Option("--rollback", "return to the previous version, all at once").conflicts("status"))
  .option("--status", "only show the version in service, critical alarms in ALARM, and a release in progress")
  .option("--dry-run", "only show what would be done")
  .option("--ignore-alarms", "release although critical alarms are in ALARM, for example to release a fix")
  .option("--no-samples", "release without invoking the version with samples first")
  .option("--json", "print JSON")
  .addOption(endpointOption())
  .addHelpText(
    "after",
    "\nThe samples are uploaded below release/ and deleted with their variants; records of them expire later.\nExit code 1: the release was rolled back, or could not start, for example because of a sample.",
  )
  .action(run);

if (require.main === module) void runCommand(command);
