/** How variants are encoded: their order, and the size of each. */
import sharp, { type Sharp } from "sharp";
import type { Effort } from "../contract/efforts";
import { FORMATS, MAX_SIDE_PX, type Variant, type Variants } from "../contract/variants";
import { encoderOf } from "./encoders";

/** Scales the box down until the picture covers it, so that nothing is enlarged. @returns width and height in px */
const coveredBox = (image: Size, [width, height]: readonly [number, number]): Size => {
  const scale = Math.min(1, image.width / width, image.height / height);
  const side = (px: number, most: number) => Math.min(most, Math.max(1, Math.round(px * scale)));
  return { width: side(width, image.width), height: side(height, image.height) };
};

/** Bytes per pixel of a photo are about ten times those of the other formats. */
const LOSSLESS_FACTOR = 10;

const expectedBytes = ({ format, inside_px, width_px, cover_px }: Variant): number => {
  const [width, height] = cover_px ?? [inside_px ?? width_px ?? MAX_SIDE_PX, inside_px ?? width_px ?? MAX_SIDE_PX];
  return width * height * (FORMATS[format].isLossless ? LOSSLESS_FACTOR : 1);
};

/** @returns the variants in the order in which to encode them: the longest uploads then start first */
export const largestFirst = (variants: Variants): [name: string, variant: Variant][] =>
  Object.entries(variants).sort(([, one], [, other]) => expectedBytes(other) - expectedBytes(one));

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

/**
 * @param image a pipeline whose input has this size
 * @param options of the encoder that replace the usual ones
 * @returns the pipeline, which ends with the variant as a file
 */
export const encoded = (image: Sharp, size: Size, variant: Variant, effort: Effort, options: object = {}): Sharp => {
  const { format, quality } = variant;
  const made = resized(image, size, variant);
  if (!FORMATS[format].keepsAlpha) made.flatten({ background: "#fff" });
  return made.toFormat(format, { ...encoderOf(format, effort), ...(quality !== undefined && { quality }), ...options });
};
