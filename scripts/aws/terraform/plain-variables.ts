/** The variables of the plain root module. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { helpOf } from "../../../modules/stack-inputs";
import type { Environment } from "../../../modules/variables";
import { PROJECT } from "../../build/stacks";

/** @returns the names of the variables */
export const plainVariables = (): string[] => {
  const text = readFileSync(join(PROJECT, "terraform", "variables.tf"), "utf8");
  return [...text.matchAll(/^variable "(\w+)"/gm)].map(([, name = ""]) => name);
};

/**
 * @param packagePath zip of the function
 * @param uploadApiPackagePath zip of the upload API's function
 * @returns the values of the variables for an environment
 */
export const plainValues = (
  environment: Environment,
  packagePath: string,
  uploadApiPackagePath = packagePath,
): Readonly<Record<string, unknown>> => {
  const values: Readonly<Record<string, unknown>> = {
    ...environment,
    package_path: packagePath,
    upload_api_package_path: environment.enable_upload_api ? uploadApiPackagePath : "",
    alarm_help: helpOf(environment),
  };
  const names = plainVariables();
  const unknown = names.find((name) => !(name in values));
  if (unknown !== undefined) throw new Error(`Expected a value for ${unknown} of terraform/variables.tf but got none`);
  return Object.fromEntries(names.map((name) => [name, values[name]]));
};
