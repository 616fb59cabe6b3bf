/** The generated parts about pictures: what is made from an upload, what is refused, and which TIFFs are accepted. */
import { REFUSALS } from "../../handler/contract/events";
import { MAX_SOURCE_SIDE_PX } from "../../handler/src/decode";
import { TIFF_KINDS } from "../../handler/src/tiff-kinds";
import { FORMATS, VARIANTS, type Variant } from "../../handler/src/variants";
import { code, table } from "../terminal/markdown";

const FORMAT_NAMES = { jpeg: "JPEG", webp: "WebP", png: "PNG" } as const satisfies Record<keyof typeof FORMATS, string>;

const row = ([name, { format, quality, insidePx }]: [string, Variant]): string[] => [
  code(name),
  `${FORMAT_NAMES[format]} (.${FORMATS[format].extension})`,
  quality === undefined ? "lossless" : String(quality),
  insidePx === undefined
    ? `as uploaded, at most ${MAX_SOURCE_SIDE_PX} px on the longer side`
    : `fits in ${insidePx} × ${insidePx} px; never enlarged`,
];

export const variantsTable = (): string =>
  table(["variant", "format", "quality", "size"], Object.entries<Variant>(VARIANTS).map(row));

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
