/** Similarity of pictures: structural similarity of luma, and the error of all three channels. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { ssim } from "ssim.js";
import { DEFAULT_VARIANTS, type Variant } from "../../../handler/contract/variants";

export interface Similarity {
  /** SSIM of each lossy full-size variant: 1 means identical. Wang et al. 2004, computed by ssim.js. */
  readonly ssim: Readonly<Record<string, number>>;
  readonly meanSsim: number;
  /** Mean PSNR of the same variants over R, G and B, in decibels: 3 more means half the error. */
  readonly meanPsnrDb: number;
}

/** Smaller differences in SSIM are invisible: WebP at effort 2 loses 0.0016 against effort 4. */
export const SSIM_TOLERANCE = 0.001;

const TILE_PX = 384;

/** Positions of the tiles, as fractions of width and height minus the tile: sky, sun, hills, water and firs. */
const PLACES = [
  [0.1, 0.1],
  [0.6, 0.45],
  [0.3, 0.6],
  [0.9, 0.75],
  [0.05, 0.95],
  [0.7, 0.95],
] as const;

/** Tiles only: a whole picture of 12 megapixels would take minutes and gigabytes. */
const tilesOf = async (picture: Sharp): Promise<Uint8ClampedArray[]> => {
  const { data, info } = await picture.autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const side = Math.min(TILE_PX, width, height);
  const tiles = PLACES.map(([x, y]) =>
    sharp(data, { raw: { width, height, channels: 3 } })
      .extract({
        left: Math.round(x * (width - side)),
        top: Math.round(y * (height - side)),
        width: side,
        height: side,
      })
      .ensureAlpha()
      .raw()
      .toBuffer(),
  );
  return (await Promise.all(tiles)).map((tile) => new Uint8ClampedArray(tile));
};

const tileSsim = (a: Uint8ClampedArray, b: Uint8ClampedArray): number => {
  const side = Math.sqrt(a.length / 4);
  const image = (data: Uint8ClampedArray) => ({ data, width: side, height: side });
  return ssim(image(a), image(b), { downsample: false }).mssim;
};

const squaredError = (a: Uint8ClampedArray, b: Uint8ClampedArray): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return (sum * 4) / (3 * a.length); // Alpha is equal in both.
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface Likeness {
  readonly ssim: number;
  readonly psnrDb: number;
}

/** @returns the similarity of two pictures of the same size */
export const likeness = async (one: Sharp, other: Sharp): Promise<Likeness> => {
  const [a, b] = [await tilesOf(one), await tilesOf(other)];
  const each = (of: (x: Uint8ClampedArray, y: Uint8ClampedArray) => number): number =>
    mean(a.map((tile, i) => of(tile, b[i] ?? tile)));
  return { ssim: each(tileSsim), psnrDb: 10 * Math.log10(255 ** 2 / each(squaredError)) };
};

/** Excludes the thumbnail, which has no source of its size, and PNG, which is lossless. */
const isCompared = ({ quality, inside_px }: Variant): boolean => quality !== undefined && inside_px === undefined;

/**
 * @param file a picture that sharp can read, at most 4096 px on each side
 * @param folder contains its variants in files named after them
 */
export const similarity = async (file: string, folder: string): Promise<Similarity> => {
  const source = await readFile(file);
  const names = Object.entries<Variant>(DEFAULT_VARIANTS).flatMap(([name, variant]) =>
    isCompared(variant) ? [name] : [],
  );
  const found: Record<string, Likeness> = {};
  for (const name of names) found[name] = await likeness(sharp(source), sharp(await readFile(join(folder, name))));
  return {
    ssim: Object.fromEntries(Object.entries(found).map(([name, each]) => [name, each.ssim])),
    meanSsim: mean(Object.values(found).map((each) => each.ssim)),
    meanPsnrDb: mean(Object.values(found).map((each) => each.psnrDb)),
  };
};
