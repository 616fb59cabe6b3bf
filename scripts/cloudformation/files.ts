/** The folder of a template: `template.json`, the zips of the functions, and the values of the parameters. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TerraformJson } from "./graph";
import { templateOf, textOf, type Written } from "./template";

export interface FolderOptions {
  /** Folder to write to; it is created. */
  readonly outDir: string;
  readonly name: string;
  readonly isProtected: boolean;
}

/** The zip's name beside the template: that of the module that it belongs to. */
const zipName = (file: string): string => {
  const [, module] = /^assets\/(\w+?)_package\//.exec(file) ?? [];
  return module === undefined ? basename(file) : `${module}.zip`;
};

const writeTo = (outDir: string, { template, values }: Written) => {
  mkdirSync(outDir, { recursive: true });
  // The form that `aws cloudformation deploy --parameter-overrides` takes from a file.
  const parameters = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(outDir, "parameters.json"), `${JSON.stringify(parameters, undefined, 2)}\n`);
  const text = textOf(template);
  writeFileSync(join(outDir, "template.json"), text);
  return { template, bytes: Buffer.byteLength(text) };
};

/** @param stackDir folder of `cdk.tf.json` @throws Error as `templateOf` */
export const writeTemplate = (stackDir: string, { outDir, ...options }: FolderOptions) => {
  const zips = new Map<string, string>();
  const packageOf = (file: string) => {
    zips.set(zipName(file), file);
    const sha256 = createHash("sha256")
      .update(readFileSync(join(stackDir, file)))
      .digest("hex");
    return { path: zipName(file), sha256 };
  };
  const stack: TerraformJson = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8"));
  const written = writeTo(outDir, templateOf(stack, { ...options, packageOf }));
  for (const [zip, file] of zips) copyFileSync(join(stackDir, file), join(outDir, zip));
  return written;
};

/** Without zips, to be read only. @param stack a `cdk.tf.json` that may be changed @throws Error as `templateOf` */
export const writeTemplateOnly = (stack: unknown, { outDir, ...options }: FolderOptions) =>
  writeTo(
    outDir,
    templateOf(stack as TerraformJson, { ...options, packageOf: (file) => ({ path: zipName(file), sha256: "none" }) }),
  );
