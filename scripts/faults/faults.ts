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
  UNAVAILABLE,
} from "./calls";
import { notAnImage, photo, photoOfBytes, truncatedPhoto, wideScan } from "./pictures";

interface UploadedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Fault {
  readonly cause: string;
  /** Configuration of the function while it lasts. @default as deployed */
  readonly changes?: (fn: FunctionBlueprint) => Partial<FunctionBlueprint>;
  /** How calls of the function behave while it lasts. @default they succeed */
  readonly calls?: (blueprint: Blueprint) => OnCall;
  /** What is uploaded for it. @default a small photo */
  readonly file?: (blueprint: Blueprint) => Promise<UploadedFile>;
  /** The alarm whose threshold says how many files are uploaded. @default one file is uploaded */
  readonly countOf?: string;
  /** Uploads beyond the threshold. @default none */
  readonly spare?: number;
  /** Uploads where one composite alarm pages: its conditions need more of them. @default as without it */
  readonly whenPaged?: number;
  /** Time between two rounds of uploads while it lasts. @default it uploads once */
  readonly everyMinutes?: number;
  /** Whether it needs no upload. @default it needs at least one */
  readonly isWithoutUploads?: true;
  /** How many times as fast the clock runs during an invocation. @default in real time */
  readonly scale?: number;
  /** What people should know about it. @default nothing */
  readonly note?: string;
  /** Alarms that fire when the fault lasts, by their names without the function's name. A stack may not have all of them. */
  readonly fires: readonly string[];
  /** Alarms that fire, too, where refusals are logged at ERROR. @default none */
  readonly firesAtError?: readonly string[];
  /** Whether it makes sense for a stack. @default for every stack */
  readonly isFor?: (blueprint: Blueprint) => boolean;
}

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

const small = async (): Promise<UploadedFile> => ({ name: "photo.jpg", bytes: await photo() });

/** @returns the file that a fault uploads */
export const fileOf = ({ file = small }: Fault, blueprint: Blueprint): Promise<UploadedFile> => file(blueprint);

/** @returns the threshold of the alarm, or undefined if the stack has no such alarm */
const thresholdOf = (alarm: string, { alarms, function: fn }: Blueprint): number | undefined =>
  alarms.find(({ name }) => name === `${fn.name}-${alarm}`)?.threshold;

const hasTable = ({ tables }: Blueprint): boolean => tables.length > 0;

const isPaged = ({ compositeAlarms, function: fn }: Blueprint): boolean =>
  compositeAlarms.some(({ name }) => name === `${fn.name}-page`);

/** Uploads whose attempts are enough for `high-error-rate`, and refused ones that are enough for `refused`. */
const FAILING = 3;
const REFUSED = 8;

/** @returns how many files a fault uploads at a time */
export const uploadsOf = ({ countOf, spare = 0, whenPaged, isWithoutUploads }: Fault, blueprint: Blueprint): number => {
  if (isWithoutUploads === true) return 0;
  if (whenPaged !== undefined && isPaged(blueprint)) return whenPaged;
  const threshold = countOf === undefined ? 1 : (thresholdOf(countOf, blueprint) ?? 1);
  return Math.max(1, Math.ceil(threshold)) + spare;
};

const hasQueue = ({ function: fn }: Blueprint): boolean => fn.deadLetterTargetArn !== undefined;

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

/** Between the threshold of the alarm, at most 90 %, and all of the memory. */
const ALMOST_ALL = 0.95;

/** @returns the alarms that fire when a fault lasts, without those that a composite alarm makes of them */
export const alarmsOf = ({ fires, firesAtError = [] }: Fault, { function: fn }: Blueprint): readonly string[] =>
  fn.environment.REFUSAL_LOG_LEVEL === "WARN" ? fires : [...fires, ...firesAtError];

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
  },
  "s3-denied": {
    cause: "S3 answers 403",
    whenPaged: FAILING,
    calls: () => storageRefuses(DENIED),
    countOf: "s3-permission-errors",
    fires: [...ALL_ATTEMPTS_FAIL, "s3-permission-errors"],
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
  },
  "out-of-memory": {
    cause: "a file that does not fit into the memory",
    whenPaged: FAILING,
    changes: () => ({ memoryMb: SMALL_MEMORY_MB }),
    file: async () => ({ name: "large.jpg", bytes: await photoOfBytes(LARGER_THAN_MEMORY_BYTES) }),
    countOf: "memory-errors",
    fires: ["memory-errors", "high-error-rate", "release-errors", ...GIVEN_UP],
  },
  "out-of-time": {
    cause: "decoding a wide scan takes longer than the timeout",
    whenPaged: FAILING,
    changes: () => ({ timeoutSeconds: SHORT_TIMEOUT_SECONDS }),
    file: async () => ({ name: "wide-scan.tif", bytes: wideScan() }),
    countOf: "timeout-errors",
    fires: ["timeout-errors", "high-error-rate", "release-errors", ...GIVEN_UP],
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
    // Each of them is throttled several times.
    whenPaged: 12,
    fires: ["throttles", "throttled-long"],
  },
  "no-concurrency": {
    cause: "other functions use all of the account's concurrency",
    changes: () => ({ freeConcurrency: 0 }),
    note: "Heal it to see how long the upload has waited.",
    fires: ["throttles", "event-age"],
    isFor: ({ function: fn }) => fn.reservedConcurrency === undefined,
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
  },
  "bad-release": {
    cause: "a release whose handler fails to load",
    whenPaged: FAILING,
    changes: () => ({ handler: "index.gone" }),
    countOf: "release-errors",
    fires: ALL_ATTEMPTS_FAIL,
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
    fires: [...STORAGE_FAILS.filter((name) => name !== "dead-letters"), "dead-letter-errors"],
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
} as const satisfies Record<string, Fault>;
