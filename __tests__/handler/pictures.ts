/** Generated pictures for the tests of the handler, and functions that read pixels. */
import sharp from "sharp";
import type { DEFAULT_VARIANTS, Variants } from "../../handler/contract/variants";
import type { SourceFormat } from "../../handler/src/input";
import { type Encoded, processImage } from "../../handler/src/process";
import { bgr, bmp, type Colour } from "../../scripts/images/bmp/writer";

export const LIMITS = { maxPixels: 100_000_000, maxSidePx: 20_000, maxFrames: 1_000 };

/** Four colours (top left, top right, bottom left, bottom right): every flip, rotation or swap of channels changes the picture. */
export const QUARTERS: readonly Colour[] = [
  [200, 40, 40],
  [40, 160, 40],
  [40, 60, 200],
  [220, 200, 60],
];

/** @returns an image with the pixels `colourOf(x, y)` */
export const paint = (
  width: number,
  height: number,
  channels: 1 | 3 | 4,
  colourOf: (x: number, y: number) => Colour,
) => {
  const data = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(colourOf(x, y).slice(0, channels), (y * width + x) * channels);
  return sharp(data, { raw: { width, height, channels } });
};

/** @returns the colour at a position in a picture of four quarters */
export const quarterAt =
  (width: number, height: number) =>
  (x: number, y: number): Colour =>
    QUARTERS[(x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2)] ?? [];

export const quarters = (width: number, height: number) => paint(width, height, 3, quarterAt(width, height));

/** @returns a picture of one colour */
export const plain = (width: number, height: number, [r = 0, g = 0, b = 0, a = 255]: Colour) =>
  sharp({ create: { width, height, channels: a === 255 ? 3 : 4, background: { r, g, b, alpha: a / 255 } } });

/** @returns the variants by name. @param wanted @default the default variants */
export const variantsOf = async <V extends Variants = typeof DEFAULT_VARIANTS>(
  bytes: Buffer,
  wanted?: V,
): Promise<Record<keyof V, Encoded>> => {
  const { variants } = await processImage(bytes, LIMITS, wanted && { variants: wanted });
  return Object.fromEntries(variants.map((variant) => [variant.name, variant])) as Record<keyof V, Encoded>;
};

/** @returns width, height, channels and the raw pixels of an encoded picture */
export const pixelsOf = async (bytes: Buffer) => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): Colour => [
    ...data.subarray((y * info.width + x) * info.channels).subarray(0, info.channels),
  ];
  return { width: info.width, height: info.height, channels: info.channels, data, at };
};

/** @returns the colour in the middle of each quarter of an encoded picture */
export const probe = async (bytes: Buffer): Promise<Colour[]> => {
  const { width, height, at } = await pixelsOf(bytes);
  const [left, right] = [Math.floor(width / 4), Math.floor((width * 3) / 4)];
  const [top, bottom] = [Math.floor(height / 4), Math.floor((height * 3) / 4)];
  return [at(left, top), at(right, top), at(left, bottom), at(right, bottom)];
};

/** @returns the largest difference of any sample in two lists of colours; Infinity if their channels differ */
export const distance = (some: readonly Colour[], others: readonly Colour[]): number =>
  some.length === others.length && some.every((colour, i) => colour.length === others[i]?.length)
    ? Math.max(...some.flatMap((colour, i) => colour.map((sample, c) => Math.abs(sample - (others[i]?.[c] ?? 0)))))
    : Number.POSITIVE_INFINITY;

/** @returns a small valid file of each accepted format */
export const oneOfEach = async (): Promise<Record<SourceFormat, Buffer>> => {
  const picture = () => quarters(64, 32);
  return {
    jpeg: await picture().jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer(),
    png: await picture().png().toBuffer(),
    webp: await picture().webp({ lossless: true }).toBuffer(),
    tiff: await picture().tiff({ compression: "lzw" }).toBuffer(),
    bmp: bmp({ bits: 24 }, 64, 32, (x, y) => bgr(quarterAt(64, 32)(x, y))),
  };
};
