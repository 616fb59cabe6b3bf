/** Reads the records of one direct upload from the metadata table. */
import { type AttributeValue, DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { RECORD, RECORD_STATES, RECORD_TABLE, type RecordStateName } from "../../contract/records";

/** The state of an upload, and what its record says. */
export interface StoredRecord {
  readonly state: RecordStateName;
  readonly reason?: string;
  readonly detail?: string;
  readonly sizeBytes?: number;
  readonly format?: string;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly variants?: Readonly<Record<string, { readonly key: string; readonly bytes: number }>>;
  readonly updatedAt: string;
  /** Seconds since 1970. */
  readonly expiresAt?: number;
}

const plain = ({ N, M, S }: AttributeValue): unknown => {
  if (N !== undefined) return Number(N);
  return M === undefined ? S : Object.fromEntries(Object.entries(M).map(([name, value]) => [name, plain(value)]));
};

const recordOf = (item: Readonly<Record<string, AttributeValue>>): StoredRecord =>
  plain({ M: item as Record<string, AttributeValue> }) as StoredRecord;

/** Two attempts fit into the function's timeout. */
const dynamodb = new DynamoDBClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 3_000, throwOnRequestTimeout: true },
});

const rankOf = ({ state }: StoredRecord): number => RECORD_STATES[state].rank;

/**
 * @param upload `<hash of the caller>/<id>`
 * @returns the record that says most; undefined if this caller has no such upload, or did not use its link in time
 */
export const findRecord = async (TableName: string, upload: string): Promise<StoredRecord | undefined> => {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName,
      IndexName: RECORD_TABLE.uploadIndex.name,
      KeyConditionExpression: "#upload = :upload",
      ExpressionAttributeNames: { "#upload": RECORD.upload },
      ExpressionAttributeValues: { ":upload": { S: upload } },
    }),
  );
  // DynamoDB deletes expired items days later.
  const isCurrent = ({ expiresAt = Number.POSITIVE_INFINITY }: StoredRecord) => expiresAt * 1_000 > Date.now();
  const [first, ...others] = Items.map(recordOf).filter(isCurrent);
  return others.reduce((best, each) => (rankOf(each) > rankOf(best ?? each) ? each : best), first);
};
