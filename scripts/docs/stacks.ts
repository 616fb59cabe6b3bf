/** The committed environments, and their synthesized stacks, for the documents. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENVIRONMENTS, synthesize } from "../../main";
import { readEnvironments } from "../../modules/environment";
import type { Environment } from "../../modules/variables";
import { readStack, type Stack } from "../sandbox/terraform-json";

/** @returns every environment as committed, without variables of the shell */
export const committedEnvironments = (): Promise<Environment[]> => readEnvironments(ENVIRONMENTS, {});

/** @throws Error where there is no such file in environments/ */
export const environmentNamed = async (name: "dev" | "prod"): Promise<Environment> => {
  const environment = (await committedEnvironments()).find((each) => each.environment === name);
  if (environment === undefined) throw new Error(`Expected environments/${name}.tfvars for the documents but got none`);
  return environment;
};

/** The parts of a stack that the documents show. */
export interface DocumentedStack {
  readonly stack: Stack;
  /** The same as plain JSON: descriptions of outputs, and the construct that each resource comes from. */
  readonly json: {
    readonly output: Readonly<Record<string, { readonly description: string }>>;
    readonly resource: Readonly<
      Record<string, Readonly<Record<string, { readonly "//"?: { readonly metadata: { readonly path: string } } }>>>
    >;
  };
}

const synthesized = async (name: "dev" | "prod"): Promise<DocumentedStack> => {
  const outDir = mkdtempSync(join(tmpdir(), "docs-"));
  try {
    process.env.HANDLER_PACKAGE ??= "package.json"; // No document depends on the contents of the package.
    synthesize([await environmentNamed(name)], outDir);
    const folder = join(outDir, "stacks", name);
    return { stack: readStack(folder), json: JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) };
  } finally {
    rmSync(outDir, { recursive: true });
  }
};

const stacks = new Map<string, Promise<DocumentedStack>>();

/** @returns the synthesized stack; each environment is synthesized once */
export const stackOf = (name: "dev" | "prod"): Promise<DocumentedStack> => {
  const stack = stacks.get(name) ?? synthesized(name);
  stacks.set(name, stack);
  return stack;
};
