/** Encoder settings of each output format, by effort. */
import type { Effort } from "../contract/efforts";
import type { FormatName } from "../contract/variants";

/** Options for sharp's encoder, the same for all variants of a format. */
type Encoder = Readonly<Record<string, boolean | number | string>>;

/**
 * The settings were chosen with `npm run bench -- --sweep`, which also takes your own photos (`--photos <folder>`).
 *
 * JPEG: `optimiseCoding` (Huffman tables made for the picture) doubles the time for 1 to 5 % fewer bytes of a photo, and
 * takes 70 MB more memory at 12 megapixels. Other quantisation tables, trellis and mozjpeg write fewer bytes at the same quality
 * number but lose more of the picture than Pillow does; deringing alone changes nothing.
 * WebP: effort 2 takes half the CPU time of the default 4 for 3 % more bytes. Effort 1 saves another third but loses 0.0065
 * of SSIM; effort 3 takes as long as 4. Sharp chroma takes three times as long.
 * PNG: adaptive filters make photos 20 to 50 % smaller. No palette: photos would show bands.
 *
 * AVIF: effort 4 takes 15 s for 4 megapixels, six times as long as effort 2, so no effort here uses it.
 *
 * balanced: the storage that level 5 saves pays for its CPU time in about a month. JPEG and WebP gain too little.
 * small: the saved storage pays within a year for progressive JPEG and level 7, but not for slower WebP, optimised scans or
 * level 8.
 */
// biome-ignore format: a ledger is read down its columns
export const ENCODERS = {
  fast: {
    jpeg: { optimiseCoding: false },
    webp: { effort: 2 },
    png:  { adaptiveFiltering: true, compressionLevel: 3 },
    avif: { effort: 2 },
  },
  balanced: {
    jpeg: { optimiseCoding: false },
    webp: { effort: 2 },
    png:  { adaptiveFiltering: true, compressionLevel: 5 },
    avif: { effort: 2 },
  },
  small: {
    jpeg: { progressive: true },
    webp: { effort: 2 },
    png:  { adaptiveFiltering: true, compressionLevel: 7 },
    avif: { effort: 2 },
  },
} as const satisfies Record<Effort, Record<FormatName, Encoder>>;

/**
 * Up to which `photoRatio` a PNG of full size is written by `photo-png.ts` instead of libpng. fast: wherever that costs few
 * bytes, because it takes two thirds of the time. The others: where it saves bytes, compared with their level.
 */
export const PHOTO_RATIO = { fast: 1.08, balanced: 0.97, small: 0.91 } as const satisfies Record<Effort, number>;

export const encoderOf = (format: FormatName, effort: Effort): Encoder => ENCODERS[effort][format];
