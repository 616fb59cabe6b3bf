import sharp from "sharp";
import { processImage } from "../../handler/src/process";
import type { Colour } from "../../scripts/images/bmp/writer";
import {
  distance,
  LIMITS,
  oneOfEach,
  paint,
  pixelsOf,
  plain,
  probe,
  QUARTERS,
  quarterAt,
  quarters,
  variantsOf,
} from "./pictures";

/** Where the first row and the first column of the stored picture are shown, by orientation (EXIF 2.32, tag 0x0112). */
const ORIENTATIONS = [
  [1, "top", "left"],
  [2, "top", "right"],
  [3, "bottom", "right"],
  [4, "bottom", "left"],
  [5, "left", "top"],
  [6, "right", "top"],
  [7, "right", "bottom"],
  [8, "left", "bottom"],
] as const;

/** @returns the picture of four quarters (64 x 32 when upright) as a camera in that position stores it */
const stored = (row0: string, column0: string) => {
  const sideways = row0 === "left" || row0 === "right";
  const [width, height] = sideways ? [32, 64] : [64, 32];
  const flipped = (side: string, i: number, length: number) => (side === "top" || side === "left" ? i : length - 1 - i);
  const upright = quarterAt(64, 32);
  return paint(width, height, 3, (column, row) => {
    const alongRows = flipped(row0, row, height);
    const alongColumns = flipped(column0, column, width);
    return sideways ? upright(alongRows, alongColumns) : upright(alongColumns, alongRows);
  });
};

describe.each(["jpeg", "png", "webp", "tiff"] as const)("a %s", (format) => {
  it.each(ORIENTATIONS)(
    "of orientation %i is turned upright (first row %s, first column %s)",
    async (orientation, row0, column0) => {
      const bytes = await stored(row0, column0)
        .withMetadata({ orientation })
        .toFormat(format, { quality: 100 })
        .toBuffer();

      const { source, variants } = await processImage(bytes, LIMITS);

      expect(source).toEqual({ format, widthPx: 64, heightPx: 32, orientation });
      for (const variant of variants) {
        expect([variant.name, variant.widthPx, variant.heightPx]).toEqual([variant.name, 64, 32]);
        expect(distance(await probe(variant.bytes), QUARTERS)).toBeLessThanOrEqual(12);
      }
    },
  );
});

it("reads each accepted format", async () => {
  for (const [format, bytes] of Object.entries(await oneOfEach())) {
    const { source, variants } = await processImage(bytes, LIMITS);

    expect(source).toEqual({ format, widthPx: 64, heightPx: 32, orientation: 1 });
    for (const { bytes } of variants) expect(distance(await probe(bytes), QUARTERS)).toBeLessThanOrEqual(10);
  }
});

const MILD: Colour = [160, 120, 100];
const GREY: Colour = [90, 90, 90];
const WHITE: Colour = [255, 255, 255];

/** Sources of one opaque colour, the expected colour, and the allowed difference. */
const OPAQUE: readonly [string, () => Promise<Buffer>, Colour, number][] = [
  ["a CMYK JPEG", () => plain(40, 20, MILD).toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer(), MILD, 8],
  ["a Display P3 JPEG", () => plain(40, 20, MILD).withIccProfile("p3").jpeg({ quality: 100 }).toBuffer(), MILD, 4],
  [
    "a Display P3 PNG of 16 bits",
    () => plain(40, 20, MILD).toColourspace("rgb16").withIccProfile("p3").png().toBuffer(),
    MILD,
    2,
  ],
  ["a PNG of 16 bits", () => plain(40, 20, MILD).toColourspace("rgb16").png().toBuffer(), MILD, 0],
  ["a grey PNG of 16 bits", () => plain(40, 20, GREY).toColourspace("grey16").png().toBuffer(), GREY, 0],
  ["a grey JPEG", () => plain(40, 20, GREY).toColourspace("b-w").jpeg({ quality: 100 }).toBuffer(), GREY, 1],
  ["a PNG with a palette", () => plain(40, 20, MILD).png({ palette: true }).toBuffer(), MILD, 1],
  ["a PNG of 1 bit", () => plain(40, 20, WHITE).png({ palette: true, colours: 2 }).toBuffer(), WHITE, 0],
  ["a TIFF of 1 bit", () => plain(40, 20, WHITE).toColourspace("b-w").tiff({ bitdepth: 1 }).toBuffer(), WHITE, 0],
  ["a BigTIFF", () => plain(40, 20, MILD).tiff({ bigtiff: true, compression: "none" }).toBuffer(), MILD, 0],
  ["an interlaced PNG", () => plain(40, 20, MILD).png({ progressive: true }).toBuffer(), MILD, 0],
  ["a progressive JPEG", () => plain(40, 20, MILD).jpeg({ quality: 100, progressive: true }).toBuffer(), MILD, 2],
];

it.each(OPAQUE)("shows the colours of %s", async (_kind, make, colour, tolerance) => {
  const { png, compressed, webp } = await variantsOf(await make());

  expect((await pixelsOf(png.bytes)).channels).toBe(3);
  expect(distance([(await pixelsOf(png.bytes)).at(20, 10)], [colour])).toBeLessThanOrEqual(tolerance);
  for (const { bytes } of [compressed, webp])
    expect(distance([(await pixelsOf(bytes)).at(20, 10)], [colour])).toBeLessThanOrEqual(tolerance + 4);
});

it.each(["srgb", "rgb16"] as const)("converts Display P3 in %s instead of dropping the profile", async (space) => {
  const bytes = await plain(40, 20, [255, 0, 0]).toColourspace(space).withIccProfile("p3").png().toBuffer();
  const untouched = await sharp(bytes).keepIccProfile().raw().toBuffer();

  const { png } = await variantsOf(bytes);

  expect([...untouched.subarray(0, 3)]).toEqual([234, 51, 34]);
  expect(distance([(await pixelsOf(png.bytes)).at(0, 0)], [[255, 0, 0]])).toBeLessThanOrEqual(2);
});

it("reads a big-endian TIFF", async () => {
  const { png } = await variantsOf(bigEndianTiff(MILD));

  expect((await pixelsOf(png.bytes)).at(0, 0)).toEqual(MILD);
});

/** Sources with alpha, the colour kept by PNG and WebP, and the colour on white. */
const TRANSPARENT: readonly [string, () => Promise<Buffer>, Colour, Colour][] = [
  ["a PNG", () => plain(40, 20, [200, 40, 40, 51]).png().toBuffer(), [200, 40, 40, 51], [244, 212, 212]],
  [
    "a WebP",
    () => plain(40, 20, [200, 40, 40, 51]).webp({ lossless: true }).toBuffer(),
    [200, 40, 40, 51],
    [244, 212, 212],
  ],
  [
    "a TIFF",
    () => plain(40, 20, [200, 40, 40, 51]).tiff({ compression: "lzw" }).toBuffer(),
    [200, 40, 40, 51],
    [244, 212, 212],
  ],
  [
    "a grey PNG",
    () => plain(40, 20, [90, 90, 90, 51]).toColourspace("b-w").png().toBuffer(),
    [90, 90, 90, 51],
    [222, 222, 222],
  ],
  [
    "a PNG with a palette",
    () => plain(40, 20, [200, 40, 40, 51]).png({ palette: true }).toBuffer(),
    [200, 40, 40, 51],
    [244, 212, 212],
  ],
  [
    "a PNG of 16 bits",
    () => plain(40, 20, [200, 40, 40, 51]).toColourspace("rgb16").png().toBuffer(),
    [200, 40, 40, 51],
    [244, 212, 212],
  ],
];

it.each(TRANSPARENT)("keeps the alpha of %s and puts JPEG on white", async (_kind, make, colour, onWhite) => {
  const { png, webp, compressed, low, thumbnail } = await variantsOf(await make());

  for (const { bytes } of [png, webp])
    expect(distance([(await pixelsOf(bytes)).at(20, 10)], [colour])).toBeLessThanOrEqual(5);
  for (const { bytes } of [compressed, low, thumbnail])
    expect(distance([(await pixelsOf(bytes)).at(20, 10)], [onWhite])).toBeLessThanOrEqual(4);
});

it("shows the first frame of an animated WebP", async () => {
  const frames = await Promise.all([MILD, GREY].map((colour) => plain(40, 20, colour).png().toBuffer()));
  const bytes = await sharp(frames, { join: { animated: true } })
    .webp({ lossless: true })
    .toBuffer();

  const { png } = await variantsOf(bytes);

  expect([png.widthPx, png.heightPx]).toEqual([40, 20]);
  expect((await pixelsOf(png.bytes)).at(20, 10)).toEqual(MILD);
});

it("reports the size of the upload, not of the scaled-down picture", async () => {
  const bytes = await quarters(4200, 84).jpeg({ progressive: true }).toBuffer();

  const { source, variants } = await processImage(bytes, LIMITS);

  expect(source).toEqual({ format: "jpeg", widthPx: 4200, heightPx: 84, orientation: 1 });
  expect(variants.map(({ widthPx, heightPx }) => [widthPx, heightPx])).toEqual([
    ...Array.from({ length: 4 }, () => [4096, 82]),
    [300, 6],
  ]);
});

/** One uncompressed strip of 2 x 2 pixels (TIFF 6.0); sharp writes little-endian files only. */
const bigEndianTiff = (colour: Colour): Buffer => {
  const entries: [tag: number, type: 3 | 4, value: number][] = [
    [256, 3, 2],
    [257, 3, 2],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 2],
    [273, 4, 8],
    [277, 3, 3],
    [278, 3, 2],
    [279, 4, 12],
  ];
  const head = Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 20]);
  const strip = Buffer.from(Array.from({ length: 4 }, () => colour).flat());
  const ifd = Buffer.alloc(2 + entries.length * 12 + 4);
  ifd.writeUInt16BE(entries.length);
  for (const [i, [tag, type, value]] of entries.entries()) {
    const at = 2 + i * 12;
    ifd.writeUInt16BE(tag, at);
    ifd.writeUInt16BE(type, at + 2);
    ifd.writeUInt32BE(1, at + 4);
    if (type === 3) ifd.writeUInt16BE(value, at + 8);
    else ifd.writeUInt32BE(value, at + 8);
  }
  return Buffer.concat([head, strip, ifd]);
};
