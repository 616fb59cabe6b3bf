/** Inputs of the module `metadata_table`. */
import { FLAG, text } from "../checks";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

const TABLE = text("the name of a DynamoDB table", /^[\w.-]{3,255}$/);

// biome-ignore format: a ledger is read down its columns
export const METADATA_TABLE = {
  table_name:                 { ...TABLE,                description: "Name of the table to create." },
  enable_deletion_protection: { ...FLAG, default: false, description: "DynamoDB refuses to delete the table." },
  enable_upload_index:        { ...FLAG, default: false, description: "Adds the index that finds the records of a direct upload, for the upload API." },
  enable_kms_key:             COMMON.enable_kms_key,
  kms_key_arn:                COMMON.kms_key_arn,
  aws_region:                 COMMON.aws_region,
} as const satisfies Inputs;
