/** The generated parts about pictures: what is made from an upload, and what is refused. */
import { REFUSALS } from "../../handler/contract/events";
import { MAX_SOURCE_SIDE_PX } from "../../handler/src/process";
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
