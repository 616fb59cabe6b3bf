/** Rules between the variables of the root module, as Terraform checks them. The rules of TypeScript are in modules/*-rules.ts. */
import { MAX_TIMEOUT_SECONDS } from "../../../modules/backfill-limits";
import { OWN_TAGS } from "../../../modules/naming";
import { PARTITIONS } from "../../../modules/partitions";
import { VARIABLES, type Variable, type VariableName } from "../../../modules/variables";

/** "Expected <what> for <name> but got <got>". `what` is a template of Terraform: it may contain `${…}`. */
export interface Precondition {
  readonly condition: string;
  readonly what: string;
  readonly name: string;
  /** The wrong value as an expression. @default the variable `name` */
  readonly got?: string;
}

const isEmpty = (name: string): string =>
  Array.isArray((VARIABLES[name as VariableName] as Variable).default)
    ? `length(var.${name}) == 0`
    : `var.${name} == ""`;

/** At most one of the variables is set. */
const apart = (one: VariableName, other: VariableName): Precondition => ({
  condition: `${isEmpty(one)} || ${isEmpty(other)}`,
  what: `"" (${other} is set)`,
  name: one,
});

/** Both variables are set, or neither. */
const together = (one: VariableName, other: VariableName): Precondition => ({
  condition: `(${isEmpty(one)}) == (${isEmpty(other)})`,
  what: `\${${isEmpty(other)} ? "no value" : "a value"} (${other} has \${${isEmpty(other)} ? "none" : "one"})`,
  name: one,
});

const notInExistingBucket = (name: VariableName): Precondition => ({
  condition: `var.${name} == 0 || var.existing_processed_bucket_name == ""`,
  what: "0 (the owner of an existing bucket configures its lifecycle)",
  name,
});

const inTheRegion = (name: VariableName): Precondition => ({
  condition: `var.${name} == "" ? true : split(":", var.${name})[3] == var.aws_region`,
  what: "an ARN in aws_region (${var.aws_region})",
  name,
});

/** A variable whose default is another variable is null. */
const chosen = (name: VariableName): string => {
  const { sameAs } = VARIABLES[name] as Variable;
  return sameAs === undefined ? `var.${name}` : `(var.${name} != null ? var.${name} : var.${sameAs})`;
};

const available = (): Precondition[] =>
  Object.entries(PARTITIONS).flatMap(([partition, { regions, unavailable }]) =>
    (Object.entries(unavailable) as [VariableName, string][]).map(([name, reason]) => {
      const unset = JSON.stringify((VARIABLES[name] as Variable).default ?? "");
      return {
        condition: `!startswith(var.aws_region, "${regions}") || ${chosen(name)} == ${unset}`,
        what: `${unset} in ${partition} (${reason})`,
        name,
        got: chosen(name),
      };
    }),
  );

const bucket = (kind: "upload" | "processed"): string =>
  `(var.${kind}_bucket_name != "" ? var.${kind}_bucket_name : var.existing_${kind}_bucket_name)`;

const PROCESSED_PREFIX = 'join("-", [var.project_name, var.environment, "processed-"])';

/** Timeout of the function of backfills. */
export const BACKFILL_TIMEOUT = `min(var.lambda_timeout, ${MAX_TIMEOUT_SECONDS})`;

/** Add a row for a rule that Terraform can check. */
export const PRECONDITIONS: readonly Precondition[] = [
  {
    condition: "var.duration_threshold_ms < var.lambda_timeout * 1000",
    what: "less than lambda_timeout (${var.lambda_timeout * 1000} ms)",
    name: "duration_threshold_ms",
  },
  {
    condition:
      "var.reserved_concurrent_executions == -1 || var.concurrent_executions_threshold <= var.reserved_concurrent_executions",
    what: "at most reserved_concurrent_executions (${var.reserved_concurrent_executions})",
    name: "concurrent_executions_threshold",
  },
  {
    condition: "var.enable_release_alias || !var.enable_codedeploy",
    what: "true (enable_codedeploy needs it)",
    name: "enable_release_alias",
  },
  {
    condition: "!var.enable_async_alarms || var.event_age_threshold_ms < var.lambda_max_event_age_seconds * 1000",
    what: "more than event_age_threshold_ms (${var.event_age_threshold_ms / 1000} s)",
    name: "lambda_max_event_age_seconds",
  },
  {
    condition: "var.large_image_bytes < var.max_image_bytes",
    what: "less than max_image_bytes (${var.max_image_bytes})",
    name: "large_image_bytes",
  },
  {
    condition: 'var.alarm_routing == "each" || var.recovery_window_seconds >= var.error_rate_window_seconds',
    what: "at least error_rate_window_seconds (${var.error_rate_window_seconds})",
    name: "recovery_window_seconds",
  },
  {
    condition: 'var.alarm_routing == "each" || var.throttled_datapoints <= var.throttled_periods',
    what: "at most throttled_periods (${var.throttled_periods})",
    name: "throttled_datapoints",
  },
  {
    condition: 'var.alarm_routing == "each" || var.slo_seconds < var.lambda_max_event_age_seconds',
    what: "less than lambda_max_event_age_seconds (${var.lambda_max_event_age_seconds})",
    name: "slo_seconds",
  },
  {
    condition: `length(${PROCESSED_PREFIX}) <= 37 || ${bucket("processed")} != ""`,
    what: "at most 37 characters",
    name: "the bucket prefix from project_name and environment",
    got: PROCESSED_PREFIX,
  },
  {
    condition: `${bucket("upload")} == "" || ${bucket("upload")} != ${bucket("processed")}`,
    what: "another bucket than the upload bucket",
    name: "the bucket for variants",
    got: bucket("processed"),
  },
  {
    condition:
      '!var.enable_s3_access_logging || var.existing_upload_bucket_name == "" || var.existing_processed_bucket_name == ""',
    what: "false (the owner of an existing bucket configures its access logs)",
    name: "enable_s3_access_logging",
  },
  {
    condition:
      'var.processed_transition_days == 0 || var.processed_transition_days >= 30 || !contains(["STANDARD_IA", "ONEZONE_IA"], var.processed_transition_class)',
    what: "at least 30 days for ${var.processed_transition_class} (S3 moves nothing earlier)",
    name: "processed_transition_days",
  },
  {
    condition:
      "var.processed_expiration_days == 0 || var.processed_transition_days == 0 || var.processed_expiration_days > var.processed_transition_days",
    what: "more than processed_transition_days (${var.processed_transition_days})",
    name: "processed_expiration_days",
  },
  notInExistingBucket("processed_transition_days"),
  notInExistingBucket("processed_expiration_days"),
  apart("upload_bucket_name", "existing_upload_bucket_name"),
  apart("processed_bucket_name", "existing_processed_bucket_name"),
  {
    condition: '!var.enable_kms_key || var.existing_kms_key_arn == ""',
    what: "false (existing_kms_key_arn is set)",
    name: "enable_kms_key",
  },
  together("vpc_security_group_ids", "vpc_subnet_ids"),
  together("slack_workspace_id", "slack_channel_id"),
  {
    condition: `length(setintersection(keys(var.extra_tags), ${JSON.stringify(OWN_TAGS).replaceAll(",", ", ")})) == 0`,
    what: `tags other than ${OWN_TAGS.join(", ")}`,
    name: "extra_tags",
  },
  {
    condition: "!var.enable_upload_api || var.enable_metadata_table",
    what: "false (the upload API needs enable_metadata_table)",
    name: "enable_upload_api",
  },
  {
    condition: '!var.upload_api_public || var.upload_api_authorizer == "none"',
    what: '"none" (upload_api_public is true)',
    name: "upload_api_authorizer",
  },
  {
    condition: 'var.upload_api_public || var.upload_api_authorizer != "none"',
    what: '"iam" or "jwt" ("none" needs upload_api_public = true)',
    name: "upload_api_authorizer",
  },
  {
    condition: 'var.upload_api_authorizer != "jwt" || var.upload_api_jwt_issuer != ""',
    what: "the address of an issuer",
    name: "upload_api_jwt_issuer",
  },
  {
    condition: 'var.upload_api_authorizer == "jwt" || var.upload_api_jwt_issuer == ""',
    what: '"" (upload_api_authorizer is ${var.upload_api_authorizer})',
    name: "upload_api_jwt_issuer",
  },
  together("upload_api_jwt_audience", "upload_api_jwt_issuer"),
  {
    condition: 'var.upload_api_public || !contains(var.upload_api_cors_origins, "*")',
    what: 'origins ("*" needs upload_api_public = true)',
    name: "upload_api_cors_origins",
  },
  {
    condition: 'length(var.upload_api_cors_origins) == 0 || var.existing_upload_bucket_name == ""',
    what: "[] (the owner of an existing bucket configures its CORS)",
    name: "upload_api_cors_origins",
  },
  {
    condition: `!var.enable_backfill || var.backfill_slowest_image_seconds <= ${BACKFILL_TIMEOUT}`,
    what: `at most \${${BACKFILL_TIMEOUT}} seconds (the timeout of a batch, from lambda_timeout)`,
    name: "backfill_slowest_image_seconds",
  },
  inTheRegion("existing_kms_key_arn"),
  inTheRegion("existing_critical_alerts_topic_arn"),
  inTheRegion("existing_performance_alerts_topic_arn"),
  inTheRegion("existing_log_alerts_topic_arn"),
  ...available(),
];

/** Quotes outside of `${…}` are escaped. */
const escaped = (text: string): string =>
  text
    .split(/(\$\{[^}]*\})/)
    .map((part) => (part.startsWith("${") ? part : part.replaceAll('"', '\\"')))
    .join("");

/** @returns the message as a template of Terraform, without the quotes around it */
export const messageOf = ({ what, name, got = `var.${name}` }: Omit<Precondition, "condition">): string =>
  escaped(`Expected ${what} for ${name} but got \${jsonencode(${got})}.`);
