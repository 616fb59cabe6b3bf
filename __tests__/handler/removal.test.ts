/** Deleting an upload deletes its variants, and never those of another upload. */
import type { Removed } from "../../handler/src/removal";
import { created, eventsIn, PROCESSED, run, startAws, UPLOADS } from "./aws";
import { quarters } from "./pictures";

const VARIANTS = { png: { format: "png" }, "thumb-1": { format: "jpeg", quality: 80, inside_px: 4 } };
const COUNT = Object.keys(VARIANTS).length;
const ON = { DELETE_VARIANTS_WITH_UPLOAD: "on", VARIANTS: JSON.stringify(VARIANTS) };

let aws: Awaited<ReturnType<typeof startAws>>;
let png: Buffer;
beforeAll(async () => {
  aws = await startAws();
  png = await quarters(16, 8).png().toBuffer();
});
afterEach(() => aws.reset());
afterAll(() => aws.stop());

const removedRecord = (key: string, eventName: string, versionId?: string) => {
  const record = created(key, 0, "");
  const { eTag: _eTag, size: _size, ...object } = record.s3.object;
  return { ...record, eventName, s3: { ...record.s3, object: { ...object, ...(versionId && { versionId }) } } };
};

const withVersion = async (key: string, versionId: string, body = png) => {
  const record = await aws.upload(key, body);
  return { ...record, s3: { ...record.s3, object: { ...record.s3.object, versionId } } };
};

it.each(["ObjectRemoved:Delete", "LifecycleExpiration:Delete"])("deletes the variants after %s", async (eventName) => {
  await run({ Records: [await aws.upload("photos/a b.png", png)] }, ON);
  await aws.remove("photos/a b.png");

  const { lines, thrown } = await run({ Records: [removedRecord("photos/a b.png", eventName)] }, ON);

  expect(thrown).toBeUndefined();
  expect(lines).toMatchObject([{ event: "variants.deleted", bucket: UPLOADS, key: "photos/a b.png", variants: COUNT }]);
  expect(await aws.processedKeys()).toEqual([]);
});

it("keeps the variants by default", async () => {
  await run({ Records: [await aws.upload("a.png", png)] });
  await aws.remove("a.png");

  const { lines } = await run({ Records: [removedRecord("a.png", "ObjectRemoved:Delete")] });

  expect(eventsIn(lines)).toEqual(["record.ignored"]);
  expect(await aws.processedKeys()).toHaveLength(5);
});

it("keeps the variants of uploads with similar names", async () => {
  const others = ["a.jpg", "a_low.png", "a_2.png", "a", "photos/a.png"];
  for (const key of ["a.png", ...others]) await run({ Records: [await aws.upload(key, png)] }, ON);
  await aws.remove("a.png");

  const { lines } = await run({ Records: [removedRecord("a.png", "ObjectRemoved:Delete")] }, ON);

  expect(lines).toMatchObject([{ event: "variants.deleted", variants: COUNT }]);
  expect(await aws.processedKeys()).toHaveLength(COUNT * others.length);
});

it("keeps the variants of an object that has been uploaded again since, and deletes those of the one before", async () => {
  await run({ Records: [await aws.upload("a.png", png)] }, ON);
  const again = await quarters(24, 8).png().toBuffer();
  await run({ Records: [await aws.upload("a.png", again)] }, ON);

  await run({ Records: [removedRecord("a.png", "ObjectRemoved:Delete")] }, ON);

  const keys = await aws.processedKeys();
  expect(keys).toHaveLength(COUNT);
  const [first = ""] = keys.filter((key) => key.includes("_png_"));
  expect((await aws.read(first)).bytes.readUInt32BE(16)).toBe(24);
});

describe("in a versioned bucket", () => {
  it("deletes the variants of every version after a delete marker, whose version the event names", async () => {
    for (const versionId of ["v1", "v2"]) await run({ Records: [await withVersion("a.png", versionId)] }, ON);
    await aws.remove("a.png");

    await run({ Records: [removedRecord("a.png", "ObjectRemoved:DeleteMarkerCreated", "marker")] }, ON);

    expect(await aws.processedKeys()).toEqual([]);
  });

  it("deletes only the variants of a version that was deleted for good", async () => {
    for (const versionId of ["v1", "v2"]) await run({ Records: [await withVersion("a.png", versionId)] }, ON);

    await run({ Records: [removedRecord("a.png", "ObjectRemoved:Delete", "v1")] }, ON);

    const keys = await aws.processedKeys();
    const versions = await Promise.all(keys.map(async (key) => (await aws.read(key)).metadata?.["source-version"]));
    expect(versions).toEqual(Array(COUNT).fill("v2"));
  });

  it("deletes nothing after a delete marker was removed, which restores the upload", async () => {
    await run({ Records: [await withVersion("a.png", "v1")] }, ON);

    const { lines } = await run({ Records: [removedRecord("a.png", "ObjectRemoved:Delete", "marker")] }, ON);

    expect(lines).toMatchObject([{ event: "variants.deleted", variants: 0 }]);
    expect(await aws.processedKeys()).toHaveLength(COUNT);
  });

  it("understands EventBridge", async () => {
    await run({ Records: [await withVersion("a.png", "v1")] }, ON);
    await aws.remove("a.png");
    const event = {
      source: "aws.s3",
      "detail-type": "Object Deleted",
      detail: {
        bucket: { name: UPLOADS },
        object: { key: "a.png", "version-id": "marker" },
        "deletion-type": "Delete Marker Created",
      },
    };

    await run(event, ON);

    expect(await aws.processedKeys()).toEqual([]);
  });
});

it("keeps the variants that another bucket's upload has under the same key", async () => {
  await run({ Records: [await aws.upload("a.png", png)] }, ON);
  const { deleteVariants } = require("../../handler/src/removal") as typeof import("../../handler/src/removal");
  const removed: Removed = { bucket: "other-uploads", key: "a.png", removal: "current" };
  await aws.createBucket("other-uploads");

  const count = await deleteVariants(PROCESSED, removed, new AbortController().signal);

  expect(count).toBe(0);
  expect(await aws.processedKeys()).toHaveLength(COUNT);
});

it("finds the variants of the longest key", async () => {
  const key = `${"ä".repeat(505)}.png`;
  await run({ Records: [await aws.upload(key, png)] }, ON);
  await aws.remove(key);

  const { lines } = await run({ Records: [removedRecord(key, "ObjectRemoved:Delete")] }, ON);

  expect(lines).toMatchObject([{ event: "variants.deleted", variants: COUNT }]);
});

it.each([
  ["ListObjectsV2", (method: string, url: string) => method === "GET" && url.includes("list-type")],
  ["DeleteObject", (method: string) => method === "DELETE"],
] as const)("fails the invocation if S3 denies %s, and says so", async (operation, isDenied) => {
  await run({ Records: [await aws.upload("a.png", png)] }, ON);
  await aws.remove("a.png");
  aws.s3.faults.answer = (method, url) =>
    isDenied(method, url) ? { status: 403, code: "AccessDenied", message: "Access Denied" } : undefined;

  const { lines, thrown } = await run({ Records: [removedRecord("a.png", "ObjectRemoved:Delete")] }, ON);

  expect(lines).toMatchObject([{ event: "storage.denied", key: "a.png", operation }]);
  expect(thrown).toMatchObject({ message: "1 of 1 images failed: Access Denied" });
});
