/** Differences between moto 5.2 and AWS, by name, and how checks work around them. */
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { VariableName } from "../../../modules/variables";
import { readTerraformJson } from "../../build/stacks";
import { actionOf, changedAttributes, changesOf, type Plan } from "./plan";
import type { Target } from "./target";

/**
 * Resource types that moto cannot create or delete, and the variable that switches each off: Terraform would retry for
 * minutes without a message. Add a row.
 */
// biome-ignore format: a ledger is read down its columns
const UNSUPPORTED: Readonly<Record<string, { readonly variables: readonly VariableName[]; readonly off: string }>> = {
  aws_cloudwatch_query_definition:         { variables: ["enable_saved_queries"],                   off: "false" },
  aws_lambda_function_recursion_config:    { variables: ["enable_recursion_guard"],                 off: "false" },
  aws_lambda_code_signing_config:          { variables: ["code_signing_profile_version_arn"],       off: '""' },
  aws_chatbot_slack_channel_configuration: { variables: ["slack_workspace_id", "slack_channel_id"], off: '""' },
  aws_budgets_budget:                      { variables: ["monthly_budget_usd"],                     off: "0" },
  aws_cloudwatch_composite_alarm:          { variables: ["alarm_routing"],                          off: '"each"' },
  // The provider checks the definition with ValidateStateMachineDefinition, and retries for five minutes.
  aws_sfn_state_machine:                   { variables: ["enable_backfill"],                        off: "false" },
  // Created, but never deleted.
  aws_codedeploy_deployment_group:         { variables: ["enable_codedeploy"],                      off: "false" },
};

/** @returns values of variables that leave out everything that moto cannot create or delete */
export const withoutUnsupported = (): Record<string, unknown> =>
  Object.fromEntries(
    Object.values(UNSUPPORTED).flatMap(({ variables, off }) =>
      variables.map((variable) => [variable, JSON.parse(off)]),
    ),
  );

/** @returns whether an emulator is moto, which has a page about itself */
export const isMoto = async (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/moto-api/data.json`, { signal: AbortSignal.timeout(5_000) })
    .then(async (response) => {
      await response.body?.cancel();
      return response.ok;
    })
    .catch(() => false);

/** @param stack folder that synthesis wrote @throws Error that names the variables to switch off */
export const requireSupportedByMoto = (
  { name, environment }: Pick<Target, "name" | "environment">,
  stack: string,
): void => {
  const types = Object.keys(readTerraformJson(stack).resource);
  const gaps = Object.entries(UNSUPPORTED).filter(([type]) => types.includes(type));
  if (gaps.length === 0) return;
  const lines = gaps
    .flatMap(([, { variables, off }]) => variables.map((variable) => `${variable} = ${off}`))
    .join(", ");
  throw new Error(
    `moto does not support ${gaps.map(([type]) => type).join(", ")} of ${name}: set ${lines} in environments/${environment.environment}.local.tfvars. Nothing was deployed`,
  );
};

/** Attributes that moto drops, by resource type: a second plan shows them as changes. Add a row, and say how moto drops it. */
export const MOTO_GAPS: Readonly<Record<string, readonly string[]>> = {
  // GetFunction returns neither LoggingConfig nor DeadLetterConfig, so every plan adds them again.
  aws_lambda_function: ["logging_config", "dead_letter_config"],
};

/** @returns the changes of a plan without the gaps, as `action address: attribute, attribute`, in alphabetical order */
export const changesBeside = (gaps: typeof MOTO_GAPS, plan: Plan): string[] =>
  changesOf(plan)
    .map((change) => ({
      title: `${actionOf(change)} ${change.address}`,
      attributes: changedAttributes(change).filter((name) => !gaps[change.type]?.includes(name)),
    }))
    .filter(({ attributes }) => attributes.length > 0)
    .map(({ title, attributes }) => `${title}: ${attributes.join(", ")}`)
    .sort();

/**
 * moto ignores the Condition of a Deny statement, so a policy that requires TLS denies every request. Removes the policies
 * while `action` runs, and restores them afterwards.
 */
export const withoutBucketPolicies = async <T>(
  s3: S3Client,
  buckets: readonly string[],
  action: () => Promise<T>,
): Promise<T> => {
  const policies = await Promise.all(buckets.map((Bucket) => s3.send(new GetBucketPolicyCommand({ Bucket }))));
  for (const Bucket of buckets) await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  try {
    return await action();
  } finally {
    for (const [at, Bucket] of buckets.entries())
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policies[at]?.Policy }));
  }
};
