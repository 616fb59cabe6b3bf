/** Rows of S3 and DynamoDB. */
import { block, blocks, document, type Field, type Fields, type Json, number, omitted, only, to } from "../fields";
import { bucketNamed, type Folded, type Row } from "./row";

const ofBucket = (fields: Fields): Folded => ({
  how: "folded",
  into: "aws_s3_bucket",
  by: "bucket",
  fields: { bucket: omitted("the bucket itself"), ...fields },
});

/** One property for each key of an index or of the table itself. */
const key = (kind: "HASH" | "RANGE"): Field => to("KeySchema", (name) => [{ AttributeName: name, KeyType: kind }]);

/** CloudFormation has one entry for each type of event. */
const byEvent = ({ Events, ...rest }: Json): Json[] => (Events as string[]).map((Event) => ({ Event, ...rest }));

const filterRule = (Name: string): Field => to("Filter.S3Key.Rules", (Value) => [{ Name, Value }]);

export const STORAGE = {
  aws_dynamodb_table: {
    how: "same",
    type: "AWS::DynamoDB::Table",
    tags: "list",
    isKept: true,
    references: { id: "${@}", name: "${@}", arn: "${@.Arn}" },
    fields: {
      name: to("TableName"),
      billing_mode: to("BillingMode"),
      hash_key: key("HASH"),
      range_key: key("RANGE"),
      attribute: blocks("AttributeDefinitions", { name: to("AttributeName"), type: to("AttributeType") }),
      global_secondary_index: blocks("GlobalSecondaryIndexes", {
        name: to("IndexName"),
        hash_key: key("HASH"),
        range_key: key("RANGE"),
        projection_type: to("Projection.ProjectionType"),
      }),
      ttl: block({
        attribute_name: to("TimeToLiveSpecification.AttributeName"),
        enabled: to("TimeToLiveSpecification.Enabled"),
      }),
      point_in_time_recovery: block({ enabled: to("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled") }),
      server_side_encryption: block({
        enabled: (enabled) => ({ SSESpecification: { SSEEnabled: enabled, SSEType: "KMS" } }),
        kms_key_arn: to("SSESpecification.KMSMasterKeyId"),
      }),
      deletion_protection_enabled: to("DeletionProtectionEnabled"),
    },
  },
  aws_s3_bucket: {
    how: "replaced",
    type: "AWS::S3::Bucket",
    note: "`bucket_prefix` is a name that ends in a part of the stack's id",
    tags: "list",
    isKept: true,
    references: { id: "${@}", bucket: "${@}", arn: "${@.Arn}", bucket_domain_name: "${@.DomainName}" },
    computed: ({ bucket, bucket_prefix: prefix }) => bucketNamed(String(bucket ?? `${prefix}\${Unique}`)),
    fields: {
      bucket: to("BucketName"),
      bucket_prefix: to("BucketName", (prefix) => `${prefix}\${Unique}`),
      force_destroy: omitted("CloudFormation deletes empty buckets only"),
    },
  },
  aws_s3_bucket_cors_configuration: ofBucket({
    cors_rule: blocks("CorsConfiguration.CorsRules", {
      allowed_methods: to("AllowedMethods"),
      allowed_origins: to("AllowedOrigins"),
      allowed_headers: to("AllowedHeaders"),
      expose_headers: to("ExposedHeaders"),
      max_age_seconds: number("MaxAge"),
    }),
  }),
  aws_s3_bucket_lifecycle_configuration: ofBucket({
    rule: blocks("LifecycleConfiguration.Rules", {
      id: to("Id"),
      status: to("Status"),
      filter: block({ prefix: only("") }),
      abort_incomplete_multipart_upload: block({
        days_after_initiation: number("AbortIncompleteMultipartUpload.DaysAfterInitiation"),
      }),
      noncurrent_version_expiration: block({ noncurrent_days: number("NoncurrentVersionExpiration.NoncurrentDays") }),
      expiration: block({
        days: number("ExpirationInDays"),
        expired_object_delete_marker: to("ExpiredObjectDeleteMarker"),
      }),
      transition: blocks("Transitions", { days: number("TransitionInDays"), storage_class: to("StorageClass") }),
    }),
  }),
  aws_s3_bucket_logging: ofBucket({
    target_bucket: to("LoggingConfiguration.DestinationBucketName"),
    target_prefix: to("LoggingConfiguration.LogFilePrefix"),
  }),
  aws_s3_bucket_notification: ofBucket({
    lambda_function: blocks(
      "NotificationConfiguration.LambdaConfigurations",
      {
        lambda_function_arn: to("Function"),
        events: to("Events"),
        filter_prefix: filterRule("prefix"),
        filter_suffix: filterRule("suffix"),
      },
      byEvent,
    ),
  }),
  aws_s3_bucket_ownership_controls: ofBucket({
    rule: blocks("OwnershipControls.Rules", { object_ownership: to("ObjectOwnership") }),
  }),
  aws_s3_bucket_policy: {
    how: "same",
    type: "AWS::S3::BucketPolicy",
    fields: { bucket: to("Bucket"), policy: document("PolicyDocument") },
  },
  aws_s3_bucket_public_access_block: ofBucket({
    block_public_acls: to("PublicAccessBlockConfiguration.BlockPublicAcls"),
    block_public_policy: to("PublicAccessBlockConfiguration.BlockPublicPolicy"),
    ignore_public_acls: to("PublicAccessBlockConfiguration.IgnorePublicAcls"),
    restrict_public_buckets: to("PublicAccessBlockConfiguration.RestrictPublicBuckets"),
  }),
  aws_s3_bucket_replication_configuration: {
    how: "refused",
    because:
      "replication needs a second region, and CloudFormation creates a stack in one: set enable_replication = false",
  },
  aws_s3_bucket_server_side_encryption_configuration: ofBucket({
    rule: blocks("BucketEncryption.ServerSideEncryptionConfiguration", {
      bucket_key_enabled: to("BucketKeyEnabled"),
      apply_server_side_encryption_by_default: block({
        sse_algorithm: to("ServerSideEncryptionByDefault.SSEAlgorithm"),
        kms_master_key_id: to("ServerSideEncryptionByDefault.KMSMasterKeyID"),
      }),
    }),
  }),
  aws_s3_bucket_versioning: ofBucket({
    versioning_configuration: block({ status: to("VersioningConfiguration.Status") }),
  }),
} as const satisfies Readonly<Record<string, Row>>;
