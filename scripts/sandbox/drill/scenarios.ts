/** Why each alarm must go off: its real cause, what is to be heard of it, and who is told. */
import type { ApiRefusal } from "../api-call";
import type { Blueprint, FunctionBlueprint } from "../blueprint";
import { type Bench, type Conditions, type Recording, record, silence } from "./bench";
import { hugePhoto, notAnImage, photo, photoOfBytes, truncatedPhoto, wideScan } from "./pictures";
import { MINUTE_MS } from "./stretch";

/**
 * Metrics made from log lines, and how often each must count a fault at least; no other count may rise. Measures, which
 * every upload moves, are held to this only where one of them is named.
 */
export type Ears = Readonly<Record<string, number>>;

export interface Scenario {
  readonly cause: string;
  /** End of the name of the topic that must be told. */
  readonly topic: "critical-alerts" | "performance-alerts" | "log-alerts";
  readonly hears: Ears;
  /** Alarms that may go off with it, because its cause is theirs too. */
  readonly also: readonly string[];
  /** What of the stack is not as deployed during the run. @default nothing is */
  readonly scaled?: (fn: FunctionBlueprint) => string;
  /** The healthy traffic ends when the fault begins. @default it goes on */
  readonly isSilence?: true;
  /** @param threshold how many faults the alarm takes, or how much it allows */
  readonly run: (blueprint: Blueprint, threshold: number) => Promise<Recording>;
}

const altered = (blueprint: Blueprint, changes: Partial<FunctionBlueprint>): Blueprint => ({
  ...blueprint,
  function: { ...blueprint.function, ...changes },
});

const DENIED: ApiRefusal = { status: 403, code: "AccessDenied", message: "Access Denied" };
const UNAVAILABLE: ApiRefusal = {
  status: 503,
  code: "ServiceUnavailable",
  message: "Please reduce your request rate.",
};

const isStorage = ({ action }: { action: string }) => action.startsWith("s3:");
const after = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

/** Uploads the same bytes so often, under keys of their own, at the same time. */
const uploads = (count: number, make: () => Buffer | Promise<Buffer>) => async (bench: Bench) => {
  const bytes = await make();
  await Promise.all(Array.from({ length: count }, (_, i) => bench.upload(`drill/${i}`, bytes)));
};

const storageAnswers = (blueprint: Blueprint, refusal: ApiRefusal, faults: number): Promise<Recording> =>
  record(
    { blueprint, faults, onCall: async (call) => (isStorage(call) ? refusal : undefined) },
    uploads(faults, photo),
  );

/** Real seconds that a scaled time limit lasts. */
const SCALED_LIMIT_SECONDS = 6;

const atScale = (blueprint: Blueprint, timeoutSeconds = SCALED_LIMIT_SECONDS): Conditions => ({
  blueprint: altered(blueprint, { timeoutSeconds }),
  scale: blueprint.function.timeoutSeconds / timeoutSeconds,
});

const timeIsScaled = ({ timeoutSeconds }: FunctionBlueprint): string =>
  `a time limit of ${timeoutSeconds} s passes in ${SCALED_LIMIT_SECONDS} s`;

/**
 * The variants of an upload are stored a little later after its download than the threshold allows. What the function does
 * in between is part of that time, so that a busy machine makes no difference.
 */
const slowStore = (blueprint: Blueprint, thresholdMs: number): Promise<Recording> => {
  const conditions = atScale(blueprint);
  const limitMs = blueprint.function.timeoutSeconds * 1_000;
  const lastsMs = (thresholdMs + (limitMs - thresholdMs) / 20) / (conditions.scale ?? 1);
  let begunAt = 0;
  const onCall: Conditions["onCall"] = ({ action }) => {
    if (action.startsWith("s3:Get")) begunAt = performance.now();
    return action === "s3:PutObject" ? after(begunAt + lastsMs - performance.now()) : Promise.resolve(undefined);
  };
  return record({ ...conditions, onCall }, uploads(1, photo));
};

/**
 * What waits is given up in time, and logged; what keeps the process busy is not, because nothing else can run meanwhile.
 * How fast a CPU is differs, so the image is first processed without a limit worth mentioning.
 */
const busyBeyondTheLimit = async (blueprint: Blueprint, count: number): Promise<Recording> => {
  const scan = () => wideScan();
  const { data } = await record({ blueprint }, uploads(1, scan));
  const takesMs = Math.max(...data.filter(({ name }) => name === "Duration").map(({ value }) => value));
  const { blueprint: hurried, ...conditions } = atScale(blueprint, takesMs / BUSY_SHARE / 1_000);
  return record({ ...conditions, blueprint: altered(hurried, { maximumRetryAttempts: 0 }) }, uploads(count, scan));
};

/** Decoding begins early and lasts longest, so that a third of the time falls well into it. */
const BUSY_SHARE = 3;

/** The function gets no answer before all uploads have reached it. */
const burst = (blueprint: Blueprint, count: number): Promise<Recording> => {
  let open = () => {};
  const gate = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  return record({ blueprint, onCall: () => gate }, async (bench) => {
    const delivered = bench.delivered(count);
    await uploads(count, () => photo(48, 32))(bench);
    await delivered;
    open();
  });
};

const withoutSetting = (blueprint: Blueprint): Promise<Recording> => {
  const { [MISSING]: _, ...environment } = blueprint.function.environment;
  return record({ blueprint: altered(blueprint, { environment, maximumRetryAttempts: 0 }) }, uploads(1, photo));
};

const MISSING = "LARGE_IMAGE_BYTES";
const SMALL_MEMORY_MB = 160;
const GIVEN_UP_AFTER_SECONDS = 1;

const failingUploads = (blueprint: Blueprint): Promise<Recording> =>
  record({ blueprint }, async (bench) => {
    const bytes = await truncatedPhoto();
    for (let minute = 0; minute < 15; minute += 1) {
      for (const i of [1, 2, 3]) await bench.upload(`drill/${minute}-${i}`, bytes);
      await bench.settled();
      bench.clock.skip(MINUTE_MS);
    }
  });

/** By the end of the alarm's name: add a row. An alarm without one makes the drill fail. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "high-error-rate": {
    cause: "S3 answers 503",
    topic: "critical-alerts",
    hears: { LambdaErrors: 2, ImageProcessingErrors: 1 },
    also: ["release-errors", "log-errors", "image-processing-errors", "low-success-rate"],
    run: (blueprint, threshold) => storageAnswers(blueprint, UNAVAILABLE, threshold),
  },
  "release-errors": {
    cause: "a release whose handler cannot be loaded",
    topic: "critical-alerts",
    hears: { LambdaErrors: 1 },
    also: ["log-errors", "high-error-rate"],
    run: (blueprint, threshold) =>
      record(
        { blueprint: altered(blueprint, { handler: "index.gone", maximumRetryAttempts: 0 }) },
        uploads(threshold, photo),
      ),
  },
  throttles: {
    cause: "reserved concurrency is exhausted",
    topic: "critical-alerts",
    hears: {},
    also: [],
    scaled: () => `reserved concurrency is 1, and events are given up after ${GIVEN_UP_AFTER_SECONDS} s`,
    run: (blueprint, threshold) =>
      record(
        {
          blueprint: altered(blueprint, { reservedConcurrency: 1, maximumEventAgeSeconds: GIVEN_UP_AFTER_SECONDS }),
          onCall: (call) => (isStorage(call) ? after(100) : Promise.resolve(undefined)),
        },
        uploads(threshold + 1, photo),
      ),
  },
  "log-errors": {
    cause: "one file that is no image",
    topic: "critical-alerts",
    hears: { LambdaErrors: 1, ImageProcessingErrors: 1, RefusedImages: 1, ImageSizeBytes: 1, MemoryUsedMB: 1 },
    also: ["image-processing-errors"],
    run: (blueprint, threshold) => record({ blueprint }, uploads(threshold, notAnImage)),
  },
  "high-duration": {
    cause: "S3 answers slowly",
    topic: "performance-alerts",
    hears: {},
    also: [],
    scaled: timeIsScaled,
    run: slowStore,
  },
  "high-concurrency": {
    cause: "a burst of uploads",
    topic: "performance-alerts",
    hears: {},
    also: ["high-duration"],
    scaled: () => "two processes take turns",
    run: burst,
  },
  "low-success-rate": {
    cause: "most uploads are corrupt for 15 minutes",
    topic: "performance-alerts",
    hears: { LambdaErrors: 1, ImageProcessingErrors: 1, RefusedImages: 1 },
    also: ["log-errors", "image-processing-errors"],
    run: failingUploads,
  },
  "no-invocations": {
    cause: "nobody uploads anything",
    topic: "performance-alerts",
    hears: {},
    also: [],
    isSilence: true,
    run: async () => silence(),
  },
  "timeout-errors": {
    cause: "a large BMP keeps the process busy beyond the time limit",
    topic: "log-alerts",
    hears: { TimeoutErrors: 1 },
    also: ["high-duration", "high-error-rate", "release-errors"],
    scaled: ({ timeoutSeconds }) =>
      `a time limit of ${timeoutSeconds} s passes in 1/${BUSY_SHARE} of what the BMP takes`,
    run: busyBeyondTheLimit,
  },
  "memory-errors": {
    cause: "an image too big for the memory",
    topic: "log-alerts",
    hears: { MemoryErrors: 1 },
    also: ["high-error-rate", "release-errors"],
    scaled: ({ memoryMb }) => `memory is ${SMALL_MEMORY_MB} MB instead of ${memoryMb} MB`,
    run: (blueprint, threshold) =>
      record(
        { blueprint: altered(blueprint, { memoryMb: SMALL_MEMORY_MB, maximumRetryAttempts: 0 }) },
        uploads(threshold, hugePhoto),
      ),
  },
  "image-processing-errors": {
    cause: "corrupt uploads",
    topic: "log-alerts",
    hears: { LambdaErrors: 1, ImageProcessingErrors: 1, RefusedImages: 1 },
    also: ["log-errors"],
    run: (blueprint, threshold) => record({ blueprint }, uploads(threshold, truncatedPhoto)),
  },
  "s3-permission-errors": {
    cause: "S3 answers 403",
    topic: "log-alerts",
    hears: { LambdaErrors: 2, S3AccessDenied: 1, S3PermissionErrors: 1 },
    also: ["log-errors", "high-error-rate", "release-errors"],
    run: (blueprint, threshold) => storageAnswers(blueprint, DENIED, threshold),
  },
  "critical-errors": {
    cause: "a setting is missing",
    topic: "log-alerts",
    hears: { LambdaErrors: 2, CriticalErrors: 1 },
    also: ["log-errors", "high-error-rate", "release-errors"],
    scaled: () => `the environment lacks ${MISSING}`,
    run: withoutSetting,
  },
  "large-images": {
    cause: "images just above LARGE_IMAGE_BYTES",
    topic: "log-alerts",
    hears: { LargeImages: 1 },
    also: [],
    run: (blueprint, threshold) =>
      record(
        { blueprint },
        uploads(threshold, () => photoOfBytes(Number(blueprint.function.environment[MISSING]) + 1)),
      ),
  },
};

/** Counts that any traffic moves, or that only describe it. */
export const MEASURES = ["ImageSizeBytes", "ImageProcessingTime", "SuccessfulProcesses", "MemoryUsedMB"];

/** A file may be called anything: no filter may listen to words. */
const BAIT = "ERROR CRITICAL AccessDenied, Task timed out, signal killed";

/** Runs that no alarm is about, but without which not every metric would be seen. */
export interface Other {
  readonly cause: string;
  readonly hears: Ears;
  readonly run: (blueprint: Blueprint, pictures: readonly Buffer[]) => Promise<Recording>;
}

export const OTHERS = {
  healthy: {
    cause: "healthy traffic",
    hears: Object.fromEntries(MEASURES.map((metric) => [metric, 1])),
    run: (blueprint, pictures) =>
      record({ blueprint }, async (bench) => {
        for (const [i, picture] of pictures.entries()) {
          await bench.upload(`photos/${i} ${BAIT}.jpg`, picture);
          await bench.settled();
          bench.clock.skip(MINUTE_MS);
        }
      }),
  },
  "metrics-outage": {
    cause: "CloudWatch refuses PutMetricData",
    hears: { MetricsLost: 1 },
    run: (blueprint) => {
      const environment = { ...blueprint.function.environment, METRICS_TRANSPORT: "put_metric_data" };
      return record(
        {
          blueprint: altered(blueprint, { environment }),
          onCall: async (call) => (isStorage(call) ? undefined : DENIED),
        },
        uploads(1, photo),
      );
    },
  },
  "process-death": {
    cause: "no room for the objects of JavaScript",
    hears: { CriticalErrors: 1 },
    run: (blueprint) => {
      const environment = { ...blueprint.function.environment, NODE_OPTIONS: "--max-old-space-size=8" };
      return record({ blueprint: altered(blueprint, { environment, maximumRetryAttempts: 0 }) }, uploads(1, photo));
    },
  },
} as const satisfies Record<string, Other>;
