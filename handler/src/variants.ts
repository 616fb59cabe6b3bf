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
 * Every format that a variant may have; the name is sharp's.
 *
 * WebP: of the efforts 0-6, 2 takes 0.4 of the CPU time of the default 4 for 3 % more bytes.
 * PNG: adaptive filters make photos a third to a half smaller, and with them level 3 is the knee: level 2 saves a tenth
 * of the time for 4 to 8 % more bytes, level 6 takes 2.4 times as long for 3 to 6 % fewer.
 */
// biome-ignore format: a ledger is read down its columns
export const FORMATS = {
  jpeg: { extension: "jpg",  contentType: "image/jpeg", keepsAlpha: false, encoder: {} },
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
