/** The committed environments, and their synthesized stacks, for the documents. */
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import type { Environment } from "../../modules/variables";
import { stackFor } from "../build/stack-for";

type Name = "dev" | "prod";

/** @returns every environment as committed, without variables of the shell */
export const committedEnvironments = (): Promise<Environment[]> => readEnvironments(ENVIRONMENTS, {});

/** @throws Error where there is no such file in environments/ */
export const environmentNamed = async (name: Name): Promise<Environment> => {
  const environment = (await committedEnvironments()).find((each) => each.environment === name);
  if (environment === undefined) throw new Error(`Expected environments/${name}.tfvars for the documents but got none`);
  return environment;
};

const folders = new Map<Name, Promise<string>>();

/** @returns folder of the stack's `cdk.tf.json`; each environment is synthesized once */
export const stackOf = (name: Name): Promise<string> => {
  const folder = folders.get(name) ?? environmentNamed(name).then((environment) => stackFor(environment));
  folders.set(name, folder);
  return folder;
};
