/** A run of a Distributed Map: passes batches to a function, a few at a time, and gives up when too many items have failed. */
import type { Answer, Wait } from "./lambda";
import { type RetryBlueprint, retryOf, type StateMachineBlueprint } from "./state-machine";

type BatchStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

export interface Batch {
  readonly arn: string;
  readonly items: number;
  /** JSON. */
  readonly input: string;
  status: BatchStatus;
  startedMs?: number;
  endedMs?: number;
  /** JSON. */
  output?: string;
  error?: string;
  cause?: string;
  redrives: number;
}

/** Metrics of executions, without those of their end while they run. */
export type ExecutionMetric =
  | "ExecutionsStarted"
  | "ExecutionsSucceeded"
  | "ExecutionsFailed"
  | "ExecutionsTimedOut"
  | "ExecutionsAborted";

export const ENDS = {
  SUCCEEDED: "ExecutionsSucceeded",
  FAILED: "ExecutionsFailed",
  TIMED_OUT: "ExecutionsTimedOut",
  ABORTED: "ExecutionsAborted",
} as const satisfies Partial<Record<BatchStatus, ExecutionMetric>>;

/** An Express workflow ends after five minutes. */
const EXPRESS_MS = 300_000;

export interface MapRunOptions {
  readonly machine: StateMachineBlueprint;
  readonly call: (functionArn: string, event: unknown) => Promise<Answer>;
  readonly now: () => number;
  readonly wait: Wait;
  /** Called for each metric of a batch. */
  readonly measure: (name: ExecutionMetric) => void;
}

const errorOf = ({ status, payload }: Answer): { readonly error: string; readonly cause: string } => {
  if (status === "throttled") return { error: "Lambda.TooManyRequestsException", cause: "Rate Exceeded." };
  const { errorType = "Lambda.Unknown" } = JSON.parse(payload) as { errorType?: string };
  return { error: errorType, cause: payload };
};

/** @returns items of batches in these states */
export const itemsIn = (batches: readonly Batch[], ...states: readonly BatchStatus[]): number =>
  batches.reduce((sum, { status, items }) => sum + (states.includes(status) ? items : 0), 0);

/**
 * Runs every batch that is pending.
 *
 * @param signal aborts the batches that run; the others stay pending
 * @returns whether no more items failed than are tolerated
 */
export const runBatches = async (
  batches: readonly Batch[],
  options: MapRunOptions,
  signal: AbortSignal,
): Promise<boolean> => {
  const { machine, call, now, wait, measure } = options;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const aborted = new Promise<undefined>((resolve) => {
    if (either.aborted) resolve(undefined);
    either.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const total = batches.reduce((sum, { items }) => sum + items, 0);
  const isTooMuch = () => 100 * itemsIn(batches, "FAILED", "TIMED_OUT") > machine.toleratedPercent * total;

  const end = (batch: Batch, status: keyof typeof ENDS, result: Partial<Batch> = {}) => {
    Object.assign(batch, result, { status, endedMs: now() });
    measure(ENDS[status]);
  };

  /** @param used how often this retrier has retried before */
  const pauseMs = (retry: RetryBlueprint, used: number): number => {
    const seconds = Math.min(retry.intervalSeconds * retry.backoffRate ** used, retry.maxDelaySeconds);
    return 1_000 * seconds * (retry.isJittered ? Math.random() : 1);
  };

  const run = async (batch: Batch): Promise<void> => {
    const startedMs = now();
    Object.assign(batch, { status: "RUNNING", startedMs });
    measure("ExecutionsStarted");
    /** Each retrier counts its own retries. */
    const used = new Map<RetryBlueprint, number>();
    for (;;) {
      const answer = await Promise.race([call(machine.functionArn, JSON.parse(batch.input)), aborted]);
      if (answer === undefined || either.aborted) return end(batch, "ABORTED");
      if (now() - startedMs >= EXPRESS_MS) return end(batch, "TIMED_OUT", { error: "States.Timeout" });
      if (answer.status === "success") return end(batch, "SUCCEEDED", { output: answer.payload });
      const failure = errorOf(answer);
      const retry = retryOf(failure.error, machine.retries);
      const before = (retry && used.get(retry)) ?? 0;
      if (retry === undefined || before >= retry.maxAttempts) return end(batch, "FAILED", failure);
      used.set(retry, before + 1);
      await wait(pauseMs(retry, before), either).catch(() => {});
      if (either.aborted) return end(batch, "ABORTED");
    }
  };

  const pending = batches.filter(({ status }) => status === "PENDING");
  const worker = async (): Promise<void> => {
    for (let batch = pending.shift(); batch !== undefined && !either.aborted; batch = pending.shift()) {
      await run(batch);
      if (isTooMuch()) failed.abort();
    }
  };
  await Promise.all(Array.from({ length: machine.maxConcurrency }, worker));
  return !failed.signal.aborted;
};
