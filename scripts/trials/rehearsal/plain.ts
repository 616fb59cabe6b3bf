/** Copies of plain Terraform that can reach only an emulator. */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Served, withProvider } from "../../aws/terraform/provider-server";
import { isolatedEnv, type Place, terraform } from "../../aws/terraform/working-copy";
import { PROJECT } from "../../build/stacks";
import { temporaryFolder } from "../../terminal/processes";

export interface Plain {
  /** Folder in `terraform/examples`. @default the root module */
  readonly example?: string;
  /** Terraform JSON that is merged over the files of the folder. @default nothing */
  readonly override?: object;
  /** Values of variables. @default none */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** For every provider that uses an emulator. */
const EMULATED = { s3_use_path_style: true, skip_metadata_api_check: "true" };

/** For an example that has its own provider. */
export const EMULATED_PROVIDER = { provider: { aws: [EMULATED] } };

/** Both providers have one region, because one process serves both: see provider-server.ts. moto has no chat. */
const EMULATED_ROOT = { provider: { aws: [EMULATED, { ...EMULATED, alias: "chat", region: "${var.aws_region}" }] } };

const writeJson = (folder: string, name: string, contents: object): Promise<void> =>
  writeFile(join(folder, name), JSON.stringify(contents));

/** @returns a working copy that is not initialized */
export const copyPlain = async (
  endpoint: string,
  { example, override = {}, variables = {} }: Plain = {},
): Promise<Place> => {
  const root = join(temporaryFolder(), "terraform");
  await cp(join(PROJECT, "terraform"), root, {
    recursive: true,
    filter: (path) => !/\.terraform|\.tfstate|\.tfvars$|override\.tf\.json$/.test(path),
  });
  const folder = example === undefined ? root : join(root, "examples", example);
  await writeJson(root, "emulator_override.tf.json", EMULATED_ROOT);
  await writeJson(folder, "test_override.tf.json", override);
  await writeJson(folder, "terraform.tfvars.json", variables);
  const name = example === undefined ? "terraform/" : `examples/${example}`;
  return { name, folder, env: await isolatedEnv(temporaryFolder(), endpoint) };
};

/** @returns the place with a provider of its own */
export const initialize = async (place: Place): Promise<Served> => {
  await terraform(place, ["init", "-no-color", "-input=false"], 120);
  return withProvider(place);
};
