/** Scenarios of the alarms of a stack in which one composite alarm pages. They replace the rows of the same name. */
import { DENIED } from "../../faults/calls";
import { FAULTS, SMALL_MEMORY_MB } from "../../faults/faults";
import { photo } from "../../faults/pictures";
import type { Blueprint } from "../../sandbox/blueprint";
import { BACKFILL_CAUSES } from "./backfills";
import {
  again,
  byOlderVersion,
  failsPermanently,
  failsWithoutRetry,
  heldUp,
  nearItsMemory,
  neverInvoked,
  play,
  slowStorage,
  timeIsScaled,
  together,
  uploads,
} from "./causes";
import { UPLOAD_CAUSES } from "./direct-uploads";
import { emptyRun, type Recording, record } from "./recorded-run";
import type { Scenario } from "./scenario";
import { SCENARIOS } from "./scenarios";
import { MINUTE_MS } from "./timeline";

const HOUR_MS = 60 * MINUTE_MS;

/** Alarms that notify no one, because they only show causes. */
const CAUSES = [
  "image-processing-errors",
  "low-success-rate",
  "s3-permission-errors",
  "timeout-errors",
  "memory-errors",
];
/** Uploads that are given up spend the error budget. */
const BUDGETS = ["budget-burning", "budget-30m", "budget-2h", "budget-6h", "budget-1d", "budget", "slow-burn"];
const RELEASE = ["release-errors"];
const OUTAGE = ["high-error-rate", "outage", "outage-lasts", "limits-reached", "page", ...RELEASE, ...CAUSES];
const LEFT_BEHIND = ["dead-letters", "redrive", "events-dropped"];
const GIVEN_UP = [
  ...LEFT_BEHIND,
  ...RELEASE,
  "outage-lasts",
  "budget-2h",
  "low-success-rate",
  "image-processing-errors",
];
const WAITING = ["waiting", "throttled-long", "still-throttled", "page"];

const FAILS = { LambdaErrors: 2, ImageProcessingErrors: 1, FailedAttempts: 1 };

const OUTAGE_RUN = {
  cause: FAULTS["s3-unavailable"].cause,
  counts: FAILS,
  run: (blueprint, threshold) => play(FAULTS["s3-unavailable"], blueprint, Math.max(threshold, 7)),
} as const satisfies Partial<Scenario>;

const slowly: Pick<Scenario, "cause" | "counts" | "scaled" | "run"> = {
  cause: "S3 answers slowly, twice",
  counts: {},
  scaled: timeIsScaled,
  run: async (blueprint) =>
    again(await slowStorage(blueprint, blueprint.function.timeoutSeconds * 750), 2, 8 * MINUTE_MS),
};

/** @param count uploads given up, `everyMs` apart */
const givenUp = (count: number, everyMs: number): Pick<Scenario, "cause" | "counts" | "run"> => ({
  cause: `S3 answers 503 on every attempt of ${count === 1 ? "an upload" : `${count} uploads, ${everyMs / MINUTE_MS} minutes apart`}`,
  counts: FAILS,
  run: async (blueprint) => again(await failsPermanently(blueprint), count, everyMs),
});

const refusals: Pick<Scenario, "cause" | "counts" | "run"> = {
  cause: "eight files that are not images",
  counts: { RefusedImages: 8, AllRefusedImages: 8, ImageSizeBytes: 8, MemoryUsedMB: 8, Attempts: 8 },
  run: (blueprint) => play(FAULTS["not-an-image"], blueprint, 8),
};

const badRelease: Pick<Scenario, "cause" | "counts" | "run"> = {
  cause: FAULTS["bad-release"].cause,
  counts: { LambdaErrors: 1, FailedAttempts: 1 },
  run: (blueprint) => play(FAULTS["bad-release"], blueprint, 2, { maximumRetryAttempts: 0 }),
};

const older = async (blueprint: Blueprint): Promise<Recording> =>
  byOlderVersion(await record({ blueprint }, uploads(1, photo)));

const queueRefuses: Pick<Scenario, "cause" | "counts" | "run"> = {
  ...givenUp(1, HOUR_MS),
  cause: "S3 answers 503 on every attempt, and the queue denies access",
  run: (blueprint) => failsPermanently(blueprint, DENIED),
};

/** The same fault as where every alarm notifies its own topic. */
const ofTable = (name: "table-throttles" | "table-errors"): Pick<Scenario, "cause" | "counts" | "run"> => {
  const { cause, counts, run } = SCENARIOS[name] as Scenario;
  return { cause, counts, run };
};

/** Uploads of one run that Lambda throttles; the run is repeated until there are enough. */
const HELD_UP = 5;

const none = "none" as const;

/** By the alarm's name without the function's name: add a row. */
export const INCIDENT_SCENARIOS: Readonly<Record<string, Scenario>> = {
  page: { ...OUTAGE_RUN, topic: "critical-alerts", also: OUTAGE },
  "high-error-rate": { ...OUTAGE_RUN, topic: none, also: OUTAGE },
  outage: {
    ...OUTAGE_RUN,
    topic: none,
    also: [...OUTAGE, ...GIVEN_UP, ...BUDGETS],
    run: (blueprint) => play(FAULTS["s3-unavailable"], blueprint, 30),
  },
  "outage-lasts": {
    ...OUTAGE_RUN,
    cause: `${FAULTS["s3-unavailable"].cause}, on every attempt`,
    topic: none,
    also: [...OUTAGE, ...GIVEN_UP, ...BUDGETS],
    trafficEveryMs: MINUTE_MS,
    run: async (blueprint) => again(await failsPermanently(blueprint), 3, MINUTE_MS),
  },
  "limits-reached": {
    cause: `${FAULTS["out-of-memory"].cause}, again and again`,
    topic: none,
    counts: { MemoryErrors: 1, LargeImages: 1, FailedAttempts: 1 },
    also: [...OUTAGE, ...GIVEN_UP, ...BUDGETS],
    scaled: ({ memoryMb }) => `${SMALL_MEMORY_MB} MB memory instead of ${memoryMb} MB`,
    run: async (blueprint) =>
      again(await play(FAULTS["out-of-memory"], blueprint, 1, { maximumRetryAttempts: 0 }), 20, 1_000),
  },
  recovered: { ...OUTAGE_RUN, topic: none, also: OUTAGE, isInverse: true },
  "budget-burning": {
    ...givenUp(3, MINUTE_MS),
    topic: none,
    also: [...OUTAGE, ...GIVEN_UP, ...BUDGETS],
    trafficEveryMs: 3 * MINUTE_MS,
  },
  "images-lost": {
    ...givenUp(3, MINUTE_MS),
    cause: "S3 answers 503 on every attempt of three uploads, and the queue denies access",
    topic: none,
    also: [...OUTAGE, ...BUDGETS, "dead-letter-errors", "event-lost"],
    run: async (blueprint) => again(await failsPermanently(blueprint, DENIED), 3, MINUTE_MS),
  },
  waiting: {
    cause: "uploads wait longer than slo_seconds for free concurrency",
    topic: none,
    counts: {},
    also: WAITING,
    scaled: () => "reserved concurrency 1; the clock skips the wait",
    run: async (blueprint, threshold) =>
      again(await heldUp(blueprint, 7 * MINUTE_MS, HELD_UP), threshold / HELD_UP, 1_000),
  },
  "throttled-long": {
    cause: FAULTS.throttled.cause,
    topic: none,
    counts: {},
    also: WAITING,
    scaled: () => "reserved concurrency 1; the clock skips the wait",
    run: async (blueprint, threshold) => again(await heldUp(blueprint, MINUTE_MS, HELD_UP), threshold / HELD_UP, 1_000),
  },
  "nothing-invoked": {
    cause: "the concurrency of the function is 0",
    topic: none,
    counts: {},
    also: [...GIVEN_UP, ...BUDGETS, ...WAITING, "no-invocations", "silence"],
    isSilence: true,
    run: neverInvoked,
  },
  "still-throttled": {
    cause: "uploads wait for free concurrency for 15 minutes",
    topic: none,
    counts: {},
    also: WAITING,
    scaled: () => "reserved concurrency 1; the clock skips the wait",
    run: async (blueprint) => again(await heldUp(blueprint, 1_000), 15, MINUTE_MS),
  },
  flowing: {
    cause: "an upload waits for free concurrency",
    topic: none,
    counts: {},
    also: WAITING,
    isInverse: true,
    scaled: () => "reserved concurrency 1; the clock skips the wait",
    run: (blueprint) => heldUp(blueprint, MINUTE_MS),
  },
  "release-errors": { ...badRelease, topic: none, also: [...GIVEN_UP] },
  "two-versions": {
    cause: "an older version of the function processes an upload",
    topic: none,
    counts: { ImageSizeBytes: 1, ImageProcessingTime: 1, SuccessfulProcesses: 1, MemoryUsedMB: 1, Attempts: 1 },
    also: [],
    run: older,
  },
  "bad-release": {
    ...badRelease,
    topic: "performance-alerts",
    also: [...GIVEN_UP, "two-versions"],
    run: async (blueprint, threshold) => together(await badRelease.run(blueprint, threshold), await older(blueprint)),
  },
  "high-duration": { ...slowly, topic: none, also: ["creep"] },
  creep: { ...slowly, topic: "performance-alerts", also: ["high-duration", "memory-high"] },
  "memory-high": {
    cause: "images that need nearly all memory, twice",
    topic: none,
    counts: { ImageSizeBytes: 1, ImageProcessingTime: 1, SuccessfulProcesses: 1, MemoryUsedMB: 1, Attempts: 1 },
    also: ["creep"],
    scaled: ({ memoryMb }) => `reported memory is scaled to just below ${memoryMb} MB`,
    run: async (blueprint, threshold) => again(await nearItsMemory(blueprint, threshold), 2, 5 * MINUTE_MS),
  },
  "no-invocations": {
    cause: "no uploads",
    topic: none,
    counts: {},
    also: ["silence"],
    isSilence: true,
    run: async () => emptyRun(),
  },
  silence: {
    cause: "no uploads",
    topic: "performance-alerts",
    counts: {},
    also: ["no-invocations"],
    isSilence: true,
    run: async () => emptyRun(),
  },
  "refused-rate": { ...refusals, topic: none, also: ["refused"] },
  refused: { ...refusals, topic: "log-alerts", also: ["refused-rate"] },
  "budget-1d": {
    ...givenUp(3, 65 * MINUTE_MS),
    topic: none,
    also: [...GIVEN_UP, "budget-6h", "budget"],
    trafficEveryMs: 2 * MINUTE_MS,
  },
  "budget-2h": { ...givenUp(3, 65 * MINUTE_MS), topic: none, also: [...GIVEN_UP, "budget-1d", "budget-6h", "budget"] },
  budget: { ...givenUp(3, 65 * MINUTE_MS), topic: "performance-alerts", also: [...GIVEN_UP, "budget-1d", "budget-6h"] },
  "budget-6h": { ...givenUp(3, 9 * MINUTE_MS), topic: none, also: [...GIVEN_UP, ...BUDGETS], trafficEveryMs: 12_000 },
  "budget-30m": { ...givenUp(3, 9 * MINUTE_MS), topic: none, also: [...GIVEN_UP, ...BUDGETS], trafficEveryMs: 12_000 },
  "slow-burn": {
    ...givenUp(3, 9 * MINUTE_MS),
    topic: "performance-alerts",
    also: [...GIVEN_UP, ...BUDGETS.filter((name) => name !== "budget-burning")],
    trafficEveryMs: 12_000,
  },
  "low-success-rate": {
    cause: "most attempts fail for 15 minutes",
    topic: none,
    counts: FAILS,
    also: [...OUTAGE, ...GIVEN_UP, ...BUDGETS],
    run: (blueprint) => failsWithoutRetry(blueprint, 15, 3),
  },
  "events-dropped": {
    cause: "an upload waits longer than the maximum event age",
    topic: "performance-alerts",
    counts: {},
    also: WAITING,
    scaled: ({ maximumEventAgeSeconds }) =>
      `reserved concurrency 1; the clock skips the wait of ${maximumEventAgeSeconds} s`,
    run: (blueprint) => heldUp(blueprint, blueprint.function.maximumEventAgeSeconds * 1_000 + MINUTE_MS),
  },
  "dead-letters": { ...givenUp(1, HOUR_MS), topic: none, also: GIVEN_UP },
  redrive: { ...givenUp(1, HOUR_MS), topic: "performance-alerts", also: GIVEN_UP },
  "dead-letter-errors": { ...queueRefuses, topic: none, also: ["event-lost", ...GIVEN_UP] },
  "event-lost": { ...queueRefuses, topic: "performance-alerts", also: ["dead-letter-errors", ...GIVEN_UP] },
  "table-throttles": { ...ofTable("table-throttles"), topic: none, also: ["table", "records-lost"] },
  "table-errors": { ...ofTable("table-errors"), topic: none, also: ["table", "records-lost"] },
  table: {
    ...ofTable("table-errors"),
    run: (blueprint) => play(FAULTS["table-unavailable"], blueprint, 3),
    topic: "performance-alerts",
    also: ["table-errors", "records-lost"],
  },
  "upload-api-errors": { ...UPLOAD_CAUSES["upload-api-errors"], topic: none, also: ["page"] },
  "upload-api-refusals": { ...UPLOAD_CAUSES["upload-api-refusals"], topic: none, also: ["direct-uploads"] },
  "upload-api-latency": {
    ...UPLOAD_CAUSES["upload-api-latency"],
    topic: none,
    also: ["direct-uploads", "links-unused"],
  },
  "links-unused": { ...UPLOAD_CAUSES["links-unused"], topic: none, also: ["direct-uploads"] },
  "direct-uploads": {
    ...UPLOAD_CAUSES["upload-api-refusals"],
    run: (blueprint) => UPLOAD_CAUSES["upload-api-refusals"].run(blueprint, 20),
    topic: "performance-alerts",
    also: ["upload-api-refusals"],
  },
  "backfill-failed": { ...BACKFILL_CAUSES["backfill-failed"], topic: none, also: ["backfill"] },
  "backfill-timed-out": { ...BACKFILL_CAUSES["backfill-timed-out"], topic: none, also: ["backfill"] },
  "backfill-aborted": { ...BACKFILL_CAUSES["backfill-aborted"], topic: none, also: ["backfill"] },
  "backfill-batches-failed": { ...BACKFILL_CAUSES["backfill-batches-failed"], topic: none, also: ["backfill"] },
  "backfill-batches-timed-out": { ...BACKFILL_CAUSES["backfill-batches-timed-out"], topic: none, also: ["backfill"] },
  "backfill-failure-rate": {
    ...BACKFILL_CAUSES["backfill-failure-rate"],
    topic: none,
    also: ["backfill", "backfill-batches-failed"],
  },
  backfill: { ...BACKFILL_CAUSES["backfill-aborted"], topic: "performance-alerts", also: ["backfill-aborted"] },
  "records-lost": { ...(SCENARIOS["records-lost"] as Scenario), topic: "log-alerts" },
  "image-processing-errors": {
    ...OUTAGE_RUN,
    topic: none,
    also: OUTAGE,
    run: (blueprint, threshold) => play(FAULTS["s3-unavailable"], blueprint, threshold),
  },
};
