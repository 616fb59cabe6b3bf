/** The target of plan, deploy and destroy: one environment in an account or an emulator, checked before anything is changed. */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { naming, stackName } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { PROJECT } from "../../build/stacks";
import { synth } from "../../build/synth";
import { temporaryFolder } from "../../terminal/processes";
import { answerTo, environmentNamed } from "../account";
import { type Clients, clientsFor } from "../clients";
import { EMULATOR_CREDENTIALS } from "./moto";
import { NEEDS, providerSource, requireTerraform } from "./tools";
import { emulatorProvider, type Override, type Place } from "./working-copy";

export interface Target extends Place {
  readonly environment: Environment;
  /** cdktf's output folder: it contains `stacks/<name>`, which is `folder`. */
  readonly outdir: string;
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

/** An emulator has a state of its own; otherwise Terraform would take its resources for the account's. */
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

/** A copy of the stack whose provider uses the emulator and whose state is a file. The synthesized stack stays unchanged. */
const emulated = async (folder: string, name: string, stateFile: string): Promise<string> => {
  const outdir = temporaryFolder();
  const stack = join(outdir, "stacks", name);
  await mkdir(stack, { recursive: true });
  await cp(folder, stack, { recursive: true, filter: (path) => !/\.terraform/.test(path) });
  const manifest = JSON.parse(await readFile(join(folder, "..", "..", "manifest.json"), "utf8"));
  await writeFile(
    join(outdir, "manifest.json"),
    JSON.stringify({ ...manifest, stacks: { [name]: manifest.stacks[name] } }),
  );
  const override: Override = {
    terraform: { backend: { local: { path: stateFile } } },
    provider: emulatorProvider(folder),
  };
  await writeFile(join(stack, "emulator_override.tf.json"), JSON.stringify(override, undefined, 2));
  return outdir;
};

const environmentVariables = async (endpoint: string | undefined): Promise<NodeJS.ProcessEnv> => {
  const source = await providerSource(temporaryFolder());
  return {
    ...process.env,
    ...source,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    // With a mirror nothing is downloaded; a cache would only copy the provider.
    ...(process.env.TF_PLUGIN_MIRROR && { CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1" }),
    ...(endpoint !== undefined && {
      ...EMULATOR_CREDENTIALS,
      AWS_ENDPOINT_URL: endpoint,
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      AWS_EC2_METADATA_DISABLED: "true",
    }),
  };
};

const identity = async (aws: Clients, endpoint: string | undefined): Promise<string> => {
  const { Account, Arn } = await answerTo("GetCallerIdentity", aws.sts.send(new GetCallerIdentityCommand({}))).catch(
    (error: Error & { cause?: { code?: string } }) => {
      if (endpoint === undefined || error.cause?.code !== "ECONNREFUSED") throw error;
      throw new Error(`Expected an AWS emulator at ${endpoint} but the connection is refused`, { cause: error });
    },
  );
  return `${Account} (${Arn})`;
};

/**
 * Checks Terraform's version and the credentials, builds the zip, and synthesizes the environment. Prints a line for each.
 * @throws UsageError for an unknown environment; InvalidEnvironments; SkippedError if Terraform or the provider is missing;
 *   Error of one line if the credentials are not valid
 */
export const prepareTarget = async (
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
  print(`account      ${await identity(aws, endpoint)}`);
  print(`region       ${environment.aws_region}${endpoint === undefined ? "" : `, at ${endpoint}`}`);

  const stacks = await synth();
  const stack = stacks.find((each) => stackName(each.environment) === name);
  if (!stack) throw new Error(`Expected a stack for ${name} but synthesis wrote none`);
  print(`environment  ${name} is valid: ${stack.resources} resources, ${stack.alarms} alarms, with a fresh zip`);

  const synthesized = join(stack.folder, "..", "..");
  const outdir = endpoint && stateFile ? await emulated(stack.folder, name, stateFile) : synthesized;
  return { name, environment, folder: join(outdir, "stacks", name), outdir, env, state, stateFile, endpoint, aws };
};
