/** Each module alone in both forms, with the same values: the class as Terraform JSON, and the arguments of the plain one. */
import { App, Fn } from "cdktf";
import { resolve } from "cdktf/lib/_tokens";
import { withoutTracesAndWarnings } from "../../../main";
import type { Raw } from "./model";
import { casesOf } from "./module-cases";
import { moduleFiles } from "./module-files";
import { ModuleStack } from "./module-stack";
import { PLAIN_MODULES } from "./modules";
import type { PlainModule } from "./plain-module";
import { synthesizeModule } from "./synthesis";

export interface ModulePair {
  /** Of the pair, for messages. */
  readonly name: string;
  /** Folder in `terraform/modules`. */
  readonly module: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The class with these values, as the contents of a `.tf.json` file. */
  readonly stack: object;
}

/** @param packagePath file that stands for the zip of a function */
const stackOf = (module: PlainModule, values: Readonly<Record<string, Raw>>, packagePath: string): object => {
  const stack = new ModuleStack(new App({ outdir: "/nonexistent" }), "alone");
  // CDKTF would copy the file of a plain text.
  const given = { ...values, ...module.fixed, ...(values.package_path && { package_path: Fn.abspath(packagePath) }) };
  const outputs = Object.entries(module.build(stack, given)).map(([name, value]) => [
    name,
    { value: resolve(stack, value) },
  ]);
  const { resource, data } = stack.toTerraform();
  return { resource, data, output: Object.fromEntries(outputs) };
};

/** @returns every case of every module */
export const modulePairs = (packagePath: string): ModulePair[] =>
  withoutTracesAndWarnings(() =>
    Object.entries<PlainModule>(PLAIN_MODULES).flatMap(([name, module]) =>
      casesOf(synthesizeModule(module), moduleFiles(module).variables).map((given) => ({
        name: `${name}_${given.name}`,
        module: name,
        values: { ...given.values, ...(given.values.package_path && { package_path: packagePath }) },
        stack: stackOf(module, given.values, packagePath),
      })),
    ),
  );
