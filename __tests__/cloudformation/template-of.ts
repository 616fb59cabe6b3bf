/** The template of an environment, after a change of its Terraform JSON. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../modules/variables";
import { writeTemplateOnly } from "../../scripts/cloudformation/files";
import { synthesized, temporary } from "../modules/synthesized";

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly UpdatePolicy?: unknown;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Stack = Record<string, Record<string, Record<string, unknown>>>;

/** @param change of the Terraform JSON @default none */
export const templateOf = (environment: Environment, change: (resource: Stack) => void = () => {}) => {
  const { folder } = synthesized(environment);
  const stack = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  change(stack.resource);
  const outDir = temporary();
  const options = { outDir, name: environment.environment, isProtected: environment.protected };
  const { template } = writeTemplateOnly(stack, options);
  const parameters: string[] = JSON.parse(readFileSync(join(outDir, "parameters.json"), "utf8"));
  return { outDir, template, parameters, resources: template.Resources as Readonly<Record<string, Resource>> };
};
