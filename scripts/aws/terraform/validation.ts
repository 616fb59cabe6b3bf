/** Runs `terraform init`, `validate` and `test` (with a mocked provider) on synthesized stacks. */
import { copyFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PROJECT } from "../../build/stacks";
import { temporaryFolder } from "../../terminal/processes";
import { withProvider } from "./provider-server";
import { NEEDS, requireTerraform } from "./tools";
import { copyStack, isolatedEnv, type Place, terraform } from "./working-copy";

const TESTS = join(PROJECT, "__tests__", "aws", "terraform");
const LOCK_FILE = ".terraform.lock.hcl";

export interface Validated {
  readonly name: string;
  readonly providerVersion: string;
  readonly seconds: number;
}

const copyWithTests = async (stack: string, providerVersion: string | undefined): Promise<string> => {
  const aws = { source: "hashicorp/aws", version: providerVersion };
  const folder = await copyStack(stack, providerVersion ? { terraform: { required_providers: { aws } } } : {});
  await cp(TESTS, join(folder, "tests"), { recursive: true, filter: (path) => !path.endsWith(".ts") });
  return folder;
};

const initialize = async (place: Place): Promise<void> => {
  await terraform(place, ["init", "-backend=false", "-input=false", "-no-color"], 300);
};

const validateAndTest = async (place: Place): Promise<Validated> => {
  const started = Date.now();
  await terraform(place, ["validate", "-no-color"], 300);
  const { stdout } = await terraform(place, ["test", "-no-color"], 1200);
  if (!/Success! [1-9]\d* passed, 0 failed\./.test(stdout))
    throw new Error(`Expected tests for ${place.name} but Terraform ran none`);
  const lock = await readFile(join(place.folder, LOCK_FILE), "utf8");
  const providerVersion = /version\s+= "([^"]+)"/.exec(lock)?.[1] ?? "?";
  return { name: place.name, providerVersion, seconds: (Date.now() - started) / 1000 };
};

const EXAMPLES = join("plain", "examples");

/** Examples are read with the lock file of the root, so that Terraform looks for the provider once. */
const validateExample = async (
  folder: string,
  name: string,
  { env, provided }: { readonly env: NodeJS.ProcessEnv; readonly provided: NodeJS.ProcessEnv },
): Promise<void> => {
  const place = { name: `examples/${name}`, folder: join(folder, EXAMPLES, name), env };
  await copyFile(join(folder, "plain", LOCK_FILE), join(place.folder, LOCK_FILE));
  await initialize(place);
  await terraform({ ...place, env: provided }, ["validate", "-no-color"], 300);
};

/**
 * Checks format, validity and tests of `terraform/`, and the validity of its examples.
 * @param providerVersion constraint that replaces the one of the root module @default the root's own
 * @throws Error of one line if Terraform refuses something
 */
export const validatePlain = async (providerVersion?: string): Promise<Validated> => {
  const env = await isolatedEnv(temporaryFolder());
  const folder = temporaryFolder();
  const place = { name: "terraform/", folder: join(folder, "plain"), env };
  const filter = (path: string) => !/\.terraform|\.tfstate|\.tfvars$/.test(path);
  await cp(join(PROJECT, "terraform"), place.folder, { recursive: true, filter });
  await terraform(place, ["fmt", "-check", "-recursive", "-no-color"], 60);
  if (providerVersion) {
    const required_providers = { aws: { source: "hashicorp/aws", version: providerVersion } };
    await writeFile(join(place.folder, "test_override.tf.json"), JSON.stringify({ terraform: { required_providers } }));
  }
  await initialize(place);
  const served = await withProvider(place);
  const result = await validateAndTest(served);
  for (const name of await readdir(join(folder, EXAMPLES)))
    await validateExample(folder, name, { env, provided: served.env });
  await served.stop();
  return result;
};

/**
 * @param stacks synthesized folders; they are copied, never changed
 * @param providerVersion constraint that replaces the one in the stacks @default the stacks' own
 * @returns one promise for each stack, in the order given; it is rejected with one line if Terraform refuses the stack
 * @throws SkippedError if Terraform or the provider is missing
 */
export const validateStacks = async (
  stacks: readonly string[],
  providerVersion?: string,
): Promise<Promise<Validated>[]> => {
  await requireTerraform(NEEDS.mocks);
  const env = await isolatedEnv(temporaryFolder());
  const places: Place[] = [];
  // Sequentially: the first stack installs the provider, and the others share it.
  for (const stack of stacks) {
    const place = { name: basename(stack), folder: await copyWithTests(stack, providerVersion), env };
    if (places[0]) await copyFile(join(places[0].folder, LOCK_FILE), join(place.folder, LOCK_FILE));
    await initialize(place);
    places.push(place);
  }
  const [first] = places;
  if (first === undefined) return [];
  const { env: provided, stop } = await withProvider(first);
  const results = places.map((place) => validateAndTest({ ...place, env: provided }));
  Promise.allSettled(results).then(stop);
  return results;
};
