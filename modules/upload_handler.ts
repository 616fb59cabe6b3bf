/** What the upload API needs from its function: entry point, environment variables and permissions. */
import { RECORD_TABLE } from "../handler/contract/records";
import { DIRECT_PREFIX, UPLOAD_API_HANDLER, type UploadApiSettingTexts } from "../handler/contract/upload-api";
import { useKey } from "./image_processor";

export interface UploadHandlerProps {
  readonly upload_bucket_id: string;
  readonly upload_bucket_arn: string;
  readonly processed_bucket_id: string;
  readonly processed_bucket_arn: string;
  readonly records: {
    readonly table_name: string;
    readonly table_arn: string;
    readonly write_statements: readonly object[];
  };
  readonly max_image_bytes: number;
  readonly log_level: UploadApiSettingTexts["LOG_LEVEL"];
  /** KMS key of both buckets. @default keys owned by S3 */
  readonly kms_key_arn?: string | undefined;
}

const settings = (props: UploadHandlerProps): UploadApiSettingTexts => ({
  UPLOAD_BUCKET: props.upload_bucket_id,
  PROCESSED_BUCKET: props.processed_bucket_id,
  RECORDS_TABLE: props.records.table_name,
  MAX_IMAGE_BYTES: String(props.max_image_bytes),
  LOG_LEVEL: props.log_level,
});

/** S3 acts with these permissions for anyone who has a link, so they end at the prefix of direct uploads. */
const statements = (props: UploadHandlerProps) => [
  {
    Sid: "AcceptDirectUploads",
    Effect: "Allow",
    Action: ["s3:PutObject"],
    Resource: `${props.upload_bucket_arn}/${DIRECT_PREFIX}*`,
  },
  {
    Sid: "LinkToVariants",
    Effect: "Allow",
    Action: ["s3:GetObject"],
    Resource: `${props.processed_bucket_arn}/${DIRECT_PREFIX}*`,
  },
  ...props.records.write_statements,
  {
    Sid: "FindRecords",
    Effect: "Allow",
    Action: ["dynamodb:Query"],
    Resource: `${props.records.table_arn}/index/${RECORD_TABLE.uploadIndex.name}`,
  },
  ...(props.kms_key_arn === undefined
    ? []
    : [
        useKey("EncryptDirectUploads", "kms:GenerateDataKey", props.kms_key_arn, props.upload_bucket_arn),
        useKey("DecryptVariants", "kms:Decrypt", props.kms_key_arn, props.processed_bucket_arn),
      ]),
];

/** Memory of the function in MB. */
export const UPLOAD_HANDLER_MB = 512;

/** @returns inputs of `lambda_function` for the upload API */
export const uploadHandler = (props: UploadHandlerProps) => ({
  handler: UPLOAD_API_HANDLER,
  // API Gateway waits 30 s; a request takes milliseconds, and a cold start less than a second.
  timeout: 10,
  memory_size: UPLOAD_HANDLER_MB,
  environment_variables: settings(props),
  policy_documents: { upload_api: JSON.stringify({ Version: "2012-10-17", Statement: statements(props) }) },
  // The handler applies log_level itself and always writes the lines that metrics are made from.
  application_log_level: props.log_level === "DEBUG" ? ("DEBUG" as const) : ("INFO" as const),
});
