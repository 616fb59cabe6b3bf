/** The `dev` stack for the local run: built and synthesized again when anything that it is made from has changed. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildHandler } from "../build-handler";

const ROOT = join(__dirname, "..", "..");
const OUTDIR = join(ROOT, ".cache", "local");

/** Digest of what the stack was made from. */
const STAMP = join(OUTDIR, "dev.stamp");

/**
 * @returns folder of the stack's `cdk.tf.json`
 * @throws Error with what the build or the synthesis has to say
 */
export const freshStack = async (): Promise<string> => {
  const { file, sha256 } = await buildHandler({ target: "host" });
  const digest = await digestOfSources(sha256);
  const stamp = await readFile(STAMP, "utf8").catch(() => undefined);
  if (stamp !== digest) {
    await synthesizeDev(file);
    await writeFile(STAMP, digest);
  }
  return join(OUTDIR, "stacks", "dev");
};

/** CDKTF is loaded only here: it takes longer than everything else together. */
const synthesizeDev = async (packageFile: string): Promise<void> => {
  const { ENVIRONMENTS, synthesize } = await import("../../main.js");
  const { readEnvironments } = await import("../../modules/environment.js");
  const environments = await readEnvironments(ENVIRONMENTS, process.env);
  process.env.HANDLER_PACKAGE = packageFile;
  synthesize(
    environments.filter(({ environment }) => environment === "dev"),
    OUTDIR,
  );
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
