/** What uploads at a steady rate ask of each service, beside what the service gives an account by default. */

import { metricAlarms } from "../../modules/alarms";
import { PUTS_PER_IMAGE } from "../../modules/cost-widget";
import type { Environment } from "../../modules/variables";
import { type Assumed, seconds } from "./cost/usage";

/** Day on which AWS's public pages gave these quotas. */
export const QUOTAS_SEEN_ON = "2026-11-24";

/** Uploads a second that the tables are about. */
export const RATES = [1, 100, 10_000] as const;

export interface Load {
  readonly environment: Environment;
  readonly assumed: Assumed;
  /** Uploads a second. */
  readonly rate: number;
}

interface Limit {
  /** What is counted, and its unit. */
  readonly of: string;
  readonly demand: (load: Load) => number;
  /** What there is by default, or what the environment says. */
  readonly quota: number | ((environment: Environment) => number);
  /** Who can raise it: AWS on request, a variable of the environment, or nobody. */
  readonly raisedBy: "AWS" | "a variable" | "nobody";
  /** What to set or to ask for; `needed` is the demand with HEADROOM. */
  readonly remedy: (needed: number, quota: number) => string;
  /** Whether the environment meets the limit at all. @default it does */
  readonly appliesTo?: (environment: Environment) => boolean;
  readonly source: string;
}

/** By how much more than the mean is asked for: uploads do not come evenly. */
const HEADROOM = 1.5;

/** Environments that Lambda adds to one function in a second. */
const NEW_ENVIRONMENTS_A_SECOND = 100;

/** Of an upload that fails for good: the first invocation, and what is tried again. */
const invocationsOfFailure = ({ lambda_retry_attempts: retries }: Environment): number => 1 + retries;

const ALARM_PERIOD_SECONDS = 300;

/** What Lambda records of a traced invocation: its own part, and the function's. */
const SEGMENTS_OF_A_TRACE = 2;

const VARIANT_PUTS = PUTS_PER_IMAGE - 1;

/** A mean, by Little's law: what comes in a second, times how long it stays. */
export const concurrency = ({ environment, assumed, rate }: Load): number => rate * seconds(environment, assumed);

const thresholdOf = (name: string) => (environment: Environment) =>
  metricAlarms(environment).find((alarm) => alarm.name === name)?.threshold ?? Number.POSITIVE_INFINITY;

/** Lambda reserves nothing of the last hundred. */
const UNRESERVED = 100;

/** Rounded up to two digits, as one asks for it. */
const asked = (needed: number, more = 0): string => {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(needed)) - 1);
  return (Math.ceil(needed / unit) * unit + more).toLocaleString("en-US");
};

const atLeast = (variable: string) => (needed: number) => `\`${variable}\` = ${asked(needed)}`;
const ask = (quota: string) => (needed: number) => `ask AWS for ${asked(needed)} ${quota}`;
const prefixes = (what: string) => (needed: number, quota: number) =>
  `spread the keys of ${what} over ${asked(needed / quota)} folders`;

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";
const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html";
const LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html";
const METRICS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html";

/** Everything that there is only so much of: add a row, with the page that says how much. */
// biome-ignore format: a ledger is read down its columns
export const LIMITS = {
  "reserved concurrency":   { of: "invocations at a time",             quota: ({ reserved_concurrent_executions: n }) => n,    raisedBy: "a variable", demand: concurrency,                                                                  remedy: atLeast("reserved_concurrent_executions"),  appliesTo: ({ reserved_concurrent_executions: n }) => n > 0, source: `${LAMBDA}/configuration-concurrency.html` },
  "account's concurrency":  { of: "invocations at a time",             quota: 1_000,                                           raisedBy: "AWS",        demand: concurrency,                                                                  remedy: (needed) => `ask AWS for ${asked(needed, UNRESERVED)} concurrent executions`, source: `${LAMBDA}/gettingstarted-limits.html` },
  "wait while it scales":   { of: "seconds, the rate jumping from 0",  quota: ({ lambda_max_event_age_seconds: seconds }) => seconds, raisedBy: "a variable", demand: (load) => concurrency(load) / NEW_ENVIRONMENTS_A_SECOND / 2,                  remedy: () => "let the rate rise over minutes",     source: `${LAMBDA}/scaling-behavior.html` },
  "high-concurrency":       { of: "invocations at a time; then it rings", quota: thresholdOf("high-concurrency"),                 raisedBy: "a variable", demand: concurrency,                                                                  remedy: atLeast("concurrent_executions_threshold"), source: "../modules/alarms.ts" },
  "high-error-rate":        { of: "failures in 5 minutes; then it rings",  quota: thresholdOf("high-error-rate"),                  raisedBy: "a variable", demand: ({ environment, rate, assumed }) => rate * ALARM_PERIOD_SECONDS * invocationsOfFailure(environment) * assumed.failedPercent / 100, remedy: atLeast("error_threshold"), source: "../modules/alarms.ts" },
  "S3 writes of uploads":   { of: "a second and prefix",               quota: 3_500,                                           raisedBy: "nobody",     demand: ({ rate }) => rate,                                                           remedy: prefixes("uploads"),                        source: S3 },
  "S3 reads of uploads":    { of: "a second and prefix",               quota: 5_500,                                           raisedBy: "nobody",     demand: ({ rate }) => rate,                                                           remedy: prefixes("uploads"),                        source: S3 },
  "S3 writes of variants":  { of: "a second and prefix",               quota: 3_500,                                           raisedBy: "nobody",     demand: ({ rate }) => rate * VARIANT_PUTS,                                            remedy: prefixes("uploads"), source: S3 },
  "PutMetricData":          { of: "requests a second",                 quota: 500,                                             raisedBy: "AWS",        demand: ({ rate }) => rate,                                                           remedy: () => '`metrics_transport` = "emf"',         appliesTo: ({ metrics_transport }) => metrics_transport === "put_metric_data", source: METRICS },
  "PutLogEvents":           { of: "requests a second, one an invocation", quota: 5_000,                                        raisedBy: "AWS",        demand: ({ rate }) => rate,                                                           remedy: ask("PutLogEvents a second"),               source: LOGS },
  "CreateLogStream":        { of: "requests a second while it scales", quota: 50,                                              raisedBy: "AWS",        demand: (load) => Math.min(concurrency(load), NEW_ENVIRONMENTS_A_SECOND),             remedy: ask("CreateLogStream a second"),            source: LOGS },
  "KMS":                    { of: "requests a second",                 quota: 10_000,                                          raisedBy: "AWS",        demand: ({ rate, assumed }) => rate * (PUTS_PER_IMAGE + 1) * assumed.keyedPercent / 100, remedy: ask("symmetric operations a second"),      appliesTo: ({ enable_kms_key }) => enable_kms_key, source: "https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html" },
  "X-Ray":                  { of: "segments a second",   quota: 2_600,                                           raisedBy: "nobody",     demand: ({ rate, assumed }) => SEGMENTS_OF_A_TRACE * (1 + rate * assumed.tracedPercent / 100), remedy: () => "sample less by a sampling rule", appliesTo: ({ enable_xray_tracing }) => enable_xray_tracing, source: "https://docs.aws.amazon.com/general/latest/gr/xray.html" },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

export interface Strain {
  readonly name: LimitName;
  readonly of: string;
  readonly demand: number;
  readonly quota: number;
  readonly raisedBy: Limit["raisedBy"];
  /** Whether the environment meets the limit at all. */
  readonly applies: boolean;
  readonly source: string;
  /** What to do, where the demand is more than there is. */
  readonly remedy?: string;
}

/** @returns each limit at this load */
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

/** Rates beyond which nothing here is meant to go. */
const SLOWEST = 0.001;
const FASTEST = 10_000_000;

/** @returns the rate at which the demand is all that there is, or undefined where no rate gets there */
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
