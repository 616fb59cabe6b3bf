/** The entry point for a backfill: which objects of a batch are processed, which are skipped, and under which keys. */
import type { S3EventRecord } from "aws-lambda";
import { PROCESSED, run, runBackfill, startAws, sums, UPLOADS } from "./aws";
import { plain } from "./pictures";

let aws: Awaited<ReturnType<typeof startAws>>;
let png: Buffer;

beforeAll(async () => {
  aws = await startAws();
  png = await plain(40, 20, [200, 40, 40]).png().toBuffer();
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const batch = (keys: readonly string[], all = false) => ({
  BatchInput: { all },
  Items: keys.map((key) => ({ bucket: UPLOADS, key })),
});

const outcomes = (lines: readonly { event: string; key?: unknown }[]) =>
  lines
    .filter(({ event }) => !["image.received", "record.ignored"].includes(event))
    .map(({ event, key }) => [key, event]);

/** Keys of the variants that were written since the last reset. */
const written = () =>
  aws.s3.requests
    .filter(({ method }) => method === "PUT")
    .map(({ url }) => url.split("?")[0]?.split("/").slice(2).join("/"))
    .sort();

/** The keys that the event of an upload gives to its variants. */
const keysOfEvent = async (record: S3EventRecord, versionId?: string) => {
  const object = { ...record.s3.object, ...(versionId !== undefined && { versionId }) };
  await run({ Records: [{ ...record, s3: { ...record.s3, object } }] });
  return aws.processedKeys();
};

const onlyVersion = (versionId: string) => {
  const headers = { "x-amz-version-id": versionId };
  aws.s3.faults.headsOf = (bucket): Record<string, string> => (bucket === UPLOADS ? headers : {});
};

describe("the keys of the variants", () => {
  it.each([
    ["a bucket without versioning", undefined],
    ["an object that is older than the bucket's versioning", "null"],
  ])("are those of the upload's event: %s", async (_, versionId) => {
    const record = await aws.upload("trips/beach.png", png);
    const expected = await keysOfEvent(record);
    await aws.reset();
    if (versionId !== undefined) onlyVersion(versionId);
    await runBackfill(batch(["trips/beach.png"]));
    expect(await aws.processedKeys()).toEqual(expected);
    expect(expected).toHaveLength(5);
  });

  it("hash the version in a versioned bucket", async () => {
    const record = await aws.upload("a.png", png);
    await run({ Records: [record] });
    const byETag = await aws.processedKeys();
    await aws.reset();
    onlyVersion("v1");
    await runBackfill(batch(["a.png"]));
    const byVersion = await aws.processedKeys();
    expect(byVersion).toHaveLength(5);
    expect(byVersion.filter((key) => byETag.includes(key))).toEqual([]);
    expect((await aws.read(byVersion[0] ?? "")).metadata).toMatchObject({ "source-version": "v1" });
  });
});

describe("what is stored already", () => {
  it("is not made again", async () => {
    const record = await aws.upload("a.png", png);
    await run({ Records: [record] });
    aws.s3.requests.length = 0;
    const { lines, returned } = await runBackfill(batch(["a.png"]));
    expect(outcomes(lines)).toEqual([["a.png", "image.complete"]]);
    expect(returned).toEqual({ complete: 1 });
    expect(written()).toEqual([]);
  });

  it("stays as it is while missing variants are stored", async () => {
    const record = await aws.upload("a.png", png);
    const keys = await keysOfEvent(record);
    const missing = keys.filter((key) => /_(webp|thumbnail)_/.test(key)).sort();
    for (const key of missing) await aws.removeProcessed(key);
    aws.s3.requests.length = 0;
    const { returned } = await runBackfill(batch(["a.png"]));
    expect(returned).toEqual({ processed: 1 });
    expect(written()).toEqual(missing);
    expect(await aws.processedKeys()).toEqual(keys);
  });

  it("is made again where everything is wanted", async () => {
    const record = await aws.upload("a.png", png);
    const keys = await keysOfEvent(record);
    aws.s3.requests.length = 0;
    await runBackfill(batch(["a.png"], true));
    expect(written()).toEqual(keys);
  });

  it("is made again if the manifest, which describes all variants, is missing", async () => {
    const record = await aws.upload("a.png", png);
    const keys = await keysOfEvent(record);
    aws.s3.requests.length = 0;
    const { returned } = await runBackfill(batch(["a.png"]), { MANIFEST: "on" });
    expect(returned).toEqual({ processed: 1 });
    expect(written().filter((key = "") => keys.includes(key))).toEqual(keys);
    expect(written()).toHaveLength(6);
    const second = await runBackfill(batch(["a.png"]), { MANIFEST: "on" });
    expect(second.returned).toEqual({ complete: 1 });
  });
});

describe("a batch", () => {
  it("is tried to its end, logs each outcome, and fails if an object failed", async () => {
    for (const key of ["a.png", "b.png", "d.png"]) await aws.upload(key, png);
    await aws.upload("c.txt", Buffer.from("no image"));
    aws.s3.faults.answer = (method, url) =>
      method === "GET" && url.includes("/b.png")
        ? { status: 500, code: "InternalError", message: "try again" }
        : undefined;
    const { lines, thrown } = await runBackfill(batch(["a.png", "b.png", "c.txt", "gone.png", "d.png"]));
    expect(outcomes(lines)).toEqual([
      ["a.png", "image.processed"],
      ["b.png", "image.failed"],
      ["c.txt", "image.refused"],
      ["gone.png", "image.refused"],
      ["d.png", "image.processed"],
    ]);
    expect(thrown).toMatchObject({ message: "1 of 5 images failed: try again" });
    expect(sums(aws.cloudwatch.requests)).toMatchObject({ ImagesProcessed: 5, ProcessingSuccess: 2 });
  });

  it("is done when it is repeated after its fault has passed", async () => {
    for (const key of ["a.png", "b.png"]) await aws.upload(key, png);
    aws.s3.faults.answer = (method, url) =>
      method === "PUT" && url.includes("b_") ? { status: 500, code: "InternalError", message: "try again" } : undefined;
    expect((await runBackfill(batch(["a.png", "b.png"]))).thrown).toBeInstanceOf(Error);
    aws.s3.faults.answer = () => undefined;
    const { returned } = await runBackfill(batch(["a.png", "b.png"]));
    expect(returned).toEqual({ complete: 1, processed: 1 });
    expect(await aws.processedKeys()).toHaveLength(10);
  });

  it("leaves out what is no upload", async () => {
    const items = [
      { bucket: UPLOADS, key: "folder/" },
      { bucket: PROCESSED, key: "a_low_00000000.jpg" },
    ];
    const { lines, returned } = await runBackfill({ BatchInput: { all: false }, Items: items });
    expect(lines.map(({ event }) => event)).toEqual(["record.ignored", "record.ignored"]);
    expect(returned).toEqual({});
  });

  it.each([
    [{}, "Expected objects with bucket and key for Items but got nothing"],
    [{ Items: [{ key: "a" }] }, 'Expected objects with bucket and key for Items but got [{"key":"a"}]'],
    [{ Items: [], BatchInput: {} }, "Expected true or false for BatchInput.all but got nothing"],
    [undefined, "Expected objects with bucket and key for Items but got nothing"],
  ])("refuses %j", async (event, message) => {
    expect((await runBackfill(event)).thrown).toMatchObject({ message });
  });
});
