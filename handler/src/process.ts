/** Turns the bytes of an upload into the bytes of its variants. Uses no AWS service, clock or environment variable. */
import sharp from "sharp";
import { DEFAULT_VARIANTS, FORMATS, type Variant, type Variants } from "../contract/variants";
import { decodeImage, type Pixels } from "./decode";
import { type Limits, type SourceFormat, sniff } from "./input";
import type { Traced } from "./tracing";
import { encoded } from "./variants";

/** One encoded variant. */
export interface Encoded {
  readonly name: string;
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

export interface ProcessingOptions {
  /** @default the default variants */
  readonly variants?: Variants;
  /** Stops the work after the current variant. @default the work runs to its end */
  readonly signal?: AbortSignal;
  /** Wraps decoding and each encoding in a named trace. @default no tracing */
  readonly traced?: Traced;
}

/**
 * @param bytes the uploaded file
 * @returns the variants in the order of the table
 * @throws Refusal if the file cannot be processed; the reason of the signal; any other error is a fault of this process
 */
export const processImage = async (
  bytes: Buffer,
  limits: Limits,
  { variants = DEFAULT_VARIANTS, signal, traced = (_, work) => work() }: ProcessingOptions = {},
): Promise<ProcessedImage> => {
  const format = sniff(bytes);
  const { pixels, widthPx, heightPx } = await decodeImage(bytes, format, limits, traced);
  const made: Encoded[] = [];
  // Sequential: parallel encoding needs 70 MB more, and below 1769 MB a Lambda function has less than one CPU.
  for (const [name, variant] of Object.entries(variants)) {
    made.push(await traced(`encode ${name}`, () => encode(pixels, name, variant)));
    signal?.throwIfAborted();
  }
  return { source: { format, widthPx, heightPx }, variants: made };
};

const encode = async ({ data, raw }: Pixels, name: string, variant: Variant): Promise<Encoded> => {
  const { contentType, extension } = FORMATS[variant.format];
  const image = encoded(sharp(data, { raw }), raw, variant);
  const { data: bytes, info } = await image.toBuffer({ resolveWithObject: true });
  return { name, bytes, contentType, extension, widthPx: info.width, heightPx: info.height };
};
