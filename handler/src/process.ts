/** Turns the bytes of an upload into the bytes of its variants. Uses no AWS service, clock or environment variable. */
import sharp from "sharp";
import { decodeImage, type Pixels } from "./decode";
import { type Limits, type SourceFormat, sniff } from "./input";
import type { Traced } from "./tracing";
import { FORMATS, VARIANTS, type Variant, type VariantName } from "./variants";

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
  const { pixels, widthPx, heightPx } = await decodeImage(bytes, format, limits, traced);
  const variants: Encoded[] = [];
  // Sequential: parallel encoding needs 70 MB more, and below 1769 MB a Lambda function has less than one CPU.
  for (const [name, variant] of Object.entries(VARIANTS)) {
    variants.push(await traced(`encode ${name}`, () => encode(pixels, name as VariantName, variant)));
    signal?.throwIfAborted();
  }
  return { source: { format, widthPx, heightPx }, variants };
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
