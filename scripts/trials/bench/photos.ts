/** The user's own photos as pictures of the benchmark. Only their figures are stored with the results. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { extname, join, parse } from "node:path";
import sharp, { type Metadata } from "sharp";
import { MAX_SIDE_PX } from "../../../handler/contract/variants";
import { KINDS, type Kind, type Picture, replaceFile } from "./corpus";

const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"];

export interface Photo extends Picture {
  /** Whether every method makes variants of the same size and direction, so that they can be compared with the photo. */
  readonly isComparable: boolean;
}

const kindOf = ({ format, isProgressive }: Metadata): Kind => {
  if (format === "jpeg") return isProgressive ? "progressive.jpg" : "baseline.jpg";
  if (format in KINDS) return format as Kind;
  throw new Error(`Expected one of ${Object.keys(KINDS).join(", ")} for the format but got ${format}`);
};

/**
 * @param folder with photos; files with other extensions are skipped
 * @throws Error if it holds no photo
 */
export const photosIn = async (folder: string): Promise<Photo[]> => {
  const names = (await readdir(folder)).filter((name) => EXTENSIONS.includes(extname(name).toLowerCase())).sort();
  if (names.length === 0) throw new Error(`Expected photos (${EXTENSIONS.join(", ")}) for ${folder} but got none`);
  return Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const metadata = await sharp(file).metadata();
      const { width, height, orientation = 1 } = metadata;
      const megapixels = Number(((width * height) / 1e6).toFixed(1));
      const isComparable = orientation === 1 && Math.max(width, height) <= MAX_SIDE_PX;
      return { name, file, kind: kindOf(metadata), megapixels, isComparable };
    }),
  );
};

/**
 * @param cache folder for the files
 * @returns each photo in one more kind of file, another for each: together they have every kind, in several sizes
 */
export const inOtherKinds = async (photos: readonly Photo[], cache: string): Promise<Photo[]> => {
  const folder = join(cache, createHash("sha256").update(JSON.stringify(sharp.versions)).digest("hex").slice(0, 16));
  await mkdir(folder, { recursive: true });
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => kind !== "baseline.jpg");
  return Promise.all(
    photos.map(async (photo, index) => {
      const kind = kinds[index % kinds.length] as Kind;
      const source = await readFile(photo.file);
      const digest = createHash("sha256").update(source).digest("hex").slice(0, 16);
      const file = join(folder, `${digest}.${kind}`);
      if (!existsSync(file)) await replaceFile(file, await KINDS[kind](sharp(source).autoOrient()));
      return { ...photo, name: `${parse(photo.name).name} as ${kind}`, kind, file, isComparable: false };
    }),
  );
};
