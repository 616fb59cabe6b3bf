/** Estimates the memory that decoding and encoding will take, before any of it is taken. */
import { MAX_SIDE_PX, type Variants } from "../contract/variants";
import { Refusal } from "./errors";
import type { Limits } from "./input";

/** What decoding a picture will hold. */
export interface DecodingCost {
  readonly fileBytes: number;
  /** As stored, before orientation is applied. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: number;
  readonly sampleBytes: number;
  readonly hasAlpha: boolean;
  /** Whether an orientation has to be applied. @default false */
  readonly isTurned?: boolean;
  /** What the decoder holds besides rows: the whole picture, its coefficients, a strip. @default 0 */
  readonly decoderBytes?: number;
  /** Buffers of this process that may outlive decoding: copies of the file, pixels. @default 0 */
  readonly copiedBytes?: number;
}

/** Measured (`processImage` in a separate process, 36 and 100 megapixels): Node.js, sharp and the AWS SDK. */
const PROCESS_BYTES = 110e6;
/** Rows of the stored picture that libvips holds while it shrinks it. */
const ROWS = 1_100;
/** Bytes that the encoders of the variants take for each byte of decoded pixels, without and with alpha. */
const ENCODING_FACTOR = 3.3;
const ENCODING_FACTOR_WITH_ALPHA = 4.7;
/** The same without the encoder itself: pixels, and variants that are encoded. */
const HELD_FACTOR = 2.4;
/** Bytes that the encoder of AVIF takes for each pixel of its variant (4 megapixels, effort 2). */
const AVIF_BYTES = 33;

/** @returns the most pixels that an AVIF among the variants can have; 0 if there is none */
export const avifPixelsOf = (variants: Variants): number =>
  Math.max(
    0,
    ...Object.values(variants).map(({ format, inside_px = MAX_SIDE_PX, width_px, cover_px }) => {
      if (format !== "avif") return 0;
      const [width, height] = cover_px ?? (width_px === undefined ? [inside_px, inside_px] : [width_px, MAX_SIDE_PX]);
      return width * height;
    }),
  );

/**
 * @param maxSidePx that pictures are shrunk to before variants are made
 * @param avifPixels of the largest AVIF variant
 * @returns the peak of the process's memory, in bytes
 */
export const estimatedPeakBytes = (cost: DecodingCost, maxSidePx: number, avifPixels = 0): number => {
  const { widthPx, heightPx, channels, sampleBytes, hasAlpha } = cost;
  const scale = Math.min(1, maxSidePx / Math.max(widthPx, heightPx));
  const decodedPixels = widthPx * heightPx * scale * scale;
  const decodedBytes = decodedPixels * (hasAlpha ? 4 : 3);
  const turnedBytes = cost.isTurned ? decodedPixels * channels * sampleBytes : 0;
  const rowBytes = Math.min(ROWS, heightPx) * widthPx * channels * sampleBytes;
  const decoding = (cost.decoderBytes ?? 0) + decodedBytes + turnedBytes + rowBytes;
  const encoding = decodedBytes * (hasAlpha ? ENCODING_FACTOR_WITH_ALPHA : ENCODING_FACTOR);
  const avif = avifPixels === 0 ? 0 : decodedBytes * HELD_FACTOR + Math.min(avifPixels, decodedPixels) * AVIF_BYTES;
  return PROCESS_BYTES + cost.fileBytes + (cost.copiedBytes ?? 0) + Math.max(decoding, encoding, avif);
};

/** The part of the function's memory that an image may take; the rest is a reserve for what is not estimated. */
const SHARE = 0.95;

/** @param memoryMb memory of the function @returns the bytes that processing an image may take */
export const admittedBytes = (memoryMb: number): number => memoryMb * 2 ** 20 * SHARE;

const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);

/** @throws Refusal `too-much-memory` */
export const admitMemory = (cost: DecodingCost, maxSidePx: number, { maxMemoryBytes, avifPixels }: Limits): void => {
  if (maxMemoryBytes === undefined) return;
  const peakBytes = estimatedPeakBytes(cost, maxSidePx, avifPixels);
  if (peakBytes > maxMemoryBytes)
    throw new Refusal(
      "too-much-memory",
      `Expected at most ${megabytes(maxMemoryBytes)} MB for processing the picture but it would take ${megabytes(peakBytes)} MB`,
    );
};
