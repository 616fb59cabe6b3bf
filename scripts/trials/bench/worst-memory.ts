/** Measures the memory that the largest admitted file of each kind takes. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LAMBDA_FUNCTION } from "../../../modules/inputs/lambda_function";
import { CACHE, measure, type Tools } from "./processes";
import type { WorstMemory } from "./results";
import { admittedPixels, WORST_KINDS, type WorstKind, worstFile } from "./worst-files";

/** The memory of a function with the defaults. */
export const DEFAULT_MEMORY_MB: number = LAMBDA_FUNCTION.memory_size.default;

/** @param onKind called after each kind */
export const measureWorst = async (
  tools: Tools,
  onKind: (done: number, total: number) => void,
): Promise<WorstMemory["kinds"]> => {
  const found: WorstMemory["kinds"] = {};
  const names = Object.keys(WORST_KINDS) as WorstKind[];
  for (const [done, name] of names.entries()) {
    const bytes = await worstFile(name, DEFAULT_MEMORY_MB);
    if (bytes !== undefined) {
      const file = join(CACHE, `worst.${process.pid}`);
      await writeFile(file, bytes);
      try {
        const { peakBytes } = await measure("handler", file, tools);
        found[name] = { megapixels: admittedPixels(name, DEFAULT_MEMORY_MB, bytes.length) / 1e6, peakBytes };
      } finally {
        await rm(file);
      }
    }
    onKind(done + 1, names.length);
  }
  return found;
};
