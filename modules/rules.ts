/** Rules between the variables of an environment. */

import { variantsMistake } from "../handler/contract/variants";
import { isReservedBucketPrefix } from "./checks";
import { MAX_SETTINGS_BYTES, settingsBytes } from "./image_processor";
import { naming, OWN_TAGS, stacksOf } from "./naming";
import { PARTITIONS, partitionOf } from "./partitions";
import { type Environment, VARIABLES, type Variable, type VariableName } from "./variables";

type Violation = { what: string; name?: string; got: unknown } | undefined;

interface Rule {
  /** The variables that the rule compares. It is checked if all of them are valid; a violation is reported for the first. */
  readonly of: readonly [VariableName, ...VariableName[]];
  /** @returns the expected and the actual value; undefined if the rule holds */
  readonly broken: (environment: Environment, file: string) => Violation;
}

/** Whether a text, list or map is empty, or a number 0. */
const isUnset = (value: unknown): boolean =>
  value === "" ||
  value === 0 ||
  value === false ||
  (typeof value === "object" && Object.keys(value ?? {}).length === 0);

const unset = (name: VariableName): string => JSON.stringify((VARIABLES[name] as Variable).default ?? "");

/** @returns a rule: both variables are set, or neither */
const together = (one: VariableName, other: VariableName): Rule => ({
  of: [one, other],
  broken: (environment) =>
    isUnset(environment[one]) === isUnset(environment[other])
      ? undefined
      : {
          what: `${isUnset(environment[other]) ? "no value" : "a value"} (${other} has ${isUnset(environment[other]) ? "none" : "one"})`,
          got: environment[one],
        },
});

/** @returns a rule: at most one of the variables is set */
const either = (one: VariableName, other: VariableName): Rule => ({
  of: [one, other],
  broken: (environment) =>
    isUnset(environment[one]) || isUnset(environment[other])
      ? undefined
      : { what: `${unset(one)} (${other} is set)`, got: environment[one] },
});

/** Things that exist in one region, or once in the world: an environment with stacks in several regions cannot share them. */
const SINGLE = [
  "upload_bucket_name",
  "processed_bucket_name",
  "existing_upload_bucket_name",
  "existing_processed_bucket_name",
  "existing_kms_key_arn",
  "existing_critical_alerts_topic_arn",
  "existing_performance_alerts_topic_arn",
  "existing_log_alerts_topic_arn",
  "vpc_subnet_ids",
  "slack_channel_id",
] as const satisfies readonly VariableName[];

const notInSeveralRegions = (name: (typeof SINGLE)[number]): Rule => ({
  of: [name, "regions"],
  broken: (environment) =>
    environment.regions.length < 2 || isUnset(environment[name])
      ? undefined
      : {
          what: `${unset(name)} (the stacks of ${environment.regions.length} regions cannot share it)`,
          got: environment[name],
        },
});

const REGIONAL_ARNS = [
  "existing_kms_key_arn",
  "existing_critical_alerts_topic_arn",
  "existing_performance_alerts_topic_arn",
  "existing_log_alerts_topic_arn",
] as const satisfies readonly VariableName[];

const inTheRegion = (name: (typeof REGIONAL_ARNS)[number]): Rule => ({
  of: [name, "aws_region", "regions"],
  broken: ({ [name]: arn, aws_region: region }) =>
    arn === "" || arn.split(":")[3] === region ? undefined : { what: `an ARN in aws_region (${region})`, got: arn },
});

/** The variables that some partition lacks. */
const UNAVAILABLE = [
  ...new Set(Object.values(PARTITIONS).flatMap(({ unavailable }) => Object.keys(unavailable))),
] as VariableName[];

const availableInPartition = (name: VariableName): Rule => ({
  of: [name, "aws_region"],
  broken: (environment) => {
    const partition = partitionOf(environment.aws_region);
    const reason = (PARTITIONS[partition].unavailable as Readonly<Record<string, string>>)[name];
    return reason === undefined || isUnset(environment[name])
      ? undefined
      : { what: `${unset(name)} in ${partition} (${reason})`, got: environment[name] };
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html */
const MIN_TRANSITION_DAYS: Readonly<Partial<Record<Environment["processed_transition_class"], number>>> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
};

const notInExistingBucket = (name: "processed_transition_days" | "processed_expiration_days"): Rule => ({
  of: [name, "existing_processed_bucket_name"],
  broken: ({ [name]: days, existing_processed_bucket_name }) =>
    days === 0 || existing_processed_bucket_name === ""
      ? undefined
      : { what: "0 (the owner of an existing bucket configures its lifecycle)", got: days },
});

const nameOf = (own: string, existing: string): string => own || existing;

/** Rules between variables: add a row. */
export const RULES: readonly Rule[] = [
  {
    of: ["environment"],
    broken: ({ environment }, file) =>
      environment === file ? undefined : { what: `"${file}" (the name of the file)`, got: environment },
  },
  {
    of: ["project_name", "environment", "aws_region", "regions"],
    broken: (environment) => {
      const prefixes = stacksOf(environment).flatMap((stack) => {
        const { bucketPrefixes, bucketNames } = naming(stack);
        const named: Readonly<Record<string, string | undefined>> = bucketNames;
        return Object.entries(bucketPrefixes).flatMap(([kind, prefix]) => (named[kind] === undefined ? [prefix] : []));
      });
      const reserved = prefixes.find(isReservedBucketPrefix);
      if (reserved !== undefined)
        return {
          what: "a start that S3 does not reserve",
          name: "the bucket prefix from project_name and environment",
          got: reserved,
        };
      const longest = prefixes.reduce((a, b) => (a.length >= b.length ? a : b));
      return longest.length <= 37
        ? undefined
        : {
            what: "at most 37 characters",
            name: "the bucket prefix from project_name and environment",
            got: longest,
          };
    },
  },
  {
    of: ["regions", "aws_region"],
    broken: ({ regions, aws_region }) =>
      regions.length === 0 || regions[0] === aws_region
        ? undefined
        : { what: `a list that starts with aws_region (${aws_region})`, got: regions },
  },
  {
    of: ["enable_replication", "regions"],
    broken: ({ enable_replication, regions }) =>
      enable_replication && regions.length < 2
        ? {
            what: `false (replication needs at least two regions, and regions has ${regions.length})`,
            got: enable_replication,
          }
        : undefined,
  },
  {
    of: ["enable_s3_versioning", "enable_replication"],
    broken: ({ enable_s3_versioning, enable_replication }) =>
      enable_replication && !enable_s3_versioning
        ? { what: "true (enable_replication needs it)", got: enable_s3_versioning }
        : undefined,
  },
  {
    of: ["state_key", "regions"],
    broken: ({ state_key, regions }) =>
      regions.length === 0 || state_key === ""
        ? undefined
        : { what: '"" (the stack of each region has its own key)', got: state_key },
  },
  {
    of: ["duration_threshold_ms", "lambda_timeout"],
    broken: ({ duration_threshold_ms, lambda_timeout }) =>
      duration_threshold_ms < lambda_timeout * 1000
        ? undefined
        : { what: `less than lambda_timeout (${lambda_timeout * 1000} ms)`, got: duration_threshold_ms },
  },
  {
    of: ["concurrent_executions_threshold", "reserved_concurrent_executions"],
    broken: ({ concurrent_executions_threshold: threshold, reserved_concurrent_executions: reserved }) =>
      reserved === -1 || threshold <= reserved
        ? undefined
        : { what: `at most reserved_concurrent_executions (${reserved})`, got: threshold },
  },
  {
    of: ["enable_release_alias", "enable_codedeploy"],
    broken: ({ enable_release_alias, enable_codedeploy }) =>
      enable_release_alias || !enable_codedeploy
        ? undefined
        : { what: "true (enable_codedeploy needs it)", got: enable_release_alias },
  },
  {
    of: ["lambda_max_event_age_seconds", "event_age_threshold_ms", "enable_async_alarms"],
    broken: ({ lambda_max_event_age_seconds: seconds, event_age_threshold_ms: thresholdMs, enable_async_alarms }) =>
      thresholdMs < seconds * 1000 || !enable_async_alarms
        ? undefined
        : { what: `more than event_age_threshold_ms (${thresholdMs / 1000} s)`, got: seconds },
  },
  {
    of: ["large_image_bytes", "max_image_bytes"],
    broken: ({ large_image_bytes, max_image_bytes }) =>
      large_image_bytes < max_image_bytes
        ? undefined
        : { what: `less than max_image_bytes (${max_image_bytes})`, got: large_image_bytes },
  },
  {
    of: ["variants"],
    broken: ({ variants }) => {
      const mistake = variantsMistake(variants);
      return mistake && { ...mistake, name: `variants${mistake.at}` };
    },
  },
  {
    of: ["variants", "variant_tags", "cache_control", "metric_namespace", "log_level", "metrics_transport"],
    broken: (environment) => {
      const bytes = settingsBytes(environment);
      return bytes <= MAX_SETTINGS_BYTES
        ? undefined
        : {
            what: `at most ${MAX_SETTINGS_BYTES} bytes (the limit of Lambda; a variant takes about 60)`,
            name: "the environment variables of the function with these variants",
            got: bytes,
          };
    },
  },
  {
    of: ["state_bucket", "state_key"],
    broken: ({ state_bucket, state_key }) =>
      state_bucket !== "" || state_key === ""
        ? undefined
        : { what: `a bucket name (state_key is "${state_key}")`, got: state_bucket },
  },
  {
    of: ["extra_tags"],
    broken: ({ extra_tags }) => {
      const own = OWN_TAGS.find((key) => key in extra_tags);
      return own === undefined ? undefined : { what: `tags other than ${OWN_TAGS.join(", ")}`, got: extra_tags };
    },
  },
  {
    of: [
      "existing_processed_bucket_name",
      "processed_bucket_name",
      "existing_upload_bucket_name",
      "upload_bucket_name",
    ],
    broken: (environment) => {
      const upload = nameOf(environment.upload_bucket_name, environment.existing_upload_bucket_name);
      const processed = nameOf(environment.processed_bucket_name, environment.existing_processed_bucket_name);
      return upload === "" || upload !== processed
        ? undefined
        : { what: "another bucket than the upload bucket", name: "the bucket for variants", got: processed };
    },
  },
  {
    of: ["enable_replication", "existing_upload_bucket_name", "existing_processed_bucket_name"],
    broken: ({ enable_replication, existing_upload_bucket_name, existing_processed_bucket_name }) =>
      enable_replication && (existing_upload_bucket_name || existing_processed_bucket_name)
        ? { what: "false (the owner of an existing bucket configures its replication)", got: enable_replication }
        : undefined,
  },
  {
    of: ["enable_s3_access_logging", "existing_upload_bucket_name", "existing_processed_bucket_name"],
    broken: ({ enable_s3_access_logging, existing_upload_bucket_name, existing_processed_bucket_name }) =>
      enable_s3_access_logging && existing_upload_bucket_name && existing_processed_bucket_name
        ? { what: "false (the owner of an existing bucket configures its access logs)", got: enable_s3_access_logging }
        : undefined,
  },
  {
    of: ["processed_transition_days", "processed_transition_class"],
    broken: ({ processed_transition_days: days, processed_transition_class: storageClass }) => {
      const atLeast = MIN_TRANSITION_DAYS[storageClass] ?? 1;
      return days === 0 || days >= atLeast
        ? undefined
        : { what: `at least ${atLeast} days for ${storageClass} (S3 moves nothing earlier)`, got: days };
    },
  },
  {
    of: ["processed_expiration_days", "processed_transition_days"],
    broken: ({ processed_expiration_days: expire, processed_transition_days: transition }) =>
      expire === 0 || transition === 0 || expire > transition
        ? undefined
        : { what: `more than processed_transition_days (${transition})`, got: expire },
  },
  ...(["processed_transition_days", "processed_expiration_days"] as const).map(notInExistingBucket),
  {
    of: ["recovery_window_seconds", "error_rate_window_seconds", "alarm_routing"],
    broken: ({ recovery_window_seconds: recovery, error_rate_window_seconds: errors, alarm_routing }) =>
      recovery >= errors || alarm_routing === "each"
        ? undefined
        : { what: `at least error_rate_window_seconds (${errors})`, got: recovery },
  },
  {
    of: ["slo_seconds", "lambda_max_event_age_seconds", "alarm_routing"],
    broken: ({ slo_seconds, lambda_max_event_age_seconds: age, alarm_routing }) =>
      slo_seconds < age || alarm_routing === "each"
        ? undefined
        : { what: `less than lambda_max_event_age_seconds (${age})`, got: slo_seconds },
  },
  {
    of: ["enable_upload_api", "enable_metadata_table"],
    broken: ({ enable_upload_api, enable_metadata_table }) =>
      enable_upload_api && !enable_metadata_table
        ? { what: "false (the upload API needs enable_metadata_table)", got: enable_upload_api }
        : undefined,
  },
  {
    of: ["upload_api_authorizer", "upload_api_public"],
    broken: ({ upload_api_authorizer: authorizer, upload_api_public }) =>
      (authorizer === "none") === upload_api_public
        ? undefined
        : {
            what: upload_api_public
              ? '"none" (upload_api_public is true)'
              : '"iam" or "jwt" ("none" needs upload_api_public = true)',
            got: authorizer,
          },
  },
  {
    of: ["upload_api_jwt_issuer", "upload_api_authorizer"],
    broken: ({ upload_api_jwt_issuer: issuer, upload_api_authorizer: authorizer }) =>
      (authorizer === "jwt") === (issuer !== "")
        ? undefined
        : {
            what: authorizer === "jwt" ? "the address of an issuer" : `"" (upload_api_authorizer is ${authorizer})`,
            got: issuer,
          },
  },
  together("upload_api_jwt_audience", "upload_api_jwt_issuer"),
  {
    of: ["upload_api_cors_origins", "upload_api_public"],
    broken: ({ upload_api_cors_origins: origins, upload_api_public }) =>
      origins.includes("*") && !upload_api_public
        ? { what: 'origins ("*" needs upload_api_public = true)', got: origins }
        : undefined,
  },
  {
    of: ["upload_api_cors_origins", "existing_upload_bucket_name"],
    broken: ({ upload_api_cors_origins: origins, existing_upload_bucket_name }) =>
      origins.length > 0 && existing_upload_bucket_name !== ""
        ? { what: "[] (the owner of an existing bucket configures its CORS)", got: origins }
        : undefined,
  },
  either("upload_bucket_name", "existing_upload_bucket_name"),
  either("processed_bucket_name", "existing_processed_bucket_name"),
  either("enable_kms_key", "existing_kms_key_arn"),
  together("vpc_security_group_ids", "vpc_subnet_ids"),
  together("slack_workspace_id", "slack_channel_id"),
  ...SINGLE.map(notInSeveralRegions),
  ...REGIONAL_ARNS.map(inTheRegion),
  ...UNAVAILABLE.map(availableInPartition),
];
