/** Plays months of several stacks at several rates, in several processes. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Delivery } from "../../cloudwatch/delivery";
import type { Canaries } from "./canaries";
import { effectsOf } from "./effects";
import { type Figures, figuresOf } from "./figures";
import type { Judged } from "./judge";
import { type Recordings, renamed } from "./outcomes";
import { readPolicy } from "./policy";
import type { Job, JobResult } from "./worker";

/** One stack to be compared. */
export interface Column {
  readonly name: string;
  /** Folder of the stack that is synthesized for a rate. */
  readonly stackDir: (uploadsPerMonth: number) => string;
  readonly recordings: Recordings;
  /** Whether to count healthy canaries, too. @default false */
  readonly hasCanaries?: boolean;
  /** Plays at most this many months: enough for a comparison. @default as many as asked for */
  readonly atMostMonths?: number;
}

export interface RunOptions {
  readonly seed: number;
  readonly months: number;
  readonly rates: readonly number[];
  readonly delivery: Delivery;
  readonly sloSeconds: number;
  readonly canaries: number;
  /** Of each month. @default 30 */
  readonly days?: number;
  readonly onDone?: (done: number, total: number) => void;
}

/** A stack at a rate. */
export interface Result {
  readonly column: string;
  readonly uploadsPerMonth: number;
  readonly figures: Figures;
  readonly months: readonly Judged[];
  readonly canaries?: Canaries;
}

/** Months that a process plays before it reports. */
const MONTHS_IN_JOB = 2;

interface Task {
  readonly column: string;
  readonly uploadsPerMonth: number;
  readonly job: Job;
}

const tasksOf = (columns: readonly Column[], options: RunOptions): Task[] => {
  const { seed, months, rates, delivery, sloSeconds, days, canaries } = options;
  return rates.flatMap((uploadsPerMonth) =>
    columns.flatMap(({ name, stackDir, recordings, hasCanaries, atMostMonths = months }) => {
      const policy = readPolicy(stackDir(uploadsPerMonth));
      const effects = effectsOf(policy.blueprint, renamed(recordings, policy.blueprint));
      const shared = { policy, effects };
      const count = Math.min(months, atMostMonths);
      const all = Array.from({ length: count }, (_, index) => ({
        ...{ seed: seed + index, uploadsPerMonth, delivery, sloSeconds },
        ...(days !== undefined && { days }),
      }));
      const parts = Array.from({ length: Math.ceil(count / MONTHS_IN_JOB) }, (_, part) => ({
        ...shared,
        months: all.slice(part * MONTHS_IN_JOB, (part + 1) * MONTHS_IN_JOB),
      }));
      const counted = { ...shared, months: [], canaries: { count: canaries, uploadsPerMonth, delivery, sloSeconds } };
      return [...parts, ...(hasCanaries ? [counted] : [])].map((job) => ({ column: name, uploadsPerMonth, job }));
    }),
  );
};

const start = (): ChildProcess =>
  fork(join(__dirname, "worker.ts"), {
    execArgv: [...process.execArgv, "--max-semi-space-size=64"],
    serialization: "advanced",
  });

const ask = async (child: ChildProcess, job: Job): Promise<JobResult> => {
  const ended = new AbortController();
  const result = once(child, "message", { signal: ended.signal }) as Promise<[JobResult]>;
  const lost = once(child, "exit", { signal: ended.signal }).then(([code]) => {
    throw new Error(`Expected a result from a process that plays months but got exit code ${code}`);
  });
  child.send(job);
  try {
    return (await Promise.race([result, lost]))[0];
  } finally {
    lost.catch(() => {});
    ended.abort();
  }
};

/** @throws Error for a stack that CloudWatch would refuse, and if a process ends early */
export const playMonths = async (columns: readonly Column[], options: RunOptions): Promise<Result[]> => {
  const tasks = tasksOf(columns, options);
  const results = new Map<Task, JobResult>();
  const left = [...tasks];
  const children = Array.from({ length: Math.min(availableParallelism(), tasks.length) }, start);
  const play = async (child: ChildProcess): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) {
      results.set(task, await ask(child, task.job));
      options.onDone?.(results.size, tasks.length);
    }
  };
  try {
    await Promise.all(children.map(play));
  } finally {
    for (const child of children) child.disconnect();
  }
  return options.rates.flatMap((uploadsPerMonth) =>
    columns.map(({ name }): Result => {
      const own = tasks.filter((task) => task.column === name && task.uploadsPerMonth === uploadsPerMonth);
      const months = own.flatMap((task) => results.get(task)?.months ?? []);
      const canaries = own.map((task) => results.get(task)?.canaries).find((each) => each !== undefined);
      return { column: name, uploadsPerMonth, figures: figuresOf(months), months, ...(canaries && { canaries }) };
    }),
  );
};
