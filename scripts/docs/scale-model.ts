/** The demand of a steady rate of uploads on each service, compared with the default quota of an account. */
import { metricAlarms } from "../../modules/alarm-rows";
import { putsPerImage } from "../../modules/cost-widget";
import type { Environment } from "../../modules/variables";
import { type Assumed, RECORD_WRITES, seconds } from "./cost/usage";

/** Date on which the quotas were read from AWS's documentation. */
export const QUOTAS_SEEN_ON = "2026-11-24";

/** Rates in the tables, in uploads per second. */
export const RATES = [1, 100, 10_000] as const;

export interface Load {
  readonly environment: Environment;
  readonly assumed: Assumed;
  /** Uploads per second. */
  readonly rate: number;
}

interface Limit {
  /** Unit of demand and quota. */
  readonly of: string;
  readonly demand: (load: Load) => number;
  /** AWS's default, or the value from the environment. */
  readonly quota: number | ((environment: Environment) => number);
  /** How it can be raised. */
  readonly raisedBy: "a request to AWS" | "a variable" | "not possible";
  /** What to set or request. `needed` is the demand including HEADROOM. */
  readonly remedy: (needed: number, quota: number) => string;
  /** Whether the limit matters to the environment. @default it does */
  readonly appliesTo?: (environment: Environment) => boolean;
  readonly source: string;
}

/** Factor on the mean, because uploads are not spread evenly. */
const HEADROOM = 1.5;

/** Execution environments per second that Lambda adds to one function. */
const NEW_ENVIRONMENTS_A_SECOND = 100;

/** Invocations for an upload that fails every time. */
const invocationsOfFailure = ({ lambda_retry_attempts: retries }: Environment): number => 1 + retries;

const ALARM_PERIOD_SECONDS = 300;

/** A traced invocation has two segments: one of the service and one of the function. */
const SEGMENTS_OF_A_TRACE = 2;

/** @returns the mean number of parallel invocations, by Little's law: rate times duration */
export const concurrency = ({ environment, assumed, rate }: Load): number => rate * seconds(environment, assumed);

/** With alarm_routing incident, no alarm counts: each is on a share. */
const isEach = ({ alarm_routing }: Environment): boolean => alarm_routing === "each";

const thresholdOf =
  (name: string) =>
  (environment: Environment): number => {
    const alarm = metricAlarms(environment).find((each) => each.name === name);
    return alarm === undefined || !isEach(environment) ? Number.POSITIVE_INFINITY : alarm.threshold;
  };

/** Lambda keeps this many concurrent executions of an account unreserved. */
const UNRESERVED = 100;

/** Rounded up to two significant digits. */
const asked = (needed: number, more = 0): string => {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(needed)) - 1);
  return (Math.ceil(needed / unit) * unit + more).toLocaleString("en-US");
};

const atLeast = (variable: string) => (needed: number) => `\`${variable}\` = ${asked(needed)}`;
const ask = (quota: string) => (needed: number) => `request ${asked(needed)} ${quota}`;
const prefixes = (what: string) => (needed: number, quota: number) =>
  `spread ${what} over ${asked(needed / quota)} folders`;

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";
const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html";
const LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html";
const METRICS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html";

const hasApi = ({ enable_upload_api: isOn }: Environment): boolean => isOn;

/** Every limit, with the page that documents it: add a row. */
// biome-ignore format: a ledger is read down its columns
export const LIMITS = {
  "reserved concurrency":   { of: "parallel invocations",             quota: ({ reserved_concurrent_executions: n }) => n,    raisedBy: "a variable", demand: concurrency,                                                                  remedy: atLeast("reserved_concurrent_executions"),  appliesTo: ({ reserved_concurrent_executions: n }) => n > 0, source: `${LAMBDA}/configuration-concurrency.html` },
  "account's concurrency":  { of: "parallel invocations",             quota: 1_000,                                           raisedBy: "a request to AWS", demand: concurrency,                                                                  remedy: (needed) => `request ${asked(needed, UNRESERVED)} concurrent executions`, source: `${LAMBDA}/gettingstarted-limits.html` },
  "wait while Lambda scales":   { of: "seconds, if the rate jumps from 0",  quota: ({ lambda_max_event_age_seconds: seconds }) => seconds, raisedBy: "a variable", demand: (load) => concurrency(load) / NEW_ENVIRONMENTS_A_SECOND / 2,                  remedy: () => "increase the rate over minutes",     source: `${LAMBDA}/scaling-behavior.html` },
  "high-concurrency":       { of: "parallel invocations that trigger it", quota: thresholdOf("high-concurrency"),                 raisedBy: "a variable", demand: concurrency,                                                                  remedy: atLeast("concurrent_executions_threshold"), appliesTo: isEach, source: "../modules/alarms.ts" },
  "high-error-rate":        { of: "failures in 5 minutes that trigger it",  quota: thresholdOf("high-error-rate"),                  raisedBy: "a variable", demand: ({ environment, rate, assumed }) => rate * ALARM_PERIOD_SECONDS * invocationsOfFailure(environment) * assumed.failedPercent / 100, remedy: atLeast("error_threshold"), appliesTo: isEach, source: "../modules/alarms.ts" },
  "S3 writes of uploads":   { of: "requests per second and prefix",               quota: 3_500,                                           raisedBy: "not possible", demand: ({ rate }) => rate,                                                           remedy: prefixes("uploads"),                        source: S3 },
  "S3 reads of uploads":    { of: "requests per second and prefix",               quota: 5_500,                                           raisedBy: "not possible", demand: ({ rate }) => rate,                                                           remedy: prefixes("uploads"),                        source: S3 },
  "S3 writes of variants":  { of: "requests per second and prefix",               quota: 3_500,                                           raisedBy: "not possible", demand: ({ rate, environment }) => rate * Object.keys(environment.variants).length,                                            remedy: prefixes("uploads"), source: S3 },
  "PutMetricData":          { of: "requests per second",                 quota: 500,                                             raisedBy: "a request to AWS", demand: ({ rate }) => rate,                                                           remedy: () => '`metrics_transport` = "emf"',         appliesTo: ({ metrics_transport }) => metrics_transport === "put_metric_data", source: METRICS },
  "PutLogEvents":           { of: "requests per second, one per invocation", quota: 5_000,                                        raisedBy: "a request to AWS", demand: ({ rate }) => rate,                                                           remedy: ask("PutLogEvents per second"),               source: LOGS },
  "CreateLogStream":        { of: "requests per second while Lambda scales", quota: 50,                                              raisedBy: "a request to AWS", demand: (load) => Math.min(concurrency(load), NEW_ENVIRONMENTS_A_SECOND),             remedy: ask("CreateLogStream per second"),            source: LOGS },
  "KMS":                    { of: "requests per second",                 quota: 10_000,                                          raisedBy: "a request to AWS", demand: ({ rate, assumed, environment }) => rate * (putsPerImage(environment) + 1) * assumed.keyedPercent / 100, remedy: ask("symmetric operations per second"),      appliesTo: ({ enable_kms_key }) => enable_kms_key, source: "https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html" },
  "DynamoDB writes":        { of: "writes per second of a table", quota: 40_000,                            raisedBy: "a request to AWS", demand: ({ rate }) => rate * RECORD_WRITES,                                             remedy: ask("write units per second for a table"),   appliesTo: ({ enable_metadata_table: isOn }) => isOn, source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html" },
  "links per second":       { of: "upload links per second",  quota: ({ upload_api_links_per_second: n }) => n, raisedBy: "a variable", demand: ({ rate, assumed }) => (rate * assumed.linkedPercent) / 100, remedy: atLeast("upload_api_links_per_second"), appliesTo: hasApi, source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html" },
  "states per second":      { of: "states of uploads per second", quota: ({ upload_api_reads_per_second: n }) => n, raisedBy: "a variable", demand: ({ rate, assumed }) => (rate * assumed.linkedPercent * assumed.stateRequests) / 100, remedy: atLeast("upload_api_reads_per_second"), appliesTo: hasApi, source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html" },
  "API Gateway":            { of: "requests per second of an account", quota: 10_000, raisedBy: "a request to AWS", demand: ({ rate, assumed }) => (rate * assumed.linkedPercent * (1 + assumed.stateRequests)) / 100, remedy: ask("requests per second of API Gateway"), appliesTo: hasApi, source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html" },
  "X-Ray":                  { of: "segments per second",   quota: 2_600,                                           raisedBy: "not possible", demand: ({ rate, assumed }) => SEGMENTS_OF_A_TRACE * (1 + rate * assumed.tracedPercent / 100), remedy: () => "lower the sampling rate with a sampling rule", appliesTo: ({ enable_xray_tracing }) => enable_xray_tracing, source: "https://docs.aws.amazon.com/general/latest/gr/xray.html" },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

export interface Strain {
  readonly name: LimitName;
  readonly of: string;
  readonly demand: number;
  readonly quota: number;
  readonly raisedBy: Limit["raisedBy"];
  /** Whether the limit matters to the environment. */
  readonly applies: boolean;
  readonly source: string;
  /** What to do. @default the demand does not exceed the limit */
  readonly remedy?: string;
}

/** @returns every limit with the demand of this load */
export const strains = (load: Load): Strain[] =>
  (Object.entries(LIMITS) as [LimitName, Limit][]).map(([name, { demand, quota, remedy, appliesTo, ...limit }]) => {
    const asks = demand(load);
    const given = typeof quota === "number" ? quota : quota(load.environment);
    return {
      name,
      of: limit.of,
      raisedBy: limit.raisedBy,
      source: limit.source,
      demand: asks,
      quota: given,
      applies: appliesTo?.(load.environment) ?? true,
      ...(asks > given && { remedy: remedy(asks * HEADROOM, given) }),
    };
  });

/** Bounds of the search, in uploads per second. */
const SLOWEST = 0.001;
const FASTEST = 10_000_000;

/** @returns the uploads per second at which the demand reaches the limit; undefined if no rate within the bounds does */
export const reachedAt = (name: LimitName, load: Omit<Load, "rate">): number | undefined => {
  const isBeyond = (rate: number): boolean =>
    strains({ ...load, rate }).some((each) => each.name === name && each.remedy !== undefined);
  if (!isBeyond(FASTEST)) return undefined;
  let [below, above] = [SLOWEST, FASTEST];
  while (above / below > 1.0001) {
    const middle = Math.sqrt(below * above);
    if (isBeyond(middle)) above = middle;
    else below = middle;
  }
  return above;
};
