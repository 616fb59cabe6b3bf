/** What the image handler needs from its function: entry point, environment variables and permissions. */
import { Fn, Token } from "cdktf";
import { HANDLER, PROCESS_ENVIRONMENT } from "../handler/contract/runtime";
import type { SettingTexts } from "../handler/contract/settings";
import type { IMAGE_PROCESSOR } from "./inputs/image_processor";
import type { Values } from "./inputs/inputs";

export interface ImageProcessorProps extends Values<typeof IMAGE_PROCESSOR> {
  readonly enable_xray_tracing: boolean;
  readonly upload_bucket_arn: string;
  readonly processed_bucket_arn: string;
  readonly processed_bucket_id: string;
  /** Table with a record of each upload. @default no records are kept */
  readonly records?: { readonly table_name: string; readonly write_statements: readonly object[] } | undefined;
  /** KMS key of both buckets. @default keys owned by S3 */
  readonly kms_key_arn?: string | undefined;
}

/** @returns inputs of `lambda_function` for the image handler */
export const imageProcessor = (props: ImageProcessorProps) => ({
  handler: HANDLER,
  environment_variables: { ...PROCESS_ENVIRONMENT, ...settings(props, jsonOf) },
  policy_documents: {
    image_processor: JSON.stringify({ Version: "2012-10-17", Statement: statements(props) }),
  },
  // The handler applies log_level itself and always writes the lines that metrics are made from.
  application_log_level: props.log_level === "DEBUG" ? ("DEBUG" as const) : ("INFO" as const),
});

/** A reference is encoded by Terraform, when it knows the value. */
const jsonOf = (value: Readonly<Record<string, string>>): string =>
  Token.isUnresolved(value) ? Token.asString(Fn.jsonencode(value)) : JSON.stringify(value);

const onOff = (isOn: boolean): string => (isOn ? "on" : "off");

const settings = (props: ImageProcessorProps, encode: typeof jsonOf): SettingTexts => ({
  PROCESSED_BUCKET: props.processed_bucket_id,
  LOG_LEVEL: props.log_level,
  REFUSAL_LOG_LEVEL: props.refusal_log_level,
  METRIC_NAMESPACE: props.metric_namespace,
  METRICS_TRANSPORT: props.metrics_transport,
  SLO_SECONDS: String(props.slo_seconds),
  LARGE_IMAGE_BYTES: String(props.large_image_bytes),
  MAX_IMAGE_BYTES: String(props.max_image_bytes),
  MAX_IMAGE_PIXELS: String(props.max_image_pixels),
  MAX_IMAGE_SIDE_PX: String(props.max_image_side_px),
  MAX_IMAGE_FRAMES: String(props.max_image_frames),
  ...(props.records && { RECORDS_TABLE: props.records.table_name }),
  VARIANTS: JSON.stringify(props.variants),
  KEEP_SMALLER_ORIGINAL: onOff(props.keep_smaller_original),
  KEEP_COPYRIGHT: onOff(props.keep_copyright),
  MANIFEST: onOff(props.enable_manifest),
  CACHE_CONTROL: props.cache_control,
  VARIANT_TAGS: encode(props.variant_tags),
  ENCODER_EFFORT: props.encoder_effort,
  DELETE_VARIANTS_WITH_UPLOAD: onOff(props.delete_variants_with_upload),
  TRACING: onOff(props.enable_xray_tracing),
});

/** Lambda's limit for the environment variables of a function, measured as JSON. */
export const MAX_SETTINGS_BYTES = 4096;

/** The longest name of a bucket. */
const ANY_BUCKET = "b".repeat(63);

/**
 * Does not import CDKTF, which loads more slowly than everything else that reads an environment.
 * @param props values, no references
 * @returns the size of all environment variables, measured as Lambda does: as JSON, in which each quote of a value counts twice
 */
export const settingsBytes = (props: Omit<ImageProcessorProps, `${string}_bucket_${string}`>): number => {
  const buckets = { upload_bucket_arn: "", processed_bucket_arn: "", processed_bucket_id: ANY_BUCKET };
  return Buffer.byteLength(
    JSON.stringify({ ...PROCESS_ENVIRONMENT, ...settings({ ...props, ...buckets }, JSON.stringify) }),
  );
};

/** Plain objects instead of a data source: a plan shows the full policy, and a test can compare it. */
const statements = (props: ImageProcessorProps) => [
  {
    Sid: "ReadUploads",
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:GetObjectVersion"],
    Resource: `${props.upload_bucket_arn}/*`,
  },
  {
    // Without ListBucket, S3 answers 403 instead of 404 for a deleted object, which looks like a permission error.
    Sid: "TellDeletedFromDenied",
    Effect: "Allow",
    Action: ["s3:ListBucket"],
    Resource: props.upload_bucket_arn,
  },
  {
    Sid: "WriteVariants",
    Effect: "Allow",
    Action: ["s3:PutObject", ...(Object.keys(props.variant_tags).length > 0 ? ["s3:PutObjectTagging"] : [])],
    Resource: `${props.processed_bucket_arn}/*`,
  },
  ...(props.delete_variants_with_upload ? deleteVariants(props.processed_bucket_arn) : []),
  ...(props.metrics_transport === "put_metric_data" ? [publishMetrics(props.metric_namespace)] : []),
  ...(props.records?.write_statements ?? []),
  ...(props.kms_key_arn === undefined
    ? []
    : [
        useKey("DecryptUploads", "kms:Decrypt", props.kms_key_arn, props.upload_bucket_arn),
        useKey("EncryptVariants", "kms:GenerateDataKey", props.kms_key_arn, props.processed_bucket_arn),
      ]),
];

/** HeadObject needs GetObject; its answer says which upload a variant was made from. */
const deleteVariants = (bucketArn: string) => [
  { Sid: "FindVariants", Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucketArn },
  { Sid: "DeleteVariants", Effect: "Allow", Action: ["s3:GetObject", "s3:DeleteObject"], Resource: `${bucketArn}/*` },
];

/** @returns a statement for the key, restricted to objects of this bucket. S3 passes the bucket's ARN to KMS, or the object's where an upload turned bucket keys off. */
export const useKey = (sid: string, action: string, keyArn: string, bucketArn: string) => ({
  Sid: sid,
  Effect: "Allow",
  Action: [action],
  Resource: keyArn,
  Condition: { StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucketArn, `${bucketArn}/*`] } },
});

/** PutMetricData has no resource-level permissions; the condition restricts it to the namespace. */
const publishMetrics = (namespace: string) => ({
  Sid: "PublishMetrics",
  Effect: "Allow",
  Action: ["cloudwatch:PutMetricData"],
  Resource: "*",
  Condition: { StringEquals: { "cloudwatch:namespace": namespace } },
});
