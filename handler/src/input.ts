/** Recognizes the format of a file by its first bytes (never by its name), and checks its size. */
import { Refusal } from "./errors";

/** Possible first bytes of a file, in Latin-1; a full stop matches any byte. */
type Signature = readonly string[] | RegExp;

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

/** Formats that are refused by name (`unsupported-format`) instead of as `not-an-image`. To add one, add a row. */
// biome-ignore format: a ledger is read down its columns
export const UNSUPPORTED = {
  GIF:         ["GIF87a", "GIF89a"],
  SVG:         /^(\xef\xbb\xbf)?\s*<([?!][\s\S]*<)?svg[\s>]/i,
  AVIF:        ["....ftypavif", "....ftypavis"],
  HEIC:        ["....ftyphei", "....ftyphev", "....ftypmif1", "....ftypmsf1"],
  "JPEG 2000": ["\0\0\0\x0cjP  ", "\xff\x4f\xff\x51"],
  "JPEG XL":   ["\0\0\0\x0cJXL ", "\xff\x0a"],
  "JPEG XR":   ["II\xbc\x01"],
  PDF:         ["%PDF-"],
  PostScript:  ["%!PS", "\xc5\xd0\xd3\xc6"],
  PSD:         ["8BPS"],
  ICO:         ["\0\0\x01\0.\0", "\0\0\x02\0.\0"],
  EXR:         ["v/1\x01"],
  HDR:         ["#?RADIANCE", "#?RGBE"],
  DDS:         ["DDS "],
  QOI:         ["qoif"],
} as const satisfies Record<string, Signature>;

const begins = (head: string, signature: Signature): boolean =>
  signature instanceof RegExp
    ? signature.test(head)
    : signature.some((start) => [...start].every((byte, i) => (byte === "." ? i < head.length : byte === head[i])));

const WANTED = "JPEG, PNG, WebP, BMP or TIFF";

/** How much of the file is examined: an SVG may start with a long comment. */
const HEAD_BYTES = 1024;

/**
 * @param bytes the whole file
 * @returns its format
 * @throws Refusal `empty`, `unsupported-format` or `not-an-image`
 */
export const sniff = (bytes: Buffer): SourceFormat => {
  if (bytes.length === 0) throw new Refusal("empty", `Expected ${WANTED} for the file but got 0 bytes`);
  const head = bytes.toString("latin1", 0, HEAD_BYTES);
  for (const format of Object.keys(ACCEPTED) as SourceFormat[])
    if (begins(head, ACCEPTED[format].signature)) return format;
  for (const [name, signature] of Object.entries(UNSUPPORTED))
    if (begins(head, signature))
      throw new Refusal("unsupported-format", `Expected ${WANTED} for the file but got ${name}`);
  throw new Refusal("not-an-image", `Expected ${WANTED} for the file but got bytes ${bytes.toString("hex", 0, 8)}`);
};

/** Limits for an image, set by the operator. */
export interface Limits {
  readonly maxPixels: number;
  readonly maxSidePx: number;
  readonly maxFrames: number;
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
