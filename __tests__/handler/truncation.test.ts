/** Files that are cut off at any byte: refused, or decoded exactly where only an end marker, padding or metadata is missing. */
import { decodeImage } from "../../handler/src/decode";
import { Refusal } from "../../handler/src/errors";
import { sniff } from "../../handler/src/input";
import { segmentsOf } from "../../handler/src/jpeg";
import { bgr, bmp } from "../../scripts/images/bmp/writer";
import { LIMITS, quarterAt, quarters } from "./pictures";

const [WIDTH, HEIGHT] = [24, 16];
const picture = () => quarters(WIDTH, HEIGHT);

/** @returns the pixels, or undefined for a refusal */
const pixelsOf = async (bytes: Buffer): Promise<Buffer | undefined> => {
  try {
    const { pixels } = await decodeImage(bytes, sniff(bytes), LIMITS);
    return pixels.data;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};

/** One file of each kind, and how many bytes at its end are not needed: an end marker, padding, checksums, metadata. */
const KINDS: readonly (readonly [kind: string, make: () => Promise<Buffer>, spareBytes: number])[] = [
  ["a baseline JPEG", () => picture().jpeg({ optimiseCoding: false }).toBuffer(), 2],
  ["a progressive JPEG", () => picture().jpeg({ progressive: true }).toBuffer(), 2],
  ["a grey JPEG", () => picture().toColourspace("b-w").jpeg().toBuffer(), 2],
  ["a PNG", () => picture().png().toBuffer(), 12],
  ["an interlaced PNG", () => picture().png({ progressive: true }).toBuffer(), 12],
  ["a lossy WebP", () => picture().webp().toBuffer(), 0],
  ["a lossless WebP", () => picture().webp({ lossless: true }).toBuffer(), 0],
  ["a plain TIFF", () => picture().tiff({ compression: "none" }).toBuffer(), 6],
  ["a TIFF with LZW", () => picture().tiff({ compression: "lzw" }).toBuffer(), 6],
  ["a TIFF with Deflate", () => picture().tiff({ compression: "deflate" }).toBuffer(), 6],
  [
    "a tiled TIFF",
    () => picture().tiff({ compression: "none", tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    6,
  ],
  ["a BMP", async () => bmp({ bits: 24 }, WIDTH, HEIGHT, (x, y) => bgr(quarterAt(WIDTH, HEIGHT)(x, y))), 0],
];

/** JPEGs whose rows of blocks are eight pixels high, where libvips reports no damage in the last row. */
it.each([
  ["4:4:4", () => picture().jpeg({ chromaSubsampling: "4:4:4", optimiseCoding: false }).toBuffer()],
  ["4:4:4 with optimized tables", () => picture().jpeg({ chromaSubsampling: "4:4:4" }).toBuffer()],
  ["grey", () => picture().toColourspace("b-w").jpeg().toBuffer()],
  ["four inks", () => picture().toColourspace("cmyk").jpeg({ chromaSubsampling: "4:4:4" }).toBuffer()],
])("refuses a JPEG (%s) whose scan is cut off before its end marker", async (_kind, make) => {
  const whole = await make();
  const scan = [...segmentsOf(whole)].find(({ code }) => code === 0xda);
  const outcomes = [];

  for (let length = scan?.end ?? 0; length < (scan?.dataEnd ?? 0) - 1; length++)
    outcomes.push(await pixelsOf(Buffer.concat([whole.subarray(0, length), Buffer.from([0xff, 0xd9])])));

  expect(outcomes.length).toBeGreaterThan(10);
  expect(outcomes.filter((pixels) => pixels !== undefined)).toEqual([]);
});

it.each(KINDS)("decodes %s exactly or refuses it, at any byte where it is cut off", async (_kind, make, spareBytes) => {
  const whole = await make();
  const wanted = await pixelsOf(whole);
  const accepted: number[] = [];

  for (let length = 1; length < whole.length; length++) {
    const pixels = await pixelsOf(whole.subarray(0, length));
    if (pixels === undefined) continue;
    accepted.push(whole.length - length);
    expect([length, pixels.equals(wanted ?? Buffer.alloc(0))]).toEqual([length, true]);
  }

  expect(wanted).toBeDefined();
  expect(accepted).toEqual(Array.from({ length: spareBytes }, (_, i) => spareBytes - i));
});
