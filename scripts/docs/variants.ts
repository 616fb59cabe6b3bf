/** The generated parts about pictures: what is made from an upload, what is refused, and which TIFFs are accepted. */
import { REFUSALS } from "../../handler/contract/events";
import { FORMATS, MAX_SIDE_PX, type Variant, type Variants } from "../../handler/contract/variants";
import { TIFF_KINDS } from "../../handler/src/tiff-kinds";
import { code, table } from "../terminal/markdown";

const sizeInWords = ({ inside_px, width_px, cover_px }: Omit<Variant, "format">): string => {
  if (inside_px !== undefined) return `fits in ${inside_px} × ${inside_px} px; never enlarged`;
  if (width_px !== undefined) return `${width_px} px wide; never enlarged`;
  if (cover_px !== undefined)
    return `cropped to ${cover_px.join(" × ")} px around what draws attention; never enlarged`;
  return `as uploaded, at most ${MAX_SIDE_PX} px on the longer side`;
};

/** @returns a row for each variant */
export const variantsTable = (variants: Variants): string =>
  table(
    ["variant", "format", "quality", "size"],
    Object.entries(variants).map(([name, variant]) => [
      code(name),
      `${FORMATS[variant.format].title} (.${FORMATS[variant.format].extension})`,
      variant.quality === undefined ? "lossless" : String(variant.quality),
      sizeInWords(variant),
    ]),
  );

/** @returns a row for each output format */
export const formatsTable = (): string =>
  table(
    ["format", "file", "quality", "transparency", "largest size"],
    Object.entries(FORMATS).map(([name, { title, extension, keepsAlpha, isLossless, maxPx }]) => [
      code(name),
      `${title} (.${extension})`,
      isLossless ? "lossless" : "1 to 100",
      keepsAlpha ? "kept" : "on white",
      maxPx < MAX_SIDE_PX ? `${maxPx} px; a size is required` : `${maxPx} px`,
    ]),
  );

/** An example of each kind of size. */
const SIZES = [{}, { inside_px: 300 }, { width_px: 640 }, { cover_px: [400, 300] }] as const;

/** @returns a row for each kind of size */
export const sizesTable = (): string =>
  table(
    ["size", "what is made"],
    SIZES.map((size) => [
      Object.entries(size)
        .map(([name, value]) => code(`${name} = ${Array.isArray(value) ? `[${value.join(", ")}]` : value}`))
        .join("") || "none",
      sizeInWords(size),
    ]),
  );

export const refusalsTable = (): string =>
  table(
    ["reason", "when"],
    Object.entries(REFUSALS).map(([reason, meaning]) => [code(reason), meaning]),
  );

/** @returns a row for each kind of TIFF that is accepted */
export const tiffTable = (): string =>
  table(
    ["kind", "colours", "bits per sample", "extra samples, such as alpha", "layout", "compression"],
    Object.entries(TIFF_KINDS).map(([kind, { photometrics, bits, extras, layouts, compressions }]) => [
      kind,
      photometrics.join(" or ").replaceAll("*", "\\*"),
      bits.join(", "),
      extras.some((list: string) => list !== "") ? "allowed" : "none",
      layouts.join(", "),
      compressions.join(", "),
    ]),
  );
