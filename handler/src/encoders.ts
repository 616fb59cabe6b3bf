/** Encoder settings of each output format, by effort. */
import { DEFAULT_EFFORT, type Effort } from "../contract/efforts";
import type { FormatName } from "../contract/variants";

/** Options for sharp's encoder, the same for all variants of a format. */
type Encoder = Readonly<Record<string, boolean | number | string>>;

// biome-ignore format: a ledger is read down its columns
export const ENCODERS = {
  fast: {
    jpeg: { optimiseCoding: false },
    webp: { effort: 2 },
    png:  { adaptiveFiltering: true, compressionLevel: 3 },
    avif: { effort: 2 },
  },
  balanced: {
    jpeg: { optimiseCoding: false },
    webp: { effort: 2 },
    png:  { adaptiveFiltering: true, compressionLevel: 4 },
    avif: { effort: 2 },
  },
  small: {
    jpeg: { progressive: true },
    webp: { effort: 4 },
    png:  { adaptiveFiltering: true, compressionLevel: 8 },
    avif: { effort: 4 },
  },
} as const satisfies Record<Effort, Record<FormatName, Encoder>>;

export const encoderOf = (format: FormatName, effort: Effort = DEFAULT_EFFORT): Encoder => ENCODERS[effort][format];
