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
import { dnsSuffixOf } from "./partitions";

export interface S3BucketsProps {
  /** Prefixes of the bucket names, at most 37 characters each. The provider appends a unique suffix. */
  readonly bucketPrefixes: {
    readonly upload: string;
    readonly processed: string;
    readonly logs: string;
    /** Replicas of variants. */
    readonly replica: string;
    /** Replicas of uploads. */
    readonly originals: string;
  };
  /** Full names of the buckets to create. @default the prefix and a unique suffix */
  readonly bucketNames: { readonly upload?: string; readonly processed?: string };
  /** Names of buckets that exist already; nothing about them is changed. @default both buckets are created */
  readonly existingBucketNames: { readonly upload?: string; readonly processed?: string };
  /** Whether versioning is enabled for both buckets. */
  readonly versioning: boolean;
  /** KMS key of both buckets. @default keys owned by S3 (AES256) */
  readonly keyArn?: string;
  /** Days to keep the server access logs of both buckets in a third bucket. @default no access logs */
  readonly accessLogDays?: number;
  /** The account that owns the buckets. Only its buckets may deliver access logs. */
  readonly accountId: string;
  /** Replicates uploads and variants to another region. @default no replication */
  readonly replica?: Replica;
}

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

/** Days until noncurrent versions and unfinished multipart uploads are removed. */
const LIFECYCLE_DAYS = { noncurrent: 30, unfinished: 7 };

export class S3Buckets extends Construct {
  readonly uploadBucketId: string;
  readonly uploadBucketArn: string;
  readonly uploadBucketDomainName: string;
  readonly processedBucketId: string;
  readonly processedBucketArn: string;
  readonly processedBucketDomainName: string;

  constructor(scope: Construct, id: string, props: S3BucketsProps) {
    super(scope, id);
    const upload = this.createdOrExisting("upload", props);
    const processed = this.createdOrExisting("processed", props);
    const created = Object.fromEntries(
      Object.entries({ upload, processed }).flatMap(([kind, bucket]) =>
        bucket instanceof S3Bucket ? [[kind, bucket]] : [],
      ),
    );
    for (const [kind, bucket] of Object.entries(created)) this.policy(kind, bucket, []);
    if (props.accessLogDays !== undefined) this.logAccess(created, props, props.accessLogDays);
    if (props.replica !== undefined) this.replicate(created, props, props.replica);

    this.uploadBucketId = upload.id;
    this.uploadBucketArn = upload.arn;
    this.uploadBucketDomainName = upload.bucketDomainName;
    this.processedBucketId = processed.id;
    this.processedBucketArn = processed.arn;
    this.processedBucketDomainName = processed.bucketDomainName;
  }

  private createdOrExisting(kind: "upload" | "processed", props: S3BucketsProps): S3Bucket | DataAwsS3Bucket {
    const { bucketPrefixes, bucketNames, existingBucketNames, versioning: versioned, keyArn } = props;
    const existing = existingBucketNames[kind];
    if (existing !== undefined) return new DataAwsS3Bucket(this, kind, { bucket: existing });
    return this.bucket(kind, { bucketPrefix: bucketPrefixes[kind], name: bucketNames[kind], versioned, keyArn });
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
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: LIFECYCLE_DAYS.unfinished }],
          noncurrentVersionExpiration: [{ noncurrentDays: LIFECYCLE_DAYS.noncurrent }],
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

  private logAccess(logged: Record<string, S3Bucket>, props: S3BucketsProps, expireDays: number): void {
    const logs = this.bucket("logs", {
      bucketPrefix: props.bucketPrefixes.logs,
      // S3 log delivery does not support KMS keys. Logs arrive for hours after the last request, hence forceDestroy.
      versioned: false,
      expireDays,
      forceDestroy: true,
    });
    const sources = Object.values(logged).map(({ arn }) => arn);
    const policy = this.policy("logs", logs, [deliverLogs(logs.arn, sources, props.accountId)]);
    for (const [name, { id: bucket }] of Object.entries(logged)) {
      new S3BucketLoggingA(this, `${name}_logging`, {
        bucket,
        targetBucket: logs.id,
        targetPrefix: `${name}/`,
        dependsOn: [policy],
      });
    }
  }

  /** Replicas have buckets of their own, without a notification: a replica in an upload bucket would be processed again. */
  private replicate(sources: Readonly<Record<string, S3Bucket>>, props: S3BucketsProps, replica: Replica): void {
    const { provider, keyArn, name } = replica;
    const pairs = REPLICATED.flatMap((row) => {
      const source = sources[row.source];
      if (source === undefined) return [];
      const bucketPrefix = props.bucketPrefixes[row.target];
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
