/** The faults that the drill injects into the real function: each is the cause of an alarm. */

import type { ApiRefusal } from "../../sandbox/api-call";
import type { Blueprint, FunctionBlueprint } from "../../sandbox/blueprint";
import { hugePhoto, photo, truncatedPhoto, wideScan } from "./pictures";
import { type Conditions, type FaultRun, type Recording, record } from "./recorded-run";
import { MINUTE_MS, type SentLine } from "./timeline";

export const altered = (blueprint: Blueprint, changes: Partial<FunctionBlueprint>): Blueprint => ({
  ...blueprint,
  function: { ...blueprint.function, ...changes },
});

export const DENIED: ApiRefusal = { status: 403, code: "AccessDenied", message: "Access Denied" };
export const UNAVAILABLE: ApiRefusal = {
  status: 503,
  code: "ServiceUnavailable",
  message: "Please reduce your request rate.",
};

export const isStorage = ({ action }: { action: string }) => action.startsWith("s3:");
export const after = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

/** Uploads the same bytes `count` times under different keys, in parallel. */
export const uploads = (count: number, make: () => Buffer | Promise<Buffer>) => async (faultRun: FaultRun) => {
  const bytes = await make();
  await Promise.all(Array.from({ length: count }, (_, i) => faultRun.upload(`drill/${i}`, bytes)));
};

export const storageAnswers = (blueprint: Blueprint, refusal: ApiRefusal, faults: number): Promise<Recording> =>
  record(
    { blueprint, faults, onCall: async (call) => (isStorage(call) ? refusal : undefined) },
    uploads(faults, photo),
  );

/** Every attempt of one upload fails. @param queue refusal of the dead-letter queue. @default the queue accepts messages */
export const failsPermanently = (blueprint: Blueprint, queue?: ApiRefusal): Promise<Recording> =>
  record(
    { blueprint, isPermanent: true, onCall: async (call) => (isStorage(call) ? UNAVAILABLE : queue) },
    uploads(1, photo),
  );

/** One upload fails until its last attempt, which succeeds. @param deployed function of the stack under test, before any mutation */
export const failsAtFirst = (blueprint: Blueprint, { maximumRetryAttempts: faults }: FunctionBlueprint) =>
  record(
    { blueprint, faults, retryDelayMs: 50, onCall: async (call) => (isStorage(call) ? UNAVAILABLE : undefined) },
    uploads(1, photo),
  );

/** Real duration of a scaled timeout, in seconds. */
const SCALED_LIMIT_SECONDS = 6;

const atScale = (blueprint: Blueprint, timeoutSeconds = SCALED_LIMIT_SECONDS): Conditions => ({
  blueprint: altered(blueprint, { timeoutSeconds }),
  scale: blueprint.function.timeoutSeconds / timeoutSeconds,
});

export const timeIsScaled = ({ timeoutSeconds }: FunctionBlueprint): string =>
  `the ${timeoutSeconds} s timeout takes ${SCALED_LIMIT_SECONDS} s`;

/**
 * S3 delays storing the variants until the invocation is slightly longer than the threshold. The delay counts from the
 * download, so processing time is part of it and a busy machine makes no difference.
 */
export const slowStore = (blueprint: Blueprint, thresholdMs: number): Promise<Recording> => {
  const { scale = 1 } = atScale(blueprint);
  const limitMs = blueprint.function.timeoutSeconds * 1_000;
  const lastsMs = (thresholdMs + (limitMs - thresholdMs) / 20) / scale;
  let begunAt = 0;
  const onCall: Conditions["onCall"] = ({ action }) => {
    if (action.startsWith("s3:Get")) begunAt = performance.now();
    return action === "s3:PutObject" ? after(begunAt + lastsMs - performance.now()) : Promise.resolve(undefined);
  };
  // The timeout itself is not scaled: a busy machine must not end the invocation.
  return record({ blueprint, scale, limitMs, onCall }, uploads(1, photo));
};

/** S3 never answers: the handler gives up shortly before the timeout. */
export const neverAnswers = (blueprint: Blueprint): Promise<Recording> => {
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
 * What waits is given up in time, and logged; what keeps the process busy is not, because nothing else can run meanwhile.
 * How fast a CPU is differs, so the image is first processed without a limit worth mentioning.
 */
export const busyBeyondTheLimit = async (blueprint: Blueprint, count: number): Promise<Recording> => {
  const scan = () => wideScan();
  const { data } = await record({ blueprint }, uploads(1, scan));
  const takesMs = Math.max(...data.filter(({ name }) => name === "Duration").map(({ value }) => value));
  const { blueprint: hurried, ...conditions } = atScale(blueprint, takesMs / BUSY_SHARE / 1_000);
  return record({ ...conditions, blueprint: altered(hurried, { maximumRetryAttempts: 0 }) }, uploads(count, scan));
};

/** Decoding begins early and lasts longest, so that a third of the time falls well into it. */
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

/** One upload occupies the reserved concurrency of 1; the other waits for `waitMs`. */
export const heldUp = (blueprint: Blueprint, waitMs: number): Promise<Recording> => {
  const { gate, open } = gateway();
  const onCall: Conditions["onCall"] = (call) => (isStorage(call) ? gate : Promise.resolve(undefined));
  return record({ blueprint: altered(blueprint, { reservedConcurrency: 1 }), onCall }, async (faultRun) => {
    const delivered = faultRun.delivered(2);
    await uploads(2, photo)(faultRun);
    await delivered;
    faultRun.clock.skip(waitMs);
    await faultRun.throttled();
    open();
  });
};

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

export const withoutSetting = (blueprint: Blueprint): Promise<Recording> => {
  const { [MISSING]: _, ...environment } = blueprint.function.environment;
  return record({ blueprint: altered(blueprint, { environment, maximumRetryAttempts: 0 }) }, uploads(1, photo));
};

export const MISSING = "LARGE_IMAGE_BYTES";
export const SMALL_MEMORY_MB = 160;
/** The memory of decoding is estimated and limited; that of the download is limited by max_image_bytes only. */
export const LARGER_THAN_MEMORY_BYTES = 90_000_000;
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
