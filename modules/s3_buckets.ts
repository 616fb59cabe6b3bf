/** The upload and the processed bucket, and optional buckets for access logs and replicas: encrypted, private, TLS only. */
import { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { Construct } from "constructs";
import { isSet } from "./arithmetic";
import { accountOf } from "./caller";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { S3_BUCKETS } from "./inputs/s3_buckets";
import { type Ageing, type BucketOptions, bucketPolicy, privateBucket } from "./private-bucket";
import { type Replica, replicate } from "./replication";

export type S3BucketsProps = Given<typeof S3_BUCKETS> & {
  /** Replicates uploads and variants to another region. @default no replication */
  readonly replica?: Replica;
};

type S3Values = Values<typeof S3_BUCKETS>;

export class S3Buckets extends Construct {
  readonly outputs: {
    readonly upload_bucket_id: string;
    readonly upload_bucket_arn: string;
    readonly upload_bucket_domain_name: string;
    readonly processed_bucket_id: string;
    readonly processed_bucket_arn: string;
    readonly processed_bucket_domain_name: string;
    readonly bucket_arns: { readonly upload: string; readonly processed: string };
    /** "" without access logs. */
    readonly log_bucket_id: string;
  };
  private readonly values: S3Values;

  constructor(scope: Construct, id: string, props: S3BucketsProps) {
    super(scope, id);
    this.values = valuesOf("s3_buckets", S3_BUCKETS, props);
    const upload = this.createdOrExisting("upload");
    const processed = this.createdOrExisting("processed");
    const created = Object.fromEntries(
      Object.entries({ upload, processed }).flatMap(([kind, bucket]) =>
        bucket instanceof S3Bucket ? [[kind, bucket]] : [],
      ),
    );
    for (const [kind, bucket] of Object.entries(created)) bucketPolicy(this, kind, bucket);
    const logs = this.values.enable_access_logging ? this.logAccess(created) : undefined;
    if (props.replica !== undefined)
      replicate(this, created, { leftovers: this.leftovers(), ageing: this.ageing() }, props.replica);
    this.outputs = {
      upload_bucket_id: upload.id,
      upload_bucket_arn: upload.arn,
      upload_bucket_domain_name: upload.bucketDomainName,
      processed_bucket_id: processed.id,
      processed_bucket_arn: processed.arn,
      processed_bucket_domain_name: processed.bucketDomainName,
      bucket_arns: { upload: upload.arn, processed: processed.arn },
      log_bucket_id: logs?.id ?? "",
    };
  }

  private leftovers(): BucketOptions["leftovers"] {
    const { unfinished_upload_days: unfinishedUploadDays, noncurrent_days: noncurrentDays } = this.values;
    return { unfinishedUploadDays, noncurrentDays };
  }

  /** Uploads stay as they are: they belong to their senders. */
  private ageing(): Readonly<Record<"upload" | "processed", Ageing>> {
    const { processed_transition_days: days, processed_transition_class: storageClass } = this.values;
    const { processed_expiration_days: expireDays } = this.values;
    return {
      upload: {},
      processed: {
        ...(isSet(days) && { transition: { days, storageClass } }),
        ...(isSet(expireDays) && { expireDays }),
      },
    };
  }

  private createdOrExisting(kind: "upload" | "processed"): S3Bucket | DataAwsS3Bucket {
    const { values } = this;
    const existing = values[`existing_${kind}_bucket_name`];
    if (existing !== "") return new DataAwsS3Bucket(this, kind, { bucket: existing });
    return privateBucket(this, kind, {
      bucketPrefix: values[`${kind}_bucket_prefix`],
      name: values[`${kind}_bucket_name`] || undefined,
      versioned: values.enable_versioning,
      leftovers: this.leftovers(),
      ageing: this.ageing()[kind],
      keyArn: values.enable_kms_key ? values.kms_key_arn : undefined,
    });
  }

  private logAccess(logged: Record<string, S3Bucket>): S3Bucket {
    const { log_bucket_prefix: bucketPrefix, access_log_days: expireDays } = this.values;
    const logs = privateBucket(this, "logs", {
      bucketPrefix,
      // S3 log delivery does not support KMS keys. Logs arrive for hours after the last request, hence forceDestroy.
      versioned: false,
      leftovers: this.leftovers(),
      ageing: { expireDays },
      forceDestroy: true,
    });
    const sources = Object.values(logged).map(({ arn }) => arn);
    const policy = bucketPolicy(this, "logs", logs, [deliverLogs(logs.arn, sources, accountOf(this, this.values))]);
    for (const [name, { id: bucket }] of Object.entries(logged)) {
      new S3BucketLoggingA(this, `${name}_logging`, {
        bucket,
        targetBucket: logs.id,
        targetPrefix: `${name}/`,
        dependsOn: [policy],
      });
    }
    return logs;
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
const deliverLogs = (logsArn: string, sources: readonly string[], accountId: string) => ({
  Sid: "AccessLogsOfTheBuckets",
  Effect: "Allow",
  Principal: { Service: "logging.s3.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: `${logsArn}/*`,
  Condition: { ArnLike: { "aws:SourceArn": sources }, StringEquals: { "aws:SourceAccount": accountId } },
});
