/** Runs that belong to no alarm but make every metric appear. */
import { FAULTS } from "../../faults/faults";
import { photo } from "../../faults/pictures";
import { backfill } from "./backfills";
import { altered, failsAtFirst, failsWithoutRetry, uploads } from "./causes";
import { uploadByLink } from "./direct-uploads";
import { record } from "./recorded-run";
import type { Other } from "./scenario";
import { MINUTE_MS } from "./timeline";

/** Metrics that every upload raises. */
export const MEASURES = [
  ...["ImageSizeBytes", "ImageProcessingTime", "SuccessfulProcesses", "MemoryUsedMB", "Attempts"],
  // By a link of the upload API, where there is one.
  ...["LinksIssued", "LinksUsed"],
];

/** A file name with words that a filter on plain text would match. */
const MISLEADING = "ERROR CRITICAL AccessDenied, Task timed out, signal killed";

/** Each run: add a row. */
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
          if (i === pictures.length - 1 && blueprint.apis.length > 0) await uploadByLink(faultRun, picture);
          else await faultRun.upload(`photos/${i} ${MISLEADING}.jpg`, picture);
          await faultRun.settled();
          faultRun.clock.skip(MINUTE_MS);
        }
        if (blueprint.stateMachines.length > 0) {
          await faultRun.upload(`photos/again ${MISLEADING}.jpg`, pictures[0] ?? (await photo()));
          await faultRun.settled();
          // First every variant is made again, then none.
          for (const all of [true, false]) await backfill(faultRun, [`photos/again ${MISLEADING}.jpg`], all);
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
