/** Decodes an upload to pixels that all variants are made from, after checking what that costs. */
import sharp, { type Metadata, type Sharp } from "sharp";
import { MAX_SIDE_PX } from "../contract/variants";
import { decodeBmp, readBmpHeader } from "./bmp";
import { decodeLab } from "./cielab-tiff";
import { type Credit, creditOf, creditOfTiff } from "./credit";
import { decoderRefusal, Refusal } from "./errors";
import { ACCEPTED, admit, type Limits, type SourceFormat } from "./input";
import { coefficientBytes, repairJpeg } from "./jpeg";
import { admitMemory, type DecodingCost } from "./memory";
import { withColourProfile } from "./png-colour";
import { admitStructure } from "./structure-limits";
import { costOf, hasFalseAlpha, isCielab, normalizedTiff, orientationOf, readTiff } from "./tiff";
import type { Traced } from "./tracing";

/** Raw pixels: 8 bits per sample, sRGB, 3 channels or 4 with alpha. */
export interface Pixels {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 3 | 4 };
}

/** A file that any decoder shows exactly like the pixels: upright, 8 bits per sample, not CMYK and not scaled. */
export interface Original {
  readonly bytes: Buffer;
  /** @default the colours are sRGB */
  readonly profile?: Buffer | undefined;
  /** Besides alpha. */
  readonly channels: 1 | 3;
}

/** An upload as pixels; width and height are those of the upload after orientation is applied. */
export interface Decoded {
  readonly pixels: Pixels;
  /** @default the file differs from the pixels */
  readonly original?: Original | undefined;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Of the upload, as in EXIF: 1 is upright. @default 1 */
  readonly orientation?: number;
  /** Creator and copyright in the metadata. @default none */
  readonly credit?: Credit | undefined;
}

// Nothing is decoded twice, so a cache would only use memory.
sharp.cache(false);
// Second line of defence after `sniff`: libvips can only use the loaders of accepted formats, never SVG for example.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: Object.values(ACCEPTED).flatMap((format) => ("loader" in format ? [format.loader] : [])) });

/**
 * @param format according to the first bytes
 * @param traced wraps decoding in a named trace
 * @throws Refusal if the file cannot be decoded exactly
 */
export const decodeImage = async (
  bytes: Buffer,
  format: SourceFormat,
  limits: Limits,
  traced: Traced = (_, work) => work(),
): Promise<Decoded> => {
  const { image, ...opened } = await orRefusal(async () => {
    admitStructure(bytes, format, limits);
    return OPENERS[format](bytes, limits);
  });
  const pixels = await traced("decode", () => orRefusal(() => decode(image)));
  return { pixels, ...opened };
};

/** Turns any error of a decoder into a refusal: the file caused it. */
const orRefusal = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Refusal ? error : decoderRefusal(error);
  }
};

interface Opened extends Omit<Decoded, "pixels"> {
  readonly image: Sharp;
}

type Open = (bytes: Buffer, limits: Limits) => Promise<Opened>;

/** Memory that a decoder of libvips holds besides the rows that it delivers, and memory that this process holds for it. */
type Holding = (metadata: Metadata) => Pick<DecodingCost, "decoderBytes" | "copiedBytes">;

const wholePicture = ({ width, height, channels, depth }: Metadata): number =>
  width * height * channels * (depth === "ushort" ? 2 : 1);

const HOLDINGS = {
  png: (metadata: Metadata) => ({ decoderBytes: metadata.isProgressive ? wholePicture(metadata) : 0 }),
  // An animation is painted on a separate canvas.
  webp: (metadata: Metadata) => ({ decoderBytes: wholePicture(metadata) * ((metadata.pages ?? 1) > 1 ? 2 : 1) }),
} as const satisfies Record<string, Holding>;

const originalOf = (bytes: Buffer, metadata: Metadata): Original | undefined => {
  const { width, height, depth, space, orientation = 1, icc: profile } = metadata;
  const isAsDecoded = orientation === 1 && depth === "uchar" && Math.max(width, height) <= MAX_SIDE_PX;
  if (!isAsDecoded || (space !== "srgb" && space !== "b-w")) return undefined;
  return { bytes, profile, channels: space === "b-w" ? 1 : 3 };
};

/** @param holding memory that the decoder will hold */
const openWithSharp = async (bytes: Buffer, limits: Limits, holding: Holding): Promise<Opened> => {
  // `admit` checks the size and gives the exact reason; libvips keeps its own safety limits (`unlimited` is off).
  const image = sharp(bytes, { limitInputPixels: false });
  const metadata = await image.metadata();
  const { autoOrient, width, height, channels, depth, hasAlpha, orientation = 1, space, icc } = metadata;
  admit(autoOrient.width, autoOrient.height, limits);
  const sampleBytes = depth === "ushort" ? 2 : 1;
  const cost = { fileBytes: bytes.length, widthPx: width, heightPx: height, channels, sampleBytes, hasAlpha };
  admitMemory({ ...cost, isTurned: orientation > 1, ...holding(metadata) }, MAX_SIDE_PX, limits);
  // sharp converts 16-bit pictures with a profile to Display P3 and ignores the colour space asked for.
  if (space === "rgb16" && icc !== undefined) image.withIccProfile("srgb", { attach: false });
  const original = originalOf(bytes, metadata);
  return {
    image,
    widthPx: autoOrient.width,
    heightPx: autoOrient.height,
    orientation,
    original,
    credit: creditOf(metadata),
  };
};

const openTiff: Open = async (bytes, limits) => {
  const picture = readTiff(bytes);
  const { widthPx, heightPx } = picture;
  admit(...((orientationOf(picture) > 4 ? [heightPx, widthPx] : [widthPx, heightPx]) as [number, number]), limits);
  admitMemory({ fileBytes: bytes.length, ...costOf(picture) }, MAX_SIDE_PX, limits);
  const credit = creditOfTiff(picture.file, picture.directory);
  if (!isCielab(picture)) {
    const opened = await openWithSharp(await normalizedTiff(picture), limits, () => ({}));
    if (hasFalseAlpha(picture)) opened.image.removeAlpha();
    return { ...opened, credit };
  }
  const { pixels, channels, ...size } = await decodeLab(picture);
  return { credit, image: sharp(pixels, { raw: { width: size.widthPx, height: size.heightPx, channels } }), ...size };
};

const openBmp: Open = async (bytes, limits) => {
  const header = readBmpHeader(bytes);
  const { widthPx, heightPx, masks } = header;
  admit(widthPx, heightPx, limits);
  const hasAlpha = (masks[3] ?? 0) !== 0;
  const size = { widthPx, heightPx, channels: hasAlpha ? 4 : 3, sampleBytes: 1, hasAlpha };
  // The pixels, and for a palette an index for each of them.
  const copiedBytes = widthPx * heightPx * (size.channels + (header.bits <= 8 ? 1 : 0));
  admitMemory({ fileBytes: bytes.length, ...size, copiedBytes }, MAX_SIDE_PX, limits);
  const { pixels, channels } = decodeBmp(bytes, header);
  return { image: sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } }), widthPx, heightPx };
};

const openJpeg: Open = async (bytes, limits) => {
  const repaired = repairJpeg(bytes);
  const copiedBytes = repaired === bytes ? 0 : bytes.length;
  return openWithSharp(repaired, limits, () => ({ decoderBytes: coefficientBytes(repaired), copiedBytes }));
};

const OPENERS: Readonly<Record<SourceFormat, Open>> = {
  jpeg: openJpeg,
  png: (bytes, limits) => openWithSharp(withColourProfile(bytes), limits, HOLDINGS.png),
  webp: (bytes, limits) => openWithSharp(bytes, limits, HOLDINGS.webp),
  tiff: openTiff,
  bmp: openBmp,
};

/** Decodes the upload once, to at most 67 MB; all variants are made from these pixels. */
const decode = async (image: Sharp): Promise<Pixels> => {
  const { data, info } = await image
    .autoOrient()
    .resize(MAX_SIDE_PX, MAX_SIDE_PX, { fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4)
    throw new Refusal("unsupported-format", `Expected 3 or 4 channels for the picture but got ${channels}`);
  return { data, raw: { width, height, channels } };
};
