/** The kinds of TIFF that are accepted: only those that are known to be decoded exactly. */
import { Refusal } from "./errors";

/** Photometric interpretations by name: TIFF 6.0, "PhotometricInterpretation", and its supplements. */
const PHOTOMETRICS: Readonly<Record<number, string>> = {
  ...{ 0: "grey (white is zero)", 1: "grey", 2: "RGB", 3: "palette", 4: "transparency mask", 5: "CMYK", 6: "YCbCr" },
  ...{ 8: "CIELAB", 9: "ICC L*a*b*", 10: "ITU L*a*b*", 32803: "colour filter array", 32844: "LogL", 32845: "LogLuv" },
  34892: "linear raw",
};

/** Compressions by name: https://www.loc.gov/preservation/digital/formats/content/tiff_tags.shtml */
const COMPRESSIONS: Readonly<Record<number, string>> = {
  ...{ 1: "none", 2: "CCITT RLE", 3: "CCITT Group 3", 4: "CCITT Group 4", 5: "LZW", 6: "old JPEG", 7: "JPEG" },
  ...{ 8: "Deflate", 9: "JBIG", 10: "JBIG", 32766: "NeXT", 32773: "PackBits", 32809: "ThunderScan" },
  ...{ 32946: "Deflate (old code)", 32909: "PixarLog", 33003: "JPEG 2000", 33004: "JPEG 2000", 33005: "JPEG 2000" },
  ...{ 34661: "JBIG", 34676: "SGILog", 34677: "SGILog", 34712: "JPEG 2000", 34887: "LERC", 34892: "lossy JPEG" },
  ...{ 34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL" },
};

const SAMPLE_FORMATS: Readonly<Record<number, string>> = {
  ...{ 1: "", 2: "signed ", 3: "floating-point ", 4: "untyped ", 5: "complex ", 6: "complex floating-point " },
};

const PACKED = ["none", "LZW", "Deflate", "Deflate (old code)", "PackBits"] as const;
const FAX = ["CCITT RLE", "CCITT Group 3", "CCITT Group 4"] as const;
const JPEG = ["JPEG"] as const;

/** What decides whether a TIFF is decoded exactly. */
export interface TiffKind {
  readonly photometric: number;
  readonly bits: readonly number[];
  readonly sampleFormat: number;
  /** Samples per pixel, extra samples included. */
  readonly samples: number;
  /** ExtraSamples: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extras: readonly number[];
  readonly layout: "strips" | "tiles" | "planes" | "tiled planes";
  readonly compression: number;
  /** Horizontally and vertically, of YCbCr. */
  readonly subsampling: readonly number[];
}

interface Row {
  readonly photometrics: readonly string[];
  readonly bits: readonly number[];
  /** Samples per pixel without extra samples. */
  readonly colours: number;
  /** Allowed lists of extra samples, joined by commas. */
  readonly extras: readonly string[];
  readonly layouts: readonly TiffKind["layout"][];
  readonly compressions: readonly string[];
  /** @default the kind is not YCbCr without JPEG */
  readonly subsamplings?: readonly string[];
}

/** At most one alpha. sharp reads five channels at most; libvips divides by an associated alpha only where it is alone. */
const NONE = [""];
const AFTER_1 = ["", "0", "1", "2", "0,0", "0,2", "2,0", "0,0,0"];
const AFTER_3 = ["", "0", "1", "2", "0,0", "0,2", "2,0"];
const AFTER_4 = ["", "0", "2"];

/**
 * Every kind of TIFF that is accepted; all samples are unsigned integers. To add one, add a row and a painted case for each
 * of its columns to `__tests__/fixtures/tiff/make.py`.
 */
// biome-ignore format: a ledger is read down its columns
export const TIFF_KINDS = {
  bilevel:     { photometrics: ["grey (white is zero)", "grey"], bits: [1],          colours: 1, extras: NONE,     layouts: ["strips", "tiles"],           compressions: PACKED },
  fax:         { photometrics: ["grey (white is zero)", "grey"], bits: [1],          colours: 1, extras: NONE,     layouts: ["strips"],                    compressions: FAX },
  inverted:    { photometrics: ["grey (white is zero)"],         bits: [2, 4, 8, 16], colours: 1, extras: NONE,    layouts: ["strips", "tiles"],           compressions: PACKED },
  shades:      { photometrics: ["grey"],                         bits: [2, 4],       colours: 1, extras: NONE,     layouts: ["strips", "tiles"],           compressions: PACKED },
  grey:        { photometrics: ["grey"],                         bits: [8, 16],      colours: 1, extras: AFTER_1,  layouts: ["strips", "tiles"],           compressions: PACKED },
  palette:     { photometrics: ["palette"],                      bits: [1, 2, 4, 8], colours: 1, extras: NONE,     layouts: ["strips", "tiles"],           compressions: PACKED },
  rgb:         { photometrics: ["RGB"],                          bits: [8, 16],      colours: 3, extras: AFTER_3,  layouts: ["strips", "tiles", "planes"], compressions: PACKED },
  cmyk:        { photometrics: ["CMYK"],                         bits: [8],          colours: 4, extras: AFTER_4,  layouts: ["strips", "tiles", "planes"], compressions: PACKED },
  "cmyk 16":   { photometrics: ["CMYK"],                         bits: [16],         colours: 4, extras: NONE,     layouts: ["strips", "tiles", "planes"], compressions: PACKED },
  cielab:      { photometrics: ["CIELAB", "ICC L*a*b*"],         bits: [8, 16],      colours: 3, extras: ["", "2"], layouts: ["strips", "tiles", "planes"], compressions: PACKED },
  "grey jpeg": { photometrics: ["grey"],                         bits: [8],          colours: 1, extras: NONE,     layouts: ["strips", "tiles"],           compressions: JPEG },
  "rgb jpeg":  { photometrics: ["RGB", "YCbCr"],                 bits: [8],          colours: 3, extras: NONE,     layouts: ["strips", "tiles"],           compressions: JPEG },
  "cmyk jpeg": { photometrics: ["CMYK"],                         bits: [8],          colours: 4, extras: NONE,     layouts: ["strips", "tiles"],           compressions: JPEG },
  ycbcr:       { photometrics: ["YCbCr"],                        bits: [8],          colours: 3, extras: NONE,     layouts: ["strips"],                    compressions: PACKED, subsamplings: ["2,2"] },
} as const satisfies Record<string, Row>;

const fits = (row: Row, kind: TiffKind): boolean =>
  row.photometrics.includes(PHOTOMETRICS[kind.photometric] ?? "") &&
  kind.bits.every((bits) => bits === kind.bits[0] && row.bits.includes(bits)) &&
  kind.sampleFormat === 1 &&
  kind.samples === row.colours + kind.extras.length &&
  row.extras.includes(kind.extras.join()) &&
  row.layouts.includes(kind.layout) &&
  row.compressions.includes(COMPRESSIONS[kind.compression] ?? "") &&
  (row.subsamplings === undefined || row.subsamplings.includes(kind.subsampling.join()));

const named = (names: Readonly<Record<number, string>>, code: number, what: string): string =>
  names[code] ?? `${what} ${code}`;

const described = (kind: TiffKind): string => {
  const bits = [...new Set(kind.bits)].join("/");
  const colours = named(PHOTOMETRICS, kind.photometric, "photometric interpretation");
  const subsampled = kind.photometric === 6 ? ` subsampled ${kind.subsampling.join(" x ")}` : "";
  const extra = kind.extras.length === 0 ? "" : ` (extra samples ${kind.extras.join(", ")})`;
  const numbers = named(SAMPLE_FORMATS, kind.sampleFormat, "sample format");
  const packing = named(COMPRESSIONS, kind.compression, "compression");
  return `${bits}-bit ${numbers}${colours}${subsampled}, ${kind.samples} ${kind.samples === 1 ? "sample" : "samples"}${extra}, ${kind.layout}, compression ${packing}`;
};

/** @throws Refusal `unsupported-format` that describes the kind, unless a row of the ledger allows it */
export const admitTiffKind = (kind: TiffKind): void => {
  if (Object.values<Row>(TIFF_KINDS).some((row) => fits(row, kind))) return;
  throw new Refusal("unsupported-format", `Expected a kind of TIFF that is supported but got ${described(kind)}`);
};
