/** Files whose structure costs a decoder more than their size suggests: which are refused, and which of the same kind are accepted. */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { Refusal } from "../../handler/src/errors";
import { processImage } from "../../handler/src/process";
import { admitStructure } from "../../handler/src/structure-limits";
import { chunk } from "../../scripts/images/png";
import { BOMBS, type BombName, captionedPng, pagedTiff, scannedJpeg } from "../../scripts/trials/fuzz/bombs";
import { LIMITS, plain, quarters } from "./pictures";

/** @returns reason and detail of a refusal, or the format of the processed file */
const outcomeOf = async (bytes: Buffer, limits = LIMITS): Promise<string> => {
  const ended = await processImage(bytes, limits).catch((error: unknown) => error);
  if (ended instanceof Refusal) return `${ended.reason}: ${ended.message}`;
  return (ended as Awaited<ReturnType<typeof processImage>>).source.format;
};

const DETAILS: Record<BombName, string> = {
  "a PNG of 50 000 x 50 000 px": "Expected at most 100000000 pixels for width x height but got 50000 x 50000",
  "a PNG with 1 GB of compressed text":
    "Expected texts and profiles of at most 33554432 bytes for a PNG but got more in zTXt",
  "a BMP that claims 2^31 px": "Expected at most 100000000 pixels for width x height but got 46341 x 46341",
  "a TIFF of 10 000 pages": "Expected at most 1000 frames or pages for the file but got more",
  "a progressive JPEG of 60 000 scans": "Expected at most 100 scans for a JPEG but got more",
};

it.each(Object.entries(BOMBS))("refuses %s", async (name, { make, reason }) => {
  const limits = { ...LIMITS, maxPixels: 100_000_000, maxSidePx: 65_535 };

  const outcome = await outcomeOf(await make(), limits);

  expect(outcome).toMatch(`${reason}: `);
  expect(outcome).toContain(DETAILS[name as BombName]);
});

const animation = async (frames: number): Promise<Buffer> => {
  const pictures = Array.from({ length: frames }, (_, i) => plain(8, 8, [i, 90, 90]).png().toBuffer());
  return sharp(await Promise.all(pictures), { join: { animated: true } })
    .webp({ lossless: true })
    .toBuffer();
};

it.each([
  ["an animated WebP", animation],
  ["a TIFF", async (pages: number) => pagedTiff(pages)],
  ["a TIFF written by libvips", async (pages: number) => vipsTiff(pages, false)],
  ["a BigTIFF", async (pages: number) => vipsTiff(pages, true)],
])("accepts %s of exactly as many frames or pages as are allowed, and refuses one more", async (_kind, make) => {
  const limits = { ...LIMITS, maxFrames: 3 };

  expect(await outcomeOf(await make(3), limits)).toMatch(/^(webp|tiff)$/);
  expect(await outcomeOf(await make(4), limits)).toBe(
    "too-many-frames: Expected at most 3 frames or pages for the file but got more",
  );
});

it("counts the frames of an animated WebP behind a chunk of odd length, which is padded", async () => {
  const limits = { ...LIMITS, maxFrames: 3 };
  const odd = Buffer.from("ICCP\x03\0\0\0abc\0", "latin1");
  const withOddChunk = async (frames: number) => {
    const webp = await animation(frames);
    return Buffer.concat([webp.subarray(0, 30), odd, webp.subarray(30)]);
  };
  const [most, tooMany] = [await withOddChunk(3), await withOddChunk(4)];

  expect(() => admitStructure(most, "webp", limits)).not.toThrow();
  expect(() => admitStructure(tooMany, "webp", limits)).toThrow("Expected at most 3 frames or pages");
});

const vipsTiff = async (pages: number, bigtiff: boolean): Promise<Buffer> => {
  const pictures = Array.from({ length: pages }, (_, i) => plain(8, 8, [i, 90, 90]).png().toBuffer());
  return sharp(await Promise.all(pictures), { join: { animated: true } })
    .tiff({ bigtiff, compression: "lzw" })
    .toBuffer();
};

it("counts the scans of the picture only, not lookalikes in metadata, in previews and after the end", async () => {
  const jpeg = await quarters(64, 32).jpeg({ progressive: true }).toBuffer();
  const decoys = Buffer.from(Array.from({ length: 4_000 }, () => [0xff, 0xda]).flat());
  const segment = Buffer.concat([Buffer.from([0xff, 0xe5, 0x1f, 0x42]), decoys]);
  const bytes = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2), decoys]);

  expect(await outcomeOf(bytes)).toBe("jpeg");
});

it("accepts 100 scans and refuses 101", async () => {
  const [most, tooMany] = [await scannedJpeg(100), await scannedJpeg(101)];

  expect(() => admitStructure(most, "jpeg", LIMITS)).not.toThrow();
  expect(() => admitStructure(tooMany, "jpeg", LIMITS)).toThrow("Expected at most 100 scans for a JPEG but got more");
});

it("accepts a PNG with a colour profile and with a long caption", async () => {
  expect(await outcomeOf(await plain(8, 8, [1, 2, 3]).withIccProfile("p3").png().toBuffer())).toBe("png");
  expect(await outcomeOf(captionedPng(2))).toBe("png");
  expect(() => admitStructure(captionedPng(32), "png", LIMITS)).not.toThrow();
});

/** @returns the PNG with chunks inserted after its header */
const withChunks = (png: Buffer, chunks: readonly Buffer[]): Buffer => {
  const headerEnd = 33;
  return Buffer.concat([png.subarray(0, headerEnd), ...chunks, png.subarray(headerEnd)]);
};

const captionOf = (captioned: Buffer): Buffer => captioned.subarray(33, captioned.indexOf("IDAT") - 4);

const PLAIN_TEXT = chunk("iTXt", Buffer.from("Comment\0\0\0\0\0Hello", "latin1"));

it("accepts hundreds of small captions", async () => {
  const packed = deflateSync(Buffer.from(Array.from({ length: 2_000 }, (_, i) => (i * i * 31) % 251)));
  const caption = chunk("zTXt", Buffer.concat([Buffer.from("Comment\0\0", "latin1"), packed]));
  const captions = Array.from({ length: 3_000 }, () => caption);

  expect(await outcomeOf(withChunks(await plain(8, 8, [1, 2, 3]).png().toBuffer(), captions))).toBe("png");
});

it("refuses captions that are too large together, also behind an uncompressed one and where nothing is left", async () => {
  const admit = (captions: readonly Buffer[]) => admitStructure(withChunks(picture, captions), "png", LIMITS);
  const picture = await plain(8, 8, [1, 2, 3]).png().toBuffer();
  const [some, most, one] = [captionOf(captionedPng(20)), captionOf(captionedPng(32)), captionOf(captionedPng(1))];

  expect(() => admit([PLAIN_TEXT, some])).not.toThrow();
  for (const captions of [
    [some, some],
    [PLAIN_TEXT, some, some],
    [most, one],
  ])
    expect(() => admit(captions)).toThrow("Expected texts and profiles of at most 33554432 bytes for a PNG");
});
