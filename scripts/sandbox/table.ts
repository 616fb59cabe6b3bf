/** The local metadata table: an embedded DynamoDB, its metrics, and the expiry of its items. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ApiRefusal, callerOf, type Intercept } from "./api-call";
import type { TableBlueprint } from "./blueprint";
import type { Operations } from "./operations";
import type { SentDatum } from "./sent";

export interface TableOptions {
  readonly table: TableBlueprint;
  readonly region: string;
  readonly intercept?: Intercept;
  /** Time for the data and for the expiry, in milliseconds since 1970. */
  readonly now: () => number;
  /** Called for every datum of the namespace AWS/DynamoDB. */
  readonly onDatum: (datum: SentDatum) => void;
}

/** An item as DynamoDB writes it: `{ "key": { "S": "photo.jpg" } }` */
export type Item = Readonly<Record<string, unknown>>;

export interface Table {
  /** http://127.0.0.1:<port> */
  readonly endpointUrl: string;
  /** Calls for operators' commands on another endpoint. */
  readonly operations: Operations;
  items(): Promise<readonly Item[]>;
  /** Deletes the items of one hash key. */
  forget(hash: string): Promise<void>;
  /** Deletes the items that expired long enough ago for DynamoDB to have deleted them. Call it when you advance the clock. */
  expire(): Promise<void>;
  stop(): Promise<void>;
}

const SERVICE = "DynamoDB_20120810";
const JSON_TYPE = "application/x-amz-json-1.0";

/** Reading operations of operators' commands. */
const READING = ["Query", "DescribeTable"];

/** Expired items stay for some days: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
const DELETED_AFTER_MS = 48 * 3_600_000;
const EXPIRED_EVERY_MS = 60_000;

/** Errors that DynamoDB counts: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
const THROTTLES = ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"];

/** @returns the metric that counts a refused request; undefined if none does: UserErrors has no dimension TableName */
const metricOf = ({ status, code }: ApiRefusal): string | undefined => {
  if (THROTTLES.includes(code)) return "ThrottledRequests";
  return status >= 500 ? "SystemErrors" : undefined;
};

const refuse = (request: IncomingMessage, response: ServerResponse, { status, code, message }: ApiRefusal): void => {
  request.resume();
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message });
  response.writeHead(status, { "content-type": JSON_TYPE }).end(body);
};

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const creation = ({ name, hashKey, rangeKey, attributes, indexes }: TableBlueprint) => {
  const keySchema = (hash: string, range: string | undefined) => [
    { AttributeName: hash, KeyType: "HASH" },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" }]),
  ];
  const GlobalSecondaryIndexes = indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.hashKey, index.rangeKey),
    Projection: { ProjectionType: index.projection },
  }));
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: keySchema(hashKey, rangeKey),
    AttributeDefinitions: attributes.map((each) => ({ AttributeName: each.name, AttributeType: each.type })),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes }),
  };
};

/** Creates the table. @throws Error with the response of DynamoDB, if it refuses the table */
export const openTable = async (options: TableOptions): Promise<Table> => {
  const { table, region, intercept, now, onDatum } = options;
  // Loading it takes half a second, and it has no types.
  const dynalite = require("dynalite") as (options: { createTableMs: number }) => Server;
  const dynamodb = dynalite({ createTableMs: 0 });
  const count = (refusal: ApiRefusal, Operation: string) => {
    const name = metricOf(refusal);
    if (name === undefined) return;
    const sentMs = now();
    const dimensions = { TableName: table.name, Operation };
    const datum = { namespace: "AWS/DynamoDB", name, dimensions, unit: "Count", timestampMs: sentMs, value: 1 };
    onDatum({ ...datum, channel: "tableMetric", sentMs });
  };
  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).replace(`${SERVICE}.`, "");
    const caller = callerOf(request.headers.authorization);
    const call = { caller, action: `dynamodb:${operation}`, tableArn: table.arn };
    const refusal = caller === OWN_KEY_ID ? undefined : await intercept?.(call);
    if (refusal === undefined) return dynamodb.emit("request", request, response);
    count(refusal, operation);
    refuse(request, response, refusal);
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signed = `AWS4-HMAC-SHA256 Credential=${OWN_KEY_ID}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;

  const call = async (operation: string, input: object): Promise<Answer> => {
    const headers = { "content-type": JSON_TYPE, "x-amz-target": `${SERVICE}.${operation}` };
    const response = await fetch(endpointUrl, {
      method: "POST",
      headers: { ...headers, authorization: signed, "x-amz-date": "20260101T000000Z" },
      body: JSON.stringify(input),
    });
    if (response.ok) return response.json() as Promise<Answer>;
    throw new Error(`Expected status 200 for ${operation} but got ${response.status} ${await response.text()}`);
  };
  const items = async (filter: object = {}): Promise<Item[]> => {
    const found: Item[] = [];
    let ExclusiveStartKey: object | undefined;
    do {
      const page = await call("Scan", { TableName: table.name, ...filter, ExclusiveStartKey });
      found.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  };
  const keyOf = (item: Item) =>
    Object.fromEntries([table.hashKey, table.rangeKey ?? table.hashKey].map((name) => [name, item[name]]));
  const forget = async (hash: string) => {
    const found = await call("Query", {
      TableName: table.name,
      KeyConditionExpression: "#hash = :hash",
      ExpressionAttributeNames: { "#hash": table.hashKey },
      ExpressionAttributeValues: { ":hash": { S: hash } },
    });
    for (const item of found.Items ?? []) await call("DeleteItem", { TableName: table.name, Key: keyOf(item) });
  };
  const expire = async () => {
    if (table.expiry === undefined) return;
    const longAgo = { ":then": { N: String(Math.floor((now() - DELETED_AFTER_MS) / 1000)) } };
    const expired = await items({
      FilterExpression: "#expiry < :then",
      ExpressionAttributeNames: { "#expiry": table.expiry },
      ExpressionAttributeValues: longAgo,
    });
    for (const item of expired) await call("DeleteItem", { TableName: table.name, Key: keyOf(item) });
  };

  try {
    await call("CreateTable", creation(table));
  } catch (error) {
    await closed(server);
    throw error;
  }
  const timer = setInterval(() => void expire().catch(() => {}), EXPIRED_EVERY_MS).unref();
  return {
    endpointUrl,
    operations: Object.fromEntries(
      READING.map((operation) => [`${SERVICE}.${operation}`, (input) => call(operation, input as object)]),
    ),
    items: () => items(),
    forget,
    expire,
    stop: async () => {
      clearInterval(timer);
      await closed(server);
    },
  };
};

/** The sandbox signs its own calls with this key id; they are never refused. */
const OWN_KEY_ID = "SANDBOX";

interface Answer {
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: object;
}
