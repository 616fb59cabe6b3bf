/** Controls a worker process that decodes hostile files: kills it if it hangs and starts another if it dies. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { RUN_TYPESCRIPT } from "../../terminal/run-typescript";
import type { Task, TaskResult } from "./worker";

export interface Attempt extends Omit<TaskResult, "outcome"> {
  readonly outcome: TaskResult["outcome"] | "crash" | "hang";
}

export interface WorkerHandle {
  /** Call it one at a time. */
  readonly attempt: (task: Task) => Promise<Attempt>;
  readonly stop: () => void;
}

export interface WorkerOptions {
  /** Source file of the worker. @default worker.ts, which runs the handler's code */
  readonly file?: string;
  /** Kills the worker after this time. @default 20 000: a file takes milliseconds, but the machine can be busy */
  readonly limitMs?: number;
}

const start = async (file: string): Promise<ChildProcess> => {
  const child = fork(file, {
    execArgv: [...RUN_TYPESCRIPT],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await once(child, "message");
  return child;
};

const attemptWith = (child: ChildProcess, task: Task, limitMs: number): Promise<Attempt> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const end = (attempt: Attempt): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(attempt);
    };
    const lost = (outcome: "crash" | "hang", detail: string): void =>
      end({ outcome, detail, ms: performance.now() - startedAt, peakBytes: 0 });
    const timer = setTimeout(() => {
      lost("hang", `Expected a result within ${limitMs / 1_000} s but got none`);
      child.kill("SIGKILL");
    }, limitMs);
    child.once("message", (result: TaskResult) => end(result));
    child.once("exit", (code, signal) => lost("crash", `Expected a result but got ${signal ?? `exit code ${code}`}`));
    child.send(task);
  });

export const startWorker = ({
  file = join(__dirname, "worker.ts"),
  limitMs = 20_000,
}: WorkerOptions = {}): WorkerHandle => {
  let child: Promise<ChildProcess> | undefined;
  return {
    attempt: async (task) => {
      child ??= start(file);
      const attempt = await attemptWith(await child, task, limitMs);
      if (attempt.outcome === "crash" || attempt.outcome === "hang") child = undefined;
      return attempt;
    },
    stop: () => void child?.then((process) => process.kill("SIGKILL")),
  };
};
