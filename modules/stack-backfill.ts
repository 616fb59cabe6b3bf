/** What the stack passes to the backfill and to its function. */
import { backfillHandler } from "./backfill_handler";
import { backfillTimeout } from "./backfill-limits";
import type { ImageProcessorProps } from "./image_processor";
import { naming } from "./naming";
import type { Environment } from "./variables";

/** What the function shares with the function of live uploads. */
interface Shared {
  readonly enable_kms_key: boolean;
  readonly kms_key_arn: string;
  readonly account_id: string;
  /** The same zip. */
  readonly package_path: string;
  readonly buckets: Pick<ImageProcessorProps, "upload_bucket_arn" | "processed_bucket_arn" | "processed_bucket_id">;
  readonly records: ImageProcessorProps["records"];
}

/** @returns inputs of `lambda_function`: those of live uploads, without their retries, queue, alias and traces */
export const backfillFunctionInputs = (environment: Environment, { buckets, records, ...shared }: Shared) => {
  const { functionName, functionRoleName, logGroupName } = naming(environment).backfill;
  return {
    ...shared,
    function_name: functionName,
    role_name: functionRoleName,
    log_group_name: logGroupName,
    runtime: environment.lambda_runtime,
    architecture: environment.lambda_architecture,
    timeout: backfillTimeout(environment.lambda_timeout),
    memory_size: environment.lambda_memory_size,
    // Own concurrency: a backfill takes none from live uploads, and gets none of theirs.
    reserved_concurrent_executions: environment.backfill_max_concurrency,
    log_retention_days: environment.log_retention_days,
    permissions_boundary_arn: environment.permissions_boundary_arn,
    code_signing_profile_version_arn: environment.code_signing_profile_version_arn,
    vpc_subnet_ids: environment.vpc_subnet_ids,
    vpc_security_group_ids: environment.vpc_security_group_ids,
    aws_region: environment.aws_region,
    ...backfillHandler({
      ...environment,
      ...buckets,
      records,
      kms_key_arn: shared.enable_kms_key ? shared.kms_key_arn : undefined,
    }),
  };
};

/** @returns inputs of `backfill` that come from the environment */
export const backfillInputs = (environment: Environment) => {
  const { stateMachineName, roleName } = naming(environment).backfill;
  return {
    state_machine_name: stateMachineName,
    role_name: roleName,
    bucket_prefix: naming(environment).bucketPrefixes.backfill,
    function_timeout: backfillTimeout(environment.lambda_timeout),
    max_concurrency: environment.backfill_max_concurrency,
    batch_size: environment.backfill_batch_size,
    slowest_image_seconds: environment.backfill_slowest_image_seconds,
    tolerated_failure_percent: environment.backfill_tolerated_failure_percent,
    max_hours: environment.backfill_max_hours,
    keep_days: environment.backfill_keep_days,
    permissions_boundary_arn: environment.permissions_boundary_arn,
    aws_region: environment.aws_region,
  };
};
