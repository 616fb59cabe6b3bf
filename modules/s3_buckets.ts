/** The upload and the processed bucket: encrypted, private, reached over TLS only. */
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";

export interface S3BucketsProps {
  /** Beginnings of the buckets' names, at most 37 characters each; the provider makes them unique. */
  readonly bucketPrefixes: { readonly upload: string; readonly processed: string };
  /** Whether both buckets keep old versions of their objects. */
  readonly versioning: boolean;
}

/** Days after which versions that were overwritten or deleted go, and uploads that were begun and never finished. */
const LIFECYCLE_DAYS = { noncurrent: 30, unfinished: 7 };

export class S3Buckets extends Construct {
  readonly uploadBucketId: string;
  readonly uploadBucketArn: string;
  readonly uploadBucketDomainName: string;
  readonly processedBucketId: string;
  readonly processedBucketArn: string;
  readonly processedBucketDomainName: string;

  constructor(scope: Construct, id: string, { bucketPrefixes, versioning }: S3BucketsProps) {
    super(scope, id);
    const upload = this.bucket("upload", bucketPrefixes.upload, versioning);
    const processed = this.bucket("processed", bucketPrefixes.processed, versioning);

    this.uploadBucketId = upload.id;
    this.uploadBucketArn = upload.arn;
    this.uploadBucketDomainName = upload.bucketDomainName;
    this.processedBucketId = processed.id;
    this.processedBucketArn = processed.arn;
    this.processedBucketDomainName = processed.bucketDomainName;
  }

  private bucket(name: string, bucketPrefix: string, versioned: boolean): S3Bucket {
    const s3 = new S3Bucket(this, name, { bucketPrefix });
    const bucket = s3.id;
    new S3BucketServerSideEncryptionConfigurationA(this, `${name}_encryption`, {
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    new S3BucketOwnershipControls(this, `${name}_ownership`, {
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const versioning = new S3BucketVersioningA(this, `${name}_versioning`, {
      bucket,
      versioningConfiguration: { status: versioned ? "Enabled" : "Suspended" },
    });
    new S3BucketLifecycleConfiguration(this, `${name}_lifecycle`, {
      bucket,
      rule: [
        {
          id: "expire-leftovers",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: LIFECYCLE_DAYS.unfinished }],
          noncurrentVersionExpiration: [{ noncurrentDays: LIFECYCLE_DAYS.noncurrent }],
        },
      ],
      dependsOn: [versioning],
    });
    const publicAccess = new S3BucketPublicAccessBlock(this, `${name}_public_access`, {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, `${name}_policy`, {
      bucket,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [tlsOnly(s3.arn)] }),
      // S3 refuses two changes of one bucket's policy settings at the same time.
      dependsOn: [publicAccess],
    });
    return s3;
  }
}

const tlsOnly = (bucketArn: string) => ({
  Sid: "DenyWithoutTls",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [bucketArn, `${bucketArn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
