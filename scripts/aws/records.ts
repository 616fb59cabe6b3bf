/** Reads the records of uploads from an environment's metadata table. */
import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  PROBLEM_SHARDS,
  PROBLEM_STATES,
  type ProblemState,
  problemOf,
  RECORD,
  RECORD_TABLE,
  type RecordStateName,
} from "../../handler/contract/records";
import { naming } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { answerTo, deployedAnswerTo } from "./account";

/** States whose uploads can be listed without their keys. */
export type ListedState = ProblemState;

export const listedStates: readonly ListedState[] = PROBLEM_STATES;

/** The record of one version of an upload. Fields that its state does not have are undefined. */
export interface UploadRecord {
  readonly key: string;
  readonly version: string;
  readonly state: RecordStateName;
  readonly reason?: string;
  readonly detail?: string;
  readonly sizeBytes?: number;
  readonly format?: string;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly variants?: Readonly<Record<string, { readonly key: string; readonly bytes: number }>>;
  /** Attempts that ended. */
  readonly attempts?: number;
  /** ISO 8601. */
  readonly receivedAt?: string;
  readonly updatedAt: string;
  /** Seconds since 1970. */
  readonly expiresAt?: number;
}

const plain = (value: AttributeValue): unknown => {
  if (value.N !== undefined) return Number(value.N);
  if (value.M === undefined) return value.S;
  return Object.fromEntries(Object.entries(value.M).map(([name, inner]) => [name, plain(inner)]));
};

/** @param item as DynamoDB writes it: `{ "key": { "S": "photo.jpg" } }` */
export const recordOf = (item: Readonly<Record<string, AttributeValue>>): UploadRecord =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)])) as unknown as UploadRecord;

/** DynamoDB deletes expired items days later. */
const isCurrent = ({ expiresAt = Number.POSITIVE_INFINITY }: UploadRecord): boolean => expiresAt * 1_000 > Date.now();

const newestFirst = (one: UploadRecord, other: UploadRecord): number => (one.updatedAt < other.updatedAt ? 1 : -1);

/** The table of an environment. */
export interface RecordsTable {
  readonly dynamodb: DynamoDBClient;
  readonly environment: Environment;
  readonly name: string;
}

/** @throws Error of one line if the environment keeps no records */
export const recordsTableOf = (dynamodb: DynamoDBClient, environment: Environment): RecordsTable => {
  if (!environment.enable_metadata_table)
    throw new Error(`${environment.environment} keeps no records: enable_metadata_table is false`);
  return { dynamodb, environment, name: naming(environment).recordsTableName };
};

const query = async (
  { dynamodb, environment, name }: RecordsTable,
  input: Omit<QueryCommandInput, "TableName">,
  max: number,
): Promise<UploadRecord[]> => {
  const found: UploadRecord[] = [];
  let ExclusiveStartKey: QueryCommandInput["ExclusiveStartKey"];
  do {
    const command = new QueryCommand({ ...input, TableName: name, Limit: max, ExclusiveStartKey });
    const missing = { environment, missing: `table ${name}` };
    const page = await deployedAnswerTo("Query", dynamodb.send(command), missing);
    found.push(...(page.Items ?? []).map(recordOf).filter(isCurrent));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && found.length < max);
  return found;
};

/** @returns the records of all versions of a key, the newest first */
export const recordsOfKey = async (table: RecordsTable, key: string, max: number): Promise<UploadRecord[]> => {
  const input = {
    KeyConditionExpression: "#hash = :key",
    ExpressionAttributeNames: { "#hash": RECORD_TABLE.hashKey },
    ExpressionAttributeValues: { ":key": { S: key } },
  };
  return (await query(table, input, max)).sort(newestFirst);
};

/** @returns the records in any of the states, the newest first */
export const problemRecords = async (
  table: RecordsTable,
  states: readonly ProblemState[],
  max: number,
): Promise<UploadRecord[]> => {
  const shards = Array.from({ length: PROBLEM_SHARDS }, (_, shard) => shard);
  const values = states.flatMap((state) => shards.map((shard) => problemOf(state, shard)));
  const pages = values.map((value) =>
    query(
      table,
      {
        IndexName: RECORD_TABLE.index.name,
        KeyConditionExpression: "#problem = :value",
        ExpressionAttributeNames: { "#problem": RECORD.problem },
        ExpressionAttributeValues: { ":value": { S: value } },
        ScanIndexForward: false,
      },
      max,
    ),
  );
  return (await Promise.all(pages)).flat().sort(newestFirst).slice(0, max);
};

/** Turns off deletion protection, so that Terraform can destroy the table. */
export const allowDeletion = async (dynamodb: DynamoDBClient, TableName: string): Promise<void> => {
  await answerTo("UpdateTable", dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false })));
};
