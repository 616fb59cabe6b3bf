/** The manifest of an upload, and the headers and tags of what is stored. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { manifestKey } from "../../handler/src/keys";
import { EXAMPLES } from "../../scripts/docs/manifest-keys";
import { eventsIn, run, startAws, UPLOADS } from "./aws";
import { paint, plain, quarterAt } from "./pictures";

let aws: Awaited<ReturnType<typeof startAws>>;

beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const VARIANTS = JSON.stringify({ small: { format: "webp", quality: 80, width_px: 16 }, png: { format: "png" } });
const MANIFEST = { VARIANTS, MANIFEST: "on" };

/** @returns keys written, in the order of the requests */
const written = (): string[] =>
  aws.s3.requests.flatMap(({ method, url }) =>
    method === "PUT" && url.includes("/processed/")
      ? decodeURIComponent(url.split("?")[0]?.split("/processed/")[1] ?? "")
      : [],
  );

const sideways = () => paint(32, 64, 3, quarterAt(32, 64)).withMetadata({ orientation: 6 }).jpeg().toBuffer();

it("names every variant with its key, type, size, bytes and ETag, and is stored last", async () => {
  const upload = await sideways();
  const record = await aws.upload("a b/photo.jpg", upload);

  const { lines } = await run({ Records: [record] }, MANIFEST);

  const { eTag } = record.s3.object;
  const key = manifestKey({ bucket: UPLOADS, key: "a b/photo.jpg", sizeBytes: 0, eTag, versionId: undefined });
  const { bytes, contentType } = await aws.read(key);
  const manifest = JSON.parse(bytes.toString());
  const id = key.slice(-13, -5);
  const expected = async (name: string, extension: string, widthPx: number, heightPx: number) => {
    const variant = await aws.read(`a b/photo_${name}_${id}.${extension}`);
    return {
      ...{ key: `a b/photo_${name}_${id}.${extension}`, contentType: variant.contentType, widthPx, heightPx },
      ...{ sizeBytes: variant.bytes.length, eTag: createHash("md5").update(variant.bytes).digest("hex") },
    };
  };
  expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
  expect(contentType).toBe("application/json");
  expect(manifest).toEqual({
    version: 1,
    upload: {
      ...{ key: "a b/photo.jpg", eTag, format: "jpeg", widthPx: 64, heightPx: 32, orientation: 6 },
      sizeBytes: upload.length,
    },
    thumbHash: expect.stringMatching(/^[\w+/]{20,40}={0,2}$/),
    variants: { small: await expected("small", "webp", 16, 8), png: await expected("png", "png", 64, 32) },
  });
  expect(written().at(-1)).toBe(key);
  expect(written()).toHaveLength(3);
});

it("has a ThumbHash of the colours and the shape of the picture", async () => {
  const { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } = await import("thumbhash");
  const record = await aws.upload("red.png", await plain(300, 100, [200, 40, 40]).png().toBuffer());

  await run({ Records: [record] }, MANIFEST);

  const { thumbHash } = JSON.parse((await aws.read(written().at(-1) ?? "")).bytes.toString());
  const hash = Buffer.from(thumbHash, "base64");
  const { r, g, b, a } = thumbHashToAverageRGBA(hash);
  for (const [got, wanted] of [
    [r, 200],
    [g, 40],
    [b, 40],
    [a, 255],
  ] as const)
    expect(Math.abs(got * 255 - wanted)).toBeLessThan(12);
  expect(thumbHashToApproximateAspectRatio(hash)).toBeGreaterThan(2);
});

it("is the same when the event is delivered again", async () => {
  const record = await aws.upload("a.jpg", await sideways());
  const stored = async () => {
    await run({ Records: [record] }, MANIFEST);
    return (await aws.read(written().at(-1) ?? "")).bytes.toString();
  };

  expect(await stored()).toBe(await stored());
});

it("is not stored where a variant could not be, and where it is off", async () => {
  const record = await aws.upload("a.jpg", await sideways());
  await run({ Records: [record] }, { VARIANTS });
  const without = await aws.processedKeys();
  aws.s3.faults.answer = (method, url) =>
    method === "PUT" && url.includes("_png_")
      ? { status: 403, code: "AccessDenied", message: "Access Denied" }
      : undefined;

  const { thrown } = await run({ Records: [record] }, MANIFEST);

  expect(thrown).toBeDefined();
  expect([without, await aws.processedKeys()].flat().filter((key) => key.endsWith(".json"))).toEqual([]);
});

it("has a key that never changes, because clients derive it", () => {
  const upload = { bucket: "uploads", key: "photos/summer.jpg", sizeBytes: 1, eTag: "e" };

  expect(manifestKey({ ...upload, versionId: "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY" })).toBe(
    "photos/summer_e7e0bc3b.json",
  );
});

it("has the key that the function in docs/variants.md gives", async () => {
  const text = readFileSync(join(__dirname, "../../docs/variants.md"), "utf8");
  const source = /```js\n(async function manifestKey.*?)```/s.exec(text)?.[1] ?? "";
  const derived = new Function(`return ${source}`)() as (...upload: readonly string[]) => Promise<string>;
  const long = [
    `${"a/".repeat(300)}${"ä".repeat(300)}.jpg`,
    `${"😀".repeat(255)}.jpg`,
    "/.x",
    "a/b.c/d",
    "ends.with.dot.",
  ];

  for (const [bucket, key, version] of [...EXAMPLES, ...long.map((each) => ["b", each, "v"] as const)]) {
    const expected = manifestKey({ bucket, key, versionId: version, sizeBytes: 0, eTag: "" });
    expect(await derived(bucket, key, version)).toBe(expected);
    expect(expected.length).toBeGreaterThan(10);
  }
});

it("gives each object its Cache-Control header and tags", async () => {
  const record = await aws.upload("a.jpg", await sideways());

  await run(
    { Records: [record] },
    {
      ...MANIFEST,
      CACHE_CONTROL: "no-cache",
      VARIANT_TAGS: JSON.stringify({ variant: "{variant}", "kept for": "a year" }),
    },
  );

  const headers = aws.s3.requests.flatMap(({ method, headers }) =>
    method === "PUT" && "x-amz-tagging" in headers ? [[headers["cache-control"], headers["x-amz-tagging"]]] : [],
  );
  expect(headers.sort()).toEqual([
    ["no-cache", "variant=manifest&kept%20for=a%20year"],
    ["no-cache", "variant=png&kept%20for=a%20year"],
    ["no-cache", "variant=small&kept%20for=a%20year"],
  ]);
});
