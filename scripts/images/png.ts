/** Writes PNG chunk by chunk, because libraries write no invalid files: PNG (third edition), section 5. */
import { constants, deflateRawSync } from "node:zlib";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

const crc32 = (bytes: Buffer): number => {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
};

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
};

/** @returns a grey picture of the given bit depth; `chunks` are placed between its header and its end */
export const greyPng = (widthPx: number, heightPx: number, bits: number, ...chunks: readonly Buffer[]): Buffer => {
  const header = Buffer.concat([uint32(widthPx), uint32(heightPx), Buffer.from([bits, 0, 0, 0, 0])]);
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), ...chunks, chunk("IEND", Buffer.alloc(0))]);
};

/** @returns the file with correct checksums; without them a decoder would not read a changed header */
export const withChecksums = (png: Buffer): Buffer => {
  const mended = Buffer.from(png);
  for (let at = SIGNATURE.length; at + 12 <= mended.length; ) {
    const end = at + 8 + mended.readUInt32BE(at);
    if (end + 4 > mended.length) break;
    mended.writeUInt32BE(crc32(mended.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return mended;
};

const ADLER = 65_521n;

/** Adler-32 of equal bytes, by its formula (RFC 1950) instead of byte by byte. */
const adler32 = (byte: bigint, count: bigint): number => {
  const a = (1n + byte * count) % ADLER;
  const b = (count + (byte * count * (count + 1n)) / 2n) % ADLER;
  return Number((b << 16n) | a);
};

/** @returns a zlib stream of `times` x `blockBytes` equal bytes: one compressed block, repeated */
export const packed = (byte: number, blockBytes: number, times: number): Buffer => {
  const block = deflateRawSync(Buffer.alloc(blockBytes, byte), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const blocks = Array.from({ length: times }, () => block);
  const checksum = uint32(adler32(BigInt(byte), BigInt(blockBytes) * BigInt(times)));
  return Buffer.concat([Buffer.from([0x78, 0xda]), ...blocks, Buffer.from([3, 0]), checksum]);
};
