/** The synthesized buckets. */
import { committed, devWith, json, synthesized } from "./synthesized";

describe("s3_buckets", () => {
  it.each(["upload", "processed"])(
    "creates the %s bucket encrypted, private and versioned, and removes noncurrent versions and old delete markers",
    async (name) => {
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
            expiration: [{ expired_object_delete_marker: true }],
          },
        ],
        depends_on: [`aws_s3_bucket_versioning.s3_buckets_${name}_versioning`],
      });
    },
  );

  it("moves and deletes variants by age, in a replica too, and never an upload", async () => {
    const { resource } = synthesized({
      ...(await devWith("")),
      regions: ["us-east-1", "us-west-2"],
      enable_replication: true,
      processed_transition_days: 1,
      processed_transition_class: "INTELLIGENT_TIERING",
      processed_expiration_days: 365,
    });

    const rulesOf = (name: string) =>
      resource.aws_s3_bucket_lifecycle_configuration?.[`s3_buckets_${name}_lifecycle`]?.rule;
    const age = {
      id: "age",
      status: "Enabled",
      filter: [{ prefix: "" }],
      transition: [{ days: 1, storage_class: "INTELLIGENT_TIERING" }],
      expiration: [{ days: 365 }],
    };
    const leftovers = expect.objectContaining({ id: "expire-leftovers" });
    expect(rulesOf("processed")).toEqual([leftovers, age]);
    expect(rulesOf("replica")).toEqual([leftovers, age]);
    expect(rulesOf("upload")).toEqual([leftovers]);
    expect(rulesOf("originals")).toEqual([leftovers]);
  });

  it.each([
    ["processed_transition_days = 30", { transition: [{ days: 30, storage_class: "STANDARD_IA" }] }],
    ["processed_expiration_days = 1", { expiration: [{ days: 1 }] }],
  ])("has a rule with only what %j asks for", async (tfvars, rule) => {
    const { resource } = synthesized(await devWith(tfvars));

    expect(resource.aws_s3_bucket_lifecycle_configuration?.s3_buckets_processed_lifecycle?.rule).toEqual([
      expect.objectContaining({ id: "expire-leftovers" }),
      { id: "age", status: "Enabled", filter: [{ prefix: "" }], ...rule },
    ]);
  });

  it.each(["upload", "processed"])("denies requests to the %s bucket without TLS", async (name) => {
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

  it("encrypts both buckets with the stack's key, with bucket keys", async () => {
    const { resource } = synthesized(await devWith("enable_kms_key = true"));

    const rules = Object.values(resource.aws_s3_bucket_server_side_encryption_configuration ?? {}).map(
      ({ rule }) => rule,
    );
    const rule = {
      apply_server_side_encryption_by_default: {
        sse_algorithm: "aws:kms",
        kms_master_key_id: "${aws_kms_key.encryption_key_key.arn}",
      },
      bucket_key_enabled: true,
    };
    expect(rules).toEqual([[rule], [rule]]);
  });

  it("logs requests to a bucket that only S3 log delivery may write to, and expires the logs", async () => {
    const tfvars = "enable_s3_access_logging = true\ns3_access_log_days = 30\nenable_kms_key = true";

    const { resource } = synthesized(await devWith(tfvars));

    const logs = "${aws_s3_bucket.s3_buckets_logs.id}";
    const of = (type: string, suffix: string) => resource[type]?.[`s3_buckets_logs${suffix}`];
    expect(of("aws_s3_bucket", "")).toEqual({ bucket_prefix: "image-processor-dev-logs-", force_destroy: true });
    expect(of("aws_s3_bucket_server_side_encryption_configuration", "_encryption")).toMatchObject({
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    });
    expect(of("aws_s3_bucket_versioning", "_versioning")).toMatchObject({
      versioning_configuration: { status: "Suspended" },
    });
    expect(of("aws_s3_bucket_lifecycle_configuration", "_lifecycle")).toMatchObject({
      rule: [{ id: "expire-leftovers" }, { status: "Enabled", filter: [{ prefix: "" }], expiration: [{ days: 30 }] }],
    });
    expect(of("aws_s3_bucket_public_access_block", "_public_access")).toMatchObject({ restrict_public_buckets: true });
    expect(of("aws_s3_bucket_ownership_controls", "_ownership")).toBeDefined();
    expect(json(of("aws_s3_bucket_policy", "_policy")?.policy)).toMatchObject({
      Statement: [
        {
          Sid: "AccessLogsOfTheBuckets",
          Effect: "Allow",
          Principal: { Service: "logging.s3.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: "${aws_s3_bucket.s3_buckets_logs.arn}/*",
          Condition: {
            ArnLike: {
              "aws:SourceArn": ["${aws_s3_bucket.s3_buckets_upload.arn}", "${aws_s3_bucket.s3_buckets_processed.arn}"],
            },
            StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.current.account_id}" },
          },
        },
        { Sid: "DenyWithoutTls" },
      ],
    });
    expect(resource.aws_s3_bucket_logging).toEqual(
      Object.fromEntries(
        ["processed", "upload"].map((name) => [
          `s3_buckets_${name}_logging`,
          {
            bucket: `\${aws_s3_bucket.s3_buckets_${name}.id}`,
            target_bucket: logs,
            target_prefix: `${name}/`,
            depends_on: ["aws_s3_bucket_policy.s3_buckets_logs_policy"],
          },
        ]),
      ),
    );
  });

  it("suspends versioning where enable_s3_versioning is off", async () => {
    const { resource } = synthesized(await devWith("enable_s3_versioning = false"));

    const statuses = Object.values(resource.aws_s3_bucket_versioning ?? {}).map((row) => row.versioning_configuration);
    expect(statuses).toEqual([{ status: "Suspended" }, { status: "Suspended" }]);
  });
});
