/** Mutants: single changes to a synthesized stack, made by rules for its JSON. The drill must notice each one. */
import { alarmRule, compositeRule } from "./alarm-mutations";
import { filterRule } from "./filter-mutations";
import { aliasRule, deploymentGroupRule, functionRule, notificationRule, permissionRule } from "./function-mutations";
import { change, type Json, REMOVED, type Rule, removed, replaced } from "./mutation";
import type { OTHERS } from "./other-runs";
import { policyRule, statementRule, trustRule } from "./policy-mutations";

export interface Mutant {
  readonly name: string;
  /** The whole `cdk.tf.json`, changed. */
  readonly stack: Json;
  /** The function itself, or how it is run, is changed, so that this has to be run again. @default nothing has to */
  readonly reruns?: keyof typeof OTHERS;
}

/** By resource type: add a row. */
const RULES: Readonly<Record<string, Rule>> = {
  aws_cloudwatch_metric_alarm: alarmRule,
  aws_cloudwatch_composite_alarm: compositeRule,
  aws_cloudwatch_log_metric_filter: (...row) => [...filterRule(...row), ...REMOVED(...row)],
  aws_s3_bucket_notification: notificationRule,
  aws_lambda_permission: permissionRule,
  aws_lambda_alias: aliasRule,
  aws_codedeploy_deployment_group: deploymentGroupRule,
  aws_lambda_function_event_invoke_config: (_label, row) => [
    ...change(row, ["maximum_retry_attempts"], (attempts: number) => Math.max(attempts - 1, 0)),
    ...change(row, ["maximum_event_age_in_seconds"], () => 60),
    ...change(row, ["function_name"], () => "another"),
  ],
  aws_dynamodb_table: (label, row, recorded) => [
    ...REMOVED(label, row, recorded),
    ...change(row, ["billing_mode"], () => "PROVISIONED"),
    ...change(row, ["hash_key"], () => "id"),
    ...change(row, ["range_key"], () => "problem"),
    ...change(row, ["ttl", "enabled"], () => false),
    ...change(row, ["point_in_time_recovery", "enabled"], () => false),
    ...change(row, ["server_side_encryption", "enabled"], () => false),
  ],
  aws_sqs_queue: (label, row, recorded) => [
    ...REMOVED(label, row, recorded),
    ...change(row, ["message_retention_seconds"], (seconds: number) => seconds - 1),
    ...change(row, ["sqs_managed_sse_enabled"], () => false),
    ...removed(row, ["kms_master_key_id"]),
  ],
  aws_sqs_queue_policy: (...row) => [...statementRule(...row), ...REMOVED(...row)],
  aws_sns_topic_policy: (...row) => [...trustRule(...row), ...REMOVED(...row)],
  aws_s3_bucket_policy: trustRule,
  aws_kms_key: trustRule,
  aws_iam_role_policy: policyRule,
  aws_lambda_function: functionRule,
};

const RERUNS: Readonly<Record<string, Mutant["reruns"]>> = {
  aws_lambda_function: "healthy",
  aws_dynamodb_table: "healthy",
  aws_lambda_function_event_invoke_config: "disturbance",
};

/** Changes that no scenario can show, and what shows them instead: add a row. */
const NOT_PLAYED: readonly RegExp[] = [
  // `npm run patterns` runs these filters on every kind of log line; no alarm of `alarm_routing = "each"` reads their metrics.
  /_(Attempts|FailedAttempts|LateImages|SupersededImages): pattern /,
  // Set for the C library, which has no log line: many-pictures.long.test.ts.
  /: MALLOC_MMAP_THRESHOLD_ renamed$/,
  // Without a table, images are processed without records: records.test.ts.
  /lambda_function_function: RECORDS_TABLE renamed$/,
  // Lambda's reports of these functions feed no metric, only saved queries; their own lines are JSON in either format.
  /(upload|backfill)_function_function: logging_config\.(log_format|system_log_level) /,
  // A single lost record is in one minute, so the sums of one and of five minutes are equal.
  /records_lost: period 300 -> 60$/,
];

/**
 * @param stack `cdk.tf.json` as an object
 * @param recorded all recorded log lines
 */
export const mutantsOf = (stack: Json, recorded: string): Mutant[] => {
  const resources = stack.resource as Record<string, Record<string, Json>>;
  return Object.entries(RULES).flatMap(([type, rule]) =>
    Object.entries(resources[type] ?? {}).flatMap(([label, row]) =>
      rule(label, row, recorded)
        .map(({ path, to, words }) => ({
          name: `${type}.${label}: ${words}`,
          stack: replaced(stack, ["resource", type, label, ...path], to) as Json,
          ...(type in RERUNS && { reruns: RERUNS[type] }),
        }))
        .filter(({ name }) => !NOT_PLAYED.some((change) => change.test(name))),
    ),
  );
};
