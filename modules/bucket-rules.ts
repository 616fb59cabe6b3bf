/** Rules between the variables of the buckets. */
import { either, type Rule } from "./rule";
import type { Environment } from "./variables";

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

/** Buckets, their lifecycle and replication: add a row. */
export const BUCKET_RULES: readonly Rule[] = [
  {
    of: ["enable_s3_versioning", "enable_replication"],
    broken: ({ enable_s3_versioning, enable_replication }) =>
      enable_replication && !enable_s3_versioning
        ? { what: "true (enable_replication needs it)", got: enable_s3_versioning }
        : undefined,
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
  either("upload_bucket_name", "existing_upload_bucket_name"),
  either("processed_bucket_name", "existing_processed_bucket_name"),
];
