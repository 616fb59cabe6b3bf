/** Checks of `npm run doctor` on the metadata table. */
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { stackName } from "../../../modules/naming";
import { deployedAnswerTo } from "../account";
import { type Check, deploy, ok, problem, type Subject } from "./check";

const look = async ({ environment, names, aws }: Subject) => {
  const { recordsTableName: name } = names;
  const answer = aws.dynamodb.send(new DescribeTableCommand({ TableName: name }));
  const { Table } = await deployedAnswerTo("DescribeTable", answer, { environment, missing: `table ${name}` });
  const { TableStatus: status, GlobalSecondaryIndexes: indexes = [] } = Table ?? {};
  const late = indexes.filter(({ IndexStatus }) => IndexStatus !== "ACTIVE");
  if (status !== "ACTIVE" && status !== "UPDATING")
    return [problem(`the table ${name} is ${status}, so records are lost`, deploy(environment))];
  if (indexes.length === 0)
    return [problem(`the table ${name} has no index of failed and refused uploads`, deploy(environment))];
  if (late.length > 0) return [problem(`an index of the table ${name} is ${late[0]?.IndexStatus}`, "wait")];
  return [ok(`the table ${name} takes records: npm run images -- ${stackName(environment)}`)];
};

export const RECORD_CHECKS: readonly Check[] = [
  { name: "records", appliesTo: ({ enable_metadata_table: isOn }) => isOn, look },
];
