/** Rows of S3 and DynamoDB. */
import { at, each, type Json, list, only, renamed, type TemplateType, text } from "./words";

const keysOf = (schema: unknown): Json => {
  const named = (kind: string) => list(schema).find(({ KeyType }) => KeyType === kind)?.AttributeName;
  return only({ hash_key: named("HASH"), range_key: named("RANGE") });
};

/** DynamoDB ignores the key without the type. */
const encryptionOf = (specification: unknown): Json | undefined =>
  at(specification, "SSEType") === "KMS"
    ? renamed(specification, { enabled: "SSEEnabled", kms_key_arn: "KMSMasterKeyId" })
    : undefined;

/** A notification for each function and filter, with all its events. */
const notificationsOf = (configurations: unknown): Json[] => {
  const groups = new Map<string, Json[]>();
  for (const each of list(configurations)) {
    const key = text([each.Function, each.Filter]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => {
    const rules = list(at(group[0], "Filter.S3Key.Rules"));
    const rule = (name: string) => rules.find(({ Name }) => Name === name)?.Value;
    return only({
      lambda_function_arn: group[0]?.Function,
      events: group.map(({ Event }) => Event),
      filter_prefix: rule("prefix"),
      filter_suffix: rule("suffix"),
    });
  });
};

const PUBLIC_ACCESS = {
  block_public_acls: "BlockPublicAcls",
  block_public_policy: "BlockPublicPolicy",
  ignore_public_acls: "IgnorePublicAcls",
  restrict_public_buckets: "RestrictPublicBuckets",
};

const lifecycleRule = (rule: Json): Json =>
  only({
    ...renamed(rule, {
      id: "Id",
      status: "Status",
      abort_incomplete_multipart_upload: {
        days_after_initiation: "AbortIncompleteMultipartUpload.DaysAfterInitiation",
      },
      noncurrent_version_expiration: { noncurrent_days: "NoncurrentVersionExpiration.NoncurrentDays" },
      expiration: { days: "ExpirationInDays", expired_object_delete_marker: "ExpiredObjectDeleteMarker" },
    }),
    filter: { prefix: rule.Prefix ?? "" },
    ...(rule.Transitions !== undefined && {
      transition: each(rule.Transitions, { days: "TransitionInDays", storage_class: "StorageClass" }),
    }),
  });

/** The settings that are separate resources in Terraform; those that are not set are missing. */
const settingsOf = (bucket: unknown, properties: Json): (readonly [string, Json])[] => {
  const setting = (type: string, value: unknown, body: Json): (readonly [string, Json])[] =>
    value === undefined ? [] : [[`aws_s3_bucket_${type}`, { bucket, ...body }]];
  const { VersioningConfiguration, OwnershipControls, LoggingConfiguration, NotificationConfiguration } = properties;
  const { BucketEncryption, LifecycleConfiguration, CorsConfiguration, PublicAccessBlockConfiguration } = properties;
  return [
    ...setting("versioning", VersioningConfiguration, {
      versioning_configuration: renamed(VersioningConfiguration, { status: "Status" }),
    }),
    ...setting("ownership_controls", OwnershipControls, {
      rule: each(at(OwnershipControls, "Rules"), { object_ownership: "ObjectOwnership" }),
    }),
    ...setting("logging", LoggingConfiguration, {
      ...renamed(LoggingConfiguration, { target_bucket: "DestinationBucketName", target_prefix: "LogFilePrefix" }),
    }),
    ...setting("notification", NotificationConfiguration, {
      lambda_function: notificationsOf(at(NotificationConfiguration, "LambdaConfigurations")),
    }),
    ...setting("server_side_encryption_configuration", BucketEncryption, {
      rule: each(at(BucketEncryption, "ServerSideEncryptionConfiguration"), {
        bucket_key_enabled: "BucketKeyEnabled",
        apply_server_side_encryption_by_default: {
          sse_algorithm: "ServerSideEncryptionByDefault.SSEAlgorithm",
          kms_master_key_id: "ServerSideEncryptionByDefault.KMSMasterKeyID",
        },
      }),
    }),
    ...setting("lifecycle_configuration", LifecycleConfiguration, {
      rule: list(at(LifecycleConfiguration, "Rules")).map(lifecycleRule),
    }),
    ...setting("cors_configuration", CorsConfiguration, {
      cors_rule: each(at(CorsConfiguration, "CorsRules"), {
        allowed_methods: "AllowedMethods",
        allowed_origins: "AllowedOrigins",
        allowed_headers: "AllowedHeaders",
        expose_headers: "ExposedHeaders",
        max_age_seconds: "MaxAge",
      }),
    }),
    ...setting("public_access_block", PublicAccessBlockConfiguration, {
      ...renamed(PublicAccessBlockConfiguration, PUBLIC_ACCESS),
    }),
  ];
};

export const STORAGE: Readonly<Record<string, TemplateType>> = {
  "AWS::DynamoDB::Table": {
    references: { Ref: "name", Arn: "arn" },
    rows: (properties) => [
      [
        "aws_dynamodb_table",
        only({
          ...renamed(properties, {
            name: "TableName",
            billing_mode: "BillingMode",
            deletion_protection_enabled: "DeletionProtectionEnabled",
            ttl: {
              attribute_name: "TimeToLiveSpecification.AttributeName",
              enabled: "TimeToLiveSpecification.Enabled",
            },
            point_in_time_recovery: { enabled: "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled" },
          }),
          server_side_encryption: encryptionOf(properties.SSESpecification),
          ...keysOf(properties.KeySchema),
          attribute: each(properties.AttributeDefinitions, { name: "AttributeName", type: "AttributeType" }),
          global_secondary_index: list(properties.GlobalSecondaryIndexes).map((index) => ({
            ...renamed(index, { name: "IndexName", projection_type: "Projection.ProjectionType" }),
            ...keysOf(index.KeySchema),
          })),
        }),
      ],
    ],
  },
  "AWS::S3::Bucket": {
    references: { Ref: "bucket", Arn: "arn" },
    rows: (properties) => [
      ["aws_s3_bucket", renamed(properties, { bucket: "BucketName" }) ?? {}],
      ...settingsOf(properties.BucketName, properties),
    ],
  },
  "AWS::S3::BucketPolicy": {
    rows: ({ Bucket: bucket, PolicyDocument }) => [["aws_s3_bucket_policy", { bucket, policy: text(PolicyDocument) }]],
  },
};
