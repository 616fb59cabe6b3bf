/** The folders that synthesis writes, and what is in them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

type Json = Readonly<Record<string, unknown>>;

/** An argument block, and CDKTF's path of the construct that wrote it. */
type Block = Json & { readonly "//"?: { readonly metadata?: { readonly path?: string } } };

/** A stack's `cdk.tf.json`. */
export interface TerraformJson {
  /** By type and name. */
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly provider: { readonly aws: readonly Json[] };
  readonly terraform: Json;
  readonly output: Readonly<Record<string, Json & { readonly description: string }>>;
}

export const PROJECT = join(__dirname, "../..");

/** @returns the folder with `cdk.tf.json` and the zip of an environment */
export const stackFolder = (name: string, out = join(PROJECT, "cdktf.out")): string => join(out, "stacks", name);

/** @returns the file as it is, with references unresolved */
export const readTerraformJson = (folder: string): TerraformJson =>
  JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as TerraformJson;
