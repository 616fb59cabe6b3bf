/** Refuses files whose structure would cost a decoder far more than their size suggests, before decoding. */
import { inflateSync } from "node:zlib";
import { Refusal } from "./errors";
import type { Limits, SourceFormat } from "./input";
import { segmentsOf } from "./jpeg";
import { openTiffFile } from "./tiff-directory";

/** Reads the headers of markers, chunks or directories only. Stops where they are broken: the decoder reports that. */
type Walk = (bytes: Buffer, limits: Limits) => void;

/** Encoders write about ten scans; one per bit of each coefficient would be several hundred. */
const MAX_SCANS = 100;

/** More than any real colour profile or caption needs when uncompressed. */
const MAX_PACKED_TEXT_BYTES = 32 * 2 ** 20;

/** More than any camera or editor writes: extended metadata comes in segments of 64 KB. */
const MAX_SEGMENTS = 10_000;

const SOS = 0xda;

const admitScans: Walk = (bytes) => {
  let [scans, segments] = [0, 0];
  for (const { code } of segmentsOf(bytes)) {
    if (code === SOS && ++scans > MAX_SCANS)
      throw new Refusal("decompression-bomb", `Expected at most ${MAX_SCANS} scans for a JPEG but got more`);
    if (++segments > MAX_SEGMENTS)
      throw new Refusal("decompression-bomb", `Expected at most ${MAX_SEGMENTS} segments for a JPEG but got more`);
  }
};

const PACKED = ["zTXt", "iTXt", "iCCP"];

/** @returns the compressed data of a chunk, which follows a keyword and flags (PNG, third edition, 11.3) */
const packedIn = (type: string, data: Buffer): Buffer | undefined => {
  const keywordEnd = data.indexOf(0);
  if (type !== "iTXt") return data.subarray(keywordEnd + 2);
  if (data[keywordEnd + 1] !== 1) return undefined;
  const languageEnd = data.indexOf(0, keywordEnd + 3);
  return data.subarray(data.indexOf(0, languageEnd + 1) + 1);
};

/** @returns the uncompressed size, counted up to `mostBytes` + 1; undefined if the data is truncated or damaged */
const unpackedBytes = (packed: Buffer, mostBytes: number): number | undefined => {
  try {
    return inflateSync(packed, { maxOutputLength: mostBytes + 1 }).length;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? mostBytes + 1 : undefined;
  }
};

const admitTexts: Walk = (bytes) => {
  let left = MAX_PACKED_TEXT_BYTES;
  for (let at = 8; at + 8 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (!PACKED.includes(type)) continue;
    const packed = packedIn(type, bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
    if (packed === undefined) continue;
    const unpacked = unpackedBytes(packed, left);
    // Stop: otherwise each damaged text of a file could be unpacked almost to the limit.
    if (unpacked === undefined) return;
    left -= unpacked;
    if (left < 0)
      throw new Refusal(
        "decompression-bomb",
        `Expected texts and profiles of at most ${MAX_PACKED_TEXT_BYTES} bytes for a PNG but got more in ${type}`,
      );
  }
};

const admitFrames = (frames: number, { maxFrames }: Limits): void => {
  if (frames > maxFrames)
    throw new Refusal("too-many-frames", `Expected at most ${maxFrames} frames or pages for the file but got more`);
};

/** Counts frames. WebP container specification: chunks are padded to even length; each frame is an ANMF chunk. */
const admitAnimation: Walk = (bytes, limits) => {
  let frames = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    if (bytes.toString("latin1", at, at + 4) === "ANMF") admitFrames(++frames, limits);
    const size = bytes.readUInt32LE(at + 4);
    at += 8 + size + (size % 2);
  }
};

/** Counts pages: each directory ends with the offset of the next one; 0 is the end. */
const admitPages: Walk = (bytes, limits) => {
  const file = openTiffFile(bytes);
  const seen = new Set<number>();
  for (let at = file.first; at !== 0 && !seen.has(at) && at + 8 <= bytes.length; at = file.nextAfter(at))
    admitFrames(seen.add(at).size, limits);
};

const WALKS: Readonly<Partial<Record<SourceFormat, Walk>>> = {
  jpeg: admitScans,
  png: admitTexts,
  webp: admitAnimation,
  tiff: admitPages,
};

/**
 * @param format according to the first bytes
 * @throws Refusal `too-many-frames` or `decompression-bomb`; RangeError if the file ends within its header
 */
export const admitStructure = (bytes: Buffer, format: SourceFormat, limits: Limits): void =>
  WALKS[format]?.(bytes, limits);
