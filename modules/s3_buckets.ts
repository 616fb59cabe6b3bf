/** The upload and the processed bucket, and optional buckets for access logs and replicas: encrypted, private, TLS only. */
import { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { accountOf } from "./caller";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { S3_BUCKETS } from "./inputs/s3_buckets";
import { dnsSuffixOf } from "./partitions";

export type S3BucketsProps = Given<typeof S3_BUCKETS> & {
  /** Replicates uploads and variants to another region. @default no replication */
  readonly replica?: Replica;
};

type S3Values = Values<typeof S3_BUCKETS>;

export interface Replica {
  /** Provider of the other region. */
  readonly provider: TerraformProvider;
  readonly region: string;
  /** KMS key of the replicas. @default keys owned by S3 (AES256) */
  readonly keyArn?: string;
  /** Region and KMS key of the source bucket. */
  readonly from: { readonly region: string; readonly keyArn?: string };
  /** Name of the replication role and of its policy. */
  readonly name: string;
  /** IAM policy that limits the role. @default no limit */
  readonly permissionsBoundaryArn?: string;
  /** Prefixes of the buckets for replicas, at most 37 characters each. */
  readonly bucketPrefixes: { readonly replica: string; readonly originals: string };
}

interface BucketOptions {
  readonly bucketPrefix: string;
  /** Full name. @default the prefix and a unique suffix */
  readonly name?: string;
  readonly versioned: boolean;
  readonly keyArn?: string;
  /** Days until objects expire. @default objects do not expire */
  readonly expireDays?: number;
  /** @default the provider of the stack */
  readonly provider?: TerraformProvider;
  /** Whether Terraform may destroy a bucket that holds objects. @default the bucket must be empty */
  readonly forceDestroy?: true;
}

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
    for (const [kind, bucket] of Object.entries(created)) this.policy(kind, bucket, []);
    const logs = this.values.enable_access_logging ? this.logAccess(created) : undefined;
    if (props.replica !== undefined) this.replicate(created, props.replica);
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

  private createdOrExisting(kind: "upload" | "processed"): S3Bucket | DataAwsS3Bucket {
    const { values } = this;
    const existing = values[`existing_${kind}_bucket_name`];
    if (existing !== "") return new DataAwsS3Bucket(this, kind, { bucket: existing });
    return this.bucket(kind, {
      bucketPrefix: values[`${kind}_bucket_prefix`],
      name: values[`${kind}_bucket_name`] || undefined,
      versioned: values.enable_versioning,
      keyArn: values.enable_kms_key ? values.kms_key_arn : undefined,
    });
  }

  private bucket(name: string, options: BucketOptions): S3Bucket {
    const { bucketPrefix, versioned, keyArn, expireDays, forceDestroy, provider } = options;
    const naming = options.name === undefined ? { bucketPrefix } : { bucket: options.name };
    const s3 = new S3Bucket(this, name, { ...naming, forceDestroy, provider });
    const bucket = s3.id;
    new S3BucketServerSideEncryptionConfigurationA(this, `${name}_encryption`, {
      bucket,
      provider,
      rule: [encryption(keyArn)],
    });
    new S3BucketOwnershipControls(this, `${name}_ownership`, {
      bucket,
      provider,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const versioning = new S3BucketVersioningA(this, `${name}_versioning`, {
      bucket,
      provider,
      versioningConfiguration: { status: versioned ? "Enabled" : "Suspended" },
    });
    new S3BucketLifecycleConfiguration(this, `${name}_lifecycle`, {
      bucket,
      provider,
      rule: [
        {
          id: "expire-leftovers",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: this.values.unfinished_upload_days }],
          noncurrentVersionExpiration: [{ noncurrentDays: this.values.noncurrent_days }],
          // A delete marker without older versions is useless. S3 removes it only on request or together with objects.
          expiration: [expireDays === undefined ? { expiredObjectDeleteMarker: true } : { days: expireDays }],
        },
      ],
      dependsOn: [versioning],
    });
    return s3;
  }

  private policy(name: string, s3: S3Bucket, statements: readonly object[]): S3BucketPolicy {
    const { provider } = s3;
    const publicAccess = new S3BucketPublicAccessBlock(this, `${name}_public_access`, {
      bucket: s3.id,
      provider,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    return new S3BucketPolicy(this, `${name}_policy`, {
      bucket: s3.id,
      provider,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [...statements, tlsOnly(s3.arn)] }),
      // S3 rejects concurrent changes to the policy settings of one bucket.
      dependsOn: [publicAccess],
    });
  }

  private logAccess(logged: Record<string, S3Bucket>): S3Bucket {
    const { log_bucket_prefix: bucketPrefix, access_log_days: expireDays } = this.values;
    const logs = this.bucket("logs", {
      bucketPrefix,
      // S3 log delivery does not support KMS keys. Logs arrive for hours after the last request, hence forceDestroy.
      versioned: false,
      expireDays,
      forceDestroy: true,
    });
    const sources = Object.values(logged).map(({ arn }) => arn);
    const policy = this.policy("logs", logs, [deliverLogs(logs.arn, sources, accountOf(this, this.values))]);
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

  /** Replicas have buckets of their own, without a notification: a replica in an upload bucket would be processed again. */
  private replicate(sources: Readonly<Record<string, S3Bucket>>, replica: Replica): void {
    const { provider, keyArn, name } = replica;
    const pairs = REPLICATED.flatMap((row) => {
      const source = sources[row.source];
      if (source === undefined) return [];
      const bucketPrefix = replica.bucketPrefixes[row.target];
      const target = this.bucket(row.target, { bucketPrefix, versioned: true, keyArn, provider });
      this.policy(row.target, target, []);
      return [{ ...row, from: source, to: target }];
    });
    const role = new IamRole(this, "replication_role", {
      name,
      assumeRolePolicy: JSON.stringify(REPLICATION_TRUST),
      permissionsBoundary: replica.permissionsBoundaryArn,
    });
    const policy = new IamPolicy(this, "replication_policy", {
      name,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: mayReplicate(pairs, replica) }),
    });
    const attachment = new IamRolePolicyAttachment(this, "replication_attachment", {
      role: role.name,
      policyArn: policy.arn,
    });
    for (const pair of pairs) this.replication(pair, role.arn, attachment, replica);
  }

  private replication(pair: Pair, role: string, attachment: IamRolePolicyAttachment, replica: Replica): void {
    const { keyArn } = replica;
    new S3BucketReplicationConfigurationA(this, pair.id, {
      bucket: pair.from.id,
      role,
      rule: [
        {
          id: pair.rule,
          status: "Enabled",
          filter: { prefix: "" },
          // Keep the replica of an object that was deleted by mistake.
          deleteMarkerReplication: { status: "Disabled" },
          destination: {
            bucket: pair.to.arn,
            ...(keyArn !== undefined && { encryptionConfiguration: { replicaKmsKeyId: keyArn } }),
          },
          ...(replica.from.keyArn !== undefined && {
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          }),
        },
      ],
      dependsOn: [attachment, ...[pair.source, pair.target].map((each) => this.versioningOf(each))],
    });
  }

  private versioningOf(name: string): S3BucketVersioningA {
    return this.node.findChild(`${name}_versioning`) as S3BucketVersioningA;
  }
}

/** What is replicated, and to which bucket. */
const REPLICATED = [
  { source: "processed", target: "replica", id: "replication", rule: "copy-variants" },
  { source: "upload", target: "originals", id: "upload_replication", rule: "copy-uploads" },
] as const;

type Pair = (typeof REPLICATED)[number] & { readonly from: S3Bucket; readonly to: S3Bucket };

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html */
const mayReplicate = (pairs: readonly Pair[], { region, keyArn, from }: Replica) => [
  {
    Sid: "ReadConfiguration",
    Effect: "Allow",
    Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
    Resource: pairs.map(({ from: { arn } }) => arn),
  },
  {
    Sid: "ReadVersions",
    Effect: "Allow",
    Action: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
    Resource: pairs.map(({ from: { arn } }) => `${arn}/*`),
  },
  {
    Sid: "WriteCopies",
    Effect: "Allow",
    Action: ["s3:ReplicateObject", "s3:ReplicateTags"],
    Resource: pairs.map(({ to: { arn } }) => `${arn}/*`),
  },
  ...useOfKey("DecryptVersions", "kms:Decrypt", from),
  ...useOfKey("EncryptCopies", "kms:Encrypt", { region, keyArn }),
];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
const useOfKey = (sid: string, action: string, { region, keyArn }: Replica["from"]) =>
  keyArn === undefined
    ? []
    : [
        {
          Sid: sid,
          Effect: "Allow",
          Action: [action],
          Resource: keyArn,
          Condition: { StringLike: { "kms:ViaService": `s3.${region}.${dnsSuffixOf(region)}` } },
        },
      ];

const REPLICATION_TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** A bucket key reduces the number of KMS requests, and their cost. */
const encryption = (keyArn: string | undefined) =>
  keyArn === undefined
    ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
    : {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
        bucketKeyEnabled: true,
      };

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
const deliverLogs = (logsArn: string, sources: readonly string[], accountId: string) => ({
  Sid: "AccessLogsOfTheBuckets",
  Effect: "Allow",
  Principal: { Service: "logging.s3.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: `${logsArn}/*`,
  Condition: { ArnLike: { "aws:SourceArn": sources }, StringEquals: { "aws:SourceAccount": accountId } },
});

const tlsOnly = (bucketArn: string) => ({
  Sid: "DenyWithoutTls",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [bucketArn, `${bucketArn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
