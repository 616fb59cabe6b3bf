/** Recognizes the format of a file by its first bytes (never by its name), and checks its size. */
import { Refusal } from "./errors";
import { REFUSED_FORMATS, type Signature } from "./refused-formats";

interface Accepted {
  readonly signature: Signature;
  /** The libvips operation that loads it. @default `bmp.ts` decodes it */
  readonly loader?: string;
}

/** Every accepted format. To add one, add a row. */
// biome-ignore format: a ledger is read down its columns
export const ACCEPTED = {
  jpeg: { signature: ["\xff\xd8\xff"],                         loader: "VipsForeignLoadJpegBuffer" },
  png:  { signature: ["\x89PNG\r\n\x1a\n"],                    loader: "VipsForeignLoadPngBuffer" },
  webp: { signature: ["RIFF....WEBP"],                         loader: "VipsForeignLoadWebpBuffer" },
  tiff: { signature: ["II*\0", "MM\0*", "II+\0", "MM\0+"],     loader: "VipsForeignLoadTiffBuffer" },
  bmp:  { signature: ["BM.............\0\0\0"] },
} as const satisfies Record<string, Accepted>;

export type SourceFormat = keyof typeof ACCEPTED;

const begins = (bytes: Buffer, signature: Signature): boolean => {
  if (typeof signature === "function") return signature(bytes);
  return signature.some((start) =>
    [...start].every((byte, i) => i < bytes.length && (byte === "." || byte.charCodeAt(0) === bytes[i])),
  );
};

const WANTED = "JPEG, PNG, WebP, BMP or TIFF";

/** @returns the refusal of a format, or of a kind of file, by name */
export const refusedAs = (name: string): Refusal =>
  new Refusal("unsupported-format", `Expected ${WANTED} for the file but got ${name}`);

/**
 * @param bytes the whole file
 * @returns its format
 * @throws Refusal `empty`, `unsupported-format` or `not-an-image`
 */
export const sniff = (bytes: Buffer): SourceFormat => {
  if (bytes.length === 0) throw new Refusal("empty", `Expected ${WANTED} for the file but got 0 bytes`);
  // First: some camera raw formats begin like a TIFF.
  for (const [name, signature] of Object.entries(REFUSED_FORMATS)) if (begins(bytes, signature)) throw refusedAs(name);
  for (const format of Object.keys(ACCEPTED) as SourceFormat[])
    if (begins(bytes, ACCEPTED[format].signature)) return format;
  throw new Refusal("not-an-image", `Expected ${WANTED} for the file but got bytes ${bytes.toString("hex", 0, 8)}`);
};

/** Limits for an image, set by the operator. */
export interface Limits {
  readonly maxPixels: number;
  readonly maxSidePx: number;
  readonly maxFrames: number;
  /** Memory that processing may take, in bytes. @default it is not limited */
  readonly maxMemoryBytes?: number;
  /** Of the largest AVIF among the variants, whose encoder takes much memory. @default there is none */
  readonly avifPixels?: number;
}

/**
 * Checks the size before decoding, because a few bytes of header can claim any size.
 *
 * @throws Refusal `side-too-long` or `too-many-pixels`
 */
export const admit = (widthPx: number, heightPx: number, { maxPixels, maxSidePx }: Limits): void => {
  if (Math.max(widthPx, heightPx) > maxSidePx)
    throw new Refusal("side-too-long", `Expected at most ${maxSidePx} px for a side but got ${widthPx} x ${heightPx}`);
  if (widthPx * heightPx > maxPixels)
    throw new Refusal(
      "too-many-pixels",
      `Expected at most ${maxPixels} pixels for width x height but got ${widthPx} x ${heightPx}`,
    );
};
