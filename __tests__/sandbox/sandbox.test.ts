/** The local run of the synthesized JSON and the real package, from an upload to its variants, metrics and log. */
import { createConnection } from "node:net";
import { join } from "node:path";
import sharp from "sharp";
import { devStack } from "../../scripts/build/local-stack";
import { type Blueprint, readBlueprint } from "../../scripts/sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../scripts/sandbox/sandbox";
import { type SentDatum, visibleMsOf } from "../../scripts/sandbox/sent";

let blueprint: Blueprint;
let sandbox: Sandbox;
const stored: string[] = [];
const sent: SentDatum[] = [];

beforeAll(async () => {
  blueprint = readBlueprint(await devStack());
  sandbox = await startSandbox({
    blueprint,
    retryDelaysMs: [1, 1],
    delivery: "typical",
    onDatum: (datum) => sent.push(datum),
    onObjectCreated: ({ bucket, key }) => stored.push(`${bucket}/${key}`),
  });
});

afterAll(() => sandbox.stop());

const events = () =>
  sandbox.logs.flatMap(({ text }) => {
    const { event, reason } = JSON.parse(text);
    return event === undefined ? [] : [reason === undefined ? event : `${event}: ${reason}`];
  });

const sumOf = (name: string) =>
  sandbox.metrics.statistic({
    namespace: "ImageProcessor/Lambda",
    name,
    dimensions: { FunctionName: "image-processor-dev-processor" },
    statistic: "Sum",
    startMs: Date.now() - 600_000,
    periodSeconds: 1200,
  });

describe("the blueprint", () => {
  it("has the values of the JSON, with references resolved", () => {
    const { name, timeoutSeconds, memoryMb, environment, packageFile } = blueprint.function;

    expect([name, timeoutSeconds, memoryMb]).toEqual(["image-processor-dev-processor", 60, 1024]);
    expect(environment.PROCESSED_BUCKET).toBe("image-processor-dev-processed-local");
    expect(packageFile).toMatch(new RegExp(`^${join(__dirname, "../..")}/.*\\.zip$`));
    expect(blueprint.buckets.map((bucket) => [bucket.name, bucket.versioned])).toEqual([
      ["image-processor-dev-processed-local", true],
      ["image-processor-dev-upload-local", true],
    ]);
    expect(blueprint.notifications.map(({ bucket, events }) => [bucket, events])).toEqual([
      ["image-processor-dev-upload-local", ["s3:ObjectCreated:*"]],
    ]);
    expect([blueprint.metricFilters.length, blueprint.alarms.length, blueprint.topics.length]).toEqual([19, 12, 3]);
  });
});

describe("the local run", () => {
  it("makes five variants of an upload, each with a different key", async () => {
    const photo = await sharp({ create: { width: 640, height: 400, channels: 3, background: "#3080c0" } })
      .jpeg()
      .toBuffer();

    await sandbox.upload("holiday/été 1.jpg", photo);
    const [outcome] = await sandbox.settled();

    expect(outcome).toMatchObject({ status: "success", attempts: 1 });
    const variants = stored.filter((path) => path.startsWith(sandbox.processedBucket)).sort();
    expect(variants).toEqual(
      ["compressed_ID.jpg", "low_ID.jpg", "png_ID.png", "thumbnail_ID.jpg", "webp_ID.webp"].map((ending) =>
        expect.stringMatching(
          new RegExp(`^${sandbox.processedBucket}/holiday/été 1_${ending.replace("ID", "[0-9a-f]{8}")}$`),
        ),
      ),
    );
    const thumbnail = variants.find((path) => path.includes("_thumbnail_"))?.slice(sandbox.processedBucket.length + 1);
    const { bytes, contentType, metadata } = await sandbox.download(sandbox.processedBucket, thumbnail ?? "");
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "jpeg", width: 300, height: 188 });
    expect([contentType, metadata.variant]).toEqual(["image/jpeg", "thumbnail"]);
    expect([sumOf("ImagesProcessed"), sumOf("ProcessingSuccess"), sumOf("ProcessingFailure")]).toEqual([
      1,
      1,
      undefined,
    ]);
  });

  it("makes variants of a repeated upload, which is a new version", async () => {
    const before = new Set(stored).size;
    const photo = await sharp({ create: { width: 640, height: 400, channels: 3, background: "#3080c0" } })
      .jpeg()
      .toBuffer();

    await sandbox.upload("holiday/été 1.jpg", photo);
    await sandbox.settled();

    expect(new Set(stored).size).toBe(before + 5);
  });

  it("refuses a bad upload with its reason, and stores nothing", async () => {
    const before = stored.filter((path) => path.startsWith(sandbox.processedBucket)).length;

    await sandbox.upload("AccessDenied.jpg", Buffer.from("no picture at all"));
    await sandbox.upload("nothing.png", new Uint8Array());
    await sandbox.upload("folder/", new Uint8Array());
    const outcomes = await sandbox.settled();

    expect(outcomes.map(({ status, attempts }) => [status, attempts])).toEqual(Array(5).fill(["success", 1]));
    expect(events().slice(-4).sort()).toEqual([
      "image.received",
      "image.received",
      "image.refused: empty",
      "image.refused: not-an-image",
    ]);
    expect(stored.filter((path) => path.startsWith(sandbox.processedBucket))).toHaveLength(before);
    expect(sumOf("ProcessingFailure")).toBe(2);
  });

  it("gives each datum and log line the time from which alarms can see it", () => {
    const channels = new Map(sent.map(({ namespace, channel }) => [namespace, channel]));
    expect([...channels].sort()).toEqual([
      ["AWS/Lambda", "lambdaMetric"],
      ["ImageProcessor/Lambda", "putMetricData"],
    ]);
    const visible = (each: readonly { readonly visibleMs?: number }[]) => each.map(({ visibleMs }) => visibleMs).sort();
    expect(visible(sandbox.metrics.data())).toEqual(
      visible(sent.map((datum) => ({ visibleMs: visibleMsOf(datum, "typical") }))),
    );
    const late = sandbox.logs.map(({ timestampMs, visibleMs = 0 }) => visibleMs - timestampMs);
    expect(Math.min(...late)).toBeGreaterThan(180_000);
    expect(Math.max(...late)).toBeLessThanOrEqual(240_000);
  });

  it("leaves no open port when it is stopped", async () => {
    const { port } = new URL(sandbox.endpointUrl);
    await sandbox.stop();

    const connection = new Promise((resolve) => {
      createConnection(Number(port), "127.0.0.1")
        .on("error", ({ code }: NodeJS.ErrnoException) => resolve(code))
        .on("connect", () => resolve("connected"));
    });
    expect(await connection).toBe("ECONNREFUSED");
  });
});
