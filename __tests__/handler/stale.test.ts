/** Events that arrive late, twice or out of order: the variants of a newer upload stay unchanged. */
import type { S3EventRecord } from "aws-lambda";
import { eventsIn, run, startAws, sums, UPLOADS } from "./aws";
import { plain, probe } from "./pictures";

type Colour = [number, number, number];
const RED: Colour = [200, 40, 40];
const BLUE: Colour = [40, 40, 200];

let aws: Awaited<ReturnType<typeof startAws>>;
const pictureOf = (colour: Colour) => plain(40, 20, colour).png().toBuffer();

beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const uploadOf = async (colour: Colour) => aws.upload("a.png", await pictureOf(colour));

/** The stored thumbnails by their keys. */
const thumbnails = async (): Promise<Record<string, unknown>> => {
  const keys = (await aws.processedKeys()).filter((key) => key.includes("_thumbnail_"));
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, (await aws.read(key)).bytes])));
};

describe("an object that was replaced before its event arrived", () => {
  it("is neither a success nor a failure, and nothing is written", async () => {
    const older = await uploadOf(RED);
    await uploadOf(BLUE);

    const { lines, thrown } = await run({ Records: [older] });

    expect(thrown).toBeUndefined();
    expect(eventsIn(lines)).toEqual(["image.received", "image.superseded"]);
    expect(lines[1]).toMatchObject({ level: "INFO", bucket: UPLOADS, key: "a.png", eTag: older.s3.object.eTag });
    expect(await aws.processedKeys()).toEqual([]);
    expect(sums(aws.cloudwatch.requests)).toEqual({ ImagesProcessed: 1 });
  });

  it("leaves the variants of its replacement unchanged, in either order of the events", async () => {
    const older = await uploadOf(RED);
    const newer = await uploadOf(BLUE);
    await run({ Records: [newer] });
    const before = await thumbnails();

    await run({ Records: [older] });

    expect(await thumbnails()).toEqual(before);
    const [thumbnail] = Object.values(before) as Buffer[];
    expect((await aws.processedKeys()).length).toBe(5);
    expect(await probe(thumbnail ?? Buffer.alloc(0))).toEqual(await probe(await pictureOf(BLUE)));
  });
});

describe("a version", () => {
  const versionOf = (record: S3EventRecord, versionId: string): S3EventRecord => {
    record.s3.object.versionId = versionId;
    return record;
  };

  it("has its own variants, even with the same bytes and key as another version", async () => {
    const record = await uploadOf(RED);

    await run({ Records: [versionOf(record, "v1")] });
    await run({ Records: [versionOf(record, "v2")] });

    expect((await aws.processedKeys()).length).toBe(10);
  });
});

describe("a response", () => {
  it.each([undefined, "v1"])(
    "with an unexpected ETag is a failure (version %s), and nothing is written",
    async (versionId) => {
      const record = await uploadOf(RED);
      if (versionId !== undefined) record.s3.object.versionId = versionId;
      aws.s3.faults.headers = { etag: '"another"' };

      const { lines, thrown } = await run({ Records: [record] });

      expect(thrown).toBeInstanceOf(AggregateError);
      const errorMessage = `Expected eTag ${record.s3.object.eTag} for the object but got "another"`;
      expect(lines.at(-1)).toMatchObject({ event: "image.failed", errorMessage });
      expect(await aws.processedKeys()).toEqual([]);
    },
  );
});

describe("the same bytes under the same key", () => {
  it("have one set of variants in a bucket without versioning, in any order of events", async () => {
    const [first, second] = [await uploadOf(RED), await uploadOf(RED)];

    const { lines } = await run({ Records: [second, first, second] });

    expect(eventsIn(lines).filter((event) => event === "image.processed")).toHaveLength(3);
    expect((await aws.processedKeys()).length).toBe(5);
  });
});
