import sharp from "sharp";
import { DEFAULT_VARIANTS, FORMATS, type Variant } from "../../handler/contract/variants";
import { pagedTiff } from "../../scripts/trials/fuzz/bombs";
import { created, eventsIn, PROCESSED, run, startAws, UPLOADS } from "./aws";
import { plain } from "./pictures";

let aws: Awaited<ReturnType<typeof startAws>>;
let png: Buffer;

beforeAll(async () => {
  aws = await startAws();
  png = await plain(40, 20, [200, 40, 40]).png().toBuffer();
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const THROTTLED = { status: 503, code: "SlowDown", message: "Please reduce your request rate." };
const DENIED = { status: 403, code: "AccessDenied", message: "Access Denied" };

describe("an upload", () => {
  it("becomes the five variants, each with its content type and metadata", async () => {
    const record = await aws.upload("2026/ä photo.png", png);

    const { lines, thrown } = await run({ Records: [record] });

    expect(thrown).toBeUndefined();
    const id = (await aws.processedKeys())[0]?.slice(-12, -4);
    const rows = Object.entries<Variant>(DEFAULT_VARIANTS);
    const keys = rows.map(([name, { format }]) => `2026/ä photo_${name}_${id}.${FORMATS[format].extension}`);
    expect(await aws.processedKeys()).toEqual([...keys].sort());
    for (const [i, [name, { format }]] of rows.entries()) {
      const { bytes, contentType, metadata } = await aws.read(keys[i] ?? "");
      expect(contentType).toBe(FORMATS[format].contentType);
      expect((await sharp(bytes).metadata()).width).toBe(40);
      expect(metadata).toEqual({
        "original-key": `=?UTF-8?B?${Buffer.from("2026/ä photo.png").toString("base64")}?=`,
        variant: name,
        "source-etag": record.s3.object.eTag,
        "request-id": "request-1",
        "processing-ms": expect.stringMatching(/^\d+$/),
      });
    }
    expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
  });

  it("is logged in flat lines with exactly the fields of the ledger", async () => {
    const record = await aws.upload("a.png", png);

    const { lines } = await run({ Records: [record] });

    const always = { timestamp: expect.any(String), service: "image-processor-dev-processor", sampling_rate: 0 };
    const image = { requestId: "request-1", bucket: UPLOADS, key: "a.png", sizeBytes: png.length };
    expect(lines).toEqual([
      { ...always, ...image, level: "INFO", message: "Image received", event: "image.received" },
      {
        ...always,
        ...image,
        level: "INFO",
        message: "All variants are stored",
        event: "image.processed",
        format: "png",
        declaredFormat: "png",
        widthPx: 40,
        heightPx: 20,
        outputBytes: expect.any(Number),
        variants: 5,
        kept: expect.any(String),
        reduced: expect.any(String),
        durationMs: expect.any(Number),
      },
    ]);
  });

  it("overwrites only its own variants when its event is delivered again", async () => {
    const [first, second] = [await aws.upload("a.png", png), await aws.upload("a.jpg", png)];

    await run({ Records: [first] });
    await run({ Records: [first, second] });
    await run({ Records: [second] });

    expect((await aws.processedKeys()).length).toBe(10);
  });

  it.each(["a b+c&d=e?f#g%20.png", "日本/😀.png", "100%.png"])("is found under the key %s", async (key) => {
    const { lines } = await run({ Records: [await aws.upload(key, png)] });

    expect(lines.at(-1)).toMatchObject({ event: "image.processed", key });
  });

  it.each([
    ["a.png", "image/png", "png"],
    ["a.PNG", "application/octet-stream", "png"],
    ["a", "image/x-png", "png"],
    ["a.v2", "", "png"],
    ["a.jpg", "image/png", "jpeg"],
    ["a.png", "image/jpg", "jpeg"],
    ["a.heic", "image/heic", "heic"],
  ])("is processed and logged regardless of its declared format: %s of type %j", async (key, contentType, declared) => {
    const record = await aws.upload(key, png, contentType);

    const { lines } = await run({ Records: [record] });

    expect(lines.at(-1)).toMatchObject({ event: "image.processed", format: "png", declaredFormat: declared });
  });

  it("is found if a handwritten event contains its key unencoded", async () => {
    const record = await aws.upload("100%.png", png);
    record.s3.object.key = "100%.png";

    const { lines } = await run({ Records: [record] });

    expect(lines.at(-1)).toMatchObject({ event: "image.processed", key: "100%.png" });
  });

  it("is read in the version that its event names", async () => {
    const record = await aws.upload("a.png", png);
    record.s3.object.versionId = "v1";

    await run({ Records: [record] });

    const urls = aws.s3.requests.flatMap(({ method, url }) => (method === "GET" ? [url] : []));
    expect(urls).toEqual([`/${UPLOADS}/a.png?versionId=v1&x-id=GetObject`]);
  });

  it.each([
    [300_000, ["image.received", "image.processed", "image.late"]],
    [240_000, ["image.received", "image.processed"]],
  ])("is logged as late where SLO_SECONDS are over when it is stored (uploaded %i ms ago)", async (agoMs, events) => {
    const record = await aws.upload("a.png", png);
    record.eventTime = new Date(Date.now() - agoMs).toISOString();

    const { lines } = await run({ Records: [record] }, { SLO_SECONDS: "300" });

    expect(eventsIn(lines)).toEqual(events);
    const [late] = lines.slice(2);
    if (late) expect(late).toMatchObject({ level: "INFO", key: "a.png", limitSeconds: 300 });
    if (late) expect(late.sinceUploadMs).toBeGreaterThan(300_000);
  });

  it("is logged as large above LARGE_IMAGE_BYTES", async () => {
    const record = await aws.upload("a.png", png);

    const { lines } = await run({ Records: [record] }, { LARGE_IMAGE_BYTES: String(png.length - 1) });

    expect(eventsIn(lines)).toEqual(["image.received", "image.large", "image.processed"]);
    expect(lines[1]).toMatchObject({ level: "WARN", key: "a.png", sizeBytes: png.length, limitBytes: png.length - 1 });
  });

  it("is not logged as large at exactly LARGE_IMAGE_BYTES", async () => {
    const record = await aws.upload("a.png", png);

    const { lines } = await run({ Records: [record] }, { LARGE_IMAGE_BYTES: String(png.length) });

    expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
  });
});

describe("a record that is not an upload", () => {
  it.each([
    ["a removal", { eventName: "ObjectRemoved:Delete" }, "ObjectRemoved:Delete is not ObjectCreated"],
    ["a folder marker", { key: "folder/" }, "the key is a folder marker"],
    ["an object among the variants", { bucket: PROCESSED }, "the bucket holds variants, not uploads"],
  ])(
    "is logged at DEBUG only: %s",
    async (_what, { eventName, key = "a.png", bucket = UPLOADS }: Partial<Record<string, string>>, why) => {
      const record = created(key, 0, "x");
      record.eventName = eventName ?? record.eventName;
      record.s3.bucket.name = bucket;

      const { lines, thrown } = await run({ Records: [record] });

      expect(thrown).toBeUndefined();
      expect(lines).toEqual([expect.objectContaining({ event: "record.ignored", level: "DEBUG", why })]);
      expect([aws.s3.requests, aws.cloudwatch.requests]).toEqual([[], []]);
    },
  );

  it("is logged at DEBUG only: the test event that S3 sends when a notification is configured", async () => {
    const testEvent = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: UPLOADS };

    const { lines } = await run(testEvent);

    expect(lines).toEqual([expect.objectContaining({ event: "record.ignored", why: "the event has no records" })]);
  });
});

describe("a refusal", () => {
  it.each([
    [
      "not-an-image",
      Buffer.from("Hello, world"),
      "Expected JPEG, PNG, WebP, BMP or TIFF for the file but got bytes 48656c6c6f2c2077",
    ],
    ["empty", Buffer.alloc(0), "Expected JPEG, PNG, WebP, BMP or TIFF for the file but got 0 bytes"],
  ])("is logged and not thrown: %s", async (reason, bytes, detail) => {
    const { lines, thrown } = await run({ Records: [await aws.upload("a.png", bytes)] });

    expect(thrown).toBeUndefined();
    expect(eventsIn(lines)).toEqual(["image.received", "image.refused"]);
    expect(lines[1]).toMatchObject({ level: "ERROR", bucket: UPLOADS, key: "a.png", reason, detail });
    expect(await aws.processedKeys()).toEqual([]);
  });

  it("is logged if the object was deleted before it could be read", async () => {
    const { lines, thrown } = await run({ Records: [created("gone.png", 10, "x")] });

    expect(thrown).toBeUndefined();
    expect(lines.at(-1)).toMatchObject({
      event: "image.refused",
      reason: "deleted",
      detail: "Expected an object for the key but got NoSuchKey",
    });
  });

  it("happens before the download if the event announces too many bytes", async () => {
    const { lines } = await run({ Records: [created("a.png", 101, "x")] }, { MAX_IMAGE_BYTES: "100" });

    const detail = "Expected at most 100 bytes for the file but got 101";
    expect(lines.at(-1)).toMatchObject({ event: "image.refused", reason: "too-many-bytes", detail });
    expect(aws.s3.requests).toEqual([]);
  });

  it("leaves the upload unchanged", async () => {
    const bytes = Buffer.from("Hello, world");
    const record = await aws.upload("a.png", bytes);

    await run({ Records: [record] });

    expect((await aws.read("a.png", UPLOADS)).bytes).toEqual(bytes);
    expect(aws.s3.requests.map(({ method }) => method)).not.toContain("DELETE");
  });

  it.each([
    ["too-many-pixels", { MAX_IMAGE_PIXELS: "799", MAX_IMAGE_SIDE_PX: "40" }],
    ["side-too-long", { MAX_IMAGE_SIDE_PX: "39" }],
    ["too-many-frames", { MAX_IMAGE_FRAMES: "1" }],
  ])("applies the configured limits: %s", async (reason, limits) => {
    const record = await aws.upload("a.png", reason === "too-many-frames" ? pagedTiff(2) : png);

    const { lines } = await run({ Records: [record] }, limits);

    expect(lines.at(-1)).toMatchObject({ event: "image.refused", reason });
  });
});

describe("a fault", () => {
  it("fails the invocation after all other records were tried", async () => {
    const records = [
      await aws.upload("1.png", png),
      await aws.upload("2.png", Buffer.from("no image")),
      await aws.upload("3.png", png),
    ];
    aws.s3.faults.answer = (method, url) => (method === "GET" && url.includes("/1.png") ? THROTTLED : undefined);

    const { lines, thrown } = await run({ Records: records });

    expect(lines.map(({ event, key }) => [event, key])).toEqual([
      ["image.received", "1.png"],
      ["image.failed", "1.png"],
      ["image.received", "2.png"],
      ["image.refused", "2.png"],
      ["image.received", "3.png"],
      ["image.processed", "3.png"],
    ]);
    expect(lines[1]).toMatchObject({ level: "ERROR", errorName: "SlowDown", errorMessage: THROTTLED.message });
    expect((await aws.processedKeys()).length).toBe(5);
    expect(thrown).toMatchObject({
      name: "AggregateError",
      message: "1 of 3 images failed: Please reduce your request rate.",
    });
    expect((thrown as AggregateError).errors).toHaveLength(1);
  });

  it("is retried immediately, with three attempts in all", async () => {
    let left = 2;
    aws.s3.faults.answer = (method) => (method === "GET" && left-- > 0 ? THROTTLED : undefined);

    const { lines, thrown } = await run({ Records: [await aws.upload("a.png", png)] });

    expect(thrown).toBeUndefined();
    expect(eventsIn(lines)).toEqual(["image.received", "image.processed"]);
  });

  it("of one variant fails the image, and nothing is announced", async () => {
    const record = await aws.upload("a.png", png);
    aws.s3.faults.answer = (method, url) => (method === "PUT" && url.includes("_compressed_") ? THROTTLED : undefined);

    const { lines, thrown } = await run({ Records: [record] });

    expect(eventsIn(lines)).toEqual(["image.received", "image.failed"]);
    expect(thrown).toBeInstanceOf(AggregateError);
    expect((await aws.processedKeys()).join()).not.toContain("_compressed_");
  });

  it.each([
    ["GET", "GetObject"],
    ["PUT", "PutObject"],
  ])("in which S3 denies a %s is logged as storage.denied and thrown", async (denied, operation) => {
    const record = await aws.upload("a.png", png);
    aws.s3.faults.answer = (method) => (method === denied ? DENIED : undefined);

    const { lines, thrown } = await run({ Records: [record] });

    expect(eventsIn(lines)).toEqual(["image.received", "storage.denied"]);
    expect(lines[1]).toMatchObject({
      level: "ERROR",
      bucket: UPLOADS,
      key: "a.png",
      operation,
      errorMessage: "Access Denied",
    });
    expect(thrown).toMatchObject({ name: "AggregateError", message: "1 of 1 images failed: Access Denied" });
  });

  it("is logged for a missing bucket, which is not a deleted object", async () => {
    const record = created("a.png", 10, "x");
    record.s3.bucket.name = "nowhere";

    const { lines, thrown } = await run({ Records: [record] });

    expect(lines.at(-1)).toMatchObject({ event: "image.failed", errorName: "NoSuchBucket" });
    expect(thrown).toBeInstanceOf(AggregateError);
  });
});
