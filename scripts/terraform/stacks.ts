/** The environments there are, and the folders that synthesis writes for them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../cli";
import type { Synthesized } from "./plan-summary";

export const PROJECT = join(__dirname, "..", "..");

/** @returns the names of the environments in `environments/`, in alphabetical order */
export const environmentNames = (folder = join(PROJECT, "environments")): string[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith(".tfvars") && !file.endsWith(".local.tfvars"))
    .map((file) => file.slice(0, -".tfvars".length))
    .sort();

/** @throws UsageError that lists the environments there are */
export const requireEnvironment = (name: string, names: readonly string[] = environmentNames()): string => {
  if (names.includes(name)) return name;
  throw new UsageError(`Expected one of ${names.join(", ")} for <env> but got ${JSON.stringify(name)}`);
};

/** @returns the folder with `cdk.tf.json` and the zip of an environment */
export const stackFolder = (name: string, out = join(PROJECT, "cdktf.out")): string => join(out, "stacks", name);

export const readStack = (folder: string): Synthesized =>
  JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as Synthesized;
