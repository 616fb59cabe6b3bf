/** Inputs of the module `s3_buckets`. */
import { BUCKET, FLAG, NEW_BUCKET, text, whole } from "../checks";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

const PREFIX = text(
  "a bucket prefix of at most 37 lower-case letters, digits, dots and hyphens",
  /^([a-z0-9][a-z0-9.-]{0,36})?$/,
);
const DAYS = whole(1, 3650, "days");

// biome-ignore format: a ledger is read down its columns
export const S3_BUCKETS = {
  upload_bucket_prefix:           { ...PREFIX,     default: "",    description: "Start of the name of the upload bucket. The provider appends a unique suffix." },
  processed_bucket_prefix:        { ...PREFIX,     default: "",    description: "Start of the name of the bucket for variants." },
  upload_bucket_name:             { ...NEW_BUCKET, default: "",    description: "Name of the upload bucket to create. Default: a unique name that starts with `<project_name>-<environment>-upload-`." },
  processed_bucket_name:          { ...NEW_BUCKET, default: "",    description: "Name of the bucket for variants to create. Default: a unique name that starts with `<project_name>-<environment>-processed-`." },
  existing_upload_bucket_name:    { ...BUCKET,     default: "",    description: "Upload bucket that exists already. The stack replaces its notification configuration and changes nothing else." },
  existing_processed_bucket_name: { ...BUCKET,     default: "",    description: "Bucket for variants that exists already. The stack does not change it." },
  enable_versioning:              { ...FLAG,       default: true,  description: "Keeps overwritten and deleted objects of both buckets for 30 days." },
  noncurrent_days:                { ...DAYS,       default: 30,    description: "Days to keep overwritten and deleted objects." },
  unfinished_upload_days:         { ...DAYS,       default: 7,     description: "Days to keep unfinished multipart uploads." },
  enable_access_logging:          { ...FLAG,       default: false, description: "Writes S3 server access logs of both buckets to a separate bucket." },
  access_log_days:                { ...DAYS,       default: 90,    description: "Days to keep S3 access logs." },
  log_bucket_prefix:              { ...PREFIX,     default: "",    description: "Start of the name of the bucket for access logs." },
  enable_kms_key:                 COMMON.enable_kms_key,
  kms_key_arn:                    COMMON.kms_key_arn,
  account_id:                     COMMON.account_id,
} as const satisfies Inputs;
