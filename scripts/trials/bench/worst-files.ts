/** The files of each kind that take most memory: how large the largest is that the function admits, and how much it takes. */
import { MAX_SIDE_PX } from "../../../handler/contract/variants";
import { admittedBytes, type DecodingCost, estimatedPeakBytes } from "../../../handler/src/memory";
import { IMAGE_PROCESSOR } from "../../../modules/inputs/image_processor";
import { alphaBmp, cmykJpeg, runLengthBmp, stripTiff, type Write, withSharp } from "./worst-writers";

const MB = 2 ** 20;
const MAX_PIXELS: number = IMAGE_PROCESSOR.max_image_pixels.default;
const MAX_BYTES: number = IMAGE_PROCESSOR.max_image_bytes.default;

interface Kind {
  readonly channels: 3 | 4;
  readonly sampleBytes: 1 | 2;
  /** What the decoder holds besides rows, for each pixel. @default 0 */
  readonly decoderBytes?: number;
  /** Other memory that is held for each pixel. @default 0 */
  readonly copiedBytes?: number;
  /** @default 0: a file of few bytes can hold any number of pixels */
  readonly fileBytes?: number;
  /** Whether the EXIF data can turn it. */
  readonly isTurned: boolean;
  readonly hasAlpha: boolean;
  readonly write: Write;
}

/** To add a kind, add a row. */
// biome-ignore format: a ledger is read down its columns
export const WORST_KINDS = {
  "JPEG, baseline":                       { channels: 3, sampleBytes: 1, isTurned: true,  hasAlpha: false, write: withSharp((p) => p.jpeg()) },
  "JPEG, progressive, 4:2:0":             { channels: 3, sampleBytes: 1, isTurned: true,  hasAlpha: false, decoderBytes: 3, write: withSharp((p) => p.jpeg({ progressive: true })) },
  "JPEG, progressive, 4:4:4":             { channels: 3, sampleBytes: 1, isTurned: true,  hasAlpha: false, decoderBytes: 6, write: withSharp((p) => p.jpeg({ progressive: true, chromaSubsampling: "4:4:4" })) },
  "JPEG, progressive, CMYK":              { channels: 4, sampleBytes: 1, isTurned: true,  hasAlpha: false, decoderBytes: 8, write: cmykJpeg },
  "PNG, 8 bits with alpha":               { channels: 4, sampleBytes: 1, isTurned: true,  hasAlpha: true,  write: withSharp((p) => p.ensureAlpha(0.5).png({ compressionLevel: 1 })) },
  "PNG, 16 bits with alpha":              { channels: 4, sampleBytes: 2, isTurned: true,  hasAlpha: true,  write: withSharp((p) => p.ensureAlpha(0.5).toColourspace("rgb16").png({ compressionLevel: 1 })) },
  "PNG, 8 bits with alpha, interlaced":   { channels: 4, sampleBytes: 1, isTurned: true,  hasAlpha: true,  decoderBytes: 4, write: withSharp((p) => p.ensureAlpha(0.5).png({ compressionLevel: 1, progressive: true })) },
  "PNG, 16 bits with alpha, interlaced":  { channels: 4, sampleBytes: 2, isTurned: true,  hasAlpha: true,  decoderBytes: 8, write: withSharp((p) => p.ensureAlpha(0.5).toColourspace("rgb16").png({ compressionLevel: 1, progressive: true })) },
  "WebP with alpha":                      { channels: 4, sampleBytes: 1, isTurned: true,  hasAlpha: true,  decoderBytes: 4, write: withSharp((p) => p.ensureAlpha(0.5).webp({ effort: 0 })) },
  "WebP, animated":                       { channels: 4, sampleBytes: 1, isTurned: true,  hasAlpha: true,  decoderBytes: 8, write: withSharp((p) => p.ensureAlpha(0.5).webp({ effort: 0 }), 2) },
  "TIFF, 16 bits with alpha, one strip":  { channels: 4, sampleBytes: 2, isTurned: true,  hasAlpha: true,  decoderBytes: 8, write: stripTiff },
  "BMP, 32 bits with alpha":              { channels: 4, sampleBytes: 1, isTurned: false, hasAlpha: true,  copiedBytes: 4, fileBytes: 4, write: alphaBmp },
  "BMP, run-length encoded":              { channels: 3, sampleBytes: 1, isTurned: false, hasAlpha: false, copiedBytes: 4, write: runLengthBmp },
} as const satisfies Record<string, Kind>;

export type WorstKind = keyof typeof WORST_KINDS;

/** @returns the cost of a square picture, for files of at most `maxBytes` */
const costOf = (kind: Kind, pixels: number, maxBytes: number): DecodingCost => {
  const { decoderBytes = 0, copiedBytes = 0, fileBytes, ...rest } = kind;
  const side = Math.sqrt(pixels);
  return {
    ...rest,
    fileBytes: fileBytes === undefined ? maxBytes : pixels * fileBytes,
    widthPx: side,
    heightPx: side,
    decoderBytes: decoderBytes * pixels,
    copiedBytes: copiedBytes * pixels,
  };
};

/** The most pixels that the limits on pixels and bytes allow. */
const mostPixels = ({ fileBytes }: Kind): number =>
  fileBytes === undefined ? MAX_PIXELS : Math.min(MAX_PIXELS, MAX_BYTES / fileBytes);

/** @returns megabytes for the largest file that the default limits on pixels and bytes allow, in steps of 64 MB */
export const memoryFor = (name: WorstKind): number => {
  const kind: Kind = WORST_KINDS[name];
  const needed = estimatedPeakBytes(costOf(kind, mostPixels(kind), MAX_BYTES), MAX_SIDE_PX);
  return Math.ceil(needed / admittedBytes(1) / 64) * 64;
};

/**
 * @param fileBytes of the file, where its size does not follow from its pixels
 * @returns the most pixels of a picture that a function with this memory admits
 */
export const admittedPixels = (name: WorstKind, memoryMb: number, fileBytes: number): number => {
  const kind: Kind = WORST_KINDS[name];
  let [low, high] = [0, mostPixels(kind)];
  const fits = (pixels: number) =>
    estimatedPeakBytes(costOf(kind, pixels, fileBytes), MAX_SIDE_PX) <= admittedBytes(memoryMb);
  if (fits(high)) return high;
  while (high - low > 1e4) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
};

/** Written files have few bytes: their pictures have one colour. */
const WRITTEN_BYTES = 8 * MB;

/** Encoders take whole blocks. */
const BLOCK_PX = 16;

/** @returns the side of the largest square picture of a kind that a function with this memory admits */
export const worstSidePx = (name: WorstKind, memoryMb: number): number =>
  Math.floor(Math.sqrt(admittedPixels(name, memoryMb, WRITTEN_BYTES)) / BLOCK_PX) * BLOCK_PX;
