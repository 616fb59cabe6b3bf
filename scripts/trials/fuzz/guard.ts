/** Holds a process that takes up hostile files: waits for it, ends it when it hangs, and begins another when it dies. */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { RUN_TYPESCRIPT } from "../../terminal/run-typescript";
import type { Answer, Order } from "./subject";

export interface Trial extends Omit<Answer, "outcome"> {
  readonly outcome: Answer["outcome"] | "crash" | "hang";
}

export interface Guard {
  /** One at a time. */
  readonly attempt: (order: Order) => Promise<Trial>;
  readonly stop: () => void;
}

export interface GuardOptions {
  /** File that the process runs. @default the handler's own code */
  readonly subject?: string;
  /** @default 20 s: a file of the fuzzer takes milliseconds, but a machine may be busy */
  readonly patienceMs?: number;
}

const start = async (subject: string): Promise<ChildProcess> => {
  const child = fork(subject, {
    execArgv: [...RUN_TYPESCRIPT],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await once(child, "message");
  return child;
};

const attemptWith = (child: ChildProcess, order: Order, patienceMs: number): Promise<Trial> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const end = (trial: Trial): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(trial);
    };
    const lost = (outcome: "crash" | "hang", detail: string): void =>
      end({ outcome, detail, ms: performance.now() - startedAt, peakBytes: 0 });
    const timer = setTimeout(() => {
      lost("hang", `Expected an answer within ${patienceMs / 1_000} s but got none`);
      child.kill("SIGKILL");
    }, patienceMs);
    child.once("message", (answer: Answer) => end(answer));
    child.once("exit", (code, signal) => lost("crash", `Expected an answer but got ${signal ?? `exit code ${code}`}`));
    child.send(order);
  });

export const startGuard = ({
  subject = join(__dirname, "subject.ts"),
  patienceMs = 20_000,
}: GuardOptions = {}): Guard => {
  let child: Promise<ChildProcess> | undefined;
  return {
    attempt: async (order) => {
      child ??= start(subject);
      const trial = await attemptWith(await child, order, patienceMs);
      if (trial.outcome === "crash" || trial.outcome === "hang") child = undefined;
      return trial;
    },
    stop: () => void child?.then((process) => process.kill("SIGKILL")),
  };
};
