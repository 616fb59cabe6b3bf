/** The measured process: makes the variants of many pictures, as one execution environment does, and prints its memory. */
import { readFile } from "node:fs/promises";
import { DEFAULT_VARIANTS } from "../../../handler/contract/variants";
import type { Limits } from "../../../handler/src/input";
import { processImage } from "../../../handler/src/process";
import { residentBytes } from "../../sandbox/memory";

/** Bytes: the peak of the process so far, after each round. */
export type Peaks = readonly number[];

/** One is enough: it is the pixels that leave gaps in the memory. */
const VARIANTS = { compressed: DEFAULT_VARIANTS.compressed };
const LIMITS: Limits = { maxPixels: 100_000_000, maxSidePx: 65_535, maxFrames: 1 };

const main = async (rounds: number, files: readonly string[]): Promise<void> => {
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const file of files) await processImage(await readFile(file), LIMITS, { variants: VARIANTS });
    peaks.push(await residentBytes(process.pid));
  }
  console.log(JSON.stringify(peaks satisfies Peaks));
};

const [rounds = "", ...files] = process.argv.slice(2);
void main(Number(rounds), files);
