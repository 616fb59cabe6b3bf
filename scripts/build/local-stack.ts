/** Stacks that run on this machine: synthesized again only when something that they are made from has changed. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import type { Environment } from "../../modules/variables";
import { environmentNamed } from "./environments";
import { buildHandler, buildUploadApi } from "./handler-package";
import { stackFor } from "./stack-for";
import { PROJECT, stackFolder } from "./stacks";
import { requireWritable } from "./writable";

/** Contains a folder for each stack, named after the digest of its sources. */
const CACHE = join(PROJECT, ".cache", "stacks");

const DEBUG_PACKAGES = join(PROJECT, ".cache", "debug");

const HOUR_MS = 3_600_000;

/** Recipients for alarms where the environment names none: reserved for examples. */
const STAND_INS = { TF_VAR_alert_email: "oncall@example.com", TF_VAR_alert_sms: "+15555550100" };

/**
 * @param debug whether the handler in the zip can be debugged: not minified, with a source map
 * @returns folder of the `cdk.tf.json` of `dev`, or of its first region, with the zip for this machine
 * @throws Error with what the build or the synthesis reports
 */
export const devStack = ({ debug = false } = {}): Promise<string> =>
  localStack("dev", process.env, debug, async (shell) => {
    const [first] = await readEnvironments(ENVIRONMENTS, shell, ["dev"]);
    return first ?? environmentNamed("dev");
  });

/**
 * @param changes variables that replace those of the environment. @default none
 * @returns folder of a stack's `cdk.tf.json`, with the zip for this machine and a recipient for each alarm
 * @throws UsageError for an unknown environment; Error with what the build or the synthesis reports
 */
export const drillStack = (name: string, changes: Partial<Environment> = {}): Promise<string> => {
  const find = async (shell: NodeJS.ProcessEnv) => ({ ...(await environmentNamed(name, "--env", shell)), ...changes });
  return localStack(`${name} ${JSON.stringify(changes)}`, { ...STAND_INS, ...process.env }, false, find);
};

/** @param key distinguishes stacks that are made from the same sources and variables of the shell */
const localStack = async (
  key: string,
  shell: NodeJS.ProcessEnv,
  debug: boolean,
  find: (shell: NodeJS.ProcessEnv) => Promise<Environment>,
): Promise<string> => {
  await requireWritable(CACHE);
  const { file, sha256 } = await buildHandler({ target: "host", ...(debug && { debug, outDir: DEBUG_PACKAGES }) });
  const api = await buildUploadApi(debug ? { debug, outDir: DEBUG_PACKAGES } : {});
  const folder = join(CACHE, await digestOf(key, shell, `${sha256} ${api.sha256}`));
  if (!existsSync(folder)) await synthesizeInto(folder, await find(shell), file, api.file);
  const [stack = ""] = await readdir(join(folder, "stacks"));
  return stackFolder(stack, folder);
};

/** The folder appears complete or not at all. */
const synthesizeInto = async (
  folder: string,
  environment: Environment,
  packagePath: string,
  uploadApiPackagePath: string,
) => {
  const temporary = `${folder}.${randomUUID()}`;
  await mkdir(temporary, { recursive: true });
  stackFor(environment, { outdir: temporary, packagePath, uploadApiPackagePath });
  // If the folder exists by now, another run has made the same.
  await rename(temporary, folder).catch(() => rm(temporary, { recursive: true, force: true }));
  await removeOld();
};

/** Stacks younger than an hour stay: another run may be reading them. */
const removeOld = async (): Promise<void> => {
  for (const name of await readdir(CACHE)) {
    const folder = join(CACHE, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > HOUR_MS) await rm(folder, { recursive: true, force: true });
  }
};

/** Folders, and the files in them that a stack is made from. */
const SOURCES: Readonly<Record<string, RegExp>> = {
  [PROJECT]: /^(main\.ts|package-lock\.json)$/,
  [join(PROJECT, "modules")]: /\.ts$/,
  [join(PROJECT, "handler/contract")]: /\.ts$/,
  [ENVIRONMENTS]: /\.tfvars$/,
};

const digestOf = async (stack: string, shell: NodeJS.ProcessEnv, packageSha256: string): Promise<string> => {
  const variables = Object.entries(shell).filter(([name]) => name.startsWith("TF_VAR_"));
  const hash = createHash("sha256").update(JSON.stringify([stack, packageSha256, variables.sort()]));
  for (const [folder, pattern] of Object.entries(SOURCES)) {
    const names = (await readdir(folder, { recursive: folder !== PROJECT }))
      .filter((name) => pattern.test(name))
      .sort();
    for (const name of names) hash.update(`\0${name}\0`).update(await readFile(join(folder, name)));
  }
  return hash.digest("hex");
};
