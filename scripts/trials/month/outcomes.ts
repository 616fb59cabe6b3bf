/** What can happen to an upload, an attempt or an event: each recorded once from the real package. */
import { metricsOf } from "../../cloudwatch/alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import {
  altered,
  busyBeyondTheLimit,
  DENIED,
  failsPermanently,
  heldUp,
  isStorage,
  LARGER_THAN_MEMORY_BYTES,
  neverAnswers,
  SMALL_MEMORY_MB,
  UNAVAILABLE,
  uploads,
  withUsedMemory,
} from "../drill/causes";
import { notAnImage, photo, photoOfBytes } from "../drill/pictures";
import { type Conditions, type Recording, record } from "../drill/recorded-run";

interface Outcome {
  readonly cause: string;
  readonly run: (blueprint: Blueprint) => Promise<Recording>;
}

/** One attempt: what follows a failed one, a retry or the end, has rows of its own. */
const once = (blueprint: Blueprint, changes: Partial<Blueprint["function"]> = {}): Blueprint =>
  altered(blueprint, { maximumRetryAttempts: 0, deadLetterTargetArn: undefined, ...changes });

const attempt = (conditions: Conditions, make: () => Buffer | Promise<Buffer> = photo): Promise<Recording> =>
  record(conditions, uploads(1, make));

const refusing =
  (refusal: typeof DENIED): Conditions["onCall"] =>
  async (call) =>
    isStorage(call) ? refusal : undefined;

const LARGE = "LARGE_IMAGE_BYTES";

/** Every outcome: add a row. */
// biome-ignore format: a ledger is read down its columns
export const OUTCOMES = {
  processed:   { cause: "an upload that is processed",                      run: (blueprint) => attempt({ blueprint: once(blueprint) }) },
  large:       { cause: "an upload larger than large_image_bytes",          run: (blueprint) => attempt({ blueprint: once(blueprint) }, () => photoOfBytes(Number(blueprint.function.environment[LARGE]) + 1)) },
  refused:     { cause: "a text file",                                      run: (blueprint) => attempt({ blueprint: once(blueprint) }, notAnImage) },
  unavailable: { cause: "S3 answers 503",                                   run: (blueprint) => attempt({ blueprint: once(blueprint), onCall: refusing(UNAVAILABLE) }) },
  denied:      { cause: "S3 answers 403",                                   run: (blueprint) => attempt({ blueprint: once(blueprint), onCall: refusing(DENIED) }) },
  unanswered:  { cause: "S3 does not answer before lambda_timeout",         run: (blueprint) => neverAnswers(once(blueprint)) },
  timedOut:    { cause: "decoding takes longer than lambda_timeout",        run: (blueprint) => busyBeyondTheLimit(once(blueprint), 1) },
  outOfMemory: { cause: "an upload that does not fit into the memory",      run: (blueprint) => outOfMemory(blueprint) },
  died:        { cause: "the process dies of a full heap",                  run: (blueprint) => attempt({ blueprint: once(blueprint, { environment: { ...blueprint.function.environment, NODE_OPTIONS: "--max-old-space-size=8" } }) }) },
  notLoaded:   { cause: "a release whose handler does not load",            run: (blueprint) => attempt({ blueprint: once(blueprint, { handler: "index.gone" }) }) },
  throttled:   { cause: "Lambda throttles an event and keeps it",           run: (blueprint) => heldUp(once(blueprint), 0) },
  switchedOff: { cause: "reserved concurrency is 0",                        run: (blueprint) => attempt({ blueprint: once(blueprint, { reservedConcurrency: 0 }) }) },
  givenUp:     { cause: "the last attempt fails; the queue keeps the event", run: (blueprint) => failsPermanently(blueprint) },
  lost:        { cause: "the last attempt fails; the queue refuses the event", run: (blueprint) => failsPermanently(blueprint, DENIED) },
} as const satisfies Record<string, Outcome>;

export type OutcomeName = keyof typeof OUTCOMES;

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as OutcomeName[];

/** Recordings by outcome. */
export type Recordings = Readonly<Partial<Record<OutcomeName, Recording>>>;

/** The sandbox ends the process at a smaller limit; the report then names the function's own memory. */
const outOfMemory = async (blueprint: Blueprint): Promise<Recording> => {
  const small = once(blueprint, { memoryMb: SMALL_MEMORY_MB });
  const recording = await attempt({ blueprint: small }, () => photoOfBytes(LARGER_THAN_MEMORY_BYTES));
  return withUsedMemory(recording, () => blueprint.function.memoryMb);
};

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
