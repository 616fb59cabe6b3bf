/** A bucket as this project has them: encrypted, private, TLS only, with lifecycle rules. */
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

export interface BucketOptions {
  readonly bucketPrefix: string;
  /** Full name. @default the prefix and a unique suffix */
  readonly name?: string;
  readonly versioned: boolean;
  /** Days until unfinished uploads and old versions are deleted. */
  readonly leftovers: { readonly unfinishedUploadDays: number; readonly noncurrentDays: number };
  readonly keyArn?: string;
  /** What happens to objects as they age. @default they stay as they are */
  readonly ageing?: Ageing;
  /** @default the provider of the stack */
  readonly provider?: TerraformProvider;
  /** Whether Terraform may destroy a bucket that holds objects. @default the bucket must be empty */
  readonly forceDestroy?: true;
}

/** Days since an object was stored, for each step. */
export interface Ageing {
  /** @default objects do not expire */
  readonly expireDays?: number;
  /** @default objects keep their storage class */
  readonly transition?: { readonly days: number; readonly storageClass: string };
}

/** @param name id of the bucket in its scope; the ids of its settings begin with it */
export const privateBucket = (scope: Construct, name: string, options: BucketOptions): S3Bucket => {
  const { bucketPrefix, versioned, leftovers, keyArn, ageing, forceDestroy, provider } = options;
  const naming = options.name === undefined ? { bucketPrefix } : { bucket: options.name };
  const s3 = new S3Bucket(scope, name, { ...naming, forceDestroy, provider });
  const bucket = s3.id;
  new S3BucketServerSideEncryptionConfigurationA(scope, `${name}_encryption`, {
    bucket,
    provider,
    rule: [encryption(keyArn)],
  });
  new S3BucketOwnershipControls(scope, `${name}_ownership`, {
    bucket,
    provider,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  const versioning = new S3BucketVersioningA(scope, `${name}_versioning`, {
    bucket,
    provider,
    versioningConfiguration: { status: versioned ? "Enabled" : "Suspended" },
  });
  new S3BucketLifecycleConfiguration(scope, `${name}_lifecycle`, {
    bucket,
    provider,
    rule: [
      {
        id: "expire-leftovers",
        status: "Enabled",
        filter: [{ prefix: "" }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: leftovers.unfinishedUploadDays }],
        noncurrentVersionExpiration: [{ noncurrentDays: leftovers.noncurrentDays }],
        // A delete marker without older versions is useless. S3 removes it only on request.
        expiration: [{ expiredObjectDeleteMarker: true }],
      },
      ...ageingRules(ageing),
    ],
    dependsOn: [versioning],
  });
  return s3;
};

/** A separate rule: S3 does not allow days and expiredObjectDeleteMarker in one rule. */
const ageingRules = ({ expireDays, transition }: Ageing = {}) =>
  expireDays === undefined && transition === undefined
    ? []
    : [
        {
          id: "age",
          status: "Enabled",
          filter: [{ prefix: "" }],
          ...(transition !== undefined && { transition: [transition] }),
          ...(expireDays !== undefined && { expiration: [{ days: expireDays }] }),
        },
      ];

/** Keeps a bucket private, and adds the statement that denies requests without TLS to its policy. */
export const bucketPolicy = (
  scope: Construct,
  name: string,
  s3: S3Bucket,
  statements: readonly object[] = [],
): S3BucketPolicy => {
  const { provider } = s3;
  const publicAccess = new S3BucketPublicAccessBlock(scope, `${name}_public_access`, {
    bucket: s3.id,
    provider,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  return new S3BucketPolicy(scope, `${name}_policy`, {
    bucket: s3.id,
    provider,
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [...statements, tlsOnly(s3.arn)] }),
    // S3 rejects concurrent changes to the policy settings of one bucket.
    dependsOn: [publicAccess],
  });
};

/** The setting that replication has to wait for. */
export const versioningOf = (scope: Construct, name: string): S3BucketVersioningA =>
  scope.node.findChild(`${name}_versioning`) as S3BucketVersioningA;

/** A bucket key reduces the number of KMS requests, and their cost. */
const encryption = (keyArn: string | undefined) =>
  keyArn === undefined
    ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
    : {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
        bucketKeyEnabled: true,
      };

const tlsOnly = (bucketArn: string) => ({
  Sid: "DenyWithoutTls",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [bucketArn, `${bucketArn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
