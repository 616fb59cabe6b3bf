/** The variants made from each upload, and the encoder settings of each format. */

interface Format {
  readonly extension: string;
  readonly contentType: string;
  /** If false, transparent pictures get a white background. */
  readonly keepsAlpha: boolean;
  /** Options for sharp's encoder, the same for all variants of the format. */
  readonly encoder: Readonly<Record<string, boolean | number>>;
}

/**
 * Every output format; the names are sharp's. The settings were chosen with `npm run bench -- --sweep`: at most a third
 * of the CPU time of Pillow, at most 5 % more bytes, and the same similarity to the source.
 *
 * JPEG: `optimiseCoding` (Huffman tables made for the picture) needs 70 % more time and, at 12 megapixels, 70 MB more
 * memory. Turning it off costs bytes but no quality. Other quantisation tables, trellis and mozjpeg write fewer bytes at
 * the same quality number but lose more of the picture than Pillow does; deringing alone changes nothing.
 * WebP: effort 2 needs 40 % of the CPU time of the default 4 for the same bytes and loses 0.0016 of 0.945 SSIM. Effort 1
 * saves another third but loses 0.0065; effort 3 takes as long as 4. Sharp chroma takes three times as long.
 * PNG: adaptive filters make photos 20 to 50 % smaller. Level 3 is the best trade-off: level 2 is an eighth faster but
 * 4 to 10 % larger, level 4 a fifth slower for 3 % fewer bytes, level 6 more than twice as slow.
 * No palette: photos would show bands.
 */
// biome-ignore format: a ledger is read down its columns
export const FORMATS = {
  jpeg: { extension: "jpg",  contentType: "image/jpeg", keepsAlpha: false, encoder: { optimiseCoding: false } },
  webp: { extension: "webp", contentType: "image/webp", keepsAlpha: true,  encoder: { effort: 2 } },
  png:  { extension: "png",  contentType: "image/png",  keepsAlpha: true,  encoder: { adaptiveFiltering: true, compressionLevel: 3 } },
} as const satisfies Record<string, Format>;

/** Shape of a variant. */
export interface Variant {
  readonly format: keyof typeof FORMATS;
  /** 1-100. @default none, for lossless formats */
  readonly quality?: number;
  /** Scales the picture down to fit into a square with this side; never enlarges it. @default keeps the size */
  readonly insidePx?: number;
}

/** Every image made from one upload. To add one, add a row. */
// biome-ignore format: a ledger is read down its columns
export const VARIANTS = {
  compressed: { format: "jpeg", quality: 85 },
  low:        { format: "jpeg", quality: 60 },
  webp:       { format: "webp", quality: 85 },
  png:        { format: "png" },
  thumbnail:  { format: "jpeg", quality: 80, insidePx: 300 },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;
