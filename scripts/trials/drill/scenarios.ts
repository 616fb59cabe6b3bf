/** Why each alarm must go off: its real cause, what is to be heard of it, and who is told. */
import type { Blueprint, FunctionBlueprint } from "../../sandbox/blueprint";
import { type Recording, record, silence } from "./bench";
import {
  after,
  altered,
  BUSY_SHARE,
  burst,
  busyBeyondTheLimit,
  DENIED,
  failingUploads,
  failsAtFirst,
  failsForGood,
  GIVEN_UP_AFTER_SECONDS,
  heldUp,
  isStorage,
  MISSING,
  nearItsMemory,
  SMALL_MEMORY_MB,
  slowStore,
  storageAnswers,
  timeIsScaled,
  UNAVAILABLE,
  uploads,
  withoutSetting,
} from "./causes";
import { hugePhoto, notAnImage, photo, photoOfBytes, truncatedPhoto } from "./pictures";
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
    also: ["log-errors", "high-error-rate", "events-dropped", "dead-letters"],
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
    also: ["events-dropped", "dead-letters"],
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
  "memory-high": {
    cause: "an image that nearly fills the memory",
    topic: "performance-alerts",
    hears: { ImageSizeBytes: 1, ImageProcessingTime: 1, SuccessfulProcesses: 1, MemoryUsedMB: 1 },
    also: [],
    scaled: ({ memoryMb }) => `what it needs counts for more, of ${memoryMb} MB`,
    run: nearItsMemory,
  },
  "event-age": {
    cause: "an upload waits for others to end",
    topic: "performance-alerts",
    hears: {},
    also: ["throttles"],
    scaled: () => "reserved concurrency is 1, and the wait is skipped",
    run: heldUp,
  },
  "events-dropped": {
    cause: "an upload waits for longer than Lambda lets it",
    topic: "critical-alerts",
    hears: {},
    also: ["throttles", "dead-letters"],
    scaled: ({ maximumEventAgeSeconds }) =>
      `reserved concurrency is 1, and the wait of ${maximumEventAgeSeconds} s is skipped`,
    run: (blueprint) => heldUp(blueprint, blueprint.function.maximumEventAgeSeconds * 1_000 + MINUTE_MS),
  },
  "dead-letters": {
    cause: "S3 answers 503 until Lambda gives up",
    topic: "performance-alerts",
    hears: { LambdaErrors: 2, ImageProcessingErrors: 1 },
    also: [
      "high-error-rate",
      "release-errors",
      "log-errors",
      "image-processing-errors",
      "low-success-rate",
      "events-dropped",
    ],
    run: (blueprint) => failsForGood(blueprint),
  },
  "dead-letter-errors": {
    cause: "S3 answers 503, and the queue denies access",
    topic: "critical-alerts",
    hears: { LambdaErrors: 2, ImageProcessingErrors: 1 },
    also: [
      "high-error-rate",
      "release-errors",
      "log-errors",
      "image-processing-errors",
      "low-success-rate",
      "events-dropped",
    ],
    run: (blueprint) => failsForGood(blueprint, DENIED),
  },
  "timeout-errors": {
    cause: "a large BMP keeps the process busy beyond the time limit",
    topic: "log-alerts",
    hears: { TimeoutErrors: 1 },
    also: ["high-duration", "high-error-rate", "release-errors", "events-dropped", "dead-letters"],
    scaled: ({ timeoutSeconds }) =>
      `a time limit of ${timeoutSeconds} s passes in 1/${BUSY_SHARE} of what the BMP takes`,
    run: busyBeyondTheLimit,
  },
  "memory-errors": {
    cause: "an image too big for the memory",
    topic: "log-alerts",
    hears: { MemoryErrors: 1 },
    also: ["high-error-rate", "release-errors", "events-dropped", "dead-letters"],
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
    also: ["log-errors", "high-error-rate", "release-errors", "events-dropped", "dead-letters"],
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
  /** Stacks without which it would be of no use. @default every one is of use */
  readonly isFor?: (fn: FunctionBlueprint) => boolean;
  /** @param deployed function that the blueprint's is a mutant of, or itself */
  readonly run: (blueprint: Blueprint, pictures: readonly Buffer[], deployed: FunctionBlueprint) => Promise<Recording>;
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
  disturbance: {
    cause: "S3 answers 503 for as long as Lambda tries again",
    hears: {
      LambdaErrors: 2,
      ImageProcessingErrors: 1,
      ImageSizeBytes: 1,
      ImageProcessingTime: 1,
      SuccessfulProcesses: 1,
      MemoryUsedMB: 2,
    },
    isFor: ({ maximumRetryAttempts }) => maximumRetryAttempts > 0,
    run: (blueprint, _, deployed) => failsAtFirst(blueprint, deployed),
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
