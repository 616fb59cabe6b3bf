/** Inputs of the module `s3_buckets`. */
import { BUCKET, choice, FLAG, NEW_BUCKET, text, whole } from "../checks";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

const PREFIX = text(
  "a bucket prefix of at most 37 lower-case letters, digits, dots and hyphens",
  /^([a-z0-9][a-z0-9.-]{0,36})?$/,
);
const DAYS = whole(1, 3650, "days");
const AGE = whole(0, 3650, "days");

/** Storage classes from which S3 serves objects at once: others would have to be restored before a browser can load them. */
const CLASSES = choice("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR");

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
  processed_transition_days:      { ...AGE,        default: 0,     description: "Days after which variants move to processed_transition_class. 0 leaves them in S3 Standard. S3 does not move objects below 128 KB." },
  processed_transition_class:     { ...CLASSES,    default: "STANDARD_IA", description: "Storage class that variants move to. STANDARD_IA, ONEZONE_IA and GLACIER_IR cost less to store and more to read; INTELLIGENT_TIERING has a fee for each object." },
  processed_expiration_days:      { ...AGE,        default: 0,     description: "Days after which variants are deleted, also from a replica. 0 keeps them." },
  enable_access_logging:          { ...FLAG,       default: false, description: "Writes S3 server access logs of both buckets to a separate bucket." },
  access_log_days:                { ...DAYS,       default: 90,    description: "Days to keep S3 access logs." },
  log_bucket_prefix:              { ...PREFIX,     default: "",    description: "Start of the name of the bucket for access logs." },
  enable_kms_key:                 COMMON.enable_kms_key,
  kms_key_arn:                    COMMON.kms_key_arn,
  account_id:                     COMMON.account_id,
} as const satisfies Inputs;
