/** Results of a benchmark: `npm run bench -- --json` prints them, `--write` saves them in results.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Effort } from "../../../handler/contract/efforts";
import type { Cold } from "./cold";
import type { Kind } from "./corpus";
import type { Machine } from "./machine";
import type { Overlap } from "./overlap";
import type { Method } from "./processes";
import type { Similarity } from "./similarity";
import type { Throughput } from "./throughput";

/** Medians over the runs, except `peakBytes`, the maximum. */
export interface Figures {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakBytes: number;
  readonly outputBytes: number;
  /** Median of the ratios to the CPU time of the reference method in the same run: the handler's, or Pillow's for photos. */
  readonly cpuRatio: number;
}

export interface PictureResult {
  readonly name: string;
  readonly kind: Kind;
  readonly megapixels: number;
  readonly sourceBytes: number;
  readonly runs: number;
  /** Without methods that cannot read the picture or are not installed. */
  readonly methods: Readonly<Partial<Record<Method, Figures>>>;
  /** Similarity to the source. @default not measured */
  readonly similarity?: Readonly<Partial<Record<Method, Similarity>>>;
}

/** Means over the photos. */
export interface EffortFigures {
  readonly cpuMs: number;
  readonly outputBytes: number;
  /** Of the lossy full-size variants. */
  readonly ssim: number;
}

/** How an effort does on files of one kind, compared with Pillow on the same files. */
export interface KindFigures {
  readonly kind: string;
  readonly pictures: number;
  /** From the smallest to the largest. */
  readonly megapixels: readonly [number, number];
  /** CPU time of Pillow / of the effort: the lowest of all pictures. */
  readonly cpuRatio: Readonly<Record<Effort, number>>;
  /** Bytes of the effort / of Pillow: all pictures together. */
  readonly bytesRatio: Readonly<Record<Effort, number>>;
}

export interface PhotoResults {
  readonly date: string;
  readonly machine: Machine;
  readonly photos: number;
  readonly runs: number;
  readonly meanMegapixels: number;
  readonly meanSourceBytes: number;
  readonly methods: Readonly<Partial<Record<Effort | "pillow", EffortFigures>>>;
  readonly kinds: readonly KindFigures[];
}

/** The largest files that a function with the default memory admits. */
export interface WorstMemory {
  readonly date: string;
  readonly machine: Machine;
  /** By kind; without kinds that are not measured. */
  readonly kinds: Record<string, { readonly megapixels: number; readonly peakBytes: number }>;
}

/** Variants for web pages: sums over the pictures, and medians of the ratios to the default variants. */
export interface Lean {
  readonly pictures: number;
  readonly runs: number;
  readonly cpuRatio: number;
  readonly bytesRatio: number;
  readonly cpuMs: Readonly<Record<"fast" | "lean", number>>;
  readonly outputBytes: Readonly<Record<"fast" | "lean", number>>;
}

export interface Results {
  /** Such as 2026-03-01 */
  readonly date: string;
  readonly machine: Machine;
  readonly pictures: readonly PictureResult[];
  /** @default not measured */
  readonly cold?: Cold;
  /** @default not measured */
  readonly throughput?: Throughput;
  /** @default not measured */
  readonly worst?: WorstMemory;
  /** @default not measured */
  readonly overlap?: Overlap;
  /** @default not measured */
  readonly lean?: Lean;
  /** Of photos that are not part of the project. @default not measured */
  readonly photos?: PhotoResults;
}

const FILE = join(__dirname, "results.json");

export const readResults = (): Results => JSON.parse(readFileSync(FILE, "utf8")) as Results;

export const writeResults = (results: Results): void =>
  writeFileSync(
    FILE,
    `${JSON.stringify(results, (_, value) => (typeof value === "number" ? rounded(value) : value), 2)}\n`,
  );

/** Five significant digits exceed the precision of the measurement. */
const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(5)));
