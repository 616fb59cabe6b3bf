/** Turns the bytes of an upload into the bytes of its variants. Uses no AWS service, clock or environment variable. */
import sharp from "sharp";
import { DEFAULT_EFFORT, type Effort } from "../contract/efforts";
import { DEFAULT_VARIANTS, FORMATS, type Variant, type Variants } from "../contract/variants";
import { type Decoded, decodeImage } from "./decode";
import { type Limits, type SourceFormat, sniff } from "./input";
import { photoPngFor } from "./photo-png";
import { thumbHashOf } from "./placeholder";
import { bareUpload, smallerEncoding } from "./smaller";
import type { Traced } from "./tracing";
import { encoded, largestFirst } from "./variants";
import { creditBytes, withCredit } from "./with-credit";

/** One encoded variant. */
export interface Encoded {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly extension: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /**
   * encoded: as the table of variants says. kept: the upload, without its metadata, because that is smaller. reduced: with
   * a lower quality or more effort, because it would have more bytes than the upload.
   */
  readonly origin: "encoded" | "kept" | "reduced";
}

/** An upload and its variants. Width and height of the source are those after orientation is applied. */
export interface ProcessedImage {
  readonly source: {
    readonly format: SourceFormat;
    readonly widthPx: number;
    readonly heightPx: number;
    /** As in EXIF: 1 is upright. */
    readonly orientation: number;
  };
  readonly variants: readonly Encoded[];
  /** ThumbHash, in Base64. @default none was wanted */
  readonly placeholder?: string;
}

export interface ProcessingOptions {
  /** @default the default variants */
  readonly variants?: Variants;
  /** Whether no variant in the upload's format may have more bytes than the upload. @default false */
  readonly keepsSmallerOriginal?: boolean;
  /** Whether variants keep creator and copyright of the upload, as EXIF. @default false */
  readonly keepsCopyright?: boolean;
  /** Whether to make a placeholder. @default false */
  readonly withPlaceholder?: boolean;
  /** @default the default effort */
  readonly effort?: Effort;
  /** Stops the work after the current variant. @default the work runs to its end */
  readonly signal?: AbortSignal;
  /** Wraps decoding and each encoding in a named trace. @default no tracing */
  readonly traced?: Traced;
  /** Called with each variant as soon as it is encoded. @default nothing is called */
  readonly onEncoded?: (image: Encoded) => void;
}

/**
 * @param bytes the uploaded file
 * @returns the variants in the order of the table
 * @throws Refusal if the file cannot be processed; the reason of the signal; any other error is a fault of this process
 */
export const processImage = async (
  bytes: Buffer,
  limits: Limits,
  {
    variants = DEFAULT_VARIANTS,
    effort = DEFAULT_EFFORT,
    keepsSmallerOriginal = false,
    keepsCopyright = false,
    withPlaceholder = false,
    signal,
    traced = (_, work) => work(),
    onEncoded = () => {},
  }: ProcessingOptions = {},
): Promise<ProcessedImage> => {
  const format = sniff(bytes);
  const decoded = await decodeImage(bytes, format, limits, traced);
  const credit = keepsCopyright ? decoded.credit : undefined;
  const upload = { ...decoded, credit, effort, sizeBytes: bytes.length };
  const bare = once(async () => decoded.original && bareUpload(format, decoded.original));
  const placeholder = withPlaceholder ? await thumbHashOf(decoded.pixels) : undefined;
  const made = new Map<string, Encoded>();
  // Sequential: parallel encoding needs 70 MB more, and below 1769 MB a Lambda function has less than one CPU.
  for (const [name, variant] of largestFirst(variants)) {
    const image = await traced(`encode ${name}`, async () => {
      const first = await encode(upload, name, variant);
      const isLimited = keepsSmallerOriginal && variant.format === format;
      const image = isLimited ? await notLarger(first, variant, upload, bare) : first;
      return credit ? { ...image, bytes: withCredit(variant.format, image.bytes, credit, image) } : image;
    });
    signal?.throwIfAborted();
    made.set(name, image);
    onEncoded(image);
  }
  const inOrder = Object.keys(variants).flatMap((name) => made.get(name) ?? []);
  const { widthPx, heightPx, orientation = 1 } = decoded;
  const source = { format, widthPx, heightPx, orientation };
  return { source, variants: inOrder, ...(placeholder !== undefined && { placeholder }) };
};

const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
};

/** @param options of the encoder that replace the usual ones. @default the encoder is the one that suits the picture best */
const encode = async (upload: Upload, name: string, variant: Variant, options?: object): Promise<Encoded> => {
  const { contentType, extension } = FORMATS[variant.format];
  const made = { name, contentType, extension, origin: "encoded" } as const;
  const { pixels, effort, credit } = upload;
  const { data, raw } = pixels;
  const photo = options === undefined && isFullSizePng(variant) ? await photoPngFor(effort, pixels) : undefined;
  if (photo !== undefined) return { ...made, bytes: photo, widthPx: raw.width, heightPx: raw.height };
  const image = encoded(sharp(data, { raw }), raw, variant, effort, options);
  // For the other formats `withCredit` writes it: libvips would convert the text to ASCII.
  if (credit && variant.format === "avif")
    image.withExif({ IFD0: { Artist: credit.artist ?? "", Copyright: credit.copyright ?? "" } });
  const { data: bytes, info } = await image.toBuffer({ resolveWithObject: true });
  return { ...made, bytes, widthPx: info.width, heightPx: info.height };
};

const isFullSizePng = ({ format, inside_px, width_px, cover_px }: Variant): boolean =>
  format === "png" && (inside_px ?? width_px ?? cover_px) === undefined;

interface Upload extends Decoded {
  readonly effort: Effort;
  readonly sizeBytes: number;
}

/** @param first encoding of a variant in the format of the upload @param bare makes the upload without its metadata */
const notLarger = async (
  first: Encoded,
  variant: Variant,
  upload: Upload,
  bare: () => Promise<Buffer | undefined>,
): Promise<Encoded> => {
  const { widthPx, heightPx, credit } = upload;
  const sizeBytes = upload.sizeBytes - (credit ? creditBytes(credit) : 0);
  const hasItsSize = first.widthPx === widthPx && first.heightPx === heightPx;
  const kept = hasItsSize && first.bytes.length > sizeBytes * LEAST_KEPT ? await bare() : undefined;
  if (kept !== undefined && kept.length < first.bytes.length) return { ...first, bytes: kept, origin: "kept" };
  if (first.bytes.length <= sizeBytes) return first;
  const again = async (options: object) => (await encode(upload, first.name, variant, options)).bytes;
  const bytes = await smallerEncoding(variant, first.bytes, sizeBytes, again);
  return bytes === first.bytes ? first : { ...first, bytes, origin: "reduced" };
};

/** Metadata are rarely more than half of an upload. A variant below this share of its size is not compared with a copy. */
const LEAST_KEPT = 0.5;
