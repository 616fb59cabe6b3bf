/** Writes records to DynamoDB. Loaded only if RECORDS_TABLE is set: the client is a sixth of the code of the function. */
import { setTimeout as sleep } from "node:timers/promises";
import { type AttributeValue, DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { PROBLEM_STATES, problemOf, RECORD, RECORD_STATES, RECORD_TABLE, shardOf } from "../contract/records";
import { directUploadOf } from "../contract/upload-api";
import { asError } from "./errors";
import type { RecordFields, RecordWrite, WriteRecord } from "./record-write";
import { captured } from "./tracing";

const text = (S: string): AttributeValue => ({ S });
const number = (N: number): AttributeValue => ({ N: String(N) });

const attributeOf = (value: NonNullable<RecordFields[keyof RecordFields]>): AttributeValue => {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return number(value);
  return {
    M: Object.fromEntries(value.map(({ name, key, bytes }) => [name, { M: { key: text(key), bytes: number(bytes) } }])),
  };
};

/** Attributes of an earlier state, such as the reason of a failure, do not outlive it. */
const OF_ONE_STATE = [RECORD.reason, RECORD.detail, RECORD.problem, RECORD.expiresAt];

const attributesOf = ({ key, version, state, at, fields }: RecordWrite): Record<string, AttributeValue> => {
  const upload = directUploadOf(key);
  const problem = PROBLEM_STATES.find((name) => name === state);
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    [RECORD.state]: text(state),
    [RECORD.rank]: number(RECORD_STATES[state].rank),
    [RECORD.updatedAt]: text(at),
    ...(upload !== undefined && { [RECORD.upload]: text(upload) }),
    ...(problem && { [RECORD.problem]: text(problemOf(problem, shardOf(version))) }),
    ...Object.fromEntries(given.map(([name, value]) => [name, attributeOf(value)])),
  };
};

/** The last part makes a request that is sent twice, because its answer was late, count as one attempt. */
const CONDITION = [
  `attribute_not_exists(#${RECORD.rank})`,
  `#${RECORD.rank} < :${RECORD.rank}`,
  `(#${RECORD.rank} = :${RECORD.rank} AND #${RECORD.updatedAt} <> :${RECORD.updatedAt})`,
].join(" OR ");

/** @returns the arguments of UpdateItem: every attribute by a placeholder, because many names are reserved words of DynamoDB */
const updateOf = (TableName: string, write: RecordWrite) => {
  const attributes = attributesOf(write);
  const removed = OF_ONE_STATE.filter((name) => !(name in attributes));
  const names = [...Object.keys(attributes), ...removed, RECORD.receivedAt, RECORD.attempts];
  const isAttempt = write.state !== "received" && write.state !== "issued";
  const sets = Object.keys(attributes).map((name) => `#${name} = :${name}`);
  const receivedAt = `#${RECORD.receivedAt} = if_not_exists(#${RECORD.receivedAt}, :${RECORD.updatedAt})`;
  return {
    TableName,
    Key: { [RECORD_TABLE.hashKey]: text(write.key), [RECORD_TABLE.rangeKey]: text(write.version) },
    UpdateExpression: `SET ${[...sets, receivedAt].join(", ")} REMOVE ${removed.map((name) => `#${name}`).join(", ")} ADD #${RECORD.attempts} :attempt`,
    ConditionExpression: CONDITION,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
      ":attempt": number(isAttempt ? 1 : 0),
    },
  };
};

/** Pauses before the second and the third attempt. The SDK's own pause after a throttled request is up to a second. */
const PAUSES_MS = [50, 200];

const THROTTLES = /Throttl|ThroughputExceeded|RequestLimitExceeded/;

const isTransient = ({ name, $metadata }: Error & { $metadata?: { httpStatusCode?: number } }): boolean =>
  ($metadata?.httpStatusCode ?? 500) >= 500 || THROTTLES.test(name);

/**
 * Call it once per execution environment.
 * @param requestTimeout of one request, in milliseconds @default 400: an image waits for a second, which is enough for two
 *   requests that stall, or three that fail quickly
 */
export const createRecordWriter = (tableName: string, requestTimeout = 400): WriteRecord => {
  const dynamodb = captured(
    new DynamoDBClient({
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 300, requestTimeout, throwOnRequestTimeout: true },
    }),
  );
  return async (write, abortSignal) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await dynamodb.send(new UpdateItemCommand(updateOf(tableName, write)), { abortSignal });
        return;
      } catch (thrown) {
        const error = asError(thrown);
        // A later state is recorded already, by another delivery of the event, or this very write.
        if (error.name === "ConditionalCheckFailedException") return;
        const pauseMs = PAUSES_MS[attempt];
        if (pauseMs === undefined || abortSignal.aborted || !isTransient(error)) throw error;
        await sleep(pauseMs, undefined, { signal: abortSignal });
      }
    }
  };
};
