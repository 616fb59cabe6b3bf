/** Writes creator and copyright into an encoded picture, as EXIF and nothing else. */
import type { FormatName } from "../contract/variants";
import type { Credit } from "./credit";
import { segmentsOf } from "./jpeg";
import { writePngChunk } from "./png-chunks";
import { TAG } from "./tiff-tags";
import { riffChunk, webpChunks } from "./without-metadata";

const ASCII = 2;
const ENTRY_BYTES = 12;
const HEADER = Buffer.from("MM\0*\0\0\0\x08", "latin1");

/** @returns EXIF data with these texts: a directory of a TIFF (EXIF 2.32, 4.6.2), in UTF-8 */
const exifOf = ({ artist, copyright }: Credit): Buffer => {
  const texts = (
    [
      [TAG.artist, artist],
      [TAG.copyright, copyright],
    ] as const
  ).flatMap(([tag, text]) => (text === undefined ? [] : [{ tag, data: Buffer.from(`${text}\0`.padEnd(5, "\0")) }]));
  const directory = Buffer.alloc(2 + texts.length * ENTRY_BYTES + 4);
  directory.writeUInt16BE(texts.length, 0);
  let end = HEADER.length + directory.length;
  for (const [i, { tag, data }] of texts.entries()) {
    const at = 2 + i * ENTRY_BYTES;
    directory.writeUInt16BE(tag, at);
    directory.writeUInt16BE(ASCII, at + 2);
    directory.writeUInt32BE(data.length, at + 4);
    directory.writeUInt32BE(end, at + 8);
    end += data.length;
  }
  return Buffer.concat([HEADER, directory, ...texts.map(({ data }) => data)]);
};

const APP0 = 0xe0;

/** After the JFIF segment, if there is one. */
const inJpeg = (bytes: Buffer, exif: Buffer): Buffer => {
  const [first] = segmentsOf(bytes);
  const at = first?.code === APP0 ? first.end : 2;
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), exif]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(2 + body.length, 2);
  return Buffer.concat([bytes.subarray(0, at), head, body, bytes.subarray(at)]);
};

const PNG_HEADER_BYTES = 33;

const inPng = (bytes: Buffer, exif: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, PNG_HEADER_BYTES), writePngChunk("eXIf", exif), bytes.subarray(PNG_HEADER_BYTES)]);

const EXIF_FLAG = 0x08;
const ALPHA_FLAG = 0x10;

/** Whether a lossless picture uses its alpha (WebP lossless bitstream, 3.4). */
const usesAlpha = (lossless: Buffer): boolean => ((lossless.readUInt32LE(1) >>> 28) & 1) === 1;

const inWebp = (bytes: Buffer, exif: Buffer, size: Size): Buffer => {
  const chunks = webpChunks(bytes);
  const lossless = chunks.get("VP8L");
  const hasAlpha = chunks.has("ALPH") || (lossless !== undefined && usesAlpha(lossless));
  const extended = Buffer.alloc(10);
  extended[0] = EXIF_FLAG | (hasAlpha ? ALPHA_FLAG : 0);
  extended.writeUIntLE(size.widthPx - 1, 4, 3);
  extended.writeUIntLE(size.heightPx - 1, 7, 3);
  const picture = ["ALPH", "VP8 ", "VP8L"].flatMap((type) => {
    const data = chunks.get(type);
    return data === undefined ? [] : [riffChunk(type, data)];
  });
  const pieces = [riffChunk("VP8X", extended), ...picture, riffChunk("EXIF", exif)];
  return riffChunk("RIFF", Buffer.concat([Buffer.from("WEBP"), ...pieces]));
};

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

type Write = (bytes: Buffer, exif: Buffer, size: Size) => Buffer;

/** sharp writes it into an AVIF. */
const WRITERS: Readonly<Record<Exclude<FormatName, "avif">, Write>> = { jpeg: inJpeg, png: inPng, webp: inWebp };

/** Bytes around the EXIF data: more than any of the formats adds. */
const AROUND_BYTES = 40;

/** @returns by how many bytes a picture grows at most */
export const creditBytes = (credit: Credit): number => exifOf(credit).length + AROUND_BYTES;

/** @param bytes of a picture without metadata, of this format and size */
export const withCredit = (format: FormatName, bytes: Buffer, credit: Credit, size: Size): Buffer =>
  format === "avif" ? bytes : WRITERS[format](bytes, exifOf(credit), size);
