/** Throughput of the local pipeline: uploads to the sandbox, with the real package in real processes. */
import { readFile } from "node:fs/promises";
import { devStack } from "../../build/local-stack";
import { readBlueprint } from "../../sandbox/blueprint";
import { startSandbox } from "../../sandbox/sandbox";
import type { Picture } from "./corpus";

interface Level {
  readonly concurrency: number;
  readonly picturesPerSecond: number;
  /** Median billed duration, in milliseconds. */
  readonly medianMs: number;
}

export interface Throughput {
  readonly picture: string;
  readonly uploads: number;
  readonly levels: readonly Level[];
  /** `maxMemoryUsedMB` of the package's process after one picture, by picture. */
  readonly memoryMb: Readonly<Record<string, number>>;
}

const CONCURRENCY = [1, 2, 8];

const field = (line: string, name: string): number | undefined => {
  const [, value] = new RegExp(`"${name}":([\\d.]+)`).exec(line) ?? [];
  return value === undefined ? undefined : Number(value);
};

/** Uploads a picture `uploads` times to a sandbox with `concurrency` processes. */
const runLevel = async (stackDir: string, bytes: Buffer, uploads: number, concurrency: number): Promise<Level> => {
  const sandbox = await startSandbox({ blueprint: readBlueprint(stackDir), processes: concurrency });
  try {
    const startedAt = performance.now();
    for (let i = 0; i < uploads; i++) await sandbox.upload(`upload-${i}`, bytes);
    const outcomes = await sandbox.settled();
    const seconds = (performance.now() - startedAt) / 1_000;
    const failed = outcomes.filter(({ status }) => status !== "success").length;
    if (failed > 0) throw new Error(`Expected success for ${uploads} uploads but got ${failed} that failed`);
    const durations = sandbox.logs.flatMap(({ text }) => field(text, "billedDurationMs") ?? []).sort((a, b) => a - b);
    return {
      concurrency,
      picturesPerSecond: uploads / seconds,
      medianMs: durations[Math.floor(durations.length / 2)] ?? 0,
    };
  } finally {
    await sandbox.stop();
  }
};

const memoryOf = async (stackDir: string, { name, file }: Picture): Promise<[string, number]> => {
  const sandbox = await startSandbox({ blueprint: readBlueprint(stackDir), processes: 1 });
  try {
    await sandbox.upload(name, await readFile(file));
    await sandbox.settled();
    return [name, Math.max(0, ...sandbox.logs.flatMap(({ text }) => field(text, "maxMemoryUsedMB") ?? []))];
  } finally {
    await sandbox.stop();
  }
};

/**
 * @param picture uploaded `uploads` times at each level
 * @param heaviest pictures whose memory is measured, each in its own process
 */
export const measureThroughput = async (
  picture: Picture,
  uploads: number,
  heaviest: readonly Picture[],
): Promise<Throughput> => {
  const stackDir = await devStack();
  const bytes = await readFile(picture.file);
  const levels: Level[] = [];
  for (const concurrency of CONCURRENCY) levels.push(await runLevel(stackDir, bytes, uploads, concurrency));
  const memoryMb: [string, number][] = [];
  for (const each of heaviest) memoryMb.push(await memoryOf(stackDir, each));
  return { picture: picture.name, uploads, levels, memoryMb: Object.fromEntries(memoryMb) };
};
