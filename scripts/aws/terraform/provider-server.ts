/** One process of the AWS provider for many Terraform commands, each of which would otherwise start several. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "../../terminal/processes";
import type { Place } from "./working-copy";

/** @returns the only entry of a folder whose name begins so */
const entryOf = async (folder: string, begin: string): Promise<string> => {
  const name = (await readdir(folder)).find((each) => each.startsWith(begin));
  if (name === undefined) throw new Error(`Expected ${begin || "a provider"} in ${folder} but got none`);
  return join(folder, name);
};

/** The binary that `terraform init` has installed: `<host>/hashicorp/aws/<version>/<platform>/terraform-provider-aws_…`. */
const installed = async ({ folder, env }: Place): Promise<string> => {
  let found = join(env.TF_DATA_DIR ?? join(folder, ".terraform"), "providers");
  for (const begin of ["", "hashicorp", "aws", "", "", "terraform-provider-aws"]) found = await entryOf(found, begin);
  return found;
};

/** A place whose commands share a provider. */
export interface Served extends Place {
  /** Ends the provider. @default it ends with this process */
  readonly stop: () => Promise<void>;
}

/**
 * A provider makes and sends its schema at each start, which takes most of the CPU time of commands that plan little.
 *
 * It keeps one configuration, the last one. So the commands configure no provider, as `validate` and tests with mocks, or they
 * take turns and have one provider block each.
 * https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
 * @param place an initialized folder
 * @returns the same place, with the provider
 */
export const withProvider = async (place: Place): Promise<Served> => {
  const { match, stop } = await serve(
    // It reads zips, whose paths are relative to the configuration.
    { program: await installed(place), args: ["-debug"], cwd: place.folder, env: place.env, limitSeconds: 120 },
    /TF_REATTACH_PROVIDERS='(.+)'/,
  );
  return { ...place, env: { ...place.env, TF_REATTACH_PROVIDERS: match[1] }, stop };
};
