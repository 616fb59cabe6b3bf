/** Reads and writes the chunks of a PNG (third edition, clause 5). */

/** A chunk before the pixels, with its length, type and checksum from `start` to `end`. */
export interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  readonly start: number;
  readonly end: number;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Annex D. */
const crc32 = (bytes: Buffer): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};

const SIGNATURE_BYTES = 8;

/** Yields the chunks up to the first pixels, or as far as the file is whole. */
export function* pngChunks(bytes: Buffer): Generator<Chunk> {
  for (let start = SIGNATURE_BYTES; start + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(start);
    const end = start + 12 + length;
    const type = bytes.toString("latin1", start + 4, start + 8);
    if (type === "IDAT" || end > bytes.length) return;
    yield { type, data: bytes.subarray(start + 8, end - 4), start, end };
    start = end;
  }
}

export const writePngChunk = (type: string, data: Buffer): Buffer => {
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(type, "latin1"), data, Buffer.alloc(4)]);
  chunk.writeUInt32BE(data.length, 0);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, chunk.length - 4)), chunk.length - 4);
  return chunk;
};

/** @returns whether the checksum of a chunk is right; libpng ignores others, unless the picture depends on them */
export const isIntact = (bytes: Buffer, { start, end }: Chunk): boolean =>
  crc32(bytes.subarray(start + 4, end - 4)) === bytes.readUInt32BE(end - 4);
