/** A DynamoDB table with a record of each upload, and what a function needs to write them. */
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import { RECORD_TABLE } from "../handler/contract/records";
import { regionOf } from "./caller";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { METADATA_TABLE } from "./inputs/metadata_table";
import { dnsSuffixOf } from "./partitions";

export type MetadataTableProps = Given<typeof METADATA_TABLE>;

export class MetadataTable extends Construct {
  readonly outputs: {
    readonly table_name: string;
    readonly table_arn: string;
    /** Policy statements for a role that writes records. */
    readonly write_statements: readonly object[];
  };

  constructor(scope: Construct, id: string, props: MetadataTableProps) {
    super(scope, id);
    const values = valuesOf("metadata_table", METADATA_TABLE, props);
    const { hashKey, rangeKey, index, uploadIndex, expiry } = RECORD_TABLE;
    // Both are sparse: only failed and refused uploads have the key of the first, only direct uploads that of the second.
    const indexes = [index, ...(values.enable_upload_index ? [uploadIndex] : [])];
    const attributes = [hashKey, rangeKey, ...indexes.flatMap((each) => [each.hashKey, each.rangeKey])];
    const table = new DynamodbTable(this, "table", {
      name: values.table_name,
      billingMode: "PAY_PER_REQUEST",
      hashKey,
      rangeKey,
      attribute: [...new Set(attributes)].map((name) => ({ name, type: "S" })),
      globalSecondaryIndex: indexes.map((each) => ({ ...each, projectionType: "ALL" })),
      ttl: { attributeName: expiry, enabled: true },
      pointInTimeRecovery: { enabled: true },
      ...(values.enable_kms_key && { serverSideEncryption: { enabled: true, kmsKeyArn: values.kms_key_arn } }),
      ...(values.enable_deletion_protection && { deletionProtectionEnabled: true }),
    });
    this.outputs = {
      table_name: table.name,
      table_arn: table.arn,
      write_statements: [
        { Sid: "WriteRecords", Effect: "Allow", Action: ["dynamodb:UpdateItem"], Resource: table.arn },
        ...(values.enable_kms_key ? [useKey({ ...values, aws_region: regionOf(this, values) })] : []),
      ],
    };
  }
}

/**
 * DynamoDB decrypts the table's key with the permissions of the caller, for writes, too:
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html, https://github.com/aws/aws-cdk/issues/10010
 */
const useKey = ({ kms_key_arn, aws_region: region }: Values<typeof METADATA_TABLE>) => ({
  Sid: "DecryptRecords",
  Effect: "Allow",
  Action: ["kms:Decrypt"],
  Resource: kms_key_arn,
  Condition: { StringEquals: { "kms:ViaService": `dynamodb.${region}.${dnsSuffixOf(region)}` } },
});
