/** The scenario of each alarm: its cause, the expected metric counts, and the topic to notify. */
import { DENIED, storageDelays } from "../../faults/calls";
import { FAULTS, MISSING, SMALL_MEMORY_MB } from "../../faults/faults";
import { photo } from "../../faults/pictures";
import type { Blueprint, FunctionBlueprint } from "../../sandbox/blueprint";
import {
  altered,
  BUSY_SHARE,
  burst,
  busyBeyondTheLimit,
  failingUploads,
  failsAtFirst,
  failsPermanently,
  failsWithoutRetry,
  GIVEN_UP_AFTER_SECONDS,
  heldUp,
  nearItsMemory,
  play,
  slowStorage,
  timeIsScaled,
  uploads,
} from "./causes";
import { emptyRun, type Recording, record } from "./recorded-run";
import { MINUTE_MS } from "./timeline";

/**
 * Minimum count of each log metric for one fault; no other log metric may count. MEASURES, which every upload raises, are
 * checked only if one of them is named.
 */
export type ExpectedCounts = Readonly<Record<string, number>>;

export interface Scenario {
  readonly cause: string;
  /** End of the name of the topic to notify; none for an alarm that is only part of another, or shows a cause. */
  readonly topic: "critical-alerts" | "performance-alerts" | "log-alerts" | "none";
  readonly counts: ExpectedCounts;
  /** Alarms that may fire, too, because they share the cause. */
  readonly also: readonly string[];
  /** How the run differs from the deployed stack. @default it does not */
  readonly scaled?: (fn: FunctionBlueprint) => string;
  /** Healthy traffic stops when the fault begins. @default it continues */
  readonly isSilence?: true;
  /** The alarm is in ALARM while all is well. @default it is OK */
  readonly isInverse?: true;
  /** Time between two healthy uploads. @default TRAFFIC_EVERY_MS */
  readonly trafficEveryMs?: number;
  /** @param threshold number of faults at which the alarm fires, or its threshold value */
  readonly run: (blueprint: Blueprint, threshold: number) => Promise<Recording>;
}

/** Scenarios by the alarm's name without the function's name: add a row. The drill fails for an alarm without a scenario. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "high-error-rate": {
    cause: FAULTS["s3-unavailable"].cause,
    topic: "critical-alerts",
    counts: { LambdaErrors: 2, ImageProcessingErrors: 1, FailedAttempts: 1 },
    also: ["release-errors", "log-errors", "image-processing-errors", "low-success-rate"],
    run: (blueprint, threshold) => play(FAULTS["s3-unavailable"], blueprint, threshold),
  },
  "release-errors": {
    cause: FAULTS["bad-release"].cause,
    topic: "critical-alerts",
    counts: { LambdaErrors: 1, FailedAttempts: 1 },
    also: ["log-errors", "high-error-rate", "events-dropped", "dead-letters"],
    run: (blueprint, threshold) => play(FAULTS["bad-release"], blueprint, threshold, { maximumRetryAttempts: 0 }),
  },
  throttles: {
    cause: FAULTS.throttled.cause,
    topic: "critical-alerts",
    counts: {},
    also: ["events-dropped", "dead-letters"],
    scaled: () => `reserved concurrency 1, maximum event age ${GIVEN_UP_AFTER_SECONDS} s`,
    run: (blueprint, threshold) =>
      record(
        {
          blueprint: altered(blueprint, { reservedConcurrency: 1, maximumEventAgeSeconds: GIVEN_UP_AFTER_SECONDS }),
          onCall: storageDelays(100),
        },
        uploads(threshold + 1, photo),
      ),
  },
  "log-errors": {
    cause: FAULTS["not-an-image"].cause,
    topic: "critical-alerts",
    counts: {
      LambdaErrors: 1,
      ImageProcessingErrors: 1,
      RefusedImages: 1,
      AllRefusedImages: 1,
      ImageSizeBytes: 1,
      MemoryUsedMB: 1,
      Attempts: 1,
    },
    also: ["image-processing-errors"],
    run: (blueprint, threshold) => play(FAULTS["not-an-image"], blueprint, threshold),
  },
  "high-duration": {
    cause: "S3 answers slowly",
    topic: "performance-alerts",
    counts: {},
    also: [],
    scaled: timeIsScaled,
    run: slowStorage,
  },
  "high-concurrency": {
    cause: FAULTS.burst.cause,
    topic: "performance-alerts",
    counts: {},
    also: ["high-duration"],
    scaled: () => "two processes share the uploads",
    run: burst,
  },
  "low-success-rate": {
    cause: "most uploads are corrupt for 15 minutes",
    topic: "performance-alerts",
    counts: { LambdaErrors: 1, ImageProcessingErrors: 1, RefusedImages: 1, AllRefusedImages: 1 },
    also: ["log-errors", "image-processing-errors"],
    run: failingUploads,
  },
  "no-invocations": {
    cause: "no uploads",
    topic: "performance-alerts",
    counts: {},
    also: [],
    isSilence: true,
    run: async () => emptyRun(),
  },
  "memory-high": {
    cause: "an image that needs nearly all memory",
    topic: "performance-alerts",
    counts: { ImageSizeBytes: 1, ImageProcessingTime: 1, SuccessfulProcesses: 1, MemoryUsedMB: 1, Attempts: 1 },
    also: [],
    scaled: ({ memoryMb }) => `reported memory is scaled to just below ${memoryMb} MB`,
    run: nearItsMemory,
  },
  "event-age": {
    cause: "an upload waits for free concurrency",
    topic: "performance-alerts",
    counts: {},
    also: ["throttles"],
    scaled: () => "reserved concurrency 1; the clock skips the wait",
    run: heldUp,
  },
  "events-dropped": {
    cause: "an upload waits longer than the maximum event age",
    topic: "critical-alerts",
    counts: {},
    also: ["throttles", "dead-letters"],
    scaled: ({ maximumEventAgeSeconds }) =>
      `reserved concurrency 1; the clock skips the wait of ${maximumEventAgeSeconds} s`,
    run: (blueprint) => heldUp(blueprint, blueprint.function.maximumEventAgeSeconds * 1_000 + MINUTE_MS),
  },
  "dead-letters": {
    cause: "S3 answers 503 on every attempt",
    topic: "performance-alerts",
    counts: { LambdaErrors: 2, ImageProcessingErrors: 1, FailedAttempts: 1 },
    also: [
      "high-error-rate",
      "release-errors",
      "log-errors",
      "image-processing-errors",
      "low-success-rate",
      "events-dropped",
    ],
    run: (blueprint) => failsPermanently(blueprint),
  },
  "dead-letter-errors": {
    cause: FAULTS["queue-denied"].cause,
    topic: "critical-alerts",
    counts: { LambdaErrors: 2, ImageProcessingErrors: 1, FailedAttempts: 1 },
    also: [
      "high-error-rate",
      "release-errors",
      "log-errors",
      "image-processing-errors",
      "low-success-rate",
      "events-dropped",
    ],
    run: (blueprint) => failsPermanently(blueprint, DENIED),
  },
  "table-throttles": {
    cause: FAULTS["table-throttled"].cause,
    topic: "performance-alerts",
    counts: { RecordsLost: 1 },
    also: ["records-lost"],
    run: (blueprint, threshold) => play(FAULTS["table-throttled"], blueprint, threshold),
  },
  "table-errors": {
    cause: FAULTS["table-unavailable"].cause,
    topic: "performance-alerts",
    counts: { RecordsLost: 1 },
    also: ["records-lost"],
    run: (blueprint, threshold) => play(FAULTS["table-unavailable"], blueprint, threshold),
  },
  "records-lost": {
    cause: FAULTS["table-denied"].cause,
    topic: "log-alerts",
    counts: { RecordsLost: 1 },
    also: [],
    run: (blueprint, threshold) => play(FAULTS["table-denied"], blueprint, threshold),
  },
  "timeout-errors": {
    cause: FAULTS["out-of-time"].cause,
    topic: "log-alerts",
    counts: { TimeoutErrors: 1, FailedAttempts: 1 },
    also: ["high-duration", "high-error-rate", "release-errors", "events-dropped", "dead-letters"],
    scaled: ({ timeoutSeconds }) => `the ${timeoutSeconds} s timeout is about 1/${BUSY_SHARE} of the decoding time`,
    run: busyBeyondTheLimit,
  },
  "memory-errors": {
    cause: FAULTS["out-of-memory"].cause,
    topic: "log-alerts",
    counts: { MemoryErrors: 1, LargeImages: 1, FailedAttempts: 1 },
    also: ["high-error-rate", "release-errors", "events-dropped", "dead-letters"],
    scaled: ({ memoryMb }) => `${SMALL_MEMORY_MB} MB memory instead of ${memoryMb} MB`,
    run: (blueprint, threshold) => play(FAULTS["out-of-memory"], blueprint, threshold, { maximumRetryAttempts: 0 }),
  },
  "image-processing-errors": {
    cause: FAULTS.corrupt.cause,
    topic: "log-alerts",
    counts: { LambdaErrors: 1, ImageProcessingErrors: 1, RefusedImages: 1, AllRefusedImages: 1 },
    also: ["log-errors"],
    run: (blueprint, threshold) => play(FAULTS.corrupt, blueprint, threshold),
  },
  "s3-permission-errors": {
    cause: FAULTS["s3-denied"].cause,
    topic: "log-alerts",
    counts: { LambdaErrors: 2, S3AccessDenied: 1, S3PermissionErrors: 1, FailedAttempts: 1 },
    also: ["log-errors", "high-error-rate", "release-errors"],
    run: (blueprint, threshold) => play(FAULTS["s3-denied"], blueprint, threshold),
  },
  "critical-errors": {
    cause: FAULTS["missing-setting"].cause,
    topic: "log-alerts",
    counts: { LambdaErrors: 2, CriticalErrors: 1, FailedAttempts: 1 },
    also: ["log-errors", "high-error-rate", "release-errors", "events-dropped", "dead-letters"],
    scaled: () => `${MISSING} is not set`,
    run: (blueprint) => play(FAULTS["missing-setting"], blueprint, 1, { maximumRetryAttempts: 0 }),
  },
  "large-images": {
    cause: FAULTS["large-images"].cause,
    topic: "log-alerts",
    counts: { LargeImages: 1 },
    also: [],
    run: (blueprint, threshold) => play(FAULTS["large-images"], blueprint, threshold),
  },
};

/** Metrics that every upload raises. */
export const MEASURES = ["ImageSizeBytes", "ImageProcessingTime", "SuccessfulProcesses", "MemoryUsedMB", "Attempts"];

/** A file name with words that a filter on plain text would match. */
const BAIT = "ERROR CRITICAL AccessDenied, Task timed out, signal killed";

/** A run that belongs to no alarm but makes every metric appear. */
export interface Other {
  readonly cause: string;
  readonly counts: ExpectedCounts;
  /** Whether the run makes sense for a stack. @default for every stack */
  readonly isFor?: (fn: FunctionBlueprint) => boolean;
  /** @param deployed the function before any mutation */
  readonly run: (blueprint: Blueprint, pictures: readonly Buffer[], deployed: FunctionBlueprint) => Promise<Recording>;
}

export const OTHERS = {
  failure: {
    cause: "S3 answers 503 to an upload without retries",
    counts: { LambdaErrors: 2, ImageProcessingErrors: 1, FailedAttempts: 1 },
    run: (blueprint) => failsWithoutRetry(blueprint, 1, 1),
  },
  healthy: {
    cause: "healthy traffic",
    counts: Object.fromEntries(MEASURES.map((metric) => [metric, 1])),
    run: (blueprint, pictures) =>
      record({ blueprint }, async (faultRun) => {
        for (const [i, picture] of pictures.entries()) {
          await faultRun.upload(`photos/${i} ${BAIT}.jpg`, picture);
          await faultRun.settled();
          faultRun.clock.skip(MINUTE_MS);
        }
      }),
  },
  "metrics-outage": {
    cause: FAULTS["metrics-refused"].cause,
    counts: { MetricsLost: 1 },
    run: (blueprint) => {
      const environment = { ...blueprint.function.environment, METRICS_TRANSPORT: "put_metric_data" };
      return record(
        {
          blueprint: altered(blueprint, { environment }),
          onCall: FAULTS["metrics-refused"].calls(),
        },
        uploads(1, photo),
      );
    },
  },
  disturbance: {
    cause: "S3 answers 503 until the last attempt",
    counts: {
      LambdaErrors: 2,
      ImageProcessingErrors: 1,
      ImageSizeBytes: 1,
      ImageProcessingTime: 1,
      SuccessfulProcesses: 1,
      MemoryUsedMB: 2,
      Attempts: 2,
      FailedAttempts: 1,
    },
    isFor: ({ maximumRetryAttempts }) => maximumRetryAttempts > 0,
    run: (blueprint, _, deployed) => failsAtFirst(blueprint, deployed),
  },
  "process-death": {
    cause: "the JavaScript heap is full",
    counts: { CriticalErrors: 1, FailedAttempts: 1 },
    run: (blueprint) => {
      const environment = { ...blueprint.function.environment, NODE_OPTIONS: "--max-old-space-size=8" };
      return record({ blueprint: altered(blueprint, { environment, maximumRetryAttempts: 0 }) }, uploads(1, photo));
    },
  },
} as const satisfies Record<string, Other>;
