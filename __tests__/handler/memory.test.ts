/** What decoding would hold is estimated from the header, and refused beyond the limit before anything is decoded. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import sharp from "sharp";
import { Refusal } from "../../handler/src/errors";
import { segmentsOf } from "../../handler/src/jpeg";
import { avifPixelsOf, estimatedPeakBytes } from "../../handler/src/memory";
import { processImage } from "../../handler/src/process";
import { bmp } from "../../scripts/images/bmp/writer";
import { chunk } from "../../scripts/images/png";
import { created, eventsIn, run, startAws } from "./aws";
import { LIMITS, plain } from "./pictures";

const MB = 2 ** 20;
const LAMBDA_1024 = { ...LIMITS, maxPixels: 110_000_000, maxMemoryBytes: 0.95 * 1024 * MB };

const outcomeOf = async (bytes: Buffer, limits = LAMBDA_1024): Promise<string> => {
  const ended = await processImage(bytes, limits).catch((error: unknown) => error);
  return ended instanceof Refusal ? `${ended.reason}: ${ended.message}` : "processed";
};

/** A PNG that ends where its pixels begin. */
const pngHeader = (width: number, height: number, depth: 8 | 16, isInterlaced: boolean): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, 6, 0, 0, isInterlaced ? 1 : 0], 8);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", Buffer.alloc(4))]);
};

/** A JPEG whose header claims another size. */
const claiming = (jpeg: Buffer, widthPx: number, heightPx: number): Buffer => {
  const copy = Buffer.from(jpeg);
  const frame = [...segmentsOf(copy)].find(({ code }) => code === 0xc0 || code === 0xc2);
  copy.writeUInt16BE(heightPx, (frame?.start ?? 0) + 5);
  copy.writeUInt16BE(widthPx, (frame?.start ?? 0) + 7);
  return copy;
};

const inks = (progressive: boolean) =>
  plain(64, 64, [160, 120, 100]).toColourspace("cmyk").jpeg({ progressive, chromaSubsampling: "4:4:4" }).toBuffer();

it.each<[string, () => Promise<Buffer> | Buffer]>([
  ["an interlaced PNG of 16 bits", () => pngHeader(10_000, 9_990, 16, true)],
  ["a progressive JPEG of four inks", async () => claiming(await inks(true), 10_400, 10_400)],
])("refuses %s of 100 megapixels where the function has 1024 MB", async (_kind, make) => {
  expect(await outcomeOf(await make())).toMatch(
    /^too-much-memory: Expected at most 973 MB for processing the picture but it would take \d+ MB$/,
  );
});

it.each<[string, () => Promise<Buffer> | Buffer]>([
  ["a PNG of 16 bits that is not interlaced", () => pngHeader(10_000, 9_990, 16, false)],
  ["an interlaced PNG of 8 bits", () => pngHeader(10_000, 9_990, 8, true)],
  ["a baseline JPEG of four inks", async () => claiming(await inks(false), 10_400, 10_400)],
])("begins to decode %s of the same size", async (_kind, make) => {
  expect(await outcomeOf(await make())).toMatch(/^corrupt: /);
});

it("refuses by the size that a file claims, in each format that is held as a whole", async () => {
  const small = { ...LIMITS, maxMemoryBytes: 200 * MB };
  const cases = unzipSync(readFileSync(join(__dirname, "../fixtures/tiff/cases.zip")));
  const extra = Buffer.from(cases["sources/rgb-16-extra-00-strips.tiff"] ?? Buffer.alloc(0));
  // Width, height and rows of a strip: little-endian entries of the type SHORT.
  for (const tag of [0x00, 0x01, 0x16]) extra.writeUInt16LE(5_000, extra.indexOf(Buffer.from([tag, 1, 3, 0])) + 8);
  const webp = await sharp({ create: { width: 5_000, height: 5_000, channels: 3, background: "#888" } })
    .webp({ effort: 0 })
    .toBuffer();

  for (const bytes of [
    webp,
    extra,
    bmp({ bits: 24, body: [] }, 6_000, 6_000),
    bmp({ bits: 8, palette: [[0, 0, 0]], body: [] }, 6_000, 6_000),
  ])
    expect(await outcomeOf(bytes, small)).toMatch(/^too-much-memory: /);
});

/** Peaks of the whole process that were measured without the AWS SDK, at 36 megapixels: `decoderBytes` by kind. */
const PIXELS = 36e6;
it.each([
  ["baseline JPEG", 212, { channels: 3, sampleBytes: 1, hasAlpha: false }],
  ["progressive JPEG, 4:4:4", 344, { channels: 3, sampleBytes: 1, hasAlpha: false, decoderBytes: PIXELS * 6 }],
  ["progressive JPEG of four inks", 423, { channels: 4, sampleBytes: 1, hasAlpha: false, decoderBytes: PIXELS * 8 }],
  ["interlaced PNG of 16 bits", 459, { channels: 4, sampleBytes: 2, hasAlpha: true, decoderBytes: PIXELS * 8 }],
  ["the same, turned", 520, { channels: 4, sampleBytes: 2, hasAlpha: true, decoderBytes: PIXELS * 8, isTurned: true }],
  ["WebP with alpha", 358, { channels: 4, sampleBytes: 1, hasAlpha: true, decoderBytes: PIXELS * 4 }],
] as const)("estimates at least what was measured, and not a half more: %s", (_kind, measuredMb, cost) => {
  const peakBytes = estimatedPeakBytes({ fileBytes: 1e6, widthPx: 6_000, heightPx: 6_000, ...cost }, 4_096);

  expect(peakBytes / MB).toBeGreaterThan(measuredMb);
  expect(peakBytes / MB).toBeLessThan(measuredMb * 1.5);
});

it("is applied by the handler, from the memory that Lambda gives it", async () => {
  const aws = await startAws();
  try {
    const png = pngHeader(10_000, 9_000, 16, true);
    const record = await aws.upload("a.png", png);
    process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE = "512";

    const { lines } = await run({ Records: [record] });

    expect(eventsIn(lines)).toEqual(["image.received", "image.refused"]);
    expect(lines[1]).toMatchObject({ reason: "too-much-memory", key: created("a.png", 0, "").s3.object.key });
  } finally {
    delete process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
    await aws.stop();
  }
});

it("counts the encoder of the largest AVIF, up to the pixels of the picture", () => {
  const avif = { format: "avif", quality: 50 } as const;
  const variants = {
    a: { ...avif, inside_px: 2048 },
    b: { ...avif, cover_px: [400, 300] },
    c: { format: "png" },
  } as const;
  const cost = { fileBytes: 0, widthPx: 4000, heightPx: 3000, channels: 3, sampleBytes: 1, hasAlpha: false };
  const more = (picture: typeof cost): number =>
    estimatedPeakBytes(picture, 4096, avifPixelsOf(variants)) - estimatedPeakBytes(picture, 4096);

  expect([avifPixelsOf(variants), avifPixelsOf({ c: variants.c })]).toEqual([2048 ** 2, 0]);
  expect(avifPixelsOf({ wide: { ...avif, width_px: 320 } })).toBe(320 * 4096);
  // Measured: 130 MB for 4 megapixels, besides pixels and encoded variants; the JPEG or PNG encoder is not running then.
  expect(more(cost) / 2 ** 20).toBeGreaterThan(100);
  expect(more({ ...cost, widthPx: 40, heightPx: 30 })).toBeLessThan(2 ** 20);
});
