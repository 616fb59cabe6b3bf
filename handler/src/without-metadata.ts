/** Copies an upload without its metadata, losslessly: the coded picture stays byte for byte as it is. */
import type { FormatName } from "../contract/variants";
import { segmentsOf } from "./jpeg";
import { writePngChunk } from "./png-chunks";

const APP0 = 0xe0;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;

/** The start of a segment that says how colours are coded, with the length that it has without a preview picture. */
const COLOUR_SEGMENTS: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  [APP0]: { name: "JFIF\0", bytes: 16 },
  [APP14]: { name: "Adobe", bytes: 14 },
};

/** @returns the segment as it may stay; undefined if it is metadata */
const bareSegment = (segment: Buffer): Buffer | undefined => {
  const code = segment[1] ?? 0;
  if ((code < APP0 || code > APP15) && code !== COM) return segment;
  const { name, bytes } = COLOUR_SEGMENTS[code] ?? { name: "none", bytes: 0 };
  if (segment.toString("latin1", 4, 4 + name.length) !== name || segment.length < 2 + bytes) return undefined;
  const bare = Buffer.from(segment.subarray(0, 2 + bytes));
  bare.writeUInt16BE(bytes, 2);
  // Width and height of the preview.
  if (code === APP0) bare.fill(0, bytes, bytes + 2);
  return bare;
};

/** Also leaves out everything between segments and after the picture: other pictures, films, thumbnails. */
const bareJpeg = (bytes: Buffer): Buffer => {
  const pieces = [bytes.subarray(0, 2)];
  for (const { start, end, dataEnd } of segmentsOf(bytes)) {
    const bare = bareSegment(bytes.subarray(start, end));
    if (bare !== undefined) pieces.push(bare, bytes.subarray(end, dataEnd));
  }
  return Buffer.concat(pieces);
};

const PNG_SIGNATURE_BYTES = 8;
const PNG_PICTURE = ["IHDR", "PLTE", "tRNS", "IDAT"];

const barePng = (bytes: Buffer): Buffer => {
  const pieces = [bytes.subarray(0, PNG_SIGNATURE_BYTES)];
  for (let start = PNG_SIGNATURE_BYTES; start + 12 <= bytes.length; ) {
    const end = start + 12 + bytes.readUInt32BE(start);
    if (PNG_PICTURE.includes(bytes.toString("latin1", start + 4, start + 8))) pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return Buffer.concat([...pieces, writePngChunk("IEND", Buffer.alloc(0))]);
};

const RIFF_HEADER_BYTES = 12;
const ALPHA_FLAG = 0x10;

/** https://developers.google.com/speed/webp/docs/riff_container */
export const riffChunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};

/** @returns the first chunk of each type */
export const webpChunks = (bytes: Buffer): ReadonlyMap<string, Buffer> => {
  const chunks = new Map<string, Buffer>();
  for (let at = RIFF_HEADER_BYTES; at + 8 <= bytes.length; ) {
    const [type, size] = [bytes.toString("latin1", at, at + 4), bytes.readUInt32LE(at + 4)];
    if (!chunks.has(type)) chunks.set(type, bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  return chunks;
};

/** @returns undefined for an animation, whose first frame is not a separate file */
const bareWebp = (bytes: Buffer): Buffer | undefined => {
  const chunks = webpChunks(bytes);
  const [lossy, lossless, alpha, extended] = ["VP8 ", "VP8L", "ALPH", "VP8X"].map((type) => chunks.get(type));
  if (chunks.has("ANIM") || (lossy === undefined) === (lossless === undefined)) return undefined;
  const pieces: Buffer[] = [];
  if (lossy !== undefined && alpha !== undefined && extended !== undefined) {
    // Flags and the size of the canvas.
    pieces.push(riffChunk("VP8X", Buffer.concat([Buffer.from([ALPHA_FLAG, 0, 0, 0]), extended.subarray(4, 10)])));
    pieces.push(riffChunk("ALPH", alpha));
  }
  pieces.push(lossy === undefined ? riffChunk("VP8L", lossless ?? Buffer.alloc(0)) : riffChunk("VP8 ", lossy));
  return riffChunk("RIFF", Buffer.concat([Buffer.from("WEBP"), ...pieces]));
};

const COPIES = {
  jpeg: bareJpeg,
  png: barePng,
  webp: bareWebp,
} as const satisfies Partial<Record<FormatName, (bytes: Buffer) => Buffer | undefined>>;

type CopiedFormat = keyof typeof COPIES;

const isCopied = (format: string): format is CopiedFormat => Object.hasOwn(COPIES, format);

/**
 * @param bytes of a file that has been decoded
 * @returns the file without metadata and without a colour profile; undefined if that is not possible
 */
export const withoutMetadata = (format: string, bytes: Buffer): Buffer | undefined =>
  isCopied(format) ? COPIES[format](bytes) : undefined;
