/** Synthesizes environments into temporary folders that are removed after the tests. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { stackFor } from "../../scripts/build/stack-for";
import { stackFolder } from "../../scripts/build/stacks";

type Block = Record<string, unknown>;

/** A `cdk.tf.json` without the comments of CDKTF. */
export interface Synthesized {
  readonly text: string;
  /** Folder of `cdk.tf.json`. */
  readonly folder: string;
  readonly data: Record<string, Record<string, Block>>;
  readonly output: Record<string, { description: string; value: unknown }>;
  readonly provider: { aws: Block[] };
  readonly resource: Record<string, Record<string, Block>>;
  readonly terraform: Block;
}

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** @returns an empty folder */
export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "image-processor-"));
  folders.push(folder);
  return folder;
};

/** @returns a folder named `environments` with these files */
export const environmentsOf = (files: Record<string, string>): string => {
  const folder = join(temporary(), "environments");
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
};

/** @returns an environment as committed, without `.local.tfvars` and TF_VAR_ variables */
export const committed = async (name: string): Promise<Environment> =>
  only((await readEnvironments(ENVIRONMENTS, {})).filter(({ environment }) => environment === name));

/** @returns the environment `dev` with these lines in its file */
export const devWith = async (tfvars: string, shell: Record<string, string> = {}): Promise<Environment> =>
  only(await readEnvironments(environmentsOf({ "dev.tfvars": tfvars }), shell));

const only = <T>(list: readonly T[]): T => {
  const [first] = list;
  if (first === undefined || list.length > 1) throw new Error(`Expected one for the list but got ${list.length}`);
  return first;
};

/** Synthesizes into `outdir`, which then also holds the package. */
const synthesizeInto = (outdir: string, environment: Environment, packageName: string): void => {
  mkdirSync(outdir, { recursive: true });
  const packagePath = join(outdir, packageName);
  writeFileSync(packagePath, "a package");
  stackFor(environment, { outdir, packagePath });
};

/**
 * Most stacks are wanted by several tests, so each is synthesized once in a run of Jest. `global-setup.ts` names the folder;
 * without it, as in mutation tests, every call synthesizes.
 * @returns folder that `synthesizeInto` has written to
 */
const outdirOf = (environment: Environment, packageName: string): string => {
  const shared = process.env.SHARED_STACKS;
  const own = join(shared ?? temporary(), randomUUID());
  if (shared === undefined) {
    synthesizeInto(own, environment, packageName);
    return own;
  }
  const digest = createHash("sha256")
    .update(JSON.stringify([environment, packageName]))
    .digest("hex");
  const outdir = join(shared, digest);
  if (existsSync(outdir)) return outdir;
  synthesizeInto(own, environment, packageName);
  try {
    renameSync(own, outdir);
  } catch {
    // Another worker was faster.
    rmSync(own, { recursive: true });
  }
  return outdir;
};

/** @returns an environment's stack, in a folder that other tests read too: never write to it */
export const synthesized = (environment: Environment, packageName = "package.zip"): Synthesized => {
  const folder = stackFolder(stackName(environment), outdirOf(environment, packageName));
  const text = readFileSync(join(folder, "cdk.tf.json"), "utf8");
  return { ...JSON.parse(text, (key, value) => (key === "//" ? undefined : value)), text, folder };
};

/** @returns the parsed JSON of an argument */
export const json = (text: unknown): unknown => JSON.parse(String(text));

/** @returns the only resource of a type */
export const one = (stack: Synthesized, type: string): Block => only(Object.values(stack.resource[type] ?? {}));
