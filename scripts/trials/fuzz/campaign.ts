/** Runs many damaged pictures through the handler's code, in separate processes, and counts the outcomes. */
import pLimit from "p-limit";
import type { SourceFormat } from "../../../handler/src/input";
import { type FuzzInput, inputOf } from "./mutations";
import { makeSeeds } from "./seeds";
import { type Attempt, startWorker, type WorkerHandle } from "./worker-handle";

/** Outcomes that are failures of the handler. */
export type FailureKind = Exclude<Attempt["outcome"], "made" | "refused"> | "too much memory";

/** Outcomes of the inputs of one format. */
export interface FormatCounts {
  inputs: number;
  made: number;
  /** Count by reason. */
  readonly refused: Record<string, number>;
  readonly failed: Partial<Record<FailureKind, number>>;
  peakBytes: number;
}

export interface Failure {
  readonly input: FuzzInput;
  readonly failure: FailureKind;
  readonly detail: string;
}

export interface Campaign {
  readonly seed: number;
  readonly counts: Readonly<Record<SourceFormat, FormatCounts>>;
  readonly failures: readonly Failure[];
  readonly seconds: number;
}

export interface CampaignOptions {
  readonly seed: number;
  readonly numbers: readonly number[];
  readonly processes: number;
  /** Stops after this time. @default no limit */
  readonly seconds?: number;
  readonly onDone?: (done: number) => void;
}

/** Low limits: a header that claims a huge picture costs milliseconds, so 20 000 files take minutes. */
const LIMITS = { maxPixels: 2_000_000, maxSidePx: 65_535, maxFrames: 1_000 };

/** The process itself takes about 100 MB. */
const MAX_PEAK_BYTES = 300e6;

/** What is made of undamaged pictures: the same pictures are damaged again and again. */
type Undamaged = Map<Buffer, string>;

/** @returns the attempt; "wrong" if its image should equal that of the undamaged picture but does not */
const compared = async (
  { original }: FuzzInput,
  attempt: Attempt,
  worker: WorkerHandle,
  undamaged: Undamaged,
): Promise<Attempt> => {
  if (original === undefined || attempt.outcome !== "made") return attempt;
  const detail = undamaged.get(original) ?? (await worker.attempt({ bytes: original, limits: LIMITS })).detail;
  undamaged.set(original, detail);
  if (detail === attempt.detail) return attempt;
  return {
    ...attempt,
    outcome: "wrong",
    detail: "Expected the undamaged picture or a refusal but got another picture",
  };
};

/** @returns the kind of failure; undefined if there is none */
const failureOf = ({ mutation }: FuzzInput, { outcome, peakBytes }: Attempt): FailureKind | undefined => {
  if (peakBytes > MAX_PEAK_BYTES) return "too much memory";
  if (outcome === "refused") return mutation === "left as it is" ? "wrong" : undefined;
  return outcome === "made" ? undefined : outcome;
};

const addTo = (counts: FormatCounts, attempt: Attempt, failure: FailureKind | undefined): void => {
  counts.inputs += 1;
  counts.peakBytes = Math.max(counts.peakBytes, attempt.peakBytes);
  if (failure !== undefined) counts.failed[failure] = (counts.failed[failure] ?? 0) + 1;
  else if (attempt.outcome === "made") counts.made += 1;
  else counts.refused[attempt.detail] = (counts.refused[attempt.detail] ?? 0) + 1;
};

export const runCampaign = async ({
  seed,
  numbers,
  processes,
  seconds,
  onDone,
}: CampaignOptions): Promise<Campaign> => {
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1_000;
  const seeds = await makeSeeds();
  const empty = (): FormatCounts => ({ inputs: 0, made: 0, refused: {}, failed: {}, peakBytes: 0 });
  const counts = Object.fromEntries(Object.keys(seeds).map((format) => [format, empty()])) as Record<
    SourceFormat,
    FormatCounts
  >;
  const failures: Failure[] = [];
  const undamaged: Undamaged = new Map();
  const workers = Array.from({ length: processes }, () => startWorker());
  const idle = [...workers];
  let done = 0;
  const tryOne = async (number: number) => {
    if (elapsed() >= (seconds ?? Number.POSITIVE_INFINITY)) return;
    const worker = idle.pop() as WorkerHandle;
    const input = inputOf(seeds, seed, number);
    const attempt = await compared(
      input,
      await worker.attempt({ bytes: input.bytes, limits: LIMITS }),
      worker,
      undamaged,
    );
    const failure = failureOf(input, attempt);
    addTo(counts[input.format], attempt, failure);
    if (failure !== undefined) failures.push({ input, failure, detail: attempt.detail });
    idle.push(worker);
    onDone?.(++done);
  };
  const limit = pLimit(processes);
  try {
    await Promise.all(numbers.map((number) => limit(tryOne, number)));
  } finally {
    for (const worker of workers) worker.stop();
  }
  return { seed, counts, failures, seconds: elapsed() };
};
