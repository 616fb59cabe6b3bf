/** `npm run images` with a real table, and records that the function's own code has written. */
import type { RecordStateName } from "../../handler/contract/records";
import type { RecordFields } from "../../handler/src/record-write";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { startStorage } from "../../scripts/sandbox/storage";
import { openTable } from "../../scripts/sandbox/table";
import { committed, synthesized } from "../modules/synthesized";
import { run } from "./run";

const closers: (() => Promise<unknown>)[] = [];
let endpointUrl: string;
let write: (key: string, state: RecordStateName, fields?: RecordFields, at?: string) => Promise<void>;

/** On a busy machine, the local table may answer later than the function waits. */
const untilDone = async (work: () => Promise<void>): Promise<void> => work().catch(() => untilDone(work));

const open = async () => {
  const [table] = readBlueprint(synthesized(await committed("prod")).folder).tables;
  if (table === undefined) throw new Error("prod has no table");
  const opened = await openTable({ table, region: "us-east-1", now: Date.now, onDatum: () => {} });
  // As in the sandbox: operators' commands have one address for all services.
  const storage = await startStorage({ buckets: [], operations: opened.operations });
  closers.push(opened.stop, storage.stop);
  return { table, opened, storage };
};

beforeAll(async () => {
  const { table, opened, storage } = await open();
  endpointUrl = storage.endpointUrl;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: opened.endpointUrl,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "FUNCTION",
    AWS_SECRET_ACCESS_KEY: "example",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  });
  const {
    createRecordWriter,
  }: typeof import("../../handler/src/records-table") = require("../../handler/src/records-table");
  const writeRecord = createRecordWriter(table.name);
  write = (key, state, fields = {}, at = new Date().toISOString()) =>
    untilDone(() => writeRecord({ key, version: "v1", state, at, fields }, new AbortController().signal));
  const variants = [{ name: "thumbnail", key: "album/été 1_thumbnail_0a1b2c3d.jpg", bytes: 12_345 }];
  const picture = { format: "jpeg", widthPx: 96, heightPx: 64, sizeBytes: 2_345 };
  await write("album/été 1.jpg", "processed", { ...picture, variants });
  await write("diary.jpg", "refused", { reason: "not-an-image", detail: "Expected JPEG" }, "2026-01-01T00:00:00.000Z");
  for (const second of [1, 2, 3]) {
    const at = new Date(Date.now() - second * 1_000).toISOString();
    await write("unlucky.jpg", "failed", { reason: "StorageDenied", detail: "Access Denied" }, at);
  }
}, 60_000);

afterAll(async () => {
  for (const close of closers) await close();
});

const images = (...args: string[]) => run("images", "prod", ...args, "--endpoint-url", endpointUrl);

describe("npm run images", () => {
  it("lists the uploads that failed or were refused, with attempts and reasons", async () => {
    const { code, stdout, stderr } = await images();

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^ {2}state +when +attempts +key +reason\n/);
    expect(stdout).toMatch(/^ {2}failed +\d+ (s|min) ago +3 +unlucky\.jpg +StorageDenied: Access Denied$/m);
    expect(stdout).toMatch(/^ {2}refused +\d+ d ago +1 +diary\.jpg +not-an-image: Expected JPEG$/m);
    expect(stdout).not.toContain("album");
  });

  it("lists those of one state only, at most as many as wanted", async () => {
    const refused = JSON.parse((await images("--state", "refused", "--json")).stdout);
    const newest = JSON.parse((await images("--max", "1", "--json")).stdout);

    expect(refused).toMatchObject({ environment: "prod", records: [{ key: "diary.jpg", state: "refused" }] });
    expect(newest.records).toMatchObject([{ key: "unlucky.jpg" }]);
  });

  it("shows all that is known about one upload", async () => {
    const { code, stdout } = await images("album/été 1.jpg");

    expect(code).toBe(0);
    expect(stdout).toMatch(/^album\/été 1\.jpg {2}version v1\n {2}state +processed, \d+ (s|min) ago\n/);
    expect(stdout).toMatch(/^ {2}picture +jpeg, 96 × 64 px, 2,345 bytes$/m);
    expect(stdout).toMatch(/^ {2}thumbnail +12,345 +album\/été 1_thumbnail_0a1b2c3d\.jpg$/m);
  });

  it("does not show a link that has expired, although DynamoDB deletes it days later", async () => {
    const { DynamoDBClient, PutItemCommand } = await import("@aws-sdk/client-dynamodb");
    const TableName = "image-processor-prod-processor-records";
    const link = { key: { S: "link.jpg" }, state: { S: "issued" }, updatedAt: { S: "2026-01-01T00:00:00.000Z" } };
    const put = (version: string, expiresAt: number) =>
      new DynamoDBClient({}).send(
        new PutItemCommand({
          TableName,
          Item: { ...link, version: { S: version }, expiresAt: { N: String(Math.floor(expiresAt / 1_000)) } },
        }),
      );
    await put("old", Date.now() - 60_000);
    await put("new", Date.now() + 3_600_000);

    const { records } = JSON.parse((await images("link.jpg", "--json")).stdout);

    expect(records).toMatchObject([{ version: "new", state: "issued" }]);
  });

  it("exits with 1 for a key without a record", async () => {
    const { code, stdout } = await images("nothing.jpg");

    expect([code, stdout]).toEqual([1, "image-processor-prod-processor-records has no record of nothing.jpg.\n"]);
  });

  it("refuses an environment without a table, and a state without an index", async () => {
    const dev = await run("images", "dev", "--endpoint-url", endpointUrl);
    const processed = await images("--state", "processed");

    expect([dev.code, dev.stderr]).toEqual([1, "error: dev keeps no records: enable_metadata_table is false\n"]);
    expect(processed.code).toBe(2);
    expect(processed.stderr).toContain("Allowed choices are failed, refused");
  });
});
