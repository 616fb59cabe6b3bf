/** What can happen to an upload, an attempt or an event: each recorded once from the real package. */
import { metricsOf } from "../../cloudwatch/alarm";
import { DENIED } from "../../faults/calls";
import { FAULTS } from "../../faults/faults";
import { photo } from "../../faults/pictures";
import type { Blueprint } from "../../sandbox/blueprint";
import {
  altered,
  busyBeyondTheLimit,
  failsPermanently,
  heldUp,
  neverAnswered,
  play,
  uploads,
  withUsedMemory,
} from "../drill/causes";
import { type Recording, record } from "../drill/recorded-run";

interface Outcome {
  readonly cause: string;
  readonly run: (blueprint: Blueprint) => Promise<Recording>;
}

/** One attempt: what follows a failed one, a retry or the end, has separate rows. */
const once = (blueprint: Blueprint, changes: Partial<Blueprint["function"]> = {}): Blueprint =>
  altered(blueprint, { maximumRetryAttempts: 0, deadLetterTargetArn: undefined, ...changes });

const photoOn = (blueprint: Blueprint): Promise<Recording> => record({ blueprint }, uploads(1, photo));

/** Too little for the bundle. */
const SMALL_HEAP = "--max-old-space-size=8";

/** Every outcome: add a row. */
// biome-ignore format: a ledger is read down its columns
const OUTCOMES = {
  processed:   { cause: "an upload that is processed",                         run: (blueprint) => photoOn(once(blueprint)) },
  large:       { cause: "an upload larger than large_image_bytes",             run: (blueprint) => play(FAULTS["large-images"], once(blueprint)) },
  refused:     { cause: "a text file",                                         run: (blueprint) => play(FAULTS["not-an-image"], once(blueprint)) },
  unavailable: { cause: "S3 answers 503",                                      run: (blueprint) => play(FAULTS["s3-unavailable"], once(blueprint)) },
  denied:      { cause: "S3 answers 403",                                      run: (blueprint) => play(FAULTS["s3-denied"], once(blueprint)) },
  unanswered:  { cause: "S3 does not answer before lambda_timeout",            run: (blueprint) => neverAnswered(once(blueprint)) },
  timedOut:    { cause: "decoding takes longer than lambda_timeout",           run: (blueprint) => busyBeyondTheLimit(once(blueprint), 1) },
  outOfMemory: { cause: "an upload that does not fit into the memory",         run: (blueprint) => outOfMemory(blueprint) },
  died:        { cause: "the process dies of a full heap",                     run: (blueprint) => photoOn(once(blueprint, { environment: { ...blueprint.function.environment, NODE_OPTIONS: SMALL_HEAP } })) },
  notLoaded:   { cause: "a release whose handler does not load",               run: (blueprint) => play(FAULTS["bad-release"], once(blueprint)) },
  throttled:   { cause: "Lambda throttles an event and keeps it",              run: (blueprint) => heldUp(once(blueprint), 0) },
  switchedOff: { cause: "reserved concurrency is 0",                           run: (blueprint) => photoOn(once(blueprint, { reservedConcurrency: 0 })) },
  givenUp:     { cause: "the last attempt fails; the queue keeps the event",   run: (blueprint) => failsPermanently(blueprint) },
  lost:        { cause: "the last attempt fails; the queue refuses the event", run: (blueprint) => failsPermanently(blueprint, DENIED) },
} as const satisfies Record<string, Outcome>;

export type OutcomeName = keyof typeof OUTCOMES;

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as OutcomeName[];

/** Recordings by outcome. */
export type Recordings = Readonly<Partial<Record<OutcomeName, Recording>>>;

/** The process ends at a smaller limit; the report then names the function's own memory. */
const outOfMemory = async (blueprint: Blueprint): Promise<Recording> =>
  withUsedMemory(await play(FAULTS["out-of-memory"], once(blueprint)), () => blueprint.function.memoryMb);

const RUNS_AT_A_TIME = 3;

/**
 * Runs the package once for each outcome.
 * @throws Error if a run cannot start: no package, no buckets
 */
export const recordOutcomes = async (
  blueprint: Blueprint,
  names: readonly OutcomeName[] = OUTCOME_NAMES,
  onDone: (done: number, total: number) => void = () => {},
): Promise<Recordings> => {
  const recordings: Partial<Record<OutcomeName, Recording>> = {};
  const waiting = [...names];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      recordings[name] = await OUTCOMES[name].run(blueprint);
      onDone(Object.keys(recordings).length, names.length);
    }
  };
  await Promise.all(Array.from({ length: RUNS_AT_A_TIME }, work));
  return recordings;
};

/**
 * Recordings as another function would have published them: for a stack whose function does not run here.
 * @returns the same recordings for a stack of the recorded function
 */
export const renamed = (recordings: Recordings, { function: fn, alarms }: Blueprint): Recordings => {
  const recorded = Object.values(recordings)
    .flatMap(({ data }) => data)
    .find(({ dimensions }) => dimensions.FunctionName !== undefined)?.dimensions.FunctionName;
  if (recorded === undefined || recorded === fn.name) return recordings;
  const isLambda = (namespace: string) => namespace.startsWith("AWS/");
  const own = alarms.flatMap(metricsOf).find(({ namespace }) => !isLambda(namespace))?.namespace;
  const asOwn = (datum: Recording["data"][number]): Recording["data"][number] => ({
    ...datum,
    namespace: isLambda(datum.namespace) ? datum.namespace : (own ?? datum.namespace),
    dimensions: { ...datum.dimensions, ...(datum.dimensions.FunctionName === recorded && { FunctionName: fn.name }) },
  });
  return Object.fromEntries(
    Object.entries(recordings).map(([name, recording]) => [name, { ...recording, data: recording.data.map(asOwn) }]),
  );
};
