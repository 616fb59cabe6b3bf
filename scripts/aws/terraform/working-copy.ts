/** A temporary copy of a synthesized stack, in which Terraform runs without touching anything of the user's. */
import { readFileSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Outcome, run, temporaryFolder } from "../../terminal/processes";
import { diagnose } from "./diagnosis";
import { EMULATOR_CREDENTIALS } from "./moto";
import { providerSource, terraformBinary } from "./tools";

/** A folder with a configuration, and the environment that Terraform gets there. */
export interface Place {
  readonly name: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Merged over `cdk.tf.json` by Terraform: https://developer.hashicorp.com/terraform/language/files/override */
export interface Override {
  readonly terraform?: Record<string, unknown>;
  readonly provider?: { readonly aws: readonly Record<string, unknown>[] };
}

/** Variables by which a user's shell would steer Terraform or the provider. */
const PERSONAL = /^(AWS_|TF_VAR_|TF_CLI_ARGS|TF_LOG|TF_WORKSPACE|TF_DATA_DIR|TF_STATE)/;

export const withoutPersonal = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !PERSONAL.test(name)));

/**
 * No credential, workspace or profile of the user's can get in: what runs with it can only reach `endpoint`.
 * @param folder holds what Terraform downloads (or links) and its CLI configuration; several places may share it
 */
export const isolatedEnv = async (folder: string, endpoint?: string): Promise<NodeJS.ProcessEnv> => ({
  ...withoutPersonal(process.env),
  ...(await providerSource(folder)),
  ...EMULATOR_CREDENTIALS,
  ...(endpoint && { AWS_ENDPOINT_URL: endpoint }),
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: join(folder, "no-config"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "no-credentials"),
  CHECKPOINT_DISABLE: "1",
  TF_DATA_DIR: join(folder, ".terraform"),
  TF_IN_AUTOMATION: "1",
});

/** @returns what each provider of a stack, that of another region included, needs to talk to an emulator on this machine */
export const emulatorProvider = (stack: string): Override["provider"] => {
  const { provider } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")) as {
    provider: { aws: readonly { readonly alias?: string }[] };
  };
  return {
    aws: provider.aws.map(({ alias }) => ({ alias, s3_use_path_style: true, skip_metadata_api_check: "true" })),
  };
};

/** @param stack folder that synthesis wrote; what Terraform left there stays behind */
export const copyStack = async (stack: string, override: Override): Promise<string> => {
  const folder = join(temporaryFolder(), basename(stack));
  await cp(stack, folder, {
    recursive: true,
    filter: (path) => !/\.terraform|\.tfstate|override\.tf\.json$/.test(path),
  });
  await writeFile(join(folder, "test_override.tf.json"), JSON.stringify(override, undefined, 2));
  return folder;
};

/** @throws Error of one line for an exit code that is not listed; SkippedError where the provider cannot be had */
export const terraform = async (
  { name, folder, env }: Place,
  args: readonly string[],
  limitSeconds: number,
  exitCodes: readonly number[] = [0],
): Promise<Outcome> => {
  const outcome = await run({ program: terraformBinary(env), args, cwd: folder, env, limitSeconds });
  if (exitCodes.includes(outcome.code)) return outcome;
  throw diagnose(`terraform ${args[0]} of ${name}`, `${outcome.stdout}\n${outcome.stderr}`);
};

/** @returns the values of the stack's outputs */
export const outputs = async (place: Place): Promise<Readonly<Record<string, unknown>>> => {
  const { stdout } = await terraform(place, ["output", "-json"], 120);
  const all = JSON.parse(stdout) as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]));
};
