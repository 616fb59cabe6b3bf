/** The local metadata table: its metrics, its faults, the expiry by the sandbox's own clock, and what operators may call. */

import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { ApiCall, ApiRefusal } from "../../scripts/sandbox/api-call";
import type { TableBlueprint } from "../../scripts/sandbox/blueprint";
import type { SentDatum } from "../../scripts/sandbox/sent";
import { openTable, type Table } from "../../scripts/sandbox/table";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const HOUR_MS = 3_600_000;
const BEGIN_MS = Date.UTC(2026, 0, 1, 12);

const TABLE: TableBlueprint = {
  name: "records",
  arn: "arn:aws:dynamodb:us-east-1:000000000000:table/records",
  hashKey: "key",
  attributes: [{ name: "key", type: "S" }],
  indexes: [],
  expiry: "expiresAt",
};

let table: Table;
let dynamodb: DynamoDBClient;
let nowMs: number;
let refusal: ApiRefusal | undefined;
let calls: ApiCall[];
let data: SentDatum[];

beforeAll(async () => {
  table = await openTable({
    table: TABLE,
    region: "us-east-1",
    now: () => nowMs,
    intercept: async (call) => {
      calls.push(call);
      return refusal;
    },
    onDatum: (datum) => data.push(datum),
  });
  const credentials = { accessKeyId: "FUNCTION", secretAccessKey: "example" };
  dynamodb = new DynamoDBClient({ region: "us-east-1", endpoint: table.endpointUrl, credentials, maxAttempts: 1 });
});
afterAll(async () => {
  dynamodb.destroy();
  await table.stop();
});
beforeEach(() => {
  nowMs = BEGIN_MS;
  refusal = undefined;
  calls = [];
  data = [];
});

const put = (key: string, expiresAtMs?: number) =>
  dynamodb.send(
    new PutItemCommand({
      TableName: TABLE.name,
      Item: {
        key: { S: key },
        ...(expiresAtMs !== undefined && { expiresAt: { N: String(expiresAtMs / 1_000) } }),
      },
    }),
  );

const update = () => dynamodb.send(new UpdateItemCommand({ TableName: TABLE.name, Key: { key: { S: "a" } } }));

const keys = async () => (await table.items()).map((item) => (item.key as { S: string }).S).sort();

describe("a call", () => {
  it("is announced with its caller, action and table", async () => {
    await update();

    expect(calls).toEqual([{ caller: "FUNCTION", action: "dynamodb:UpdateItem", tableArn: TABLE.arn }]);
    expect(data).toEqual([]);
  });

  // biome-ignore format: a table is read down its columns
  it.each<[ApiRefusal, string[]]>([
    [{ status: 400, code: "ThrottlingException", message: "slow down" },                     ["ThrottledRequests"]],
    [{ status: 400, code: "ProvisionedThroughputExceededException", message: "slow down" },  ["ThrottledRequests"]],
    [{ status: 500, code: "InternalServerError", message: "oh" },                            ["SystemErrors"]],
    [{ status: 400, code: "AccessDeniedException", message: "no" },                          []],
  ])("refused with %j is counted as DynamoDB counts it: by table and operation, or not at all", async (answer, names) => {
    refusal = answer;

    await expect(update()).rejects.toMatchObject({ name: answer.code });

    expect(data.map(({ name }) => name)).toEqual(names);
    for (const datum of data)
      expect(datum).toMatchObject({
        namespace: "AWS/DynamoDB",
        dimensions: { TableName: "records", Operation: "UpdateItem" },
        value: 1,
        sentMs: BEGIN_MS,
        channel: "tableMetric",
      });
  });
});

describe("an expired item", () => {
  it("stays for two days, by the clock of the sandbox", async () => {
    await put("link", BEGIN_MS + HOUR_MS);
    await put("photo");

    nowMs = BEGIN_MS + 48 * HOUR_MS;
    await table.expire();
    expect(await keys()).toEqual(expect.arrayContaining(["link", "photo"]));
    nowMs += 2 * HOUR_MS;
    await table.expire();

    expect(await keys()).not.toContain("link");
    expect(await keys()).toContain("photo");
  });
});

it("forgets the items of one key, and no others", async () => {
  await put("old");
  await put("older");

  await table.forget("old");
  await table.forget("unknown");

  expect(await keys()).toContain("older");
  expect(await keys()).not.toContain("old");
});

it("leaves no server behind if DynamoDB refuses the table", async () => {
  const servers = () => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
  const before = servers();
  const withoutKey = { ...TABLE, attributes: [] };

  const opened = openTable({ table: withoutKey, region: "us-east-1", now: () => nowMs, onDatum: () => {} });

  await expect(opened).rejects.toThrow("Expected status 200 for CreateTable but got 400");
  // Node removes a closed server from the list a little later; the time limit of the test ends this wait.
  while (servers() > before) await new Promise((resolve) => setTimeout(resolve, 10));
});
