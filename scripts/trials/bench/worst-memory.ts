/** Measures the memory that the largest admitted file of each kind takes. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LAMBDA_FUNCTION } from "../../../modules/inputs/lambda_function";
import { CACHE, measure, type Tools } from "./processes";
import type { WorstMemory } from "./results";
import { WORST_KINDS, type WorstKind, worstSidePx } from "./worst-files";

/** The memory of a function with the defaults. */
export const DEFAULT_MEMORY_MB: number = LAMBDA_FUNCTION.memory_size.default;

type Kinds = WorstMemory["kinds"];

const measureKind = async (name: WorstKind, tools: Tools): Promise<Kinds[string]> => {
  const sidePx = worstSidePx(name, DEFAULT_MEMORY_MB);
  const file = join(CACHE, `worst.${process.pid}`);
  try {
    await writeFile(file, await WORST_KINDS[name].write(sidePx));
    const { peakBytes } = await measure("handler", file, tools);
    return { megapixels: sidePx ** 2 / 1e6, peakBytes };
  } finally {
    await rm(file, { force: true });
  }
};

/**
 * Writing and measuring all kinds takes minutes: after the time limit, no other kind is begun.
 *
 * @param before figures of an earlier run: kinds without figures are measured first, and the others keep theirs
 * @param onKind called after each kind
 */
export const measureWorst = async (
  tools: Tools,
  { before, limitMs }: { readonly before: Kinds; readonly limitMs: number },
  onKind: (done: number, total: number) => void,
): Promise<Kinds> => {
  const endsAt = performance.now() + limitMs;
  const names = Object.keys(WORST_KINDS) as WorstKind[];
  const wanted = [...names].sort((one, other) => Number(one in before) - Number(other in before));
  const found: Kinds = { ...before };
  for (const [done, name] of wanted.entries()) {
    if (performance.now() > endsAt) break;
    found[name] = await measureKind(name, tools);
    onKind(done + 1, names.length);
  }
  return Object.fromEntries(names.flatMap((name) => (found[name] === undefined ? [] : [[name, found[name]]])));
};
