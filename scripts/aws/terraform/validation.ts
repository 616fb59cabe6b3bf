/** Runs `terraform init`, `validate` and `test` (with a mocked provider) on synthesized stacks. */
import { copyFile, cp, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PROJECT } from "../../build/stacks";
import { temporaryFolder } from "../../terminal/processes";
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
  await terraform(place, ["validate", "-no-color"], 120);
  const { stdout } = await terraform(place, ["test", "-no-color"], 120);
  if (!/Success! [1-9]\d* passed, 0 failed\./.test(stdout))
    throw new Error(`Expected tests for ${place.name} but Terraform ran none`);
  const lock = await readFile(join(place.folder, LOCK_FILE), "utf8");
  const providerVersion = /version\s+= "([^"]+)"/.exec(lock)?.[1] ?? "?";
  return { name: place.name, providerVersion, seconds: (Date.now() - started) / 1000 };
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
  return places.map(validateAndTest);
};
