/** The variants made from each upload: what an operator can choose, how that is checked, and the default. */

/** Uploads with a longer side are scaled down to it before variants are made, so no variant has a longer side. */
export const MAX_SIDE_PX = 4096;

interface Format {
  /** The name in documents and messages. */
  readonly title: string;
  readonly extension: string;
  readonly contentType: string;
  /** If false, transparent pictures get a white background. */
  readonly keepsAlpha: boolean;
  readonly isLossless: boolean;
  /** The largest size that a variant can ask for. Below MAX_SIDE_PX, a variant must have a size. */
  readonly maxPx: number;
}

/**
 * Every output format; the names are sharp's.
 *
 * AVIF: 12 megapixels take 12 s of CPU time with the encoder's default effort, so large pictures are not offered.
 */
// biome-ignore format: a ledger is read down its columns
export const FORMATS = {
  jpeg: { title: "JPEG", extension: "jpg",  contentType: "image/jpeg", keepsAlpha: false, isLossless: false, maxPx: MAX_SIDE_PX },
  webp: { title: "WebP", extension: "webp", contentType: "image/webp", keepsAlpha: true,  isLossless: false, maxPx: MAX_SIDE_PX },
  png:  { title: "PNG",  extension: "png",  contentType: "image/png",  keepsAlpha: true,  isLossless: true,  maxPx: MAX_SIDE_PX },
  avif: { title: "AVIF", extension: "avif", contentType: "image/avif", keepsAlpha: true,  isLossless: false, maxPx: 2048 },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

/** One variant, with the names that it has in tfvars. It has at most one size. @default size: as uploaded */
export interface Variant {
  readonly format: FormatName;
  /** 1-100. Lossless formats have none. */
  readonly quality?: number;
  /** Scales the picture down to fit into a square with this side; never enlarges it. */
  readonly inside_px?: number;
  /** Scales the picture down to this width; never enlarges it. */
  readonly width_px?: number;
  /** Crops the picture to the shape of this width and height, around what draws attention, and scales it down to it. */
  readonly cover_px?: readonly [width: number, height: number];
}

/** Variants by name. */
export type Variants = Readonly<Record<string, Variant>>;

/** The variants of an environment that sets none. */
// biome-ignore format: a ledger is read down its columns
export const DEFAULT_VARIANTS = {
  compressed: { format: "jpeg", quality: 85 },
  low:        { format: "jpeg", quality: 60 },
  webp:       { format: "webp", quality: 85 },
  png:        { format: "png" },
  thumbnail:  { format: "jpeg", quality: 80, inside_px: 300 },
} as const satisfies Variants;

/** A wrong value in a table of variants, as in "Expected <what> for <variants><at> but got <got>". */
export interface Mistake {
  readonly what: string;
  /** Where it is, such as ".thumbnail.quality"; "" for the table itself. */
  readonly at: string;
  readonly got: unknown;
}

type Check = (value: unknown, format: Format) => string | undefined;

const isWhole = (value: unknown, from: number, to: number): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= from && value <= to;

const pixels = ({ maxPx }: Format): string => `whole number of pixels from 1 to ${maxPx}`;

const onePx: Check = (value, format) => (isWhole(value, 1, format.maxPx) ? undefined : `a ${pixels(format)}`);

const twoPx: Check = (value, format) =>
  Array.isArray(value) && value.length === 2 && value.every((each) => isWhole(each, 1, format.maxPx))
    ? undefined
    : `a list of width and height, each a ${pixels(format)}`;

/** The sizes. A variant has at most one of them. */
const SIZES = { inside_px: onePx, width_px: onePx, cover_px: twoPx } as const satisfies Record<string, Check>;

const SIZE_NAMES = Object.keys(SIZES).join(", ");

const quality: Check = (value, { title, isLossless }) => {
  if (isLossless) return value === undefined ? undefined : `no value (${title} is lossless)`;
  return isWhole(value, 1, 100) ? undefined : "a whole number from 1 to 100";
};

/** Names are parts of keys: `<name>_<variant>_<id>.<extension>`. */
const NAME = /^(?=.{1,32}$)[a-z0-9]+(-[a-z0-9]+)*$/;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const sizeMistake = (row: Readonly<Record<string, unknown>>, at: string, format: Format): Mistake | undefined => {
  const sizes = Object.entries(SIZES).filter(([name]) => row[name] !== undefined);
  if (sizes.length > 1) return { what: `at most one of ${SIZE_NAMES}`, at, got: row };
  if (sizes.length === 0 && format.maxPx < MAX_SIDE_PX)
    return { what: `one of ${SIZE_NAMES} (${format.title} has at most ${format.maxPx} px)`, at, got: row };
  for (const [name, check] of sizes) {
    const what = check(row[name], format);
    if (what !== undefined) return { what, at: `${at}.${name}`, got: row[name] };
  }
  return undefined;
};

const rowMistake = (name: string, row: unknown): Mistake | undefined => {
  const at = `.${name}`;
  if (!NAME.test(name)) return { what: "names of up to 32 lower-case letters, digits and hyphens", at: "", got: name };
  if (!isRecord(row)) return { what: 'a variant such as { format = "webp", quality = 80 }', at, got: row };
  const known = ["format", "quality", ...Object.keys(SIZES)];
  const unknown = Object.keys(row).find((field) => !known.includes(field));
  if (unknown !== undefined) return { what: `one of ${known.join(", ")}`, at, got: unknown };
  if (typeof row.format !== "string" || !Object.hasOwn(FORMATS, row.format))
    return { what: `one of ${Object.keys(FORMATS).join(", ")}`, at: `${at}.format`, got: row.format };
  const format: Format = FORMATS[row.format as FormatName];
  const wrongQuality = quality(row.quality, format);
  if (wrongQuality !== undefined) return { what: wrongQuality, at: `${at}.quality`, got: row.quality };
  return sizeMistake(row, at, format);
};

/** @returns the first mistake in a table of variants; undefined if it is valid */
export const variantsMistake = (value: unknown): Mistake | undefined => {
  if (!isRecord(value) || Object.keys(value).length === 0)
    return { what: "at least one variant by name", at: "", got: value };
  for (const [name, row] of Object.entries(value)) {
    const mistake = rowMistake(name, row);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
};
