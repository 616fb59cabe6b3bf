/** Writers of pictures that take most memory of their kind: square, of one colour, and turned by their EXIF data where possible. */
import sharp, { type Sharp } from "sharp";
import { bmp } from "../../images/bmp/writer";
import { packed } from "../../images/png";

/** @returns a file with this many pixels on each side */
export type Write = (sidePx: number) => Promise<Buffer>;

const ON_ITS_SIDE = 6;

const painted = (sidePx: number, frames: number): Sharp => {
  const create = { width: sidePx, height: sidePx * frames, channels: 3, background: "#789" } as const;
  return sharp({ create: { ...create, ...(frames > 1 && { pageHeight: sidePx }) }, limitInputPixels: false });
};

/** A kind that sharp can write. */
export const withSharp =
  (encode: (picture: Sharp) => Sharp, frames = 1): Write =>
  (sidePx) =>
    encode(painted(sidePx, frames)).withMetadata({ orientation: ON_ITS_SIDE }).toBuffer();

/** A segment of EXIF data with one tag, the orientation. */
const TURNED = Buffer.from(
  `ffe10022${Buffer.from("Exif\0\0II*\0").toString("hex")}0800000001001201030001000000060000000000`.padEnd(72, "0"),
  "hex",
);

/** sharp writes an orientation only together with an RGB profile. */
export const cmykJpeg: Write = async (sidePx) => {
  const options = { progressive: true, chromaSubsampling: "4:4:4" };
  const jpeg = await painted(sidePx, 1).toColourspace("cmyk").jpeg(options).toBuffer();
  return Buffer.concat([jpeg.subarray(0, 2), TURNED, jpeg.subarray(2)]);
};

const SHORT = 3;
const LONG = 4;

/** 16 bits with alpha, in one strip, compressed: TIFF 6.0, section 2. The decoder holds the whole strip. */
export const stripTiff: Write = async (sidePx) => {
  const strip = packed(0x80, sidePx * 8, sidePx);
  const bitsAt = 8 + strip.length + (strip.length % 2);
  const tags: readonly (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, LONG, 1, sidePx],
    [257, LONG, 1, sidePx],
    [258, SHORT, 4, bitsAt],
    [259, SHORT, 1, 8],
    [262, SHORT, 1, 2],
    [273, LONG, 1, 8],
    [274, SHORT, 1, ON_ITS_SIDE],
    [277, SHORT, 1, 4],
    [278, LONG, 1, sidePx],
    [279, LONG, 1, strip.length],
    [338, SHORT, 1, 2],
  ];
  const directory = Buffer.alloc(8 + 2 + tags.length * 12 + 4);
  for (let sample = 0; sample < 4; sample++) directory.writeUInt16LE(16, sample * 2);
  directory.writeUInt16LE(tags.length, 8);
  for (const [index, [tag, type, count, value]] of tags.entries()) {
    const at = 10 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(count, at + 4);
    directory.writeUInt32LE(value, at + 8);
  }
  const header = Buffer.from("II*\0\0\0\0\0", "latin1");
  header.writeUInt32LE(bitsAt + 8, 4);
  return Buffer.concat([header, strip, Buffer.alloc(bitsAt - 8 - strip.length), directory]);
};

/** 32 bits with alpha: BITMAPV4HEADER with the masks of the channels. */
export const alphaBmp: Write = async (sidePx) => {
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  return bmp({ bits: 32, compression: 3, headerBytes: 108, masks }, sidePx, sidePx, () => 0x80778899);
};

const LONGEST_RUN = 255;

/** A few bytes for each row. */
export const runLengthBmp: Write = async (sidePx) => {
  const row: number[] = [];
  for (let left = sidePx; left > 0; left -= LONGEST_RUN) row.push(Math.min(left, LONGEST_RUN), 0);
  const rows = Array.from({ length: sidePx }, () => [...row, 0, 0]).flat();
  return bmp({ bits: 8, compression: 1, palette: [[0x77, 0x88, 0x99]], body: [...rows, 0, 1] }, sidePx, sidePx);
};
