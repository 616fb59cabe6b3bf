/** What each variant adds to stored bytes and CPU time, in relation to the five default variants. */
import type { Effort } from "../../../handler/contract/efforts";
import { DEFAULT_VARIANTS, type FormatName, type Variant, type Variants } from "../../../handler/contract/variants";
import type { Environment } from "../../../modules/variables";
import { readResults } from "../../trials/bench/results";

interface Demand {
  /** Megabytes per megapixel of the variant. */
  readonly mbPerMp: number;
  /** Seconds of one vCPU per megapixel of the variant. */
  readonly cpuSecondsPerMp: number;
}

/**
 * Measured at quality 85 (AVIF: 50) on camera photos. Only their relation matters: the benchmark's CPU time and the
 * assumption `outputMbPerMp` are multiplied by it.
 */
// biome-ignore format: a ledger is read down its columns
const FORMAT_DEMANDS: Readonly<Record<FormatName, Demand & { readonly quality: number }>> = {
  jpeg: { quality: 85,  mbPerMp: 0.123, cpuSecondsPerMp: 0.005 },
  webp: { quality: 85,  mbPerMp: 0.083, cpuSecondsPerMp: 0.05 },
  png:  { quality: 100, mbPerMp: 1,     cpuSecondsPerMp: 0.075 },
  avif: { quality: 50,  mbPerMp: 0.05,  cpuSecondsPerMp: 0.16 },
};

/** CPU seconds per megapixel that decoding takes. They do not depend on the variants. */
const DECODING = 0.013;

/** Bytes grow by this factor with each point of quality: a JPEG of quality 60 has half the bytes of one of 85. */
const GROWTH_PER_QUALITY = 1.026;

/** Width and height in px of a picture of 4 : 3. */
const sidesOf = (megapixels: number): [number, number] => {
  const height = Math.sqrt((megapixels * 1e6 * 3) / 4);
  return [(height * 4) / 3, height];
};

/** @returns the megapixels of a variant of a picture of 4 : 3 */
const variantMegapixels = ({ inside_px, width_px, cover_px }: Variant, megapixels: number): number => {
  const [width, height] = sidesOf(megapixels);
  if (cover_px !== undefined) {
    const scale = Math.min(1, width / cover_px[0], height / cover_px[1]);
    return (cover_px[0] * cover_px[1] * scale ** 2) / 1e6;
  }
  const scale = Math.min(1, (inside_px ?? width_px ?? width) / width);
  return megapixels * scale ** 2;
};

const demandOf = (variant: Variant, megapixels: number): Demand => {
  const { quality, mbPerMp, cpuSecondsPerMp } = FORMAT_DEMANDS[variant.format];
  const area = variantMegapixels(variant, megapixels);
  return {
    mbPerMp: area * mbPerMp * GROWTH_PER_QUALITY ** ((variant.quality ?? quality) - quality),
    cpuSecondsPerMp: area * cpuSecondsPerMp,
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

interface Share {
  /** Of the bytes that the default variants take: all of them together have 1. */
  readonly bytes: number;
  /** Of the CPU time that an upload takes with the default variants. */
  readonly cpu: number;
}

/** What stored bytes and CPU time depend on. */
export type Demanding = Pick<Environment, "variants" | "encoder_effort">;

/** Of the benchmark's painted pictures, which the assumptions come from. */
const MEASURED_EFFORT: Effort = "fast";

/** @returns bytes and CPU time of an effort in relation to the measured one, on photos */
const effortFactors = (effort: Effort): Share => {
  const { photos } = readResults();
  const [own, usual] = [photos?.methods[effort], photos?.methods[MEASURED_EFFORT]];
  return own === undefined || usual === undefined
    ? { bytes: 1, cpu: 1 }
    : { bytes: own.outputBytes / usual.outputBytes, cpu: own.cpuMs / usual.cpuMs };
};

/** @returns the share of each variant, by name */
const sharesOf = (variants: Variants, megapixels: number): Record<string, Share> => {
  const usual = Object.values<Variant>(DEFAULT_VARIANTS).map((variant) => demandOf(variant, megapixels));
  const bytes = sum(usual.map(({ mbPerMp }) => mbPerMp));
  const cpu = sum(usual.map(({ cpuSecondsPerMp }) => cpuSecondsPerMp)) + DECODING * megapixels;
  return Object.fromEntries(
    Object.entries(variants).map(([name, variant]) => {
      const { mbPerMp, cpuSecondsPerMp } = demandOf(variant, megapixels);
      return [name, { bytes: mbPerMp / bytes, cpu: cpuSecondsPerMp / cpu }];
    }),
  );
};

/** @returns the bytes of one variant, where all default variants together have 1 */
export const bytesShareOf = ({ variants, encoder_effort }: Demanding, name: string, megapixels: number): number =>
  (sharesOf(variants, megapixels)[name]?.bytes ?? 0) * effortFactors(encoder_effort).bytes;

/** @returns the share of all variants and of decoding: 1 and 1 for the default variants with the measured effort */
export const totalShare = ({ variants, encoder_effort }: Demanding, megapixels: number): Share => {
  const shares = Object.values(sharesOf(variants, megapixels));
  const usual = Object.values(sharesOf(DEFAULT_VARIANTS, megapixels));
  const decoding = 1 - sum(usual.map(({ cpu }) => cpu));
  const factors = effortFactors(encoder_effort);
  return {
    bytes: sum(shares.map(({ bytes }) => bytes)) * factors.bytes,
    cpu: (decoding + sum(shares.map(({ cpu }) => cpu))) * factors.cpu,
  };
};
