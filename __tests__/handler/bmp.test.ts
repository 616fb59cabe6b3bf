import { processImage } from "../../handler/src/process";
import { bgr, bmp, type Colour } from "../../scripts/images/bmp/writer";
import { LIMITS, pixelsOf, variantsOf } from "./pictures";

const BLACK: Colour = [0, 0, 0];
const RED: Colour = [255, 0, 0];
const GREEN: Colour = [0, 255, 0];
const BLUE: Colour = [0, 0, 255];
const WHITE: Colour = [255, 255, 255];

/** 5 x 3 pixels: rows need padding at every depth, and every flip or rotation changes the picture. */
const PICTURE: readonly (readonly Colour[])[] = [
  [RED, RED, GREEN, BLUE, BLACK],
  [WHITE, BLACK, BLACK, BLACK, RED],
  [BLUE, GREEN, WHITE, WHITE, GREEN],
];
const PALETTE: readonly Colour[] = [BLACK, RED, GREEN, BLUE, WHITE];
const TWO: readonly Colour[] = [BLUE, WHITE];

const colourAt = (x: number, y: number): Colour => PICTURE[y]?.[x] ?? [];
const indexAt = (x: number, y: number): number => PALETTE.indexOf(colourAt(x, y));
const bitAt = (x: number, y: number): number => (colourAt(x, y) === BLACK ? 0 : 1);

const rows = async (bytes: Buffer): Promise<Colour[][]> => {
  const { png } = await variantsOf(bytes);
  const { width, height, at } = await pixelsOf(png.bytes);
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => at(x, y)));
};

const rgb565 = ([r = 0, g = 0, b = 0]: Colour): number => ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3);
const rgb555 = ([r = 0, g = 0, b = 0]: Colour): number => ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);
const rgb444 = ([r = 0, g = 0, b = 0]: Colour): number => ((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4);

/** PICTURE run-length encoded by hand, lowest row first: literals, runs, ends of row and of picture. */
const RLE8 = [0, 5, 3, 2, 4, 4, 2, 0, 0, 0, 1, 4, 3, 0, 1, 1, 0, 0, 2, 1, 1, 2, 1, 3, 1, 0, 0, 1];
const RLE4 = [0, 5, 0x32, 0x44, 0x20, 0, 0, 0, 1, 0x40, 3, 0, 1, 0x10, 0, 0, 2, 0x11, 2, 0x23, 1, 0, 0, 1];

const KINDS: readonly [string, Buffer][] = [
  ["4 bits deep", bmp({ bits: 4, palette: PALETTE }, 5, 3, indexAt)],
  ["4 bits deep, run-length encoded", bmp({ bits: 4, compression: 2, palette: PALETTE, body: RLE4 }, 5, 3)],
  ["8 bits deep", bmp({ bits: 8, palette: PALETTE }, 5, 3, indexAt)],
  ["8 bits deep, top-down", bmp({ bits: 8, palette: PALETTE, topDown: true }, 5, 3, indexAt)],
  ["8 bits deep, run-length encoded", bmp({ bits: 8, compression: 1, palette: PALETTE, body: RLE8 }, 5, 3)],
  ["8 bits deep, with a header of OS/2", bmp({ bits: 8, headerBytes: 12, palette: PALETTE }, 5, 3, indexAt)],
  ["8 bits deep, with a header of 64 bytes", bmp({ bits: 8, headerBytes: 64, palette: PALETTE }, 5, 3, indexAt)],
  ["16 bits deep", bmp({ bits: 16 }, 5, 3, (x, y) => rgb555(colourAt(x, y)))],
  [
    "16 bits deep, as 565",
    bmp({ bits: 16, compression: 3, masks: [0xf800, 0x07e0, 0x1f] }, 5, 3, (x, y) => rgb565(colourAt(x, y))),
  ],
  [
    "16 bits deep, as 444",
    bmp({ bits: 16, compression: 3, masks: [0xf00, 0xf0, 0xf] }, 5, 3, (x, y) => rgb444(colourAt(x, y))),
  ],
  ["24 bits deep", bmp({ bits: 24 }, 5, 3, (x, y) => bgr(colourAt(x, y)))],
  ["24 bits deep, top-down", bmp({ bits: 24, topDown: true }, 5, 3, (x, y) => bgr(colourAt(x, y)))],
  ["24 bits deep, with a header of OS/2", bmp({ bits: 24, headerBytes: 12 }, 5, 3, (x, y) => bgr(colourAt(x, y)))],
  ["24 bits deep, with a gap before the pixels", bmp({ bits: 24, gapBytes: 10 }, 5, 3, (x, y) => bgr(colourAt(x, y)))],
  ["32 bits deep, whose fourth byte means nothing", bmp({ bits: 32 }, 5, 3, (x, y) => bgr(colourAt(x, y)))],
  ["32 bits deep, top-down", bmp({ bits: 32, topDown: true }, 5, 3, (x, y) => bgr(colourAt(x, y)))],
  [
    "32 bits deep, with its bytes reversed",
    bmp({ bits: 32, compression: 3, masks: [0xff, 0xff00, 0xff0000] }, 5, 3, reversed),
  ],
  ["32 bits deep, of version 5", bmp({ bits: 32, headerBytes: 124 }, 5, 3, (x, y) => bgr(colourAt(x, y)))],
];

function reversed(x: number, y: number): number {
  return bgr([...colourAt(x, y)].reverse());
}

it.each(KINDS)("shows a BMP %s", async (_kind, bytes) => {
  expect(await rows(bytes)).toEqual(PICTURE);
});

it("shows a BMP 2 bits deep", async () => {
  const bytes = bmp({ bits: 2, palette: [BLACK, RED, GREEN, BLUE] }, 5, 1, (x) => x % 4);

  expect(await rows(bytes)).toEqual([[BLACK, RED, GREEN, BLUE, BLACK]]);
});

it.each([false, true])("shows a BMP 1 bit deep in the colours of its palette (top-down: %s)", async (topDown) => {
  const bytes = bmp({ bits: 1, palette: TWO, topDown }, 17, 3, (x, y) => bitAt(x % 5, y));

  const shown = await rows(bytes);

  expect(shown).toEqual(PICTURE.map((_, y) => Array.from({ length: 17 }, (_, x) => TWO[bitAt(x % 5, y)])));
});

it("keeps the alpha that a BMP declares", async () => {
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  const bytes = bmp({ bits: 32, compression: 3, headerBytes: 124, masks }, 1, 2, (_, y) =>
    bgr([200, 40, 40, y === 0 ? 255 : 51]),
  );

  expect(await rows(bytes)).toEqual([[[200, 40, 40, 255]], [[200, 40, 40, 51]]]);
});

it("shows a BMP whose declared alpha is 0 everywhere", async () => {
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  const bytes = bmp({ bits: 32, compression: 3, headerBytes: 108, masks }, 1, 1, () => bgr([200, 40, 40, 0]));

  expect(await rows(bytes)).toEqual([[[200, 40, 40, 255]]]);
});

it("scales 5 bits to 8", async () => {
  const bytes = bmp({ bits: 16 }, 4, 1, (x) => x << 10);

  expect((await rows(bytes))[0]?.map(([red]) => red)).toEqual([0, 8, 16, 25]);
});

it("shows black for colours missing in a short palette", async () => {
  const bytes = bmp({ bits: 8, palette: [RED, GREEN] }, 3, 1, (x) => x);

  expect(await rows(bytes)).toEqual([[RED, GREEN, BLACK]]);
});

it("shows pixels skipped by run-length encoding in the first colour", async () => {
  const body = [0, 2, 3, 1, 2, 1, 0, 1];
  const bytes = bmp({ bits: 8, compression: 1, palette: [WHITE, RED], body }, 5, 3);

  const blank = Array.from({ length: 5 }, () => WHITE);
  expect(await rows(bytes)).toEqual([blank, [WHITE, WHITE, WHITE, RED, RED], blank]);
});

it("makes all variants of a BMP larger than 4096 px", async () => {
  const { source, variants } = await processImage(bmp({ bits: 1, palette: TWO }, 8192, 16), LIMITS);

  expect(source).toEqual({ format: "bmp", widthPx: 8192, heightPx: 16, orientation: 1 });
  expect(variants.map(({ widthPx, heightPx }) => [widthPx, heightPx])).toEqual([
    [4096, 8],
    [4096, 8],
    [4096, 8],
    [4096, 8],
    [300, 1],
  ]);
});
