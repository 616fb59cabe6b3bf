/** Turns the bytes of one upload into the bytes of its variants: no AWS, no clock, no environment. */
import sharp, { type Sharp } from "sharp";
import { decodeBmp, readBmpHeader } from "./bmp";
import { decodeLab, disguisedLab, readLabHeader } from "./cielab-tiff";
import { oneLine, Refusal } from "./errors";
import { ACCEPTED, admit, type Limits, type SourceFormat, sniff } from "./input";
import { admitStructure } from "./structure-limits";
import type { Traced } from "./tracing";
import { FORMATS, VARIANTS, type Variant, type VariantName } from "./variants";

/** Longer side, in px, that larger uploads are shrunk to before any variant is made. */
export const MAX_SOURCE_SIDE_PX = 4096;

/** One picture made from an upload. */
export interface Encoded {
  readonly name: VariantName;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly extension: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** An upload and everything made from it; the source's width and height are those of the upright picture. */
export interface ProcessedImage {
  readonly source: { readonly format: SourceFormat; readonly widthPx: number; readonly heightPx: number };
  readonly variants: readonly Encoded[];
}

/** Pixels of 8 bits in sRGB, three channels or, with alpha, four. */
interface Pixels {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 3 | 4 };
}

// Nothing is decoded twice, so a cache would only hold memory.
sharp.cache(false);
// What `sniff` does not let through must not reach a decoder by another way either, such as an SVG that fakes a header.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: Object.values(ACCEPTED).flatMap((format) => ("loader" in format ? [format.loader] : [])) });

/**
 * @param bytes the uploaded file
 * @param signal stops the work after the variant that is being made. @default it goes on to its end
 * @param traced does decoding and each variant under a name. @default nobody is told
 * @returns the variants in the order of the ledger
 * @throws Refusal where the file is not an image that can be processed; the signal's reason; any other error is the
 *   process's own fault
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
    return (format === "tiff" ? await openLab(bytes, limits) : undefined) ?? openWithSharp(bytes, limits);
  });
  const pixels = await traced("decode", () => orCorrupt(() => decode(image)));
  const variants: Encoded[] = [];
  // One after the other: in parallel they would take 70 MB more, and a Lambda below 1769 MB has less than one CPU anyway.
  for (const [name, variant] of Object.entries(VARIANTS)) {
    variants.push(await traced(`encode ${name}`, () => encode(pixels, name as VariantName, variant)));
    signal?.throwIfAborted();
  }
  return { source: { format, widthPx, heightPx }, variants };
};

/** Whatever a decoder throws is the file's fault. */
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
  // The gate is `admit`, which names what is wrong; libvips keeps its own guards against bombs (`unlimited` is off).
  const image = sharp(bytes, { limitInputPixels: false });
  const { autoOrient, space, icc } = await image.metadata();
  admit(autoOrient.width, autoOrient.height, limits);
  // At 16 bits sharp converts what has a profile to Display P3 and leaves it there, whatever the output's colour space.
  if (space === "rgb16" && icc !== undefined) image.withIccProfile("srgb", { attach: false });
  return { image, widthPx: autoOrient.width, heightPx: autoOrient.height };
};

/** @returns nothing where the picture is not in CIELAB */
const openLab = async (bytes: Buffer, limits: Limits): Promise<Opened | undefined> => {
  const disguised = disguisedLab(bytes);
  if (disguised === undefined) return undefined;
  const header = await readLabHeader(disguised);
  if (header === undefined) return undefined;
  admit(header.widthPx, header.heightPx, limits);
  const { pixels, widthPx, heightPx, channels } = await decodeLab(disguised, header);
  return { image: sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } }), widthPx, heightPx };
};

const openBmp = async (bytes: Buffer, limits: Limits): Promise<Opened> => {
  const header = readBmpHeader(bytes);
  const { widthPx, heightPx } = header;
  admit(widthPx, heightPx, limits);
  const { pixels, channels } = decodeBmp(bytes, header);
  return { image: sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } }), widthPx, heightPx };
};

/** The only decoding there is: all variants are made from these pixels, at most 67 MB of them. */
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
