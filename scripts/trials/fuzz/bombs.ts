/** Small files that would keep a decoder busy for hours or fill its memory. */
import sharp from "sharp";
import type { RefusalReason } from "../../../handler/contract/events";
import { bmp } from "../../images/bmp/writer";
import { chunk, greyPng, packed } from "../../images/png";

interface Bomb {
  readonly reason: RefusalReason;
  readonly make: () => Buffer | Promise<Buffer>;
}

const MEBIBYTE = 2 ** 20;

/** 50 000 rows of 6 250 bytes and a filter byte, compressed 1 000 to 1. */
const hugePng = (): Buffer => greyPng(50_000, 50_000, 1, chunk("IDAT", packed(0, 6_251 * 1_000, 50)));

/** A picture of 8 x 8 px with a compressed caption of `mebibytes` MiB. */
export const captionedPng = (mebibytes: number): Buffer => {
  const text = Buffer.concat([Buffer.from("Comment\0\0", "latin1"), packed(0x41, MEBIBYTE, mebibytes)]);
  return greyPng(8, 8, 8, chunk("zTXt", text), chunk("IDAT", packed(0, 8 * 9, 1)));
};

/** Tags and values of one page of 8 x 8 grey pixels at byte 8: TIFF 6.0, section 4. */
const PAGE = [
  [256, 8],
  [257, 8],
  [258, 8],
  [259, 1],
  [262, 1],
  [273, 8],
  [277, 1],
  [278, 8],
  [279, 64],
] as const;

export const pagedTiff = (pages: number): Buffer => {
  const pageBytes = 2 + PAGE.length * 12 + 4;
  const firstAt = 8 + 64;
  const file = Buffer.alloc(firstAt + pages * pageBytes, 90);
  file.write("II*\0", "latin1");
  file.writeUInt32LE(firstAt, 4);
  for (let page = 0; page < pages; page++) {
    const at = firstAt + page * pageBytes;
    file.writeUInt16LE(PAGE.length, at);
    for (const [i, [tag, value]] of PAGE.entries()) {
      file.writeUInt16LE(tag, at + 2 + i * 12);
      file.writeUInt16LE(4, at + 4 + i * 12);
      file.writeUInt32LE(1, at + 6 + i * 12);
      file.writeUInt32LE(value, at + 10 + i * 12);
    }
    file.writeUInt32LE(page === pages - 1 ? 0 : at + pageBytes, at + pageBytes - 4);
  }
  return file;
};

/** A progressive JPEG whose last scan is repeated until it has `scans` scans. */
export const scannedJpeg = async (scans: number): Promise<Buffer> => {
  const picture = await sharp({ create: { width: 512, height: 512, channels: 3, background: "#888" } })
    .jpeg({ progressive: true })
    .toBuffer();
  const last = picture.subarray(picture.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  const present = picture.toString("latin1").split("\xff\xda").length - 1;
  const more = Array.from({ length: scans - present }, () => last);
  return Buffer.concat([picture.subarray(0, -2), ...more, picture.subarray(-2)]);
};

/** Every bomb, and the expected reason for its refusal: add a row. */
// biome-ignore format: a ledger is read down its columns
export const BOMBS = {
  "a PNG of 50 000 x 50 000 px":             { reason: "too-many-pixels",    make: hugePng },
  "a PNG with 1 GB of compressed text":         { reason: "decompression-bomb", make: () => captionedPng(1_024) },
  "a BMP that claims 2^31 px":               { reason: "too-many-pixels",    make: () => bmp({ bits: 24, body: [] }, 46_341, 46_341) },
  "a TIFF of 10 000 pages":                  { reason: "too-many-frames",    make: () => pagedTiff(10_000) },
  "a progressive JPEG of 60 000 scans":      { reason: "decompression-bomb", make: () => scannedJpeg(60_000) },
} as const satisfies Record<string, Bomb>;

export type BombName = keyof typeof BOMBS;
