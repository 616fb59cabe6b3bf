/** The `dev` stack for the local run: built and synthesized again when anything that it is made from has changed. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { buildHandler } from "./handler-package";

const ROOT = join(__dirname, "../..");

/** Holds a folder for each stack, named by the digest of what it was made from. */
const CACHE = join(ROOT, ".cache", "local");

const HOUR_MS = 3_600_000;

/**
 * @returns folder of the stack's `cdk.tf.json`
 * @throws Error with what the build or the synthesis has to say
 */
export const freshStack = async (): Promise<string> => {
  const { file, sha256 } = await buildHandler({ target: "host" });
  const folder = join(CACHE, await digestOfSources(sha256));
  if (!existsSync(folder)) await synthesizeDev(file, folder);
  const stacks = join(folder, "stacks");
  const [only = "dev"] = await readdir(stacks);
  return join(stacks, only);
};

/** Nobody ever sees a half-written stack, whoever else is synthesizing. CDKTF is loaded only here: it takes its time. */
const synthesizeDev = async (packageFile: string, folder: string): Promise<void> => {
  const { ENVIRONMENTS, synthesize } = await import("../../main.js");
  const { readEnvironments } = await import("../../modules/environment.js");
  const environments = await readEnvironments(ENVIRONMENTS, process.env);
  process.env.HANDLER_PACKAGE = packageFile;
  const temporary = `${folder}.${randomUUID()}`;
  await mkdir(temporary, { recursive: true });
  // The first stack, where dev has several regions.
  synthesize(environments.filter(({ environment }) => environment === "dev").slice(0, 1), temporary);
  // Taken already: another run was as fast, and made the same.
  await rename(temporary, folder).catch(() => rm(temporary, { recursive: true, force: true }));
  await forgetOld();
};

/** Other stacks, unless they are so young that another run may be using them. */
const forgetOld = async (): Promise<void> => {
  for (const name of await readdir(CACHE)) {
    const folder = join(CACHE, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > HOUR_MS) await rm(folder, { recursive: true, force: true });
  }
};

const SOURCES: Readonly<Record<string, RegExp>> = {
  ".": /^(main\.ts|package-lock\.json)$/,
  modules: /\.ts$/,
  "handler/contract": /\.ts$/,
  environments: /^dev\b.*\.tfvars$/,
};

const digestOfSources = async (packageSha256: string): Promise<string> => {
  const hash = createHash("sha256").update(packageSha256);
  for (const [folder, pattern] of Object.entries(SOURCES)) {
    const names = (await readdir(join(ROOT, folder))).filter((name) => pattern.test(name)).sort();
    for (const name of names) hash.update(`\0${name}\0`).update(await readFile(join(ROOT, folder, name)));
  }
  const variables = Object.entries(process.env).filter(([name]) => name.startsWith("TF_VAR_"));
  return hash.update(JSON.stringify(variables.sort())).digest("hex");
};
