/** The record of an upload: what it says in each state, that no event lowers it, and that it never fails an image. */
import type { S3EventRecord } from "aws-lambda";
import { RECORD_STATES, type RecordStateName } from "../../handler/contract/records";
import { recordOf } from "../../scripts/aws/records";
import { TABLE_DENIED, TABLE_THROTTLED } from "../../scripts/faults/calls";
import type { ApiRefusal } from "../../scripts/sandbox/api-call";
import type { TableBlueprint } from "../../scripts/sandbox/blueprint";
import { openTable, type Table } from "../../scripts/sandbox/table";
import { eventsIn, run, startAws } from "./aws";
import { plain } from "./pictures";

const TABLE: TableBlueprint = {
  name: "records",
  arn: "arn:aws:dynamodb:us-east-1:000000000000:table/records",
  hashKey: "key",
  rangeKey: "version",
  attributes: ["key", "version", "problem", "updatedAt"].map((name) => ({ name, type: "S" })),
  indexes: [{ name: "problems", hashKey: "problem", rangeKey: "updatedAt", projection: "ALL" }],
  expiry: "expiresAt",
};

let aws: Awaited<ReturnType<typeof startAws>>;
let table: Table;
let png: Buffer;
/** How the table answers a call. */
let answer: () => Promise<ApiRefusal | undefined>;

beforeAll(async () => {
  aws = await startAws();
  table = await openTable({
    table: TABLE,
    region: "us-east-1",
    now: Date.now,
    intercept: () => answer(),
    onDatum: () => {},
  });
  process.env.AWS_ENDPOINT_URL_DYNAMODB = table.endpointUrl;
  png = await plain(40, 20, [200, 40, 40]).png().toBuffer();
});
afterAll(async () => {
  await table.stop();
  await aws.stop();
});
beforeEach(async () => {
  answer = async () => undefined;
  await aws.reset();
});

const deliver = (records: readonly S3EventRecord[], remainingMs?: number) =>
  run({ Records: records }, { RECORDS_TABLE: TABLE.name }, remainingMs);

const recordsOf = async (key: string) =>
  (await table.items())
    .map((item) => recordOf(item as Parameters<typeof recordOf>[0]))
    .filter((record) => record.key === key);

const eTagOf = ({ s3 }: S3EventRecord): string => s3.object.eTag;

describe("the states of a record", () => {
  it("rise from issued to processed, and each final state has another rank", () => {
    const states: RecordStateName[] = ["issued", "received", "failed", "superseded", "refused", "processed"];

    expect(Object.entries(RECORD_STATES).map(([name, { rank }]) => [name, rank])).toEqual(
      states.map((name, rank) => [name, rank]),
    );
  });
});

describe("a record", () => {
  it("of a processed upload has its picture, its variants with key and bytes, attempts and times", async () => {
    const created = await aws.upload("album/first.png", png);

    const { lines } = await deliver([created]);

    const [record] = await recordsOf("album/first.png");
    const keys = await aws.processedKeys();
    expect(eventsIn(lines)).not.toContain("record.lost");
    expect(record).toMatchObject({
      version: eTagOf(created),
      state: "processed",
      sizeBytes: png.length,
      format: "png",
      widthPx: 40,
      heightPx: 20,
      attempts: 1,
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    const variants = Object.values(record?.variants ?? {});
    expect(variants.map(({ key }) => key).sort()).toEqual([...keys].sort());
    for (const { key, bytes } of variants) expect((await aws.read(key)).bytes).toHaveLength(bytes);
  });

  it("of a refused upload has the reason, and is in the index", async () => {
    const created = await aws.upload("diary.jpg", Buffer.from("Dear diary"));

    await deliver([created]);

    const [record] = await recordsOf("diary.jpg");
    expect(record).toMatchObject({
      state: "refused",
      reason: "not-an-image",
      problem: expect.stringMatching(/^refused#\d$/),
    });
    expect(record?.detail).toMatch(/^Expected JPEG/);
  });

  it("of a failed upload has the error, until a retry succeeds", async () => {
    const created = await aws.upload("retried.png", png);
    aws.s3.faults.answer = (method) =>
      method === "PUT" ? { status: 403, code: "AccessDenied", message: "no" } : undefined;

    await deliver([created]);
    const [failed] = await recordsOf("retried.png");
    aws.s3.faults.answer = () => undefined;
    await deliver([created]);
    const [processed] = await recordsOf("retried.png");

    expect(failed).toMatchObject({ state: "failed", reason: "StorageDenied", attempts: 1 });
    expect(processed).toMatchObject({ state: "processed", attempts: 2, receivedAt: failed?.receivedAt });
    for (const field of ["reason", "detail", "problem"]) expect(processed).not.toHaveProperty(field);
  });

  it("stays processed if the event comes again after the upload was deleted", async () => {
    const created = await aws.upload("deleted.png", png);
    await deliver([created]);
    aws.s3.faults.answer = () => ({ status: 404, code: "NoSuchKey", message: "gone" });

    const { lines } = await deliver([created]);

    expect(eventsIn(lines)).toContain("image.refused");
    expect(eventsIn(lines)).not.toContain("record.lost");
    expect(await recordsOf("deleted.png")).toMatchObject([{ state: "processed", attempts: 1 }]);
  });

  it("exists for each version of a key; a replaced one is superseded", async () => {
    const first = await aws.upload("twice.png", png);
    const second = await aws.upload("twice.png", await plain(30, 30, [0, 0, 90]).png().toBuffer());

    await deliver([second]);
    await deliver([first]);

    const states = (await recordsOf("twice.png")).map(({ version, state }) => [version, state]);
    expect(new Map(states as [string, string][])).toEqual(
      new Map([
        [eTagOf(first), "superseded"],
        [eTagOf(second), "processed"],
      ]),
    );
  });

  it("is kept for each upload of an event", async () => {
    const good = await aws.upload("one.png", png);
    const bad = await aws.upload("two.png", Buffer.alloc(0));

    await deliver([good, bad]);

    expect((await recordsOf("one.png"))[0]?.state).toBe("processed");
    expect((await recordsOf("two.png"))[0]).toMatchObject({ state: "refused", reason: "empty" });
  });
});

describe("a write", () => {
  it("that is sent twice, because its answer was late, counts as one attempt", async () => {
    const {
      createRecordWriter,
    }: typeof import("../../handler/src/records-table") = require("../../handler/src/records-table");
    const write = createRecordWriter(TABLE.name);
    const failed = (at: string) => ({ key: "late.png", version: "v", state: "failed", at, fields: {} }) as const;
    const { signal } = new AbortController();

    await write(failed("2026-01-01T00:00:00.000Z"), signal);
    await write(failed("2026-01-01T00:00:00.000Z"), signal);
    const once = await recordsOf("late.png");
    await write(failed("2026-01-01T00:01:00.000Z"), signal);

    expect(once).toMatchObject([{ state: "failed", attempts: 1 }]);
    expect(await recordsOf("late.png")).toMatchObject([{ attempts: 2 }]);
  });

  it("reaches the same state in every order of the events", async () => {
    const {
      createRecordWriter,
    }: typeof import("../../handler/src/records-table") = require("../../handler/src/records-table");
    const write = createRecordWriter(TABLE.name);
    const states: RecordStateName[] = ["received", "failed", "superseded", "refused", "processed"];
    const orders = states.map((_, first) => [...states.slice(first), ...states.slice(0, first)].reverse());

    for (const [version, order] of orders.entries())
      for (const [second, state] of order.entries()) {
        const at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
        await write(
          { key: "any-order.png", version: `v${version}`, state, at, fields: {} },
          new AbortController().signal,
        );
      }

    expect((await recordsOf("any-order.png")).map(({ state }) => state)).toEqual(states.map(() => "processed"));
  });
});

describe("a table that fails", () => {
  it.each<[string, () => Promise<ApiRefusal | undefined>, string]>([
    ["denies", async () => TABLE_DENIED, "AccessDeniedException"],
    ["throttles", async () => TABLE_THROTTLED, "ThrottlingException"],
    ["does not answer", () => new Promise(() => {}), expect.stringMatching(/^(TooSlow|TimeoutError)$/)],
  ])("never fails an image: it %s", async (what, fails, errorName) => {
    const key = `although-it-${what}.png`;
    const created = await aws.upload(key, png);
    answer = fails;

    const { lines, thrown } = await deliver([created]);

    expect(thrown).toBeUndefined();
    expect(await aws.processedKeys()).toHaveLength(5);
    expect(lines.filter(({ event }) => event === "record.lost")).toMatchObject([
      { level: "WARN", key, version: eTagOf(created), state: "processed", errorName },
    ]);
    expect(eventsIn(lines).slice(0, 2)).toEqual(["image.received", "image.processed"]);
  });

  it("leaves the write of another attempt alone: a refused call is made again", async () => {
    const created = await aws.upload("again.png", png);
    let calls = 0;
    answer = async () => (++calls === 1 ? TABLE_THROTTLED : undefined);

    const { lines } = await deliver([created]);

    expect(calls).toBeGreaterThan(1);
    expect(eventsIn(lines)).not.toContain("record.lost");
    expect((await recordsOf("again.png"))[0]?.state).toBe("processed");
  });

  it("is given up shortly before the timeout", async () => {
    const created = await aws.upload("late.png", png);
    aws.s3.faults.delay = () => new Promise(() => {});
    answer = () => new Promise(() => {});

    const { lines, thrown } = await deliver([created], 400);

    expect((thrown as Error).message).toContain("images failed");
    expect(lines.find(({ event }) => event === "record.lost")).toMatchObject({ state: "failed" });
  });
});

describe("without a table", () => {
  it("no record is written, and the client is not loaded", async () => {
    const created = await aws.upload("unrecorded.png", png);

    const { lines } = await run({ Records: [created] });

    expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
    expect(await recordsOf("unrecorded.png")).toEqual([]);
  });
});
