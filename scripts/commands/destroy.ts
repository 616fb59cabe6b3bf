/** `npm run destroy -- <env>`: runs cdktf destroy after checking that no object and no protected environment is lost by mistake. */
import { rmSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { environmentNamed } from "../aws/account";
import { countObjects, emptyBucket } from "../aws/buckets";
import { cdktf, existing, whatExists } from "../aws/terraform/cdktf";
import { prepareTarget, type Target, type TargetOptions } from "../aws/terraform/target";
import { terraform } from "../aws/terraform/working-copy";
import { runCommand, UsageError } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";

/** Environments whose name must be typed to confirm. */
const PROTECTED = ["prod"];

interface DestroyOptions extends TargetOptions {
  readonly emptyBuckets?: boolean;
  readonly yesDestroy?: string;
}

/** @throws UsageError unless the name of a protected environment is confirmed */
const confirm = async (name: string, typed: string | undefined): Promise<void> => {
  if (typed === undefined && !PROTECTED.includes((await environmentNamed(name)).environment)) return;
  const answer = typed ?? (await ask(`This destroys ${name}. Type its name to continue: `));
  if (answer !== name)
    throw new UsageError(`Expected ${name} for --yes-destroy but got ${JSON.stringify(answer) ?? "nothing"}`);
};

/** @returns the typed line, or undefined without a terminal */
const ask = async (question: string): Promise<string | undefined> => {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  return terminal.question(question).finally(() => terminal.close());
};

interface State {
  readonly values?: {
    readonly root_module?: {
      readonly resources?: readonly { readonly type: string; readonly values: { readonly bucket?: string } }[];
    };
  };
}

/** @returns the buckets in the state, including those of an incomplete deployment */
const bucketsOf = async (target: Target): Promise<string[]> => {
  const { stdout } = await terraform(target, ["show", "-json"], 120);
  const { values } = JSON.parse(stdout) as State;
  const buckets = values?.root_module?.resources?.filter(({ type }) => type === "aws_s3_bucket") ?? [];
  return buckets.flatMap(({ values: { bucket } }) => bucket ?? []);
};

/** @throws Error with the number of objects, unless they may be deleted */
const clear = async ({ aws: { s3 } }: Target, buckets: readonly string[], mayEmpty: boolean): Promise<void> => {
  const counts = await Promise.all(buckets.map(async (bucket) => ({ bucket, count: await countObjects(s3, bucket) })));
  const full = counts.filter(({ count }) => count > 0);
  if (full.length === 0) return;
  const what = full.map(({ bucket, count }) => `${count} object versions in ${bucket}`).join(" and ");
  if (!mayEmpty)
    throw new Error(
      `Expected empty buckets but got ${what}: --empty-buckets deletes them permanently. Nothing was destroyed`,
    );
  console.log(`deleting ${what}`);
  for (const { bucket } of full) await emptyBucket(s3, bucket);
};

const destroy = async (
  name: string,
  { emptyBuckets = false, yesDestroy, ...options }: DestroyOptions,
): Promise<void> => {
  await confirm(name, yesDestroy);
  const target = await prepareTarget(name, options, console.log);
  await terraform(target, ["init", "-input=false", "-no-color"], 300);
  const addresses = await existing(target);
  console.log(whatExists(target, addresses));
  if (addresses.length === 0) return;
  await clear(target, await bucketsOf(target), emptyBuckets);
  await cdktf("destroy", target);

  // The state of an emulator is useless after the emulator has stopped.
  const { endpoint, stateFile } = target;
  if (endpoint !== undefined && stateFile !== undefined)
    for (const file of [stateFile, `${stateFile}.backup`]) rmSync(file, { force: true });
  console.log(`${name} is destroyed.`);
};

export const command = new Command("npm run destroy --")
  .description("Destroys a deployed environment.")
  .addArgument(environmentArgument())
  .option("--empty-buckets", "delete every object in its buckets permanently")
  .option("--yes-destroy <name>", "confirm with the environment's name, without a prompt")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: the buckets hold objects, or a resource could not be destroyed.")
  .action(destroy);

if (require.main === module) void runCommand(command);
