/** Environments as Terraform JSON, with a fresh package of the function beside it. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageOfUser, synthesize, uploadApiPackageOfUser } from "../../main";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { buildHandler, buildUploadApi } from "./handler-package";
import { requireWritable } from "./writable";

export interface Synthesized {
  readonly environment: Environment;
  /** Folder of `cdk.tf.json`. */
  readonly folder: string;
  readonly resources: number;
  readonly alarms: number;
  readonly compositeAlarms: number;
}

/** Removes the folders of stacks that no longer exist. The others stay, because Terraform keeps its providers in them. */
const removeOthers = (stacks: string, names: readonly string[]): void => {
  if (!existsSync(stacks)) return;
  for (const name of readdirSync(stacks)) {
    if (!names.includes(name)) rmSync(join(stacks, name), { recursive: true });
  }
};

const summary = (environment: Environment, stacks: string): Synthesized => {
  const folder = join(stacks, stackName(environment));
  const { resource }: { resource: Record<string, object> } = JSON.parse(
    readFileSync(join(folder, "cdk.tf.json"), "utf8"),
  );
  const count = (resources: object = {}) => Object.keys(resources).length;
  return {
    environment,
    folder,
    resources: Object.values(resource).reduce((sum, resources) => sum + count(resources), 0),
    alarms: count(resource.aws_cloudwatch_metric_alarm),
    compositeAlarms: count(resource.aws_cloudwatch_composite_alarm),
  };
};

/**
 * Builds the packages that are not fresh (none where HANDLER_PACKAGE names one) and synthesizes environments into
 * CDKTF_OUTDIR, or `cdktf.out` of the project.
 * @param only these stacks; folders of others stay @default every environment, and no other folder stays
 * @throws InvalidEnvironments, or Error of one line
 */
export const synth = async (only?: readonly Environment[]): Promise<Synthesized[]> => {
  const environments = only ?? (await readEnvironments(ENVIRONMENTS, process.env));
  const outdir = resolve(process.env.CDKTF_OUTDIR ?? join(__dirname, "../../cdktf.out"));
  await requireWritable(outdir);
  const targets = packageOfUser() ? [] : environments.map((each) => each.lambda_architecture);
  for (const target of new Set(targets)) await buildHandler({ target });
  const hasApi = environments.some((each) => each.enable_upload_api);
  if (hasApi && uploadApiPackageOfUser() === undefined) await buildUploadApi();

  const stacks = join(outdir, "stacks");
  if (only === undefined) removeOthers(stacks, environments.map(stackName));
  synthesize(environments, { outdir });
  return environments.map((environment) => summary(environment, stacks));
};
