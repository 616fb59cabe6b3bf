/** What can be broken in a sandbox: the causes of alarms, for the drill and for the console. */
import type { Blueprint, FunctionBlueprint } from "../sandbox/blueprint";
import {
  DENIED,
  type OnCall,
  serviceRefuses,
  serviceStalls,
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
  /** Alarms that fire when the fault lasts, by their names without the function's name. A stack may not have all of them. */
  readonly fires: readonly string[];
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
const ALL_ATTEMPTS_FAIL = ["log-errors", "high-error-rate", "release-errors", "events-dropped", "dead-letters"];
const STORAGE_FAILS = [...ALL_ATTEMPTS_FAIL, "image-processing-errors"];

const small = async (): Promise<UploadedFile> => ({ name: "photo.jpg", bytes: await photo() });

/** @returns the file that a fault uploads */
export const fileOf = ({ file = small }: Fault, blueprint: Blueprint): Promise<UploadedFile> => file(blueprint);

/** @returns the threshold of the alarm, or undefined if the stack has no such alarm */
const thresholdOf = (alarm: string, { alarms, function: fn }: Blueprint): number | undefined =>
  alarms.find(({ name }) => name === `${fn.name}-${alarm}`)?.threshold;

const hasTable = ({ tables }: Blueprint): boolean => tables.length > 0;

/** @returns how many files a fault uploads */
export const uploadsOf = ({ countOf, spare = 0 }: Fault, blueprint: Blueprint): number => {
  const threshold = countOf === undefined ? 1 : (thresholdOf(countOf, blueprint) ?? 1);
  return Math.max(1, Math.ceil(threshold)) + spare;
};

const hasQueue = ({ function: fn }: Blueprint): boolean => fn.deadLetterTargetArn !== undefined;

const withoutSetting = ({ environment: { [MISSING]: _, ...environment } }: FunctionBlueprint) => ({ environment });

/** Slightly longer than the threshold of the alarm on durations. */
export const slowDurationMs = (thresholdMs: number, { timeoutSeconds }: FunctionBlueprint): number =>
  thresholdMs + (timeoutSeconds * 1_000 - thresholdMs) / 20;

/** The function gives up a request after 5 s without an answer, and the third one with it the attempt. */
const TOO_LATE_MS = 10_000;

/** Every fault: add a row. */
export const FAULTS = {
  "s3-unavailable": {
    cause: "S3 answers 503",
    calls: () => storageRefuses(UNAVAILABLE),
    countOf: "high-error-rate",
    fires: STORAGE_FAILS,
  },
  "s3-denied": {
    cause: "S3 answers 403",
    calls: () => storageRefuses(DENIED),
    countOf: "s3-permission-errors",
    fires: [...ALL_ATTEMPTS_FAIL, "s3-permission-errors"],
  },
  "s3-late": {
    cause: "S3 answers later than the function waits",
    calls: () => storageDelays(TOO_LATE_MS),
    fires: STORAGE_FAILS,
  },
  "out-of-memory": {
    cause: "a file that does not fit into the memory",
    changes: () => ({ memoryMb: SMALL_MEMORY_MB }),
    file: async () => ({ name: "large.jpg", bytes: await photoOfBytes(LARGER_THAN_MEMORY_BYTES) }),
    countOf: "memory-errors",
    fires: ["memory-errors", "high-error-rate", "release-errors", "events-dropped", "dead-letters"],
  },
  "out-of-time": {
    cause: "decoding a wide scan takes longer than the timeout",
    changes: () => ({ timeoutSeconds: SHORT_TIMEOUT_SECONDS }),
    file: async () => ({ name: "wide-scan.tif", bytes: wideScan() }),
    countOf: "timeout-errors",
    fires: ["timeout-errors", "high-error-rate", "release-errors", "events-dropped", "dead-letters"],
  },
  "not-an-image": {
    cause: "one file that is not an image",
    file: async () => ({ name: "photo.jpg", bytes: notAnImage() }),
    countOf: "log-errors",
    fires: ["log-errors"],
  },
  corrupt: {
    cause: "corrupt uploads",
    file: async () => ({ name: "broken.jpg", bytes: await truncatedPhoto() }),
    countOf: "image-processing-errors",
    fires: ["log-errors", "image-processing-errors"],
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
    fires: ["throttles"],
  },
  "missing-setting": {
    cause: "a setting is missing",
    changes: withoutSetting,
    fires: [...ALL_ATTEMPTS_FAIL, "critical-errors"],
  },
  "bad-release": {
    cause: "a release whose handler fails to load",
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
