/** `npm run destroy -- <env>`: destroys an environment after checking that no object and no protected environment is lost by mistake. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { countObjects, emptyBucket } from "../aws/buckets";
import { allowDeletion } from "../aws/records";
import { apply, existing, whatExists } from "../aws/terraform/apply";
import { findTarget, synthesizeTarget, type Target, type TargetOptions, workingFolder } from "../aws/terraform/target";
import { type Place, terraform } from "../aws/terraform/working-copy";
import { environmentNamed } from "../build/environments";
import { runCommand } from "../terminal/cli";
import { endpointOption, environmentArgument } from "../terminal/options";
import { temporaryFolder } from "../terminal/processes";
import { confirmName, requireNameOrTerminal } from "../terminal/prompt";

interface DestroyOptions extends TargetOptions {
  readonly emptyBuckets?: boolean;
  readonly yesDestroy?: string;
}

interface State {
  readonly values?: {
    readonly root_module?: {
      readonly resources?: readonly {
        readonly type: string;
        readonly values: { readonly bucket?: string; readonly name?: string };
      }[];
    };
  };
}

/** @returns the buckets and tables in the state, including those of an incomplete deployment */
const storesIn = async (place: Place): Promise<{ buckets: string[]; tables: string[] }> => {
  const { stdout } = await terraform(place, ["show", "-json"], 120);
  const { values } = JSON.parse(stdout) as State;
  const named = (type: string) => values?.root_module?.resources?.filter((each) => each.type === type) ?? [];
  return {
    buckets: named("aws_s3_bucket").flatMap(({ values: { bucket } }) => bucket ?? []),
    tables: named("aws_dynamodb_table").flatMap(({ values: { name } }) => name ?? []),
  };
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
  const { protected: isProtected } = await environmentNamed(name);
  const confirmation = { name, option: "--yes-destroy", given: yesDestroy };
  const needsName = isProtected || yesDestroy !== undefined;
  if (needsName) requireNameOrTerminal({ ...confirmation, why: `destroys ${name}, which is protected` });
  const target = await findTarget(name, options, console.log);
  const stack = await synthesizeTarget(target, console.log);
  const place = await workingFolder(target, stack, join(temporaryFolder(), name));
  await terraform(place, ["init", "-input=false", "-no-color"], 600);
  const addresses = await existing(place);
  console.log(whatExists(target, addresses));
  if (addresses.length === 0) return;
  if (needsName)
    await confirmName({ ...confirmation, why: `destroys ${addresses.length} resources in account ${target.account}` });
  const { buckets, tables } = await storesIn(place);
  await clear(target, buckets, emptyBuckets);
  if (isProtected) for (const table of tables) await allowDeletion(target.aws.dynamodb, table);
  await apply(target, place, ["-destroy", "-auto-approve"]);
  const left = await existing(place);
  if (left.length > 0)
    throw new Error(`Expected no resource of ${name} after its destruction but got ${left.join(", ")}`);

  // The state of an emulator is useless after the emulator has stopped.
  const { endpoint, stateFile } = target;
  if (endpoint !== undefined && stateFile !== undefined)
    for (const file of [stateFile, `${stateFile}.backup`]) rmSync(file, { force: true });
  console.log(`${name} is destroyed.`);
};

export const command = new Command("npm run destroy --")
  .description("Destroys a deployed environment. Where it is protected, its name has to be typed.")
  .addArgument(environmentArgument())
  .option("--empty-buckets", "delete every object in its buckets permanently")
  .option("--yes-destroy <name>", "confirm with the environment's name, without a prompt")
  .addOption(endpointOption())
  .addHelpText("after", "\nExit code 1: the buckets hold objects, or a resource could not be destroyed.")
  .action(destroy);

if (require.main === module) void runCommand(command);
