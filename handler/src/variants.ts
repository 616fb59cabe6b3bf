/** What is made from one upload: the variants, and how each format is written. */

interface Format {
  readonly extension: string;
  readonly contentType: string;
  /** A format without alpha gets a white background. */
  readonly keepsAlpha: boolean;
  /** Options of sharp's encoder, the same for every variant of the format. */
  readonly encoder: Readonly<Record<string, boolean | number>>;
}

/**
 * Every format that a variant may have; the name is sharp's. Settings were chosen by `npm run bench -- --sweep`: on the
 * CPU time of Pillow divided by three, no more than 5 % more bytes than it writes, and its similarity to the source.
 *
 * JPEG: Huffman tables of the picture's own (`optimiseCoding`) take 0.7 of an encode and 70 MB at 12 megapixels for a
 * seventh of the bytes: the cheapest bytes there are to give, for they cost no quality. The other quantisation tables, trellis and mozjpeg write
 * fewer bytes at the same quality number, but keep less of the picture than Pillow does; deringing alone changes nothing.
 * WebP: effort 2 takes 0.4 of the CPU time of the default 4 for the same bytes, and loses 0.0016 of 0.945 SSIM; effort 1
 * saves another third and loses 0.0065, effort 3 takes as long as 4. Sharp chroma takes three times as long.
 * PNG: adaptive filters make photos a fifth to a half smaller, and with them level 3 is the knee: level 2 saves an eighth
 * of the time for 4 to 10 % more bytes, level 4 takes a fifth longer for 3 % fewer, level 6 more than twice as long.
 * A palette is for drawings: photos would get bands.
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
  /** 1-100. @default the format is lossless */
  readonly quality?: number;
  /** Side of the square that the picture is shrunk to fit inside, never enlarged. @default it keeps its size */
  readonly insidePx?: number;
}

/** Every image made from one upload: add a row. */
// biome-ignore format: a ledger is read down its columns
export const VARIANTS = {
  compressed: { format: "jpeg", quality: 85 },
  low:        { format: "jpeg", quality: 60 },
  webp:       { format: "webp", quality: 85 },
  png:        { format: "png" },
  thumbnail:  { format: "jpeg", quality: 80, insidePx: 300 },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof VARIANTS;
