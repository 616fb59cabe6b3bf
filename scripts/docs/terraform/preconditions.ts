/** Rules between the variables of the root module, as Terraform checks them. The rules of TypeScript are in modules/rules.ts. */

interface Precondition {
  readonly condition: string;
  readonly message: string;
}

const apart = (one: string, other: string): Precondition => ({
  condition: `var.${one} == "" || var.${other} == ""`,
  message: `Expected at most one of ${one} and ${other} but got both.`,
});

const together = (one: string, other: string, isEmpty = (name: string) => `var.${name} == ""`): Precondition => ({
  condition: `(${isEmpty(one)}) == (${isEmpty(other)})`,
  message: `Expected both ${one} and ${other}, or neither, but got one.`,
});

/** Add a row for a rule that Terraform can check. */
export const PRECONDITIONS: readonly Precondition[] = [
  {
    condition: "var.duration_threshold_ms < var.lambda_timeout * 1000",
    message:
      "Expected less than lambda_timeout (${var.lambda_timeout * 1000} ms) for duration_threshold_ms but got ${var.duration_threshold_ms}.",
  },
  {
    condition:
      "var.reserved_concurrent_executions == -1 || var.concurrent_executions_threshold <= var.reserved_concurrent_executions",
    message:
      "Expected at most reserved_concurrent_executions (${var.reserved_concurrent_executions}) for concurrent_executions_threshold but got ${var.concurrent_executions_threshold}.",
  },
  {
    condition: "var.enable_release_alias || !var.enable_codedeploy",
    message: "Expected true (enable_codedeploy needs it) for enable_release_alias but got false.",
  },
  {
    condition: "!var.enable_async_alarms || var.event_age_threshold_ms < var.lambda_max_event_age_seconds * 1000",
    message:
      "Expected more than event_age_threshold_ms (${var.event_age_threshold_ms / 1000} s) for lambda_max_event_age_seconds but got ${var.lambda_max_event_age_seconds}.",
  },
  {
    condition: "var.large_image_bytes < var.max_image_bytes",
    message:
      "Expected less than max_image_bytes (${var.max_image_bytes}) for large_image_bytes but got ${var.large_image_bytes}.",
  },
  {
    condition:
      'length("${var.project_name}-${var.environment}-processed-") <= 37 || (var.processed_bucket_name != "" || var.existing_processed_bucket_name != "")',
    message:
      "Expected at most 37 characters for the bucket prefix from project_name and environment but got ${var.project_name}-${var.environment}-processed-.",
  },
  apart("upload_bucket_name", "existing_upload_bucket_name"),
  apart("processed_bucket_name", "existing_processed_bucket_name"),
  {
    condition: '!var.enable_kms_key || var.existing_kms_key_arn == ""',
    message: "Expected false (existing_kms_key_arn is set) for enable_kms_key but got true.",
  },
  together("vpc_security_group_ids", "vpc_subnet_ids", (name) => `length(var.${name}) == 0`),
  together("slack_workspace_id", "slack_channel_id"),
];
