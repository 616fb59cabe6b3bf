/** Replication of uploads and variants to buckets in another region. */
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { dnsSuffixOf } from "./partitions";
import { type Ageing, type BucketOptions, bucketPolicy, privateBucket, versioningOf } from "./private-bucket";

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

/** Replicas have separate buckets without a notification: a replica in an upload bucket would be processed again. */
export const replicate = (
  scope: Construct,
  sources: Readonly<Record<string, S3Bucket>>,
  { leftovers, ageing }: Pick<BucketOptions, "leftovers"> & { readonly ageing: Readonly<Record<Kind, Ageing>> },
  replica: Replica,
): void => {
  const { provider, keyArn, name } = replica;
  const pairs = REPLICATED.flatMap((row) => {
    const source = sources[row.source];
    if (source === undefined) return [];
    const bucketPrefix = replica.bucketPrefixes[row.target];
    const target = privateBucket(scope, row.target, {
      bucketPrefix,
      versioned: true,
      leftovers,
      // Neither expiration nor storage classes are replicated.
      ageing: ageing[row.source],
      keyArn,
      provider,
    });
    bucketPolicy(scope, row.target, target);
    return [{ ...row, from: source, to: target }];
  });
  const role = new IamRole(scope, "replication_role", {
    name,
    assumeRolePolicy: JSON.stringify(REPLICATION_TRUST),
    permissionsBoundary: replica.permissionsBoundaryArn,
  });
  const policy = new IamPolicy(scope, "replication_policy", {
    name,
    policy: JSON.stringify({ Version: "2012-10-17", Statement: mayReplicate(pairs, replica) }),
  });
  const attachment = new IamRolePolicyAttachment(scope, "replication_attachment", {
    role: role.name,
    policyArn: policy.arn,
  });
  for (const pair of pairs) replication(scope, pair, role.arn, attachment, replica);
};

const replication = (
  scope: Construct,
  pair: Pair,
  role: string,
  attachment: IamRolePolicyAttachment,
  replica: Replica,
): void => {
  const { keyArn } = replica;
  new S3BucketReplicationConfigurationA(scope, pair.id, {
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
    dependsOn: [attachment, ...[pair.source, pair.target].map((each) => versioningOf(scope, each))],
  });
};

/** What is replicated, and to which bucket. */
const REPLICATED = [
  { source: "processed", target: "replica", id: "replication", rule: "copy-variants" },
  { source: "upload", target: "originals", id: "upload_replication", rule: "copy-uploads" },
] as const;

type Kind = (typeof REPLICATED)[number]["source"];

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
