/** `npm run destroy -- <env>`: cdktf destroy, but not of objects nobody meant to lose, and not of production by habit. */
import { rmSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { environmentNamed } from "../aws/account";
import { countObjects, emptyBucket } from "../aws/buckets";
import { cdktf, existing, whatExists } from "../aws/terraform/cdktf";
import { endpointUrl, prepareTarget, type Target, type TargetOptions } from "../aws/terraform/target";
import { terraform } from "../aws/terraform/working-copy";
import { runCommand, UsageError } from "../terminal/cli";

/** Environments whose stacks' names have to be typed. */
const PROTECTED = ["prod"];

interface DestroyOptions extends TargetOptions {
  readonly emptyBuckets?: boolean;
  readonly yesDestroy?: string;
}

/** @throws UsageError unless somebody typed the name of a protected environment, here or on the command line */
const confirm = async (name: string, typed: string | undefined): Promise<void> => {
  if (typed === undefined && !PROTECTED.includes((await environmentNamed(name)).environment)) return;
  const answer = typed ?? (await ask(`This destroys ${name}. Type its name to go on: `));
  if (answer !== name)
    throw new UsageError(`Expected ${name} for --yes-destroy but got ${JSON.stringify(answer) ?? "nothing"}`);
};

/** @returns what is typed; nothing where nobody can type */
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

/** @returns the buckets that the state knows, even those of a deployment that stopped half-way */
const bucketsOf = async (target: Target): Promise<string[]> => {
  const { stdout } = await terraform(target, ["show", "-json"], 120);
  const { values } = JSON.parse(stdout) as State;
  const buckets = values?.root_module?.resources?.filter(({ type }) => type === "aws_s3_bucket") ?? [];
  return buckets.flatMap(({ values: { bucket } }) => bucket ?? []);
};

/** @throws Error that says how many objects there are, where they are not to be deleted */
const clear = async ({ aws: { s3 } }: Target, buckets: readonly string[], mayEmpty: boolean): Promise<void> => {
  const counts = await Promise.all(buckets.map(async (bucket) => ({ bucket, count: await countObjects(s3, bucket) })));
  const full = counts.filter(({ count }) => count > 0);
  if (full.length === 0) return;
  const what = full.map(({ bucket, count }) => `${count} object versions in ${bucket}`).join(" and ");
  if (!mayEmpty)
    throw new Error(
      `Expected empty buckets but got ${what}: --empty-buckets deletes them for ever; nothing is destroyed`,
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

  // The state of an emulator that is no more would only be in the way.
  const { endpoint, stateFile } = target;
  if (endpoint !== undefined && stateFile !== undefined)
    for (const file of [stateFile, `${stateFile}.backup`]) rmSync(file, { force: true });
  console.log(`Nothing of ${name} is left.`);
};

export const command = new Command("npm run destroy --")
  .description("Destroys a deployed environment.")
  .argument(
    "<env>",
    "name of a file in environments/, without .tfvars; where it has several regions, prod-eu-west-1 and the like",
  )
  .option("--empty-buckets", "delete every object of its buckets, for ever")
  .option("--yes-destroy <name>", "the environment's name again, where nobody can type it")
  .option("--endpoint-url <url>", "destroy what was deployed to this AWS emulator", endpointUrl)
  .addHelpText("after", "\nExit code 1: objects are in the way, or something could not be destroyed.")
  .action(destroy);

if (require.main === module) void runCommand(command);
