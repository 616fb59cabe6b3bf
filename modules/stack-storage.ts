/** What the stack passes to the buckets, to the key and to the table of records. */
import { naming, tagsOf } from "./naming";
import type { Environment } from "./variables";

/** @returns inputs of `s3_buckets` that come from the environment */
export const bucketInputs = (environment: Environment) => {
  const { bucketPrefixes } = naming(environment);
  return {
    ...environment,
    upload_bucket_prefix: bucketPrefixes.upload,
    processed_bucket_prefix: bucketPrefixes.processed,
    log_bucket_prefix: bucketPrefixes.logs,
    enable_versioning: environment.enable_s3_versioning,
    enable_access_logging: environment.enable_s3_access_logging,
    access_log_days: environment.s3_access_log_days,
  };
};

/** @returns inputs of `metadata_table` that come from the environment */
export const tableInputs = (environment: Environment) => ({
  ...environment,
  table_name: naming(environment).recordsTableName,
  enable_deletion_protection: environment.protected,
  enable_upload_index: environment.enable_upload_api,
});

/** @returns inputs of `encryption_key` that come from the environment */
export const keyInputs = (environment: Environment) => {
  const { keyName, logGroupName, uploads, backfill } = naming(environment);
  return {
    key_name: keyName,
    log_group_name: logGroupName,
    api_log_group_name: environment.enable_upload_api ? uploads.logGroupName : "",
    backfill_log_group_name: environment.enable_backfill ? backfill.logGroupName : "",
    enable_budget_publisher: tagsOf(environment).Budget !== undefined,
    aws_region: environment.aws_region,
  };
};
