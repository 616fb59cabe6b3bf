/** How much time is saved by storing variants while later ones are encoded: with a store as slow as S3, at one vCPU. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { bundled } from "./processes";
import { median } from "./statistics";
import type { TransferMethod, Transferred } from "./transfer-worker";

export interface Overlap {
  readonly picture: string;
  readonly runs: number;
  /** Medians of the pairs: overlapping / sequential. */
  readonly wallRatio: number;
  readonly cpuRatio: number;
  readonly peakRatio: number;
  /** Medians, in milliseconds. */
  readonly wallMs: Readonly<Record<TransferMethod, number>>;
}

const run = promisify(execFile);

const startStore = async (program: string, file: string): Promise<{ url: string; process: ChildProcess }> => {
  const store = spawn(process.execPath, [program, file], { stdio: ["pipe", "pipe", "inherit"] });
  const [url] = await once(createInterface({ input: store.stdout as NodeJS.ReadableStream }), "line");
  return { url: url as string, process: store };
};

/** Runs on one processor, as a function with 1769 MB does. The store runs on the others. */
const ONE_CPU = ["taskset", "--cpu-list", "0"];

const ratio = (pairs: readonly (readonly [Transferred, Transferred])[], of: keyof Transferred): number =>
  median(pairs.map(([overlapping, sequential]) => overlapping[of] / sequential[of]));

/**
 * @param onPair called after each pair
 * @throws Error if taskset, which keeps a process on one processor, is missing
 */
export const measureOverlap = async (
  picture: { readonly name: string; readonly file: string },
  runs: number,
  onPair: (done: number, total: number) => void,
): Promise<Overlap> => {
  const [worker, program] = [await bundled("transfer-worker.ts"), await bundled("slow-store.ts")];
  const store = await startStore(program.file, picture.file);
  try {
    const { size } = await stat(picture.file);
    const measure = async (method: TransferMethod): Promise<Transferred> => {
      const [command = "", ...args] = [...ONE_CPU, process.execPath, worker.file, method, store.url, String(size)];
      return JSON.parse((await run(command, args)).stdout) as Transferred;
    };
    const pairs: [Transferred, Transferred][] = [];
    for (let i = 0; i < runs; i++) {
      // The order changes, so that neither is always the first.
      const first = i % 2 === 0 ? "overlapping" : "sequential";
      const one = await measure(first);
      const other = await measure(first === "overlapping" ? "sequential" : "overlapping");
      pairs.push(first === "overlapping" ? [one, other] : [other, one]);
      onPair(i + 1, runs);
    }
    return {
      picture: picture.name,
      runs,
      wallRatio: ratio(pairs, "wallMs"),
      cpuRatio: ratio(pairs, "cpuMs"),
      peakRatio: ratio(pairs, "peakBytes"),
      wallMs: {
        overlapping: median(pairs.map(([{ wallMs }]) => wallMs)),
        sequential: median(pairs.map(([, { wallMs }]) => wallMs)),
      },
    };
  } finally {
    store.process.stdin?.end();
    await Promise.all([worker.remove(), program.remove()]);
  }
};
