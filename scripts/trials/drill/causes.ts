/** Plays faults on the real function: each is the cause of an alarm. */

import { isStorage, slowStore, storageRefuses, UNAVAILABLE } from "../../faults/calls";
import { type Fault, fileOf } from "../../faults/fault";
import { slowDurationMs } from "../../faults/faults";
import { hugePhoto, photo, truncatedPhoto, wideScan } from "../../faults/pictures";
import type { ApiRefusal } from "../../sandbox/api-call";
import type { Blueprint, FunctionBlueprint } from "../../sandbox/blueprint";
import { type Conditions, FAULT_AT_MS, type FaultRun, type Recording, record, reportStatus } from "./recorded-run";
import { MINUTE_MS, type SentLine, startingAt } from "./timeline";

export const altered = (blueprint: Blueprint, changes: Partial<FunctionBlueprint>): Blueprint => ({
  ...blueprint,
  function: { ...blueprint.function, ...changes },
});

/** Uploads the same bytes `count` times under different keys, in parallel. */
export const uploads = (count: number, make: () => Buffer | Promise<Buffer>) => async (faultRun: FaultRun) => {
  const bytes = await make();
  await Promise.all(Array.from({ length: count }, (_, i) => faultRun.upload(`drill/${i}`, bytes)));
};

/** Plays a fault that lasts until `faults` attempts have failed, with as many uploads. @param changes to the function besides the fault's own */
export const play = async (
  fault: Fault,
  blueprint: Blueprint,
  faults = 1,
  changes: Partial<FunctionBlueprint> = {},
): Promise<Recording> => {
  const broken = altered(blueprint, { ...fault.changes?.(blueprint.function), ...changes });
  const file = async () => Buffer.from((await fileOf(fault, blueprint)).bytes);
  return record({ blueprint: broken, faults, onCall: fault.calls?.(blueprint) }, uploads(faults, file));
};

/** Every attempt of one upload fails. @param queue refusal of the dead-letter queue. @default the queue accepts messages */
export const failsPermanently = (blueprint: Blueprint, queue?: ApiRefusal): Promise<Recording> =>
  record({ blueprint, isPermanent: true, onCall: storageRefuses(UNAVAILABLE, queue) }, uploads(1, photo));

/** One upload fails until its last attempt, which succeeds. @param deployed function of the stack under test, before any mutation */
export const failsAtFirst = (blueprint: Blueprint, { maximumRetryAttempts: faults }: FunctionBlueprint) =>
  record({ blueprint, faults, retryDelayMs: 50, onCall: storageRefuses(UNAVAILABLE) }, uploads(1, photo));

/** Real duration of a scaled timeout, in seconds. */
const SCALED_LIMIT_SECONDS = 6;

const atScale = (blueprint: Blueprint, timeoutSeconds = SCALED_LIMIT_SECONDS): Conditions => ({
  blueprint: altered(blueprint, { timeoutSeconds }),
  scale: blueprint.function.timeoutSeconds / timeoutSeconds,
});

export const timeIsScaled = ({ timeoutSeconds }: FunctionBlueprint): string =>
  `the ${timeoutSeconds} s timeout takes ${SCALED_LIMIT_SECONDS} s`;

/** The invocation takes slightly longer than the threshold. */
export const slowStorage = (blueprint: Blueprint, thresholdMs: number): Promise<Recording> => {
  const { scale = 1 } = atScale(blueprint);
  const limitMs = blueprint.function.timeoutSeconds * 1_000;
  const onCall = slowStore(slowDurationMs(thresholdMs, blueprint.function) / scale);
  // The timeout itself is not scaled: a busy machine must not end the invocation.
  return record({ blueprint, scale, limitMs, onCall }, uploads(1, photo));
};

/** S3 never answers: the function gives up shortly before the timeout. */
export const neverAnswered = (blueprint: Blueprint): Promise<Recording> => {
  const { gate, open } = gateway();
  const limitMs = blueprint.function.timeoutSeconds * 1_000;
  const onCall: Conditions["onCall"] = (call) => (isStorage(call) ? gate : Promise.resolve(undefined));
  return record({ ...atScale(blueprint), limitMs, onCall }, async (faultRun) => {
    await uploads(1, photo)(faultRun);
    await faultRun.settled();
    open();
  });
};

/**
 * The function gives up what waits shortly before the timeout and logs it. It cannot give up what keeps the process busy,
 * because nothing else runs meanwhile. How long decoding takes differs by machine and moment, so the timeout is searched for.
 */
export const busyBeyondTheLimit = async (blueprint: Blueprint, count: number): Promise<Recording> => {
  const scan = () => wideScan();
  const { data } = await record({ blueprint }, uploads(1, scan));
  const takesMs = Math.max(...data.filter(({ name }) => name === "Duration").map(({ value }) => value));
  const withTimeout = (timeoutMs: number): Promise<Recording> => {
    const { blueprint: hurried, ...conditions } = atScale(blueprint, timeoutMs / 1_000);
    return record({ ...conditions, blueprint: altered(hurried, { maximumRetryAttempts: 0 }) }, uploads(count, scan));
  };
  let timeoutMs = takesMs / BUSY_SHARE;
  let recording = await withTimeout(timeoutMs);
  for (let attempt = 1; attempt < TIMEOUT_ATTEMPTS; attempt += 1) {
    const ends = recording.lines.flatMap(({ message }) => reportStatus(message) ?? []);
    // On a busy machine, the function may give up an upload in time and be ended while it logs that.
    const isGivenUp = recording.lines.some(({ message }) => message.includes('"event":"image.failed"'));
    if (!isGivenUp && ends.every((status) => status === "timeout")) break;
    timeoutMs *= ends.includes("success") ? 0.5 : 1.5;
    recording = await withTimeout(timeoutMs);
  }
  return recording;
};

/** How many timeouts are tried until each invocation exceeds it while it decodes. */
const TIMEOUT_ATTEMPTS = 8;

/** Decoding begins early and lasts longest, so that a third of the time usually falls well into it. */
export const BUSY_SHARE = 3;

/** A promise that resolves when `open` is called. */
const gateway = () => {
  let open = () => {};
  const gate = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  return { gate, open: () => open() };
};

/** S3 answers no call until all uploads have reached the function. */
export const burst = (blueprint: Blueprint, count: number): Promise<Recording> => {
  const { gate, open } = gateway();
  return record({ blueprint, onCall: () => gate }, async (faultRun) => {
    const delivered = faultRun.delivered(count);
    await uploads(count, () => photo(48, 32))(faultRun);
    await delivered;
    open();
  });
};

/** One upload occupies the reserved concurrency of 1; the others wait for `waitMs`, and each is throttled. */
export const heldUp = (blueprint: Blueprint, waitMs: number, others = 1): Promise<Recording> => {
  const { gate, open } = gateway();
  const onCall: Conditions["onCall"] = (call) => (isStorage(call) ? gate : Promise.resolve(undefined));
  return record({ blueprint: altered(blueprint, { reservedConcurrency: 1 }), onCall }, async (faultRun) => {
    const delivered = faultRun.delivered(others + 1);
    await uploads(others + 1, () => photo(48, 32))(faultRun);
    await delivered;
    faultRun.clock.skip(waitMs);
    await faultRun.throttled();
    open();
  });
};

/** Lambda throttles every invocation until it gives the events up. */
export const neverInvoked = (blueprint: Blueprint): Promise<Recording> =>
  record(
    { blueprint: altered(blueprint, { reservedConcurrency: 0, maximumEventAgeSeconds: GIVEN_UP_AFTER_SECONDS }) },
    uploads(1, photo),
  );

/** Uploads whose only attempt fails, `each` in every minute. */
export const failsWithoutRetry = (blueprint: Blueprint, minutes: number, each: number): Promise<Recording> =>
  record(
    {
      blueprint: altered(blueprint, { maximumRetryAttempts: 0 }),
      isPermanent: true,
      onCall: storageRefuses(UNAVAILABLE),
    },
    async (faultRun) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await uploads(each, photo)(faultRun);
        await faultRun.settled();
        faultRun.clock.skip(MINUTE_MS);
      }
    },
  );

/** @returns the recording, `count` times, `everyMs` apart */
export const again = (recording: Recording, count: number, everyMs: number): Recording => {
  const times = Array.from({ length: Math.ceil(count) }, (_, i) => startingAt(recording, FAULT_AT_MS + i * everyMs));
  return { ...recording, lines: times.flatMap(({ lines }) => lines), data: times.flatMap(({ data }) => data) };
};

/** @returns the recording as if the alias had sent its uploads to an older version */
export const byOlderVersion = (recording: Recording): Recording => ({
  ...recording,
  data: recording.data.filter(({ dimensions }) => dimensions.ExecutedVersion === undefined),
});

/** @returns both recordings as one that begins with both */
export const together = (one: Recording, other: Recording): Recording => ({
  ...one,
  lines: [...one.lines, ...other.lines],
  data: [...one.data, ...other.data],
});

const usedMb = ({ message }: SentLine): number | undefined =>
  message.includes('"platform.report"') ? JSON.parse(message).record.metrics.maxMemoryUsedMB : undefined;

const withUsedMb = (line: SentLine, make: (mb: number) => number): SentLine => {
  const mb = usedMb(line);
  if (mb === undefined) return line;
  return { ...line, message: line.message.replace(`"maxMemoryUsedMB":${mb}`, `"maxMemoryUsedMB":${make(mb)}`) };
};

/** @returns the recording with the memory that its reports name replaced */
export const withUsedMemory = (recording: Recording, make: (mb: number) => number): Recording => ({
  ...recording,
  lines: recording.lines.map((line) => withUsedMb(line, make)),
});

/** A large image whose reported memory is scaled to half-way between the threshold and the memory size. */
export const nearItsMemory = async (blueprint: Blueprint, thresholdMb: number): Promise<Recording> => {
  const recording = await record({ blueprint }, uploads(1, hugePhoto));
  const peakMb = Math.max(...recording.lines.map((line) => usedMb(line) ?? 0));
  const factor = (thresholdMb + blueprint.function.memoryMb) / 2 / peakMb;
  return withUsedMemory(recording, (mb) => Math.ceil(mb * factor));
};

export const GIVEN_UP_AFTER_SECONDS = 1;

export const failingUploads = (blueprint: Blueprint): Promise<Recording> =>
  record({ blueprint }, async (faultRun) => {
    const bytes = await truncatedPhoto();
    for (let minute = 0; minute < 15; minute += 1) {
      for (const i of [1, 2, 3]) await faultRun.upload(`drill/${minute}-${i}`, bytes);
      await faultRun.settled();
      faultRun.clock.skip(MINUTE_MS);
    }
  });
