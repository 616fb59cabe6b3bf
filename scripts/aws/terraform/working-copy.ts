/** Runs Terraform in a temporary copy of a synthesized stack, without the user's credentials, state or settings. */
import { cp, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { readTerraformJson } from "../../build/stacks";
import { type Outcome, run, temporaryFolder } from "../../terminal/processes";
import { diagnose } from "./diagnosis";
import { EMULATOR_CREDENTIALS } from "./moto";
import { providerSource, terraformBinary } from "./tools";

/** A folder with a configuration, and the environment variables for Terraform. */
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

/** Shell variables that change what the synthesis, Terraform or the provider does. */
const PERSONAL = /^(ENVIRONMENTS_FOLDER$|AWS_|TF_VAR_|TF_CLI_ARGS|TF_LOG|TF_WORKSPACE|TF_DATA_DIR|TF_STATE)/;

export const withoutPersonal = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !PERSONAL.test(name)));

/**
 * Without the user's credentials, workspace and profile, Terraform can only reach `endpoint`.
 * @param folder for downloaded providers and the CLI configuration; several stacks may share it
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

/** @returns settings for every provider of a stack, including the one of the replica's region, to use an emulator */
export const emulatorProvider = (stack: string): Override["provider"] => {
  const { provider } = readTerraformJson(stack);
  return {
    aws: provider.aws.map(({ alias }) => ({ alias, s3_use_path_style: true, skip_metadata_api_check: "true" })),
  };
};

/** @param stack synthesized folder; files that Terraform wrote there are not copied */
export const copyStack = async (stack: string, override: Override): Promise<string> => {
  const folder = join(temporaryFolder(), basename(stack));
  await cp(stack, folder, {
    recursive: true,
    filter: (path) => !/\.terraform|\.tfstate|override\.tf\.json$/.test(path),
  });
  await writeFile(join(folder, "test_override.tf.json"), JSON.stringify(override, undefined, 2));
  return folder;
};

/** @throws Error of one line for an exit code that is not listed; SkippedError if the provider cannot be installed */
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
