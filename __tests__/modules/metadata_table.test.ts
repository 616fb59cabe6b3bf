/** The synthesized metadata table, what the function may do with it, and that nothing changes without it. */

import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import { MetadataTable } from "../../modules/metadata_table";
import { committed, devWith, json, one, synthesized } from "./synthesized";

const ON = "enable_metadata_table = true";
const TABLE = "${aws_dynamodb_table.metadata_table_table";

interface Statement {
  readonly Sid: string;
}

const statementsOf = (policy: unknown): Statement[] => (json(policy) as { Statement: Statement[] }).Statement;

const named = (name: string, statements: readonly Statement[]) => statements.find(({ Sid }) => Sid === name);

describe("metadata_table", () => {
  it("has a record for each version of a key, a sparse index, an expiry and a continuous backup, and costs nothing unused", async () => {
    const stack = synthesized(await devWith(ON));

    expect(one(stack, "aws_dynamodb_table")).toEqual({
      name: "image-processor-dev-processor-records",
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "key",
      range_key: "version",
      attribute: ["key", "version", "problem", "updatedAt"].map((name) => ({ name, type: "S" })),
      global_secondary_index: [
        { name: "problems", hash_key: "problem", range_key: "updatedAt", projection_type: "ALL" },
      ],
      ttl: { attribute_name: "expiresAt", enabled: true },
      point_in_time_recovery: { enabled: true },
    });
  });

  it("is encrypted with the stack's key, and cannot be deleted by mistake where the environment is protected", async () => {
    const stack = synthesized(await devWith(`${ON}\nenable_kms_key = true\nprotected = true`));

    expect(one(stack, "aws_dynamodb_table")).toMatchObject({
      server_side_encryption: { enabled: true, kms_key_arn: "${aws_kms_key.encryption_key_key.arn}" },
      deletion_protection_enabled: true,
    });
    expect(named("DecryptRecords", statementsOf(one(stack, "aws_iam_role_policy").policy))).toEqual({
      Sid: "DecryptRecords",
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: "${aws_kms_key.encryption_key_key.arn}",
      Condition: { StringEquals: { "kms:ViaService": "dynamodb.us-east-1.amazonaws.com" } },
    });
  });

  it("is written by the function, which may neither read nor delete records", async () => {
    const stack = synthesized(await devWith(ON));
    const statements = statementsOf(one(stack, "aws_iam_role_policy").policy);

    expect(one(stack, "aws_lambda_function").environment).toMatchObject({
      variables: { RECORDS_TABLE: `${TABLE}.name}` },
    });
    expect(statements.filter((statement) => JSON.stringify(statement).includes("dynamodb"))).toEqual([
      { Sid: "WriteRecords", Effect: "Allow", Action: ["dynamodb:UpdateItem"], Resource: `${TABLE}.arn}` },
    ]);
  });

  it("has three alarms, on its own operation and on lost records, none of them critical", async () => {
    const [without, stack] = [synthesized(await devWith("")), synthesized(await devWith(ON))];
    const alarms = Object.entries(stack.resource.aws_cloudwatch_metric_alarm ?? {}).filter(
      ([name]) => without.resource.aws_cloudwatch_metric_alarm?.[name] === undefined,
    );

    const shown = alarms.map(([, alarm]) => [alarm.metric_name, alarm.dimensions, alarm.alarm_actions]);
    const ofTable = { TableName: "image-processor-dev-processor-records", Operation: "UpdateItem" };
    expect(shown).toEqual([
      ["SystemErrors", ofTable, ["${aws_sns_topic.sns_notifications_performance.arn}"]],
      ["ThrottledRequests", ofTable, ["${aws_sns_topic.sns_notifications_performance.arn}"]],
      ["RecordsLost", undefined, ["${aws_sns_topic.sns_notifications_log.arn}"]],
    ]);
  });

  it("adds outputs where it is on", async () => {
    const [without, stack] = [synthesized(await devWith("")), synthesized(await devWith(ON))];

    expect(Object.keys(stack.output).filter((name) => !(name in without.output))).toEqual([
      "metadata_table_arn",
      "metadata_table_name",
    ]);
  });

  it("changes nothing where it is off: no resource, permission, setting or alarm mentions it", async () => {
    for (const name of ["dev", "staging"]) {
      const { text } = synthesized(await committed(name));

      expect(text).not.toMatch(/dynamodb|RECORDS_TABLE|RecordsLost|records-lost|metadata_table/i);
    }
  });

  it("works on its own, and gives the statements for any role that writes records", () => {
    const app = new App({ outdir: "unused" });
    const stack = new TerraformStack(app, "other");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    const { outputs } = new MetadataTable(stack, "records", { table_name: "invoices" });

    const { resource } = JSON.parse(Testing.synth(stack));

    expect(Object.values(resource.aws_dynamodb_table)).toMatchObject([{ name: "invoices" }]);
    expect(outputs.write_statements).toHaveLength(1);
  });

  it("refuses a wrong name, in one line", () => {
    const stack = new TerraformStack(new App({ outdir: "unused" }), "other");

    expect(() => new MetadataTable(stack, "records", { table_name: "a table" })).toThrow(
      'metadata_table: Expected the name of a DynamoDB table for table_name but got "a table"',
    );
  });
});
