/** The folders that synthesis writes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of `cdk.tf.json` that tell which module a resource was written in. */
export interface Synthesized {
  readonly resource?: Readonly<
    Record<string, Readonly<Record<string, { readonly "//"?: { readonly metadata?: { readonly path?: string } } }>>>
  >;
}

export const PROJECT = join(__dirname, "../..");

/** @returns the folder with `cdk.tf.json` and the zip of an environment */
export const stackFolder = (name: string, out = join(PROJECT, "cdktf.out")): string => join(out, "stacks", name);

export const readStack = (folder: string): Synthesized =>
  JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as Synthesized;
