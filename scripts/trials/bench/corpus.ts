/** The benchmark's pictures: a landscape with camera grain, in every format and several sizes. */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { bitmap } from "../../images/bitmap";
import { paint, type Scene } from "../../images/landscape";
import { SUNRISE } from "../../images/samples";

/** The painted scene. With this grain, 12 megapixels are 1.8 MB of JPEG, as from a camera. */
const SCENE: Omit<Scene, "widthPx" | "heightPx"> = { ...SUNRISE, grain: 20 };

/** Lenses and raw converters smooth the noise of single pixels. */
const BLUR_SIGMA = 0.6;

/** Encoders of each kind of file: add a row. */
export const KINDS = {
  "baseline.jpg": (picture: Sharp) => picture.jpeg({ quality: 90 }).toBuffer(),
  "progressive.jpg": (picture: Sharp) => picture.jpeg({ quality: 90, progressive: true }).toBuffer(),
  png: (picture: Sharp) => picture.png({ adaptiveFiltering: true, compressionLevel: 4 }).toBuffer(),
  webp: (picture: Sharp) => picture.webp({ quality: 90, effort: 2 }).toBuffer(),
  tiff: (picture: Sharp) => picture.tiff({ compression: "lzw", predictor: "horizontal" }).toBuffer(),
  bmp: async (picture: Sharp) => {
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    return bitmap(data, info.width, info.height);
  },
} as const satisfies Record<string, (picture: Sharp) => Promise<Buffer>>;

export type Kind = keyof typeof KINDS;

/** A size: nominal megapixels, and its kinds of file. @default every kind */
export interface Size {
  readonly megapixels: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly kinds?: readonly Kind[];
}

/** Every size: add a row. 6 megapixels serve as a point of the fitted line. */
// biome-ignore format: a ledger is read down its columns
export const SIZES: readonly Size[] = [
  { megapixels:  2, widthPx: 1632, heightPx: 1224 },
  { megapixels:  6, widthPx: 2828, heightPx: 2121, kinds: ["baseline.jpg"] },
  { megapixels: 12, widthPx: 4000, heightPx: 3000 },
  { megapixels: 24, widthPx: 6000, heightPx: 4000 },
  { megapixels: 48, widthPx: 8000, heightPx: 6000 },
];

export interface Picture {
  /** Such as 12mp.baseline.jpg */
  readonly name: string;
  readonly kind: Kind;
  readonly megapixels: number;
  readonly file: string;
}

const picturesOf = ({ megapixels, kinds = Object.keys(KINDS) as Kind[] }: Size, folder: string): Picture[] =>
  kinds.map((kind) => {
    const name = `${megapixels}mp.${kind}`;
    return { name, kind, megapixels, file: join(folder, name) };
  });

/** Names the cache after the code that paints and writes the pictures, so that a change invalidates it. */
const digestOfPainter = async (): Promise<string> => {
  const hash = createHash("sha256").update(JSON.stringify(sharp.versions));
  for (const file of ["corpus.ts", "../../images/landscape.ts", "../../images/samples.ts", "../../images/bitmap.ts"])
    hash.update(await readFile(join(__dirname, file)));
  return hash.digest("hex").slice(0, 16);
};

/** Writes to a temporary file and renames it, so concurrent runs never see a partial picture. */
export const replaceFile = async (file: string, bytes: Buffer): Promise<void> => {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
};

/**
 * Paints the pictures that are not in the cache yet: about half a second per megapixel.
 *
 * @param cache folder of the pictures
 * @param onPaint called before a size is painted
 */
export const corpus = async (
  cache: string,
  sizes: readonly Size[] = SIZES,
  onPaint: (size: Size) => void = () => {},
): Promise<Picture[]> => {
  const folder = join(cache, await digestOfPainter());
  await mkdir(folder, { recursive: true });
  for (const size of sizes) {
    const missing = picturesOf(size, folder).filter(({ file }) => !existsSync(file));
    if (missing.length === 0) continue;
    onPaint(size);
    const raw = { width: size.widthPx, height: size.heightPx, channels: 3 } as const;
    const painted = await sharp(paint({ ...SCENE, ...size }), { raw })
      .blur(BLUR_SIGMA)
      .raw()
      .toBuffer();
    for (const { kind, file } of missing) await replaceFile(file, await KINDS[kind](sharp(painted, { raw })));
  }
  return sizes.flatMap((size) => picturesOf(size, folder));
};
