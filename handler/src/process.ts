/** Turns the bytes of an upload into the bytes of its variants. Uses no AWS service, clock or environment variable. */
import sharp, { type Sharp } from "sharp";
import { decodeBmp, readBmpHeader } from "./bmp";
import { decodeLab } from "./cielab-tiff";
import { oneLine, Refusal } from "./errors";
import { ACCEPTED, admit, type Limits, type SourceFormat, sniff } from "./input";
import { repairJpeg } from "./jpeg";
import { withColourProfile } from "./png-colour";
import { admitStructure } from "./structure-limits";
import { hasFalseAlpha, isCielab, normalizedTiff, orientationOf, readTiff } from "./tiff";
import type { Traced } from "./tracing";
import { FORMATS, VARIANTS, type Variant, type VariantName } from "./variants";

/** Maximum side in px. Larger uploads are scaled down to it before variants are made. */
export const MAX_SOURCE_SIDE_PX = 4096;

/** One encoded variant. */
export interface Encoded {
  readonly name: VariantName;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly extension: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** An upload and its variants. Width and height of the source are those after orientation is applied. */
export interface ProcessedImage {
  readonly source: { readonly format: SourceFormat; readonly widthPx: number; readonly heightPx: number };
  readonly variants: readonly Encoded[];
}

/** Raw pixels: 8 bits per sample, sRGB, 3 channels or 4 with alpha. */
interface Pixels {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 3 | 4 };
}

// Nothing is decoded twice, so a cache would only use memory.
sharp.cache(false);
// Second line of defence after `sniff`: libvips can only use the loaders of accepted formats, never SVG for example.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: Object.values(ACCEPTED).flatMap((format) => ("loader" in format ? [format.loader] : [])) });

/**
 * @param bytes the uploaded file
 * @param signal stops the work after the current variant. @default the work runs to its end
 * @param traced wraps decoding and each encoding in a named trace. @default no tracing
 * @returns the variants in the order of the ledger
 * @throws Refusal if the file cannot be processed; the reason of the signal; any other error is a fault of this process
 */
export const processImage = async (
  bytes: Buffer,
  limits: Limits,
  signal?: AbortSignal,
  traced: Traced = (_, work) => work(),
): Promise<ProcessedImage> => {
  const format = sniff(bytes);
  const { image, widthPx, heightPx } = await orCorrupt(async () => {
    admitStructure(bytes, format, limits);
    if (format === "bmp") return openBmp(bytes, limits);
    if (format === "tiff") return openTiff(bytes, limits);
    if (format === "jpeg") return openWithSharp(repairJpeg(bytes), limits);
    return openWithSharp(format === "png" ? withColourProfile(bytes) : bytes, limits);
  });
  const pixels = await traced("decode", () => orCorrupt(() => decode(image)));
  const variants: Encoded[] = [];
  // Sequential: parallel encoding needs 70 MB more, and below 1769 MB a Lambda function has less than one CPU.
  for (const [name, variant] of Object.entries(VARIANTS)) {
    variants.push(await traced(`encode ${name}`, () => encode(pixels, name as VariantName, variant)));
    signal?.throwIfAborted();
  }
  return { source: { format, widthPx, heightPx }, variants };
};

/** Turns any error of a decoder into a refusal: the file caused it. */
const orCorrupt = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal("corrupt", oneLine(error), { cause: error });
  }
};

interface Opened {
  readonly image: Sharp;
  readonly widthPx: number;
  readonly heightPx: number;
}

const openWithSharp = async (bytes: Buffer, limits: Limits): Promise<Opened> => {
  // `admit` checks the size and gives the exact reason; libvips keeps its own safety limits (`unlimited` is off).
  const image = sharp(bytes, { limitInputPixels: false });
  const { autoOrient, space, icc } = await image.metadata();
  admit(autoOrient.width, autoOrient.height, limits);
  // sharp converts 16-bit pictures with a profile to Display P3 and ignores the colour space asked for.
  if (space === "rgb16" && icc !== undefined) image.withIccProfile("srgb", { attach: false });
  return { image, widthPx: autoOrient.width, heightPx: autoOrient.height };
};

const openTiff = async (bytes: Buffer, limits: Limits): Promise<Opened> => {
  const picture = readTiff(bytes);
  const { widthPx, heightPx } = picture;
  admit(...((orientationOf(picture) > 4 ? [heightPx, widthPx] : [widthPx, heightPx]) as [number, number]), limits);
  if (!isCielab(picture)) {
    const opened = await openWithSharp(await normalizedTiff(picture), limits);
    if (hasFalseAlpha(picture)) opened.image.removeAlpha();
    return opened;
  }
  const { pixels, channels, ...size } = await decodeLab(picture);
  return { image: sharp(pixels, { raw: { width: size.widthPx, height: size.heightPx, channels } }), ...size };
};

const openBmp = async (bytes: Buffer, limits: Limits): Promise<Opened> => {
  const header = readBmpHeader(bytes);
  const { widthPx, heightPx } = header;
  admit(widthPx, heightPx, limits);
  const { pixels, channels } = decodeBmp(bytes, header);
  return { image: sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } }), widthPx, heightPx };
};

/** Decodes the upload once, to at most 67 MB; all variants are made from these pixels. */
const decode = async (image: Sharp): Promise<Pixels> => {
  const { data, info } = await image
    .autoOrient()
    .resize(MAX_SOURCE_SIDE_PX, MAX_SOURCE_SIDE_PX, { fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, raw: { width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3 } };
};

const encode = async ({ data, raw }: Pixels, name: VariantName, variant: Variant): Promise<Encoded> => {
  const { encoder, keepsAlpha, contentType, extension } = FORMATS[variant.format];
  const image = sharp(data, { raw });
  if (variant.insidePx !== undefined)
    image.resize(variant.insidePx, variant.insidePx, { fit: "inside", withoutEnlargement: true });
  if (!keepsAlpha) image.flatten({ background: "#fff" });
  const quality = variant.quality === undefined ? {} : { quality: variant.quality };
  const { data: bytes, info } = await image
    .toFormat(variant.format, { ...encoder, ...quality })
    .toBuffer({ resolveWithObject: true });
  return { name, bytes, contentType, extension, widthPx: info.width, heightPx: info.height };
};
