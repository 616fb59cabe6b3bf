/** The folder of a template: `template.json`, the zips of the functions, and the values of the parameters. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TerraformJson } from "./graph";
import { templateOf, textOf } from "./template";

export interface FolderOptions {
  /** Folder of `cdk.tf.json`. */
  readonly stackDir: string;
  /** Folder to write to; it is created. */
  readonly outDir: string;
  readonly name: string;
  readonly isProtected: boolean;
  /** The stack, where it is not that of the folder. @default `cdk.tf.json` */
  readonly stack?: unknown;
}

/** The zip's name beside the template: that of the module that it belongs to. */
const zipName = (file: string): string => {
  const [, module] = /^assets\/(\w+?)_package\//.exec(file) ?? [];
  return module === undefined ? basename(file) : `${module}.zip`;
};

/** @throws Error as `templateOf` */
export const writeTemplate = ({ stackDir, outDir, name, isProtected, stack }: FolderOptions) => {
  const json = stack ?? JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8"));
  const zips = new Map<string, string>();
  const packageOf = (file: string) => {
    zips.set(zipName(file), file);
    const sha256 = createHash("sha256")
      .update(readFileSync(join(stackDir, file)))
      .digest("hex");
    return { path: zipName(file), sha256 };
  };
  const { template, values } = templateOf(json as TerraformJson, { name, isProtected, packageOf });
  mkdirSync(outDir, { recursive: true });
  for (const [zip, file] of zips) copyFileSync(join(stackDir, file), join(outDir, zip));
  const parameters = Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
  writeFileSync(join(outDir, "parameters.json"), `${JSON.stringify(parameters, undefined, 2)}\n`);
  const text = textOf(template);
  writeFileSync(join(outDir, "template.json"), text);
  return { template, bytes: Buffer.byteLength(text) };
};
