/** Every environment as Terraform JSON, with a fresh package of the function beside it. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { ENVIRONMENTS, packageOfUser, synthesize } from "../../main";
import { readEnvironments } from "../../modules/environment";
import { stackName } from "../../modules/naming";
import { emailsOf } from "../../modules/stack";
import type { Environment } from "../../modules/variables";
import { isExampleAddress } from "./example-address";
import { buildHandler } from "./handler-package";

export interface Synthesized {
  readonly environment: Environment;
  /** Where `cdk.tf.json` lies. */
  readonly folder: string;
  readonly resources: number;
  readonly alarms: number;
}

/** Folders of stacks that no longer exist. Those of the others stay, for Terraform keeps its providers there. */
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
  };
};

/**
 * Builds the packages that are not fresh (none where HANDLER_PACKAGE names one) and synthesizes every environment into
 * CDKTF_OUTDIR, or `cdktf.out` of the project.
 * @throws InvalidEnvironments, or Error of one line
 */
export const synth = async (): Promise<Synthesized[]> => {
  const environments = await readEnvironments(ENVIRONMENTS, process.env);
  const targets = packageOfUser() ? [] : environments.map((each) => each.lambda_architecture);
  for (const target of new Set(targets)) await buildHandler({ target });

  const outdir = resolve(process.env.CDKTF_OUTDIR ?? join(__dirname, "../../cdktf.out"));
  const stacks = join(outdir, "stacks");
  const names = environments.map(stackName);
  removeOthers(stacks, names);
  synthesize(environments, { outdir });
  return environments.map((environment) => summary(environment, stacks));
};

/** @returns what an operator should know before deploying these */
export const warnings = (environments: readonly Environment[]): string[] =>
  environments.flatMap((environment) => {
    const name = stackName(environment);
    const silent = Object.entries(emailsOf(environment))
      .filter(
        ([severity, email]) => email === "" && !(severity === "critical" && environment.critical_alert_sms !== ""),
      )
      .map(([severity]) => severity);
    const all = silent.length === Object.keys(emailsOf(environment)).length;
    const which = all ? "the alarms" : `the ${silent.join(" and ")} alarms`;
    const silence = `${name} has no subscribers for ${which}, so notifications reach no one: set alert_email (TF_VAR_alert_email or environments/${environment.environment}.local.tfvars)`;
    const shared = environments
      .filter((other) => other.environment < environment.environment && other.aws_region === environment.aws_region)
      .filter((other) => other.metric_namespace === environment.metric_namespace)
      .map(
        (other) =>
          `${stackName(other)} and ${name} share metric_namespace ${environment.metric_namespace}: in one account each would count the other's log lines`,
      );
    const example = `${name} links to runbooks at an example address: set runbook_base_url to where docs/runbooks is published, or to ""`;
    return [
      ...(silent.length > 0 ? [silence] : []),
      ...(isExampleAddress(environment.runbook_base_url) ? [example] : []),
      ...shared,
    ];
  });
