/** Small valid pictures of every accepted format and kind, as input for the fuzzer. */
import sharp, { type Sharp } from "sharp";
import type { SourceFormat } from "../../../handler/src/input";
import { CORPUS } from "../../images/bmp/corpus";

export interface Seed {
  readonly format: SourceFormat;
  readonly kind: string;
  readonly bytes: Buffer;
}

const WIDTH = 23;
const HEIGHT = 17;

const picture = (channels: 3 | 4 = 3, shift = 0): Sharp => {
  const data = Buffer.from(
    Array.from({ length: WIDTH * HEIGHT }, (_, i) => [
      (i * 7 + shift) % 256,
      (i * 3) % 256,
      (i >> 2) % 256,
      i % 256,
    ]).flatMap((colour) => colour.slice(0, channels)),
  );
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
};

const frames = async (): Promise<Sharp> => {
  const pictures = await Promise.all([0, 90, 180].map((shift) => picture(3, shift).png().toBuffer()));
  return sharp(pictures, { join: { animated: true } });
};

type Make = () => Promise<Buffer> | Buffer;

/** By format and kind: add a row. */
const SEEDS: Readonly<Record<SourceFormat, Readonly<Record<string, Make>>>> = {
  jpeg: {
    baseline: () => picture().jpeg().toBuffer(),
    progressive: () => picture().jpeg({ progressive: true }).toBuffer(),
    "4:4:4, optimized": () => picture().jpeg({ chromaSubsampling: "4:4:4", mozjpeg: true }).toBuffer(),
    grey: () => picture().toColourspace("b-w").jpeg().toBuffer(),
    CMYK: () => picture().toColourspace("cmyk").jpeg().toBuffer(),
    "sideways, with a profile": () => picture().withMetadata({ orientation: 6 }).withIccProfile("p3").jpeg().toBuffer(),
  },
  png: {
    RGB: () => picture().png().toBuffer(),
    RGBA: () => picture(4).png().toBuffer(),
    palette: () => picture(4).png({ palette: true, colours: 16 }).toBuffer(),
    "16 bits": () => picture(4).toColourspace("rgb16").png().toBuffer(),
    interlaced: () => picture().png({ progressive: true }).toBuffer(),
    "grey, 1 bit": () => picture().toColourspace("b-w").png({ palette: true, colours: 2 }).toBuffer(),
    "with a profile": () => picture().withMetadata({ orientation: 3 }).withIccProfile("p3").png().toBuffer(),
  },
  webp: {
    lossy: () => picture().webp().toBuffer(),
    "lossy with alpha": () => picture(4).webp().toBuffer(),
    lossless: () => picture(4).webp({ lossless: true }).toBuffer(),
    animated: async () => (await frames()).webp().toBuffer(),
    "sideways, with a profile": () => picture().withMetadata({ orientation: 6 }).withIccProfile("p3").webp().toBuffer(),
  },
  tiff: {
    uncompressed: () => picture().tiff({ compression: "none" }).toBuffer(),
    LZW: () => picture(4).tiff({ compression: "lzw", predictor: "horizontal" }).toBuffer(),
    deflate: () => picture().toColourspace("rgb16").tiff({ compression: "deflate" }).toBuffer(),
    JPEG: () => picture().tiff({ compression: "jpeg" }).toBuffer(),
    "packed bits": () => picture().tiff({ compression: "packbits" }).toBuffer(),
    "fax, 1 bit": () => picture().toColourspace("b-w").tiff({ bitdepth: 1, compression: "ccittfax4" }).toBuffer(),
    tiles: () => picture().tiff({ tile: true, tileWidth: 16, tileHeight: 16, compression: "lzw" }).toBuffer(),
    "grey and alpha": () => picture().ensureAlpha(0.5).toColourspace("b-w").tiff({ compression: "lzw" }).toBuffer(),
    BigTIFF: () => picture().tiff({ bigtiff: true, compression: "lzw" }).toBuffer(),
    "three pages": async () => (await frames()).tiff({ compression: "lzw" }).toBuffer(),
  },
  bmp: CORPUS,
};

/** @returns every seed, by format */
export const makeSeeds = async (): Promise<Record<SourceFormat, Seed[]>> => {
  const formats = Object.entries(SEEDS) as [SourceFormat, Readonly<Record<string, Make>>][];
  const made = formats.map(async ([format, kinds]) => {
    const seeds = Object.entries(kinds).map(async ([kind, make]) => ({ format, kind, bytes: await make() }));
    return [format, await Promise.all(seeds)] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Record<SourceFormat, Seed[]>;
};
