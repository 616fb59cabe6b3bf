/** What was measured, when and where: `npm run bench -- --json` prints it, and `--write` keeps it in results.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cold } from "./cold";
import type { Kind } from "./corpus";
import type { Machine } from "./machine";
import type { Method } from "./processes";
import type { Similarity } from "./similarity";
import type { Throughput } from "./throughput";

/** Medians over the runs, but the largest peak. */
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
  /** A method that cannot read the picture, or is not on this machine, is absent. */
  readonly methods: Readonly<Partial<Record<Method, Figures>>>;
  /** To the source. @default not looked at */
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

/** Four significant digits are more than the noise leaves. Whole numbers stay as they are. */
const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(5)));
