/** What can be broken in a sandbox: the causes of alarms, for the drill and for the console. */
import type { Blueprint, FunctionBlueprint } from "../sandbox/blueprint";
import {
  DENIED,
  type OnCall,
  serviceRefuses,
  serviceStalls,
  slowStore,
  storageDelays,
  storageRefuses,
  TABLE_DENIED,
  TABLE_THROTTLED,
  TABLE_UNAVAILABLE,
  tableDelays,
  UNAVAILABLE,
} from "./calls";
import { type Fault, limitsOf, thresholdOf } from "./fault";
import { notAnImage, photoOfBytes, truncatedPhoto, wideScan } from "./pictures";

/** The setting that is removed, and that says what a large image is. */
export const MISSING = "LARGE_IMAGE_BYTES";

/** Too little for the download of LARGER_THAN_MEMORY_BYTES; decoding is estimated and limited anyway. */
export const SMALL_MEMORY_MB = 160;
const LARGER_THAN_MEMORY_BYTES = 90_000_000;

/** Shorter than decoding the wide scan takes on any machine. */
const SHORT_TIMEOUT_SECONDS = 0.3;

/** Alarms of an upload whose attempts all fail. */
const GIVEN_UP = ["events-dropped", "dead-letters", "budget-2h"];
const ALL_ATTEMPTS_FAIL = ["log-errors", "high-error-rate", "release-errors", ...GIVEN_UP];
const STORAGE_FAILS = [...ALL_ATTEMPTS_FAIL, "image-processing-errors"];

const hasQueue = ({ function: fn }: Blueprint): boolean => fn.deadLetterTargetArn !== undefined;

/** Uploads whose attempts are enough for `high-error-rate`, and refused ones that are enough for `refused`. */
const FAILING = 3;
const REFUSED = 8;
/** Throttled ones that are enough for `throttled-long`: each is throttled several times. */
const WAITING = 12;
/** Enough for `outage`. */
const FLOOD = 30;

/** Their windows are longer than the fault, and uploads that succeed before or after it count, too. */
const BUDGETS = [
  "budget-burning",
  "budget-30m",
  "budget-6h",
  "budget-1d",
  "low-success-rate",
  "outage",
  "outage-lasts",
];

const WANTED = { name: "photo.jpg", contentType: "image/jpeg" };

const hasApi = ({ apis }: Blueprint): boolean => apis.length > 0;

const hasTable = ({ tables }: Blueprint): boolean => tables.length > 0;

const withoutSetting = ({ environment: { [MISSING]: _, ...environment } }: FunctionBlueprint) => ({ environment });

/** Slightly longer than the threshold of the alarm on durations. */
export const slowDurationMs = (thresholdMs: number, { timeoutSeconds }: FunctionBlueprint): number =>
  thresholdMs + (timeoutSeconds * 1_000 - thresholdMs) / 20;

/** A minute of the clock takes six seconds, so that the function does not give up a slow request after five. */
const SLOW_SCALE = 10;

const slowStorage = (blueprint: Blueprint): OnCall => {
  const { function: fn } = blueprint;
  const thresholdMs = thresholdOf("high-duration", blueprint) ?? fn.timeoutSeconds * 750;
  return slowStore(slowDurationMs(thresholdMs, fn) / SLOW_SCALE);
};

/** As slowly as the alarm on the latency of the upload API allows, or a second. */
const slowTable = (blueprint: Blueprint): OnCall => {
  const [, limitMs = 1_000] = limitsOf("upload-api-latency", blueprint);
  return tableDelays((1.1 * limitMs) / SLOW_SCALE);
};

/** Between the threshold of the alarm, at most 90 %, and all of the memory. */
const ALMOST_ALL = 0.95;

/** The function gives up a request after 5 s without an answer, and the attempt after the third such request. */
const TOO_LATE_MS = 10_000;

/** Every fault: add a row. */
export const FAULTS = {
  "s3-unavailable": {
    cause: "S3 answers 503",
    whenPaged: FAILING,
    calls: () => storageRefuses(UNAVAILABLE),
    countOf: "high-error-rate",
    fires: STORAGE_FAILS,
    firesAlone: BUDGETS,
  },
  outage: {
    cause: "S3 answers 503 to a flood of uploads",
    calls: () => storageRefuses(UNAVAILABLE),
    whenPaged: FLOOD,
    countOf: "high-error-rate",
    fires: [...STORAGE_FAILS, "outage"],
    firesAlone: BUDGETS,
    isFor: (blueprint) => thresholdOf("outage", blueprint) !== undefined,
  },
  "s3-denied": {
    cause: "S3 answers 403",
    whenPaged: FAILING,
    calls: () => storageRefuses(DENIED),
    countOf: "s3-permission-errors",
    fires: [...ALL_ATTEMPTS_FAIL, "s3-permission-errors"],
    firesAlone: BUDGETS,
  },
  "s3-slow": {
    cause: "S3 answers slowly",
    changes: () => ({ reports: ({ durationMs }) => ({ durationMs: durationMs * SLOW_SCALE }) }),
    calls: slowStorage,
    scale: SLOW_SCALE,
    everyMinutes: 8,
    note: `During an invocation the clock runs ${SLOW_SCALE} times as fast.`,
    fires: ["high-duration"],
  },
  "s3-late": {
    cause: "S3 answers later than the function waits",
    whenPaged: FAILING,
    calls: () => storageDelays(TOO_LATE_MS),
    fires: STORAGE_FAILS,
    firesAlone: BUDGETS,
  },
  "out-of-memory": {
    cause: "a file that does not fit into the memory",
    whenPaged: FAILING,
    changes: () => ({ memoryMb: SMALL_MEMORY_MB }),
    file: async () => ({ name: "large.jpg", bytes: await photoOfBytes(LARGER_THAN_MEMORY_BYTES) }),
    countOf: "memory-errors",
    fires: ["memory-errors", "high-error-rate", "release-errors", "limits-reached", ...GIVEN_UP],
    firesAlone: BUDGETS,
  },
  "out-of-time": {
    cause: "decoding a wide scan takes longer than the timeout",
    whenPaged: FAILING,
    changes: () => ({ timeoutSeconds: SHORT_TIMEOUT_SECONDS }),
    file: async () => ({ name: "wide-scan.tif", bytes: wideScan() }),
    countOf: "timeout-errors",
    fires: ["timeout-errors", "high-error-rate", "release-errors", "limits-reached", ...GIVEN_UP],
    firesAlone: BUDGETS,
  },
  "not-an-image": {
    cause: "one file that is not an image",
    whenPaged: REFUSED,
    file: async () => ({ name: "photo.jpg", bytes: notAnImage() }),
    countOf: "log-errors",
    fires: ["refused-rate"],
    firesAtError: ["log-errors"],
  },
  corrupt: {
    cause: "corrupt uploads",
    whenPaged: REFUSED,
    file: async () => ({ name: "broken.jpg", bytes: await truncatedPhoto() }),
    countOf: "image-processing-errors",
    fires: ["refused-rate"],
    firesAtError: ["log-errors", "image-processing-errors"],
  },
  "mostly-corrupt": {
    cause: "most uploads are corrupt for 15 minutes",
    file: async () => ({ name: "broken.jpg", bytes: await truncatedPhoto() }),
    countOf: "image-processing-errors",
    whenPaged: 3,
    everyMinutes: 1,
    fires: ["refused-rate"],
    firesAtError: ["log-errors", "image-processing-errors", "low-success-rate"],
  },
  "memory-high": {
    cause: "an image that needs nearly all memory",
    changes: ({ memoryMb }) => ({ reports: () => ({ maxMemoryUsedMb: Math.floor(memoryMb * ALMOST_ALL) }) }),
    everyMinutes: 5,
    note: `Lambda reports ${100 * ALMOST_ALL} % of the memory. The image needs less.`,
    fires: ["memory-high"],
  },
  burst: {
    cause: "a burst of uploads",
    calls: () => storageDelays(500),
    countOf: "high-concurrency",
    spare: 5,
    fires: ["high-concurrency"],
  },
  throttled: {
    cause: "reserved concurrency is exhausted",
    changes: () => ({ reservedConcurrency: 1 }),
    calls: () => storageDelays(500),
    countOf: "throttles",
    spare: 1,
    whenPaged: WAITING,
    fires: ["throttles", "throttled-long"],
  },
  "no-concurrency": {
    cause: "other functions use all of the account's concurrency",
    changes: () => ({ freeConcurrency: 0, reservedConcurrency: undefined }),
    whenPaged: WAITING,
    note: "A reserved concurrency is gone. Heal it to see how long the uploads have waited.",
    fires: ["throttles", "event-age", "throttled-long", "nothing-invoked", "still-throttled"],
  },
  "switched-off": {
    cause: "the concurrency of the function is 0",
    changes: () => ({ reservedConcurrency: 0 }),
    countOf: "throttles",
    fires: ["throttles", "events-dropped", "dead-letters"],
  },
  "no-uploads": {
    cause: "no uploads",
    isWithoutUploads: true,
    note: "Traffic stops. Upload nothing.",
    fires: ["no-invocations"],
    isFor: (blueprint) => thresholdOf("no-invocations", blueprint) !== undefined,
  },
  "missing-setting": {
    cause: "a setting is missing",
    whenPaged: FAILING,
    changes: withoutSetting,
    fires: [...ALL_ATTEMPTS_FAIL, "critical-errors"],
    firesAlone: BUDGETS,
  },
  "bad-release": {
    cause: "a release whose handler fails to load",
    whenPaged: FAILING,
    changes: () => ({ handler: "index.gone" }),
    countOf: "release-errors",
    fires: ALL_ATTEMPTS_FAIL,
    firesAlone: BUDGETS,
  },
  "large-images": {
    cause: "images just above LARGE_IMAGE_BYTES",
    file: async ({ function: fn }) => ({
      name: "large.jpg",
      bytes: await photoOfBytes(Number(fn.environment[MISSING]) + 1),
    }),
    countOf: "large-images",
    fires: ["large-images"],
  },
  "queue-denied": {
    cause: "S3 answers 503 on every attempt, and the queue denies access",
    whenPaged: FAILING,
    calls: () => storageRefuses(UNAVAILABLE, DENIED),
    fires: [...STORAGE_FAILS.filter((name) => name !== "dead-letters"), "dead-letter-errors", "images-lost"],
    firesAlone: BUDGETS,
    isFor: hasQueue,
  },
  "metrics-refused": {
    cause: "CloudWatch refuses PutMetricData",
    calls: () => serviceRefuses("cloudwatch", DENIED),
    fires: [],
    isFor: ({ function: fn }) => fn.environment.METRICS_TRANSPORT === "put_metric_data",
  },
  "table-denied": {
    cause: "DynamoDB denies the records of uploads",
    calls: () => serviceRefuses("dynamodb", TABLE_DENIED),
    countOf: "records-lost",
    fires: ["records-lost"],
    isFor: hasTable,
  },
  "table-throttled": {
    cause: "DynamoDB throttles the records of uploads",
    calls: () => serviceRefuses("dynamodb", TABLE_THROTTLED),
    countOf: "table-throttles",
    fires: ["table-throttles", "records-lost"],
    isFor: hasTable,
  },
  "table-unavailable": {
    cause: "DynamoDB answers 500",
    calls: () => serviceRefuses("dynamodb", TABLE_UNAVAILABLE),
    countOf: "table-errors",
    fires: ["table-errors", "records-lost"],
    isFor: hasTable,
  },
  "table-stalled": {
    cause: "DynamoDB does not answer",
    calls: () => serviceStalls("dynamodb"),
    fires: ["records-lost"],
    isFor: hasTable,
  },
  "links-refused": {
    cause: "clients ask for upload links for files that are no pictures",
    requests: { body: { name: "notes.txt", contentType: "text/plain" }, countOf: "upload-api-refusals" },
    fires: ["upload-api-refusals"],
    isFor: hasApi,
  },
  "links-unused": {
    cause: "clients ask for upload links and use none",
    requests: { body: WANTED, countOf: "links-unused" },
    fires: ["links-unused"],
    isFor: hasApi,
  },
  "links-denied": {
    cause: "DynamoDB denies the records of upload links",
    calls: () => serviceRefuses("dynamodb", TABLE_DENIED),
    requests: { body: WANTED, countOf: "upload-api-errors" },
    fires: ["upload-api-errors"],
    isFor: hasApi,
  },
  "links-slow": {
    cause: "DynamoDB answers slowly when clients ask for upload links",
    calls: slowTable,
    scale: SLOW_SCALE,
    requests: { body: WANTED, countOf: "upload-api-latency" },
    note: `During a request the clock runs ${SLOW_SCALE} times as fast.`,
    fires: ["upload-api-latency"],
    firesAlone: ["links-unused"],
    isFor: hasApi,
  },
} as const satisfies Record<string, Fault>;
