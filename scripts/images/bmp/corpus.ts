/** One small BMP of every kind in the specification; their correct pixels are in `expectations.json`. */
import { runLengths } from "./rle";
import { type BmpKind, bgr, bmp, type Colour } from "./writer";

/** An odd width, so that rows of every bit depth are padded. */
const WIDTH = 19;
const HEIGHT = 7;

/** A picture without symmetry: each channel grows in another direction, with runs and single pixels for run-length encoding. */
const indexAt = (x: number, y: number): number => (x < 6 ? y : (x * 7 + y * 13) % 23);

const shade = (i: number): Colour => [(i * 47) % 256, (i * 101 + 30) % 256, 255 - ((i * 29) % 256)];
const palette = (length: number): Colour[] => Array.from({ length }, (_, i) => shade(i));

const colourAt = (x: number, y: number): Colour => [
  Math.round((x * 255) / (WIDTH - 1)),
  Math.round((y * 255) / (HEIGHT - 1)),
  (x * 40 + y * 90) % 256,
];

const alphaAt = (x: number, y: number): number => (x * 14 + y * 3) % 256;

/** A colour in bits of the given lengths, alpha (if it has a length) in the highest. */
const inBits = (r: number, g: number, b: number, a: number) => (x: number, y: number) => {
  const [red = 0, green = 0, blue = 0] = colourAt(x, y);
  const part = (value: number, length: number, shift: number) => (value >> (8 - length)) << shift;
  return (
    ((a === 0 ? 0 : part(alphaAt(x, y), a, r + g + b)) | part(red, r, g + b) | part(green, g, b) | part(blue, b, 0)) >>>
    0
  );
};

const maskOf = (length: number, shift: number): number => ((2 ** length - 1) << shift) >>> 0;

/** Masks of red, green, blue and, if it has a length, alpha. */
const masksOf = (r: number, g: number, b: number, a: number): number[] => [
  maskOf(r, g + b),
  maskOf(g, b),
  maskOf(b, 0),
  ...(a === 0 ? [] : [maskOf(a, r + g + b)]),
];

const indexed = (bits: number, colours: number, kind: Partial<BmpKind> = {}, used = Math.min(colours, 2 ** bits)) =>
  bmp({ bits, palette: palette(colours), ...kind }, WIDTH, HEIGHT, (x, y) => indexAt(x, y) % used);

/** Colours of the run-length encoded pictures. */
const RUN_COLOURS = { 4: 16, 8: 40 };

const runs = (bits: 4 | 8, kind: Partial<BmpKind> & { jumps?: boolean; rows?: number } = {}) => {
  const { jumps, rows, ...rest } = kind;
  const colours = RUN_COLOURS[bits];
  const picture = Array.from({ length: HEIGHT }, (_, row) =>
    Array.from({ length: WIDTH }, (_, x) => indexAt(x, HEIGHT - 1 - row) % colours),
  );
  const body = runLengths({ bits, jumps, rows }, picture);
  return bmp({ bits, compression: bits === 4 ? 2 : 1, palette: palette(colours), body, ...rest }, WIDTH, HEIGHT);
};

/** Number of rows that are drawn if the encoding ends early. */
const LOWER_ROWS = 4;

/** The picture of an encoding that ends early, not encoded. */
const lowerRows = (bits: 4 | 8) =>
  bmp({ bits, palette: palette(RUN_COLOURS[bits]) }, WIDTH, HEIGHT, (x, y) =>
    y < HEIGHT - LOWER_ROWS ? 0 : indexAt(x, y) % RUN_COLOURS[bits],
  );

const fields = (bits: 16 | 32, lengths: readonly [number, number, number, number], kind: Partial<BmpKind> = {}) =>
  bmp({ bits, compression: 3, masks: masksOf(...lengths), ...kind }, WIDTH, HEIGHT, inBits(...lengths));

const direct = (bits: 24 | 32, kind: Partial<BmpKind> = {}, width = WIDTH) =>
  bmp({ bits, ...kind }, width, HEIGHT, (x, y) => bgr(colourAt(x, y)));

/** Every kind by its file name: add a row, then run `npm run bmp`, which records how Pillow and ImageMagick decode it. */
export const CORPUS = {
  "1-bit": () => indexed(1, 2),
  "1-bit-top-down": () => indexed(1, 2, { topDown: true }),
  "1-bit-short-palette": () => indexed(1, 1, {}, 2),
  "1-bit-oversized-palette": () => indexed(1, 256),
  "1-bit-os2-12": () => indexed(1, 2, { headerBytes: 12 }),
  "1-bit-os2-64": () => indexed(1, 2, { headerBytes: 64 }),
  "2-bit": () => indexed(2, 4),
  "4-bit": () => indexed(4, 16),
  "4-bit-top-down": () => indexed(4, 16, { topDown: true }),
  "4-bit-short-palette": () => indexed(4, 5),
  "4-bit-oversized-palette": () => indexed(4, 256),
  "4-bit-os2-12": () => indexed(4, 16, { headerBytes: 12 }),
  "4-bit-os2-64": () => indexed(4, 16, { headerBytes: 64 }),
  "4-bit-four-colours": () => indexed(4, 4),
  "4-bit-lower-rows": () => lowerRows(4),
  "4-bit-v4": () => indexed(4, 16, { headerBytes: 108 }),
  "4-bit-rle": () => runs(4),
  "4-bit-rle-jumps": () => runs(4, { jumps: true }),
  "4-bit-rle-early-end": () => runs(4, { rows: LOWER_ROWS }),
  "8-bit": () => indexed(8, 256),
  "8-bit-top-down": () => indexed(8, 256, { topDown: true }),
  "8-bit-short-palette": () => indexed(8, 23),
  "8-bit-too-short-palette": () => indexed(8, 11, {}, 23),
  "8-bit-oversized-palette": () => indexed(8, 300),
  "8-bit-gap": () => indexed(8, 256, { gapBytes: 22 }),
  "8-bit-uncounted-palette": () => indexed(8, 256, { claimedColours: 0 }),
  "8-bit-os2-12": () => indexed(8, 256, { headerBytes: 12 }),
  "8-bit-os2-64": () => indexed(8, 256, { headerBytes: 64 }),
  "8-bit-lower-rows": () => lowerRows(8),
  "8-bit-v4": () => indexed(8, 256, { headerBytes: 108 }),
  "8-bit-v5": () => indexed(8, 256, { headerBytes: 124 }),
  "8-bit-rle": () => runs(8),
  "8-bit-rle-jumps": () => runs(8, { jumps: true }),
  "8-bit-rle-early-end": () => runs(8, { rows: LOWER_ROWS }),
  "8-bit-rle-os2-64": () => runs(8, { headerBytes: 64 }),
  "16-bit": () => bmp({ bits: 16 }, WIDTH, HEIGHT, inBits(5, 5, 5, 0)),
  "16-bit-555": () => fields(16, [5, 5, 5, 0]),
  "16-bit-565": () => fields(16, [5, 6, 5, 0]),
  "16-bit-565-top-down": () => fields(16, [5, 6, 5, 0], { topDown: true }),
  "16-bit-565-v4": () => fields(16, [5, 6, 5, 0], { headerBytes: 108 }),
  "16-bit-444": () => fields(16, [4, 4, 4, 0]),
  "16-bit-4444-v4": () => fields(16, [4, 4, 4, 4], { headerBytes: 108 }),
  "16-bit-1555-v5": () => fields(16, [5, 5, 5, 1], { headerBytes: 124 }),
  "24-bit": () => direct(24),
  "24-bit-top-down": () => direct(24, { topDown: true }),
  "24-bit-width-1": () => direct(24, {}, 1),
  "24-bit-width-2": () => direct(24, {}, 2),
  "24-bit-width-4": () => direct(24, {}, 4),
  "24-bit-gap": () => direct(24, { gapBytes: 10 }),
  "24-bit-palette": () => direct(24, { palette: palette(8) }),
  "24-bit-os2-12": () => direct(24, { headerBytes: 12 }),
  "24-bit-os2-16": () => direct(24, { headerBytes: 16 }),
  "24-bit-os2-64": () => direct(24, { headerBytes: 64 }),
  "24-bit-v5": () => direct(24, { headerBytes: 124 }),
  "32-bit": () => direct(32),
  "32-bit-unused-byte": () => bmp({ bits: 32 }, WIDTH, HEIGHT, (x, y) => bgr([...colourAt(x, y), alphaAt(x, y)])),
  "32-bit-top-down": () => direct(32, { topDown: true }),
  "32-bit-888": () => fields(32, [8, 8, 8, 0]),
  "32-bit-888-v2": () => fields(32, [8, 8, 8, 0], { headerBytes: 52 }),
  "32-bit-8888-v3": () => fields(32, [8, 8, 8, 8], { headerBytes: 56 }),
  "32-bit-8888-v4": () => fields(32, [8, 8, 8, 8], { headerBytes: 108 }),
  "32-bit-8888-v5": () => fields(32, [8, 8, 8, 8], { headerBytes: 124 }),
  "32-bit-8888-v5-top-down": () => fields(32, [8, 8, 8, 8], { headerBytes: 124, topDown: true }),
  "32-bit-8888-alphabitfields": () => fields(32, [8, 8, 8, 8], { compression: 6 }),
  "32-bit-v5-without-masks": () => direct(32, { headerBytes: 124 }),
  "32-bit-rgbx-v4": () =>
    bmp(
      { bits: 32, compression: 3, headerBytes: 108, masks: [0xff, 0xff00, 0xff0000, 0xff000000] },
      WIDTH,
      HEIGHT,
      (x, y) => {
        const [r = 0, g = 0, b = 0] = colourAt(x, y);
        return bgr([b, g, r, alphaAt(x, y)]);
      },
    ),
} as const satisfies Record<string, () => Buffer>;

export type BmpName = keyof typeof CORPUS;
