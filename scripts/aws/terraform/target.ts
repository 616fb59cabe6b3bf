/** The target of plan, deploy and destroy: one environment in an account or an emulator, checked before anything is changed. */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { naming, stackName } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { environmentNamed } from "../../build/environments";
import { PROJECT } from "../../build/stacks";
import { synth } from "../../build/synth";
import { temporaryFolder } from "../../terminal/processes";
import { answerTo } from "../account";
import { type Clients, clientsFor } from "../clients";
import { EMULATOR_CREDENTIALS } from "./moto";
import { NEEDS, providerSource, requireTerraform } from "./tools";
import { emulatorProvider, type Override, type Place } from "./working-copy";

export interface Target {
  /** The stack's name. */
  readonly name: string;
  readonly environment: Environment;
  /** Id of the account that the credentials belong to. */
  readonly account: string;
  /** Environment variables for Terraform. */
  readonly env: NodeJS.ProcessEnv;
  /** Location of the state, for messages. */
  readonly state: string;
  /** The state's file, if the state is a local file. */
  readonly stateFile?: string;
  /** URL of an emulator. @default AWS */
  readonly endpoint?: string;
  readonly aws: Clients;
}

export interface TargetOptions {
  readonly endpointUrl?: string;
}

/** An emulator has a separate state; otherwise Terraform would take its resources for the account's. */
export const stateFileOf = (stack: string, endpoint: string | undefined): string => {
  const host = endpoint === undefined ? "" : `.${new URL(endpoint).host.replaceAll(/[^\w.]/g, "-")}`;
  return join(PROJECT, `terraform.${stack}${host}.tfstate`);
};

const statePlace = (environment: Environment, endpoint: string | undefined) => {
  const { state_bucket: bucket, state_key: key } = environment;
  if (endpoint === undefined && bucket !== "")
    return { state: `s3://${bucket}/${key || naming(environment).stateKey}` };
  const stateFile = stateFileOf(stackName(environment), endpoint);
  return { state: basename(stateFile), stateFile };
};

/** Shared by all runs, so that the provider is downloaded once. */
const PLUGIN_CACHE = join(PROJECT, ".cache", "terraform-plugins");

const environmentVariables = async (endpoint: string | undefined): Promise<NodeJS.ProcessEnv> => {
  const source = await providerSource(temporaryFolder());
  const { TF_PLUGIN_MIRROR, TF_PLUGIN_CACHE_DIR = PLUGIN_CACHE } = process.env;
  // With a mirror nothing is downloaded; a cache would only copy the provider.
  if (!TF_PLUGIN_MIRROR) await mkdir(TF_PLUGIN_CACHE_DIR, { recursive: true });
  return {
    ...process.env,
    ...source,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    ...(!TF_PLUGIN_MIRROR && { TF_PLUGIN_CACHE_DIR, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" }),
    ...(endpoint !== undefined && {
      ...EMULATOR_CREDENTIALS,
      AWS_ENDPOINT_URL: endpoint,
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      AWS_EC2_METADATA_DISABLED: "true",
    }),
  };
};

const identity = async (aws: Clients, endpoint: string | undefined) => {
  const { Account: account, Arn: arn } = await answerTo(
    "GetCallerIdentity",
    aws.sts.send(new GetCallerIdentityCommand({})),
  ).catch((error: Error & { cause?: { code?: string } }) => {
    if (endpoint === undefined || error.cause?.code !== "ECONNREFUSED") throw error;
    throw new Error(`Expected an AWS emulator at ${endpoint} but the connection is refused`, { cause: error });
  });
  if (account === undefined) throw new Error("Expected the id of an account from GetCallerIdentity but got none");
  return { account, arn };
};

/**
 * Checks Terraform's version and the credentials, and prints account and region.
 * @throws UsageError for an unknown environment; InvalidEnvironments; SkippedError if Terraform or the provider is missing;
 *   Error of one line if the credentials are not valid
 */
export const findTarget = async (
  name: string,
  { endpointUrl: endpoint }: TargetOptions,
  print: (line: string) => void,
): Promise<Target> => {
  const environment = await environmentNamed(name);
  const { state, stateFile } = statePlace(environment, endpoint);
  const version = await requireTerraform(stateFile === undefined ? NEEDS.lockFile : NEEDS.stacks);
  const env = await environmentVariables(endpoint);
  print(`Terraform    ${version}, state in ${state}`);

  const aws = clientsFor(environment.aws_region, endpoint);
  const { account, arn } = await identity(aws, endpoint);
  print(`account      ${account} (${arn})`);
  print(`region       ${environment.aws_region}${endpoint === undefined ? "" : `, at ${endpoint}`}`);
  return { name, environment, account, env, state, stateFile, endpoint, aws };
};

/**
 * Builds the zip and synthesizes the environment.
 * @returns the folder with the stack's `cdk.tf.json`
 * @throws InvalidEnvironments, or Error of one line
 */
export const synthesizeTarget = async (
  { name, environment }: Target,
  print: (line: string) => void,
): Promise<string> => {
  const [stack] = await synth([environment]);
  if (!stack) throw new Error(`Expected a stack for ${name} but synthesis wrote none`);
  print(`environment  ${name} is valid: ${stack.resources} resources, ${stack.alarms} alarms, with a fresh zip`);
  return stack.folder;
};

/** Terraform merges such files over `cdk.tf.json` in the order of their names, so an override of the user's own wins. */
const OVERRIDE = "0_target_override.tf.json";

/** Sets the state's file, and for an emulator the provider. */
const overrideOf = ({ stateFile, endpoint }: Target, stack: string): Override => ({
  ...(stateFile !== undefined && { terraform: { backend: { local: { path: stateFile } } } }),
  ...(endpoint !== undefined && { provider: emulatorProvider(stack) }),
});

/**
 * Copies a synthesized stack, with its zip and the user's overrides, into a separate folder. The synthesized stack stays
 * unchanged. An emulator gets no overrides of the user's: they could name the state of an account.
 */
export const workingFolder = async (target: Target, stack: string, folder: string): Promise<Place> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const left = target.endpoint === undefined ? /\.terraform|\.tfstate/ : /\.terraform|\.tfstate|override\.tf\.json$/;
  await cp(stack, folder, { recursive: true, filter: (path) => !left.test(relative(stack, path)) });
  await writeFile(join(folder, OVERRIDE), JSON.stringify(overrideOf(target, stack), undefined, 2));
  return { name: target.name, folder, env: target.env };
};
