/** How variants are encoded: the encoder settings of each format, and the size of each variant. */
import sharp, { type Sharp } from "sharp";
import { FORMATS, type FormatName, type Variant } from "../contract/variants";

/** Options for sharp's encoder, the same for all variants of a format. */
type Encoder = Readonly<Record<string, boolean | number | string>>;

/**
 * The settings were chosen with `npm run bench -- --sweep`: at most a third of the CPU time of Pillow, at most 5 % more
 * bytes, and the same similarity to the source.
 *
 * JPEG: `optimiseCoding` (Huffman tables made for the picture) needs 70 % more time and, at 12 megapixels, 70 MB more
 * memory. Turning it off costs bytes but no quality. Other quantisation tables, trellis and mozjpeg write fewer bytes at
 * the same quality number but lose more of the picture than Pillow does; deringing alone changes nothing.
 * WebP: effort 2 needs 40 % of the CPU time of the default 4 for the same bytes and loses 0.0016 of 0.945 SSIM. Effort 1
 * saves another third but loses 0.0065; effort 3 takes as long as 4. Sharp chroma takes three times as long.
 * PNG: adaptive filters make photos 20 to 50 % smaller. Level 3 is the best trade-off: level 2 is an eighth faster but
 * 4 to 10 % larger, level 4 a fifth slower for 3 % fewer bytes, level 6 more than twice as slow.
 * No palette: photos would show bands.
 * AVIF: effort 2 makes a variant of 2048 px in half a second.
 */
// biome-ignore format: a ledger is read down its columns
export const ENCODERS = {
  jpeg: { optimiseCoding: false },
  webp: { effort: 2 },
  png:  { adaptiveFiltering: true, compressionLevel: 3 },
  avif: { effort: 2 },
} as const satisfies Record<FormatName, Encoder>;

/** Scales the box down until the picture covers it, so that nothing is enlarged. @returns width and height in px */
const coveredBox = (image: Size, [width, height]: readonly [number, number]): Size => {
  const scale = Math.min(1, image.width / width, image.height / height);
  const side = (px: number, most: number) => Math.min(most, Math.max(1, Math.round(px * scale)));
  return { width: side(width, image.width), height: side(height, image.height) };
};

interface Size {
  readonly width: number;
  readonly height: number;
}

const resized = (image: Sharp, size: Size, { inside_px, width_px, cover_px }: Variant): Sharp => {
  if (inside_px !== undefined) return image.resize(inside_px, inside_px, { fit: "inside", withoutEnlargement: true });
  if (width_px !== undefined) return image.resize({ width: width_px, withoutEnlargement: true });
  if (cover_px !== undefined)
    return image.resize({ ...coveredBox(size, cover_px), fit: "cover", position: sharp.strategy.attention });
  return image;
};

/** @param image a pipeline whose input has this size @returns the pipeline, which ends with the variant as a file */
export const encoded = (image: Sharp, size: Size, variant: Variant): Sharp => {
  const { format, quality } = variant;
  const made = resized(image, size, variant);
  if (!FORMATS[format].keepsAlpha) made.flatten({ background: "#fff" });
  return made.toFormat(format, { ...ENCODERS[format], ...(quality !== undefined && { quality }) });
};
