/** Synthesizes `dev` for a rehearsal: in a temporary folder, for this machine's CPU, with the values that a rehearsal needs. */
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ARCHITECTURES } from "../../../handler/contract/runtime";
import { ENVIRONMENTS, readEnvironments } from "../../../modules/environment";
import type { Environment, VariableName } from "../../../modules/variables";
import { buildHandler } from "../../build/handler-package";
import { stackFor } from "../../build/stack-for";
import { readBlueprint } from "../../sandbox/blueprint";
import { temporaryFolder } from "../../terminal/processes";

const REHEARSED = "dev";

export type Values = Partial<Record<VariableName, string | number | boolean>>;

/**
 * Addresses, so that subscriptions are created, and this machine's CPU, so that the deployed zip runs here. No saved
 * queries: moto lacks them, and the provider would retry for minutes.
 */
const valuesForHere = (): Values => {
  const architecture = Object.entries(ARCHITECTURES).find(([, { cpu }]) => cpu === process.arch)?.[0];
  if (architecture === undefined)
    throw new Error(`Expected one of arm64, x64 for this machine's CPU but got ${process.arch}`);
  return {
    lambda_architecture: architecture,
    alert_email: "operator@example.com",
    alert_sms: "+15555550100",
    enable_saved_queries: false,
  };
};

/** @returns a tfvars text with some values replaced or added */
export const withValues = (tfvars: string, values: Values): string => {
  const sets = (line: string) => Object.keys(values).some((name) => new RegExp(`^\\s*${name}\\s*=`).test(line));
  const kept = tfvars.split("\n").filter((line) => !sets(line));
  const added = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [...kept, ...added, ""].join("\n");
};

export interface RehearsalStack {
  readonly environment: Environment;
  readonly folder: string;
  /** Path of the zip. */
  readonly packageFile: string;
}

/**
 * The default zip is the one for this machine: on Linux, the same bytes as the package for Lambda on this CPU.
 * TF_VAR_<name> and `dev.local.tfvars` are ignored.
 */
export const rehearsalStack = async (values: Values = {}, zip?: string): Promise<RehearsalStack> => {
  const root = temporaryFolder();
  const environments = join(root, "environments");
  const file = `${REHEARSED}.tfvars`;
  await mkdir(environments);
  const tfvars = readFileSync(join(ENVIRONMENTS, file), "utf8");
  await writeFile(join(environments, file), withValues(tfvars, { ...valuesForHere(), ...values }));
  const [environment] = await readEnvironments(environments, {});
  if (environment === undefined) throw new Error(`Expected an environment for ${file} but got none`);
  const packagePath = zip ?? (await buildHandler({ target: "host" })).file;
  const folder = stackFor(environment, { packagePath });
  return { environment, folder, packageFile: readBlueprint(folder).function.packageFile };
};
