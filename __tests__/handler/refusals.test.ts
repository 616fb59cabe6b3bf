import sharp from "sharp";
import { REFUSALS, type RefusalReason } from "../../handler/contract/events";
import { Refusal } from "../../handler/src/errors";
import type { Limits } from "../../handler/src/input";
import { processImage } from "../../handler/src/process";
import type { REFUSED_FORMATS } from "../../handler/src/refused-formats";
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

const latin1 = (...texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text, "latin1"));

/** An icon or a cursor with one entry, whose data lie behind it. */
const icon = (type: number): Buffer => {
  const bytes = Buffer.alloc(62);
  bytes.set([0, 0, type, 0, 1, 0, 16, 16]);
  bytes.writeUInt32LE(40, 14);
  bytes.writeUInt32LE(22, 18);
  return bytes;
};

/** A TGA without signature: 4 x 4 px of the depth. */
const tga = (imageType: number, depth: number, mapType = 0): Buffer => {
  const bytes = Buffer.alloc(18 + 64);
  bytes.set([0, mapType, imageType]);
  bytes.set([4, 0, 4, 0, depth, 32], 12);
  return bytes;
};

const ftyp = (...brands: readonly string[]): Buffer => {
  const [major = "", ...others] = brands;
  const bytes = Buffer.from(`\0\0\0\0ftyp${major}\0\0\0\0${others.join("")}mdat`, "latin1");
  bytes.writeUInt32BE(bytes.length - 4);
  return bytes;
};

const SVG_ROOT = '<svg xmlns="http://www.w3.org/2000/svg"/>';

/** Beginnings of files as in their specifications. */
const STRANGERS: Record<keyof typeof REFUSED_FORMATS, readonly Buffer[]> = {
  "camera raw (CR2)": latin1("II*\0\x10\0\0\0CR\x02\0"),
  "camera raw (CR3)": [ftyp("crx ", "crx ", "isom")],
  "camera raw (CRW)": latin1("II\x1a\0\0\0HEAPCCDR"),
  "camera raw (ORF)": latin1("IIRO\x08\0\0\0", "IIRS\x08\0\0\0", "MMOR\0\0\0\x08"),
  "camera raw (RW2)": latin1("IIU\0\x18\0\0\0"),
  "camera raw (RAF)": latin1("FUJIFILMCCD-RAW 0201"),
  "camera raw (X3F)": latin1("FOVb\0\0\x02\0"),
  "camera raw (MRW)": latin1("\0MRM\0\0\0\0"),
  "camera raw (IIQ)": latin1("II*\0\x08\0\0\0IIII", "MM\0*\0\0\0\x08MMMM"),
  GIF: latin1("GIF87a\x01\0\x01\0", "GIF89a\x01\0\x01\0"),
  SVG: [
    SVG_ROOT,
    `\ufeff<?xml version="1.0"?>\n<!-- a drawing -->\n${SVG_ROOT}`,
    `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg width='1'/>`,
    `<!DOCTYPE svg [<!ENTITY a "b"> <!ENTITY c "d">]>\n<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>`,
    `<?xml version="1.0"?><!-- ${"long ".repeat(20_000)} --><!-- > -->\n${SVG_ROOT}`,
    Buffer.from(`\ufeff${SVG_ROOT}`, "utf16le"),
  ].map((text) => Buffer.from(text)),
  AVIF: [ftyp("avif"), ftyp("avis"), ftyp("mif1", "miaf", "avif"), Buffer.from("\0\0\0\x1cftypavif", "latin1")],
  HEIC: [...["heic", "heix", "hevc", "mif1", "msf1"].map((brand) => ftyp(brand)), ftyp("mif1", "heic")],
  MP4: [ftyp("isom", "mp41", "avc1"), ftyp("mp42")],
  QuickTime: [ftyp("qt  ")],
  "JPEG 2000": latin1("\0\0\0\x0cjP  \r\n\x87\n", "\xff\x4f\xff\x51\0\x29"),
  "JPEG XL": latin1("\0\0\0\x0cJXL \r\n\x87\n", "\xff\x0a\xfa\x7f"),
  "JPEG XR": latin1("II\xbc\x01\x20\0\0\0"),
  PDF: latin1("%PDF-1.7\n"),
  PostScript: latin1("%!PS-Adobe-3.0 EPSF-3.0", "\xc5\xd0\xd3\xc6\x1e\0"),
  PSD: latin1("8BPS\0\x01"),
  PSB: latin1("8BPS\0\x02"),
  XCF: latin1("gimp xcf v011\0"),
  ICO: [...latin1("\0\0\x01\0\x01\0\x10\x10", "\0\0\x02\0\x01\0\x20\x20"), icon(1), icon(2)],
  ICNS: latin1("icns\0\0\x10\0"),
  EXR: latin1("v/1\x01\x02\0\0\0"),
  HDR: latin1("#?RADIANCE\n", "#?RGBE\n"),
  DDS: latin1("DDS \x7c\0\0\0"),
  QOI: latin1("qoif\0\0\0\x01"),
  PBM: latin1("P1\n# a comment\n2 2\n", "P4\n2 2\n"),
  PGM: latin1("P2 2 2 255\n", "P5\n2 2\n255\n"),
  PPM: latin1("P3\n2 2\n255\n", "P6\n2 2\n255\n"),
  PAM: latin1("P7\nWIDTH 2\n"),
  PFM: latin1("PF\n2 2\n-1.0\n", "Pf\n2 2\n"),
  XPM: latin1("/* XPM */\nstatic char *a[] = {"),
  XBM: latin1("#define a_width 16\n#define a_height 16\n"),
  PCX: latin1("\n\x05\x01\x08\0\0\0\0", "\n\0\x01\x01\0\0"),
  SGI: latin1("\x01\xda\0\x01\0\x03", "\x01\xda\x01\x02\0\x03"),
  DICOM: [Buffer.concat([Buffer.alloc(128), Buffer.from("DICM\x02\0")])],
  FITS: latin1("SIMPLE  =                    T"),
  WMF: latin1("\xd7\xcd\xc6\x9a\0\0"),
  EMF: [Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(36, 9), Buffer.from(" EMF")])],
  DjVu: latin1("AT&TFORM\0\0\0\0DJVU"),
  BPG: latin1("BPG\xfb\0"),
  FLIF: latin1("FLIF31"),
  MNG: latin1("\x8aMNG\r\n\x1a\n"),
  JNG: latin1("\x8bJNG\r\n\x1a\n"),
  TGA: [
    ...[tga(2, 24), tga(2, 32), tga(3, 8), tga(10, 16), tga(1, 8, 1)],
    Buffer.from(`${"any bytes ".repeat(4)}TRUEVISION-XFILE.\0`, "latin1"),
  ],
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
    Buffer.from("<!DOCTYPE html><title>x</title><svg/>"),
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

it.each([1, 2])(
  "refuses a tiny run-length encoded BMP that claims a huge picture (compression %i)",
  async (compression) => {
    const palette = Array.from({ length: compression === 1 ? 256 : 16 }, () => [0, 0, 0]);
    const make = (side: number) =>
      bmp({ bits: compression === 1 ? 8 : 4, compression, palette, body: [5, 1, 0, 1] }, side, side);
    const [small, huge] = [make(1_000), make(10_000)];

    expect((await processImage(small, LIMITS)).source.widthPx).toBe(1_000);
    expect(await refusalOf(huge)).toEqual([
      "decompression-bomb",
      `Expected at most ${1_000_000 + 128 * huge.length} pixels for a run-length encoded BMP of ${huge.length} bytes but got 10000 x 10000`,
    ]);
  },
);

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
  [
    "a run that is longer than a row",
    bmp({ bits: 8, compression: 1, palette: [[0, 0, 0]], body: [17, 0, 0, 1] }, 9, 9),
    "Expected at most 9 pixels for a row of a run-length encoded BMP but got 17",
  ],
  [
    "more pixels than a row has",
    bmp({ bits: 4, compression: 2, palette: [[0, 0, 0]], body: [9, 0, 0, 8, 0, 0, 0, 0, 0, 1] }, 9, 9),
    "Expected at most 9 pixels for a row of a run-length encoded BMP but got 17",
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
    "too-much-memory",
  ];
  const ofStore: RefusalReason[] = ["too-many-bytes", "deleted", "archived"];

  expect([...ofBytes, ...ofStore].sort()).toEqual(Object.keys(REFUSALS).sort());
});
