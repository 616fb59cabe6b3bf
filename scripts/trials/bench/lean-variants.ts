/** Variants for web pages, without a PNG of full size. */
import { DEFAULT_VARIANTS, type Variants } from "../../../handler/contract/variants";

/** Of WebP, for `srcset`. */
const WIDTHS_PX = [320, 640, 1280, 1920];

const { png: _png, ...others } = DEFAULT_VARIANTS;

/** The default variants without the PNG, and WebP in four widths. A placeholder comes with the manifest. */
export const LEAN_VARIANTS: Variants = {
  ...others,
  ...Object.fromEntries(
    WIDTHS_PX.map((width_px) => [`webp-${width_px}`, { format: "webp", quality: 80, width_px } as const]),
  ),
};
