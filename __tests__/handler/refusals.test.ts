import sharp from "sharp";
import { REFUSALS, type RefusalReason } from "../../handler/contract/events";
import { Refusal } from "../../handler/src/errors";
import type { Limits, UNSUPPORTED } from "../../handler/src/input";
import { processImage } from "../../handler/src/process";
import { bmp } from "../../scripts/images/bmp/writer";
import { LIMITS, oneOfEach, plain } from "./pictures";

/** @returns reason and detail of a refusal; any other result fails the test */
const refusalOf = async (bytes: Buffer, limits: Limits = LIMITS): Promise<[RefusalReason, string]> => {
  const refusal = await processImage(bytes, limits).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  const { reason, message } = refusal as Refusal;
  return [reason, message];
};

/** A PNG without pixels: signature, IHDR with its checksum, and an empty IDAT. */
const pngHeader = (width: number, height: number, crc: number): Buffer => {
  const chunk = Buffer.alloc(33);
  chunk.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  chunk.writeUInt32BE(width, 16);
  chunk.writeUInt32BE(height, 20);
  chunk.set([1, 0, 0, 0, 0], 24);
  chunk.writeUInt32BE(crc, 29);
  return Buffer.concat([chunk, Buffer.from([0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0x35, 0xaf, 0x06, 0x1e])]);
};

/** Beginnings of files as their specifications have them. */
const STRANGERS: Record<keyof typeof UNSUPPORTED, readonly Buffer[]> = {
  GIF: ["GIF87a\x01\0\x01\0", "GIF89a\x01\0\x01\0"].map((text) => Buffer.from(text, "latin1")),
  SVG: [
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '\ufeff<?xml version="1.0"?>\n<!-- a drawing -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg/>'.replace("<svg/>", "<svg width='1'/>"),
  ].map((text) => Buffer.from(text)),
  AVIF: ["avif", "avis"].map((brand) => Buffer.from(`\0\0\0\x1cftyp${brand}`, "latin1")),
  HEIC: ["heic", "heix", "hevc", "mif1", "msf1"].map((brand) => Buffer.from(`\0\0\0\x18ftyp${brand}`, "latin1")),
  "JPEG 2000": ["\0\0\0\x0cjP  \r\n\x87\n", "\xff\x4f\xff\x51\0\x29"].map((text) => Buffer.from(text, "latin1")),
  "JPEG XL": ["\0\0\0\x0cJXL \r\n\x87\n", "\xff\x0a\xfa\x7f"].map((text) => Buffer.from(text, "latin1")),
  "JPEG XR": [Buffer.from("II\xbc\x01\x20\0\0\0", "latin1")],
  PDF: [Buffer.from("%PDF-1.7\n")],
  PostScript: ["%!PS-Adobe-3.0 EPSF-3.0", "\xc5\xd0\xd3\xc6\x1e\0"].map((text) => Buffer.from(text, "latin1")),
  PSD: [Buffer.from("8BPS\0\x01", "latin1")],
  ICO: ["\0\0\x01\0\x01\0\x10\x10", "\0\0\x02\0\x01\0\x20\x20"].map((text) => Buffer.from(text, "latin1")),
  EXR: [Buffer.from("v/1\x01\x02\0\0\0", "latin1")],
  HDR: [Buffer.from("#?RADIANCE\n"), Buffer.from("#?RGBE\n")],
  DDS: [Buffer.from("DDS \x7c\0\0\0", "latin1")],
  QOI: [Buffer.from("qoif\0\0\0\x01", "latin1")],
};

it.each(Object.entries(STRANGERS))("refuses %s by name", async (name, files) => {
  for (const bytes of files)
    expect(await refusalOf(bytes)).toEqual([
      "unsupported-format",
      `Expected JPEG, PNG, WebP, BMP or TIFF for the file but got ${name}`,
    ]);
});

it.each([
  ["no bytes", Buffer.alloc(0), ["empty", "Expected JPEG, PNG, WebP, BMP or TIFF for the file but got 0 bytes"]],
  [
    "one byte",
    Buffer.from("x"),
    ["not-an-image", "Expected JPEG, PNG, WebP, BMP or TIFF for the file but got bytes 78"],
  ],
  [
    "a text",
    Buffer.from("Hello, world"),
    ["not-an-image", "Expected JPEG, PNG, WebP, BMP or TIFF for the file but got bytes 48656c6c6f2c2077"],
  ],
  [
    "a text that begins like a BMP",
    Buffer.from("BMW is a maker of cars"),
    ["not-an-image", "Expected JPEG, PNG, WebP, BMP or TIFF for the file but got bytes 424d572069732061"],
  ],
  [
    "an HTML page",
    Buffer.from("<!DOCTYPE html><title>x</title>"),
    ["not-an-image", "Expected JPEG, PNG, WebP, BMP or TIFF for the file but got bytes 3c21444f43545950"],
  ],
])("refuses %s", async (_what, bytes, refusal) => {
  expect(await refusalOf(bytes)).toEqual(refusal);
});

it("refuses a BMP that embeds another format", async () => {
  expect(await refusalOf(bmp({ bits: 24, compression: 4 }, 2, 2))).toEqual([
    "unsupported-format",
    "Expected plain pixels, RLE or bitfields for a BMP but got 24 bits, compression 4",
  ]);
});

it.each(["jpeg", "png", "webp", "tiff", "bmp"] as const)("refuses a %s that is cut off", async (format) => {
  const { [format]: whole } = await oneOfEach();
  const details = {
    jpeg: /premature end of JPEG image$/,
    png: /^vipspng: /,
    webp: /^Input buffer has corrupt header: webp: /,
    tiff: /./,
    bmp: /^Expected 6198 bytes for a BMP of 64 x 32 but got 3099$/,
  };

  const [reason, detail] = await refusalOf(whole.subarray(0, whole.length / 2));

  expect(reason).toBe("corrupt");
  expect(detail).toMatch(details[format]);
  expect(detail).not.toContain("\n");
});

it.each(["jpeg", "png", "webp", "tiff", "bmp"] as const)(
  "refuses a %s of nothing but its first 16 bytes",
  async (format) => {
    const { [format]: whole } = await oneOfEach();

    expect((await refusalOf(Buffer.concat([whole.subarray(0, 16), Buffer.alloc(48)])))[0]).toMatch(
      /^(corrupt|unsupported-format)$/,
    );
  },
);

it("refuses pixels whose checksum is wrong", async () => {
  const bytes = await plain(64, 64, [1, 2, 3]).png({ compressionLevel: 0 }).toBuffer();
  bytes[200] = 99;

  expect((await refusalOf(bytes))[0]).toBe("corrupt");
});

it.each([
  ["no room for a palette", bmp({ bits: 8 }, 2, 2), "Expected a palette for a BMP of 8 bits but got none"],
  ["a width of 0", bmp({ bits: 24 }, 0, 2), "Expected at least 1 x 1 for a BMP but got 0 x 2"],
  [
    "an endless run",
    bmp({ bits: 8, compression: 1, palette: [[0, 0, 0]], body: [5, 0, 0] }, 9, 9),
    "Expected an end of picture for a run-length encoded BMP but got none",
  ],
])("refuses a BMP with %s", async (_what, bytes, detail) => {
  const [reason, message] = await refusalOf(bytes);

  expect(reason).toBe("corrupt");
  expect(message).toMatch(detail);
});

const SMALL: Limits = { ...LIMITS, maxPixels: 200, maxSidePx: 50 };

it("accepts exactly the allowed number of pixels and length of a side", async () => {
  for (const [width, height] of [
    [20, 10],
    [50, 4],
    [4, 50],
  ] as const)
    expect((await processImage(await plain(width, height, [9, 9, 9]).png().toBuffer(), SMALL)).source.widthPx).toBe(
      width,
    );
});

it.each(["jpeg", "png", "webp", "tiff"] as const)(
  "refuses a %s of too many pixels or too long a side",
  async (format) => {
    const make = (width: number, height: number) => plain(width, height, [9, 9, 9]).toFormat(format).toBuffer();

    expect(await refusalOf(await make(20, 11), SMALL)).toEqual([
      "too-many-pixels",
      "Expected at most 200 pixels for width x height but got 20 x 11",
    ]);
    expect(await refusalOf(await make(51, 1), SMALL)).toEqual([
      "side-too-long",
      "Expected at most 50 px for a side but got 51 x 1",
    ]);
    expect(await refusalOf(await make(1, 51), SMALL)).toEqual([
      "side-too-long",
      "Expected at most 50 px for a side but got 1 x 51",
    ]);
  },
);

it("blocks all other loaders of libvips, in case a file gets past the check of its first bytes", async () => {
  const strangers = [await plain(2, 2, [9, 9, 9]).gif().toBuffer(), ...STRANGERS.SVG];

  for (const bytes of strangers)
    await expect(sharp(bytes).metadata()).rejects.toThrow("Input buffer contains unsupported image format");
});

it("refuses the size claimed by a header before decoding", async () => {
  const claims: [Buffer, string][] = [
    [pngHeader(50_000, 50_000, 0x63d40067), "50000 x 50000"],
    [bmp({ bits: 32, body: [] }, 2 ** 31 - 1, 1), "2147483647 x 1"],
    [bmp({ bits: 32, body: [] }, 1, -(2 ** 31)), "1 x 2147483648"],
  ];

  for (const [bytes, size] of claims)
    expect(await refusalOf(bytes)).toEqual(["side-too-long", `Expected at most 20000 px for a side but got ${size}`]);
});

it("covers every reason; those that do not depend on the bytes are tested with the storage", () => {
  const ofBytes: RefusalReason[] = [
    "empty",
    "not-an-image",
    "unsupported-format",
    "corrupt",
    "too-many-pixels",
    "side-too-long",
    "too-many-frames",
    "decompression-bomb",
  ];
  const ofStore: RefusalReason[] = ["too-many-bytes", "deleted"];

  expect([...ofBytes, ...ofStore].sort()).toEqual(Object.keys(REFUSALS).sort());
});
