/** What is accepted and what is refused, by the first bytes of the file; its name does not count. */
import { Refusal } from "./errors";

/** Beginnings of a file, of which any one will do; a full stop is any byte, the others stand for themselves in Latin-1. */
type Signature = readonly string[] | RegExp;

interface Accepted {
  readonly signature: Signature;
  /** The libvips operation that reads it. @default none: `bmp.ts` reads it */
  readonly loader?: string;
}

/** Every format that is accepted: add a row. */
// biome-ignore format: a ledger is read down its columns
export const ACCEPTED = {
  jpeg: { signature: ["\xff\xd8\xff"],                         loader: "VipsForeignLoadJpegBuffer" },
  png:  { signature: ["\x89PNG\r\n\x1a\n"],                    loader: "VipsForeignLoadPngBuffer" },
  webp: { signature: ["RIFF....WEBP"],                         loader: "VipsForeignLoadWebpBuffer" },
  tiff: { signature: ["II*\0", "MM\0*", "II+\0", "MM\0+"],     loader: "VipsForeignLoadTiffBuffer" },
  bmp:  { signature: ["BM.............\0\0\0"] },
} as const satisfies Record<string, Accepted>;

export type SourceFormat = keyof typeof ACCEPTED;

/** Formats that are refused by name instead of as "no image": add a row. */
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

/** How much of a file is looked at: an SVG may begin with a long comment. */
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

/** What an image may be at most, settable by the operator. */
export interface Limits {
  readonly maxPixels: number;
  readonly maxSidePx: number;
  readonly maxFrames: number;
}

/**
 * The gate before decoding: a few bytes of header may claim any size.
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
