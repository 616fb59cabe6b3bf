/** Many damaged pictures through the handler's own code, in processes of their own, and what became of them. */
import pLimit from "p-limit";
import type { SourceFormat } from "../../../handler/src/input";
import { type Guard, startGuard, type Trial } from "./guard";
import { type FuzzInput, inputOf } from "./mutations";
import { makeSeeds } from "./seeds";

/** What is wrong at all: a refusal and a right image are not. */
export type FailureKind = Exclude<Trial["outcome"], "made" | "refused"> | "too much memory";

/** What became of the inputs that were made of one format. */
export interface Tally {
  inputs: number;
  made: number;
  /** By reason. */
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
  readonly tallies: Readonly<Record<SourceFormat, Tally>>;
  readonly failures: readonly Failure[];
  readonly seconds: number;
}

export interface CampaignOptions {
  readonly seed: number;
  readonly numbers: readonly number[];
  readonly processes: number;
  /** When it ends at the latest, with what was tried by then. @default when all were tried */
  readonly seconds?: number;
  readonly onDone?: (done: number) => void;
}

/** Small, so that a header that claims a huge picture costs milliseconds and 20 000 files take minutes. */
const LIMITS = { maxPixels: 2_000_000, maxSidePx: 65_535, maxFrames: 1_000 };

/** Some 100 MB are the process itself. */
const MAX_PEAK_BYTES = 300e6;

/** @returns the same trial, or what is wrong with its image where it should look like that of the undamaged picture */
const compared = async ({ original }: FuzzInput, trial: Trial, guard: Guard): Promise<Trial> => {
  if (original === undefined || trial.outcome !== "made") return trial;
  const { detail } = await guard.attempt({ bytes: original, limits: LIMITS });
  if (detail === trial.detail) return trial;
  return { ...trial, outcome: "wrong", detail: "Expected the picture as it was or a refusal but got another picture" };
};

/** @returns what is wrong, in a word; undefined if nothing is */
const failureOf = ({ mutation }: FuzzInput, { outcome, peakBytes }: Trial): FailureKind | undefined => {
  if (peakBytes > MAX_PEAK_BYTES) return "too much memory";
  if (outcome === "refused") return mutation === "left as it is" ? "wrong" : undefined;
  return outcome === "made" ? undefined : outcome;
};

const noted = (tally: Tally, trial: Trial, failure: FailureKind | undefined): void => {
  tally.inputs += 1;
  tally.peakBytes = Math.max(tally.peakBytes, trial.peakBytes);
  if (failure !== undefined) tally.failed[failure] = (tally.failed[failure] ?? 0) + 1;
  else if (trial.outcome === "made") tally.made += 1;
  else tally.refused[trial.detail] = (tally.refused[trial.detail] ?? 0) + 1;
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
  const empty = (): Tally => ({ inputs: 0, made: 0, refused: {}, failed: {}, peakBytes: 0 });
  const tallies = Object.fromEntries(Object.keys(seeds).map((format) => [format, empty()])) as Record<
    SourceFormat,
    Tally
  >;
  const failures: Failure[] = [];
  const guards = Array.from({ length: processes }, () => startGuard());
  const idle = [...guards];
  let done = 0;
  const tryOne = async (number: number) => {
    if (elapsed() >= (seconds ?? Number.POSITIVE_INFINITY)) return;
    const guard = idle.pop() as Guard;
    const input = inputOf(seeds, seed, number);
    const trial = await compared(input, await guard.attempt({ bytes: input.bytes, limits: LIMITS }), guard);
    const failure = failureOf(input, trial);
    noted(tallies[input.format], trial, failure);
    if (failure !== undefined) failures.push({ input, failure, detail: trial.detail });
    idle.push(guard);
    onDone?.(++done);
  };
  const limit = pLimit(processes);
  try {
    await Promise.all(numbers.map((number) => limit(tryOne, number)));
  } finally {
    for (const guard of guards) guard.stop();
  }
  return { seed, tallies, failures, seconds: elapsed() };
};
