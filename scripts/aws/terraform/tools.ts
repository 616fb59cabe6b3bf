/** Finds Terraform and its AWS provider on this machine. */
import { existsSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SkippedError } from "../../terminal/cli";
import { run } from "../../terminal/processes";

/** The minimum version of Terraform or OpenTofu, by what needs it. */
// biome-ignore format: a ledger is read down its columns
export const NEEDS = {
  stacks:   { version: "1.5.0",  of: "the stacks" },
  mocks:    { version: "1.7.0",  of: "`terraform test` with a mocked provider" },
  lockFile: { version: "1.10.0", of: "a state in S3 with a lock file" },
} as const satisfies Record<string, { version: string; of: string }>;

/** cdktf uses the same binary. */
export const terraformBinary = (env: NodeJS.ProcessEnv = process.env): string =>
  env.TERRAFORM_BINARY_NAME || "terraform";

const numbers = (version: string): number[] => version.split(/[-+]/)[0]?.split(".").map(Number) ?? [];

/** @returns whether a version is at least the minimum; a pre-release counts as its release */
export const atLeast = (version: string, minimum: string): boolean => {
  const [have, want] = [numbers(version), numbers(minimum)];
  const at = want.findIndex((number, place) => number !== (have[place] ?? 0));
  return at === -1 || (have[at] ?? 0) > (want[at] ?? 0);
};

const isNotFound = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/**
 * @returns the version of Terraform (or OpenTofu) on this machine
 * @throws SkippedError that says how to install it, if it is missing or too old
 */
export const requireTerraform = async (
  need: (typeof NEEDS)[keyof typeof NEEDS],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> => {
  const program = terraformBinary(env);
  const install =
    "install it from https://developer.hashicorp.com/terraform/install, or name another binary in TERRAFORM_BINARY_NAME";
  const { stdout } = await run({ program, args: ["version", "-json"], env, limitSeconds: 30 }).catch((error) => {
    if (!isNotFound(error)) throw error;
    throw new SkippedError(
      `Expected Terraform ${need.version} or newer for ${need.of} but found no ${program}: ${install}`,
    );
  });
  const version = /"terraform_version":\s*"([^"]+)"/.exec(stdout)?.[1] ?? "none";
  if (atLeast(version, need.version)) return version;
  throw new SkippedError(
    `Expected Terraform ${need.version} or newer for ${need.of} but ${program} is ${version}: ${install}`,
  );
};

/** This machine's platform, as Terraform names it: `linux_amd64`. */
const providerPlatform = (): string => {
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `${system}_${process.arch === "x64" ? "amd64" : process.arch}`;
};

/**
 * @param mirror folder that contains `registry.terraform.io/`
 * @throws SkippedError if it has no AWS provider for this machine
 */
const requireProviderIn = async (mirror: string): Promise<void> => {
  const folder = join(mirror, "registry.terraform.io/hashicorp/aws");
  const platform = providerPlatform();
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  if (files.some((file) => file.includes(platform))) return;
  throw new SkippedError(
    `Expected hashicorp/aws for ${platform} in TF_PLUGIN_MIRROR but got ${mirror} without it: run terraform providers mirror ${mirror}, or unset TF_PLUGIN_MIRROR to use the registry`,
  );
};

/**
 * Sets where Terraform finds providers: TF_PLUGIN_MIRROR, or the user's own CLI configuration.
 * @param folder a CLI configuration may be written into it
 * @throws SkippedError for a mirror without the provider
 */
export const providerSource = async (
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ TF_CLI_CONFIG_FILE: string | undefined }> => {
  const own = env.TF_CLI_CONFIG_FILE;
  const mirror = env.TF_PLUGIN_MIRROR;
  // If the file does not exist, Terraform prints a warning into the output that is parsed.
  if (!mirror) return { TF_CLI_CONFIG_FILE: own && existsSync(own) ? own : undefined };
  await requireProviderIn(mirror);
  const file = join(folder, "terraform.rc");
  const path = JSON.stringify(mirror);
  writeFileSync(
    file,
    `provider_installation {\n  filesystem_mirror {\n    path    = ${path}\n    include = ["registry.terraform.io/*/*"]\n  }\n  direct {\n    exclude = ["registry.terraform.io/*/*"]\n  }\n}\n`,
  );
  return { TF_CLI_CONFIG_FILE: file };
};
