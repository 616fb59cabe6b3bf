/** Variants for web pages instead of a full-size PNG: what they take, compared with the default variants. */
import type { Picture } from "./corpus";
import { measureTask } from "./paired";
import type { Tools } from "./processes";
import type { Figures, Lean } from "./results";
import { median } from "./statistics";

const sum = (figures: readonly Figures[], of: "cpuMs" | "outputBytes"): number =>
  figures.reduce((total, each) => total + each[of], 0);

/** @param onRun called after each process */
export const measureLean = async (
  pictures: readonly Picture[],
  runs: number,
  tools: Tools,
  onRun: (done: number, total: number) => void,
): Promise<Lean> => {
  const methods = ["fast", "lean"] as const;
  const found: Record<(typeof methods)[number], Figures[]> = { fast: [], lean: [] };
  let done = 0;
  for (const picture of pictures) {
    const task = { picture, runs, methods, reference: "fast", isCompared: false } as const;
    const result = await measureTask(task, tools, () => onRun(++done, pictures.length * runs * methods.length));
    for (const method of methods) found[method].push(...[result.methods[method] ?? []].flat());
  }
  const { fast, lean } = found;
  return {
    pictures: pictures.length,
    runs,
    cpuRatio: median(lean.map(({ cpuRatio }) => cpuRatio)),
    bytesRatio: median(lean.map(({ outputBytes }, index) => outputBytes / (fast[index]?.outputBytes ?? Number.NaN))),
    cpuMs: { fast: sum(fast, "cpuMs"), lean: sum(lean, "cpuMs") },
    outputBytes: { fast: sum(fast, "outputBytes"), lean: sum(lean, "outputBytes") },
  };
};
