/** The two buckets as they are synthesized. */
import { committed, devWith, json, synthesized } from "./synthesized";

describe("s3_buckets", () => {
  it.each(["upload", "processed"])("makes the %s bucket encrypted, private, versioned, and tidy", async (name) => {
    const { resource } = synthesized(await committed("dev"));

    const bucket = `\${aws_s3_bucket.s3_buckets_${name}.id}`;
    const of = (type: string, suffix: string) => resource[type]?.[`s3_buckets_${name}${suffix}`];
    expect(of("aws_s3_bucket", "")).toEqual({ bucket_prefix: `image-processor-dev-${name}-` });
    expect(of("aws_s3_bucket_server_side_encryption_configuration", "_encryption")).toEqual({
      bucket,
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    });
    expect(of("aws_s3_bucket_versioning", "_versioning")).toEqual({
      bucket,
      versioning_configuration: { status: "Enabled" },
    });
    expect(of("aws_s3_bucket_public_access_block", "_public_access")).toEqual({
      bucket,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(of("aws_s3_bucket_ownership_controls", "_ownership")).toEqual({
      bucket,
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
    expect(of("aws_s3_bucket_lifecycle_configuration", "_lifecycle")).toEqual({
      bucket,
      rule: [
        {
          id: "expire-leftovers",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
          noncurrent_version_expiration: [{ noncurrent_days: 30 }],
        },
      ],
      depends_on: [`aws_s3_bucket_versioning.s3_buckets_${name}_versioning`],
    });
  });

  it.each(["upload", "processed"])("lets nobody reach the %s bucket without TLS", async (name) => {
    const { resource } = synthesized(await committed("dev"));

    const { policy, ...others } = resource.aws_s3_bucket_policy?.[`s3_buckets_${name}_policy`] ?? {};
    const arn = `\${aws_s3_bucket.s3_buckets_${name}.arn}`;
    expect(json(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyWithoutTls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    expect(others).toEqual({
      bucket: `\${aws_s3_bucket.s3_buckets_${name}.id}`,
      depends_on: [`aws_s3_bucket_public_access_block.s3_buckets_${name}_public_access`],
    });
  });

  it("keeps no versions where enable_s3_versioning is off", async () => {
    const { resource } = synthesized(await devWith("enable_s3_versioning = false"));

    const statuses = Object.values(resource.aws_s3_bucket_versioning ?? {}).map((row) => row.versioning_configuration);
    expect(statuses).toEqual([{ status: "Suspended" }, { status: "Suspended" }]);
  });
});
