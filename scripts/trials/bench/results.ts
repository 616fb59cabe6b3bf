/** Results of a benchmark: `npm run bench -- --json` prints them, `--write` saves them in results.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cold } from "./cold";
import type { Kind } from "./corpus";
import type { Machine } from "./machine";
import type { Method } from "./processes";
import type { Similarity } from "./similarity";
import type { Throughput } from "./throughput";

/** Medians over the runs, except `peakBytes`, the maximum. */
export interface Figures {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakBytes: number;
  readonly outputBytes: number;
  /** Median of the ratios to the handler's CPU time in the same run; 1 for the handler itself. */
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

export interface Results {
  /** Such as 2026-03-01 */
  readonly date: string;
  readonly machine: Machine;
  readonly pictures: readonly PictureResult[];
  /** @default not measured */
  readonly cold?: Cold;
  /** @default not measured */
  readonly throughput?: Throughput;
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
