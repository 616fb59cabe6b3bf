/** What each variant costs per month, and what leaving it out or changing it saves. */
import { FORMATS, type Variant, type Variants } from "../../../handler/contract/variants";
import type { Prices } from "../../../modules/prices";
import type { Environment } from "../../../modules/variables";
import { billOf, totalOf } from "./estimate";
import { type Assumed, megapixelsOf, usageOf } from "./usage";
import { bytesShareOf } from "./variant-shares";

/** A smaller size for variants that have none. */
const SMALLER_PX = 2048;
const WEBP_QUALITY = 85;
const LOWER_BY = 10;

/** Changes to compare; undefined where one does not apply to a variant. To add one, add a row. */
const CHANGES = {
  [`inside_px = ${SMALLER_PX}`]: (variant: Variant): Variant | undefined =>
    (variant.inside_px ?? variant.width_px ?? variant.cover_px) ? undefined : { ...variant, inside_px: SMALLER_PX },
  'format = "webp"': ({ format, quality = WEBP_QUALITY, ...size }: Variant): Variant | undefined =>
    format === "jpeg" || format === "png" ? { ...size, format: "webp", quality } : undefined,
  [`quality - ${LOWER_BY}`]: (variant: Variant): Variant | undefined =>
    FORMATS[variant.format].isLossless || (variant.quality ?? 0) <= LOWER_BY
      ? undefined
      : { ...variant, quality: (variant.quality ?? 0) - LOWER_BY },
} as const satisfies Record<string, (variant: Variant) => Variant | undefined>;

/** Names of the changes. */
export const CHANGE_NAMES: readonly string[] = Object.keys(CHANGES);

export interface VariantCost {
  readonly name: string;
  /** Megabytes of one file, for an upload of the assumed size. */
  readonly mb: number;
  /** US dollars per month that are saved without it: storage, CPU time, requests. */
  readonly usd: number;
  /** Of the whole bill. */
  readonly percent: number;
  /** US dollars per month that each change saves. @default the change does not apply */
  readonly saved: Readonly<Record<string, number | undefined>>;
}

const without = (variants: Variants, name: string): Variants =>
  Object.fromEntries(Object.entries(variants).filter(([other]) => other !== name));

/** @returns the variants in the order of the table */
export const variantCosts = (environment: Environment, assumed: Assumed, prices: Prices): VariantCost[] => {
  const { variants } = environment;
  const totalUsd = (changed: Variants): number =>
    totalOf(billOf(usageOf({ ...environment, variants: changed }, assumed), prices));
  const now = totalUsd(variants);
  const megapixels = megapixelsOf(assumed);
  return Object.entries(variants).map(([name, variant]) => {
    const usd = now - totalUsd(without(variants, name));
    const saved = Object.entries(CHANGES).map(([change, make]) => {
      const changed = make(variant);
      return [change, changed && now - totalUsd({ ...variants, [name]: changed })];
    });
    return {
      name,
      mb: megapixels * assumed.outputMbPerMp * bytesShareOf(environment, name, megapixels),
      usd,
      percent: (100 * usd) / now,
      saved: Object.fromEntries(saved),
    };
  });
};
