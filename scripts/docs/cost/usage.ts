/** Usage of a stack in one month: turns an environment and a table of assumptions into the quantities that AWS charges for. */
import { backfillBatch } from "../../../modules/backfill-limits";
import { putsPerImage, standingUsage } from "../../../modules/cost-widget";
import { S3_BUCKETS } from "../../../modules/inputs/s3_buckets";
import type { Prices } from "../../../modules/prices";
import { UPLOAD_HANDLER_MB } from "../../../modules/upload_handler";
import type { Environment } from "../../../modules/variables";
import { growthOf, WHOLE_CPU_MB } from "../../trials/bench/cost";
import { readResults } from "../../trials/bench/results";
import { type Demanding, totalShare } from "./variant-shares";

/** CPU time in ms, from the committed benchmark. */
const MEASURED = growthOf(readResults().pictures).belowCap;
const secondsOf = (ms: number): number => Number((ms / 1000).toPrecision(3));

/** Quantities that do not follow from the environment: add a row. */
// biome-ignore format: a ledger is read down its columns
export const ASSUMPTIONS = {
  images:           { value: 1_000_000, about: "uploads per month" },
  meanMb:           { value: 3,         about: "size of an upload in megabytes" },
  mbPerMp:          { value: 0.25,      about: "megabytes per megapixel of an upload, as in JPEGs from phones" },
  cpuSecondsPerMp:  { value: secondsOf(MEASURED.slope), about: "seconds of one vCPU per megapixel, from scripts/trials/bench/results.json" },
  cpuSecondsEach:   { value: secondsOf(MEASURED.base),  about: "seconds of one vCPU per image in addition, from the same file" },
  waitSeconds:      { value: 0.15,      about: "seconds that an invocation waits for S3: the download, and the last variant; others are stored meanwhile" },
  outputMbPerMp:    { value: 1,         about: "megabytes of the five default variants per megapixel, with encoder_effort = fast; most are PNG. Other variants are estimated from it" },
  monthsKept:       { value: 1,         about: "months that uploads and variants are kept" },
  logBytes:         { value: 1440,      about: "bytes of log per image, including 26 bytes of overhead per line" },
  embeddedLogBytes: { value: 470,       about: "additional bytes of log per image if metrics are embedded in the log" },
  logCompression:   { value: 0.15,      about: "stored bytes per byte of log, because CloudWatch compresses it" },
  failedPercent:    { value: 0.1,       about: "percent of images whose event goes to the dead-letter queue and is redriven" },
  tracedPercent:    { value: 5,         about: "percent of invocations that X-Ray samples" },
  keyedPercent:     { value: 1,         about: "percent of S3 requests that call KMS, because of bucket keys" },
  accessLogBytes:   { value: 600,       about: "bytes of access log per S3 request" },
  recordBytes:      { value: 900,       about: "bytes of the record of an image in the metadata table" },
  linkedPercent:    { value: 100,       about: "percent of uploads that use a link of the upload API, where there is one" },
  stateRequests:    { value: 3,         about: "requests for the state of such an upload" },
  apiSeconds:       { value: 0.03,      about: "seconds that the function of the upload API works for a request" },
  apiLogBytes:      { value: 420,       about: "bytes of log per request to the upload API" },
  backfilledPercent: { value: 5,        about: "objects that backfills process again, in percent of the uploads, with enable_backfill" },
  notifications:    { value: 100,       about: "e-mail notifications per month" },
} as const satisfies Record<string, { readonly value: number; readonly about: string }>;

export type Assumption = keyof typeof ASSUMPTIONS;

export type Assumed = Readonly<Record<Assumption, number>>;

/** @param changed values that replace the defaults */
export const assumed = (changed: Partial<Assumed> = {}): Assumed => ({
  ...(Object.fromEntries(Object.entries(ASSUMPTIONS).map(([name, { value }]) => [name, value])) as Assumed),
  ...changed,
});

/** Quantity per month of each unit that AWS charges for. */
export type Usage = Readonly<Record<keyof Prices, number>>;

/** Larger pictures are shrunk to 4096 x 3072 pixels first. */
const MOST_MP = 12.6;

const MB_PER_GB = 1024;
const BYTES_PER_GB = 1024 ** 3;
const DAYS_PER_MONTH = 30;

/** Each upload is downloaded once. */
const GETS = 1;

/** Megapixels per image that are encoded. */
export const megapixelsOf = (a: Assumed): number => Math.min(a.meanMb / a.mbPerMp, MOST_MP);

const variantsGb = (environment: Demanding, a: Assumed): number => {
  const megapixels = megapixelsOf(a);
  return (a.images * megapixels * a.outputMbPerMp * totalShare(environment, megapixels).bytes) / MB_PER_GB;
};

const uploadsGb = (a: Assumed): number => (a.images * a.meanMb) / MB_PER_GB;

/** In a versioned bucket, S3 keeps an expired variant as a noncurrent version. */
const variantMonths = ({ processed_expiration_days, enable_s3_versioning }: Environment, a: Assumed): number => {
  if (processed_expiration_days === 0) return a.monthsKept;
  const days = processed_expiration_days + (enable_s3_versioning ? S3_BUCKETS.noncurrent_days.default : 0);
  return Math.min(a.monthsKept, days / DAYS_PER_MONTH);
};

/** @returns the duration of one invocation in seconds. Variants are encoded one after the other, so more than one vCPU does not help. */
export const seconds = ({ lambda_memory_size, ...environment }: Environment, a: Assumed): number => {
  const megapixels = megapixelsOf(a);
  const cpuSeconds = megapixels * a.cpuSecondsPerMp * totalShare(environment, megapixels).cpu + a.cpuSecondsEach;
  return cpuSeconds / Math.min(1, lambda_memory_size / WHOLE_CPU_MB) + a.waitSeconds;
};

const logGbOf = ({ metrics_transport }: Environment, a: Assumed): number =>
  (a.images * (a.logBytes + (metrics_transport === "emf" ? a.embeddedLogBytes : 0))) / BYTES_PER_GB;

const storedGbOf = (environment: Environment, a: Assumed): number => {
  const { enable_s3_access_logging, s3_access_log_days, enable_replication } = environment;
  const gbMonths = uploadsGb(a) * a.monthsKept + variantsGb(environment, a) * variantMonths(environment, a);
  const pictures = gbMonths * (enable_replication ? 2 : 1);
  const accessLogs =
    (a.images * (putsPerImage(environment) + GETS) * a.accessLogBytes * s3_access_log_days) /
    DAYS_PER_MONTH /
    BYTES_PER_GB;
  return pictures + (enable_s3_access_logging ? accessLogs : 0);
};

/** A record is written when the image is received and when it is processed. DynamoDB rounds each write up to 1 KB. */
export const RECORD_WRITES = 2;
const BYTES_PER_WRITE = 1024;

const recordsOf = ({ enable_metadata_table: isOn }: Environment, a: Assumed) => {
  const gbMonth = isOn ? (a.images * a.recordBytes * a.monthsKept) / BYTES_PER_GB : 0;
  return {
    tableWrite: isOn ? a.images * RECORD_WRITES * Math.ceil(a.recordBytes / BYTES_PER_WRITE) : 0,
    tableGbMonth: gbMonth,
    tableBackupGbMonth: gbMonth,
  };
};

/** @returns requests to the upload API, and the other usage that they cause */
const apiOf = ({ enable_upload_api: isOn }: Environment, a: Assumed) => {
  const links = isOn ? (a.images * a.linkedPercent) / 100 : 0;
  const requests = links * (1 + a.stateRequests);
  return {
    links,
    requests,
    states: requests - links,
    gbSeconds: requests * (UPLOAD_HANDLER_MB / MB_PER_GB) * a.apiSeconds,
    logGb: (requests * a.apiLogBytes) / BYTES_PER_GB,
  };
};

/** A child workflow is charged for 64 MB at least, as long as the function works. */
export const EXPRESS_GB = 64 / MB_PER_GB;

/** @returns usage of backfills: each makes all variants of its objects, after it has asked S3 for each one */
const backfillsOf = (environment: Environment, a: Assumed) => {
  const objects = environment.enable_backfill ? (a.images * a.backfilledPercent) / 100 : 0;
  const batches = objects / backfillBatch(environment);
  const variants = putsPerImage(environment) - 1;
  return {
    objects,
    batches,
    seconds: objects * seconds(environment, a),
    puts: objects * variants,
    // HeadObject of the object and of each variant, and the download.
    gets: objects * (variants + 1 + GETS),
  };
};

export const usageOf = (environment: Environment, a: Assumed): Usage => {
  const api = apiOf(environment, a);
  const backfills = backfillsOf(environment, a);
  const workedSeconds = a.images * seconds(environment, a) + backfills.seconds;
  const gbSeconds = workedSeconds * (environment.lambda_memory_size / MB_PER_GB) + api.gbSeconds;
  const isArm = environment.lambda_architecture === "arm64";
  const logGb = logGbOf(environment, a) + api.logGb;
  const records = recordsOf(environment, a);
  return {
    ...standingUsage(environment),
    ...records,
    // A link has a separate record until it is used.
    tableWrite: records.tableWrite + api.links,
    tableQuery: api.states,
    apiRequest: api.requests,
    stateTransition: backfills.batches,
    expressRequest: backfills.batches,
    expressGbSecond: backfills.seconds * EXPRESS_GB,
    lambdaRequest: a.images + api.requests + backfills.batches,
    arm64GbSecond: isArm ? gbSeconds : 0,
    x86GbSecond: isArm ? 0 : gbSeconds,
    // A replica of the upload and of each variant.
    s3Put: (a.images * putsPerImage(environment) + backfills.puts) * (environment.enable_replication ? 2 : 1),
    s3Get: a.images * GETS + backfills.gets,
    s3GbMonth: storedGbOf(environment, a),
    interRegionGb: environment.enable_replication ? uploadsGb(a) + variantsGb(environment, a) : 0,
    logGb,
    logGbMonth: (logGb * a.logCompression * environment.log_retention_days) / DAYS_PER_MONTH,
    putMetricDataRequest: environment.metrics_transport === "put_metric_data" ? a.images : 0,
    snsPublish: a.notifications,
    snsEmail: a.notifications,
    // Each message is sent, received and deleted.
    sqsRequest: environment.enable_dead_letter_queue ? (3 * a.images * a.failedPercent) / 100 : 0,
    // For each message to an encrypted topic, SNS calls KMS twice.
    kmsRequest: environment.enable_kms_key
      ? (a.images * (putsPerImage(environment) + GETS) * a.keyedPercent) / 100 + 2 * a.notifications
      : 0,
    xrayTrace: environment.enable_xray_tracing ? (a.images * a.tracedPercent) / 100 : 0,
  };
};
