/** The variables of an environment: what each allows, its default, and which values do not go together. */
import { z } from "zod";
import { ARCHITECTURES, RUNTIMES } from "../handler/contract/runtime";
import { SETTINGS } from "../handler/contract/settings";
import { naming, stacksOf } from "./naming";
import { STRATEGIES } from "./release-strategies";

export interface Variable {
  /** Completes "Expected … for <name> but got <value>". */
  readonly what: string;
  readonly check: z.ZodType;
  /** Value where neither the files nor TF_VAR_<name> set one. */
  readonly default?: unknown;
  /** Or whose value is taken then. */
  readonly sameAs?: "alert_email" | "alert_sms" | "aws_region" | "the file's name";
  readonly about: string;
}

const choice = <const C extends readonly [string, ...string[]]>(...choices: C) => ({
  what: `one of ${choices.join(", ")}`,
  check: z.enum(choices),
});

const whole = (from: number, to: number, unit?: string) => ({
  what: `a whole number${unit === undefined ? "" : ` of ${unit}`} from ${from} to ${to}`,
  check: z.int().min(from).max(to),
});

const text = (what: string, pattern: RegExp) => ({ what, check: z.string().regex(pattern) });

/** Days that CloudWatch Logs accepts: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const FLAG = { what: "true or false", check: z.boolean() };
const COUNT = whole(1, 1_000_000);
const BYTES = whole(1, 5_000_000_000, "bytes");
const PERCENT = { what: "a number above 0 and not above 100", check: z.number().gt(0).max(100) };
const RETENTION = { what: `one of ${RETENTION_DAYS.join(", ")} days`, check: z.literal(RETENTION_DAYS) };
const REGION_NAME = /^[a-z]{2}(-[a-z]+)+-\d$/;
const REGION = text("an AWS region such as us-east-1", REGION_NAME);
const REGIONS = {
  what: "a list of AWS regions, each of them once",
  check: z.array(z.string().regex(REGION_NAME)).refine((regions) => new Set(regions).size === regions.length),
};
const NAME = text("lower-case letters, digits and hyphens, beginning with a letter", /^[a-z](-?[a-z0-9])*$/);
const NAMESPACE = text(
  "a CloudWatch namespace (letters, digits and . - _ / #, not beginning with AWS/)",
  /^(?!AWS\/)[\w.\-/#]{1,255}$/,
);
const BUCKET = text('the name of an S3 bucket, or ""', /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$/);
const KEY = text('a key such as images/dev.tfstate, or ""', /^([^/\s][^\s]{0,1023})?$/);
const PHONE = text('a phone number such as "+15555550100", or ""', /^(\+[1-9]\d{6,14})?$/);
const URL_BASE = text('an address such as https://example.com/runbooks, or ""', /^(https:\/\/[^\s"/]+(\/[^\s"/]+)*)?$/);
const SIGNER = text(
  'the ARN of a version of a signing profile, or ""',
  /^(arn:aws[\w-]*:signer:[\w-]+:\d{12}:\/signing-profiles\/\w{2,64}\/\w{10})?$/,
);
const RESERVATION = {
  what: "-1, or a whole number from 1 to 100000",
  check: z
    .int()
    .min(-1)
    .max(100_000)
    .refine((count) => count !== 0),
};
const LABEL = text('letters, digits, spaces and . : / = + - @ _, or ""', /^[\p{L}\p{N} .:/=+\-@_]{0,256}$/u);
const EMAIL = {
  what: 'an e-mail address, or ""',
  check: z.string().refine((address) => address === "" || z.email().safeParse(address).success),
};

export const keys = <K extends string>(ledger: Record<K, unknown>) => Object.keys(ledger) as [K, ...K[]];

/** Every variable of an environment: add a row. */
// biome-ignore format: a ledger is read down its columns
export const VARIABLES = {
  aws_region:                      { ...REGION,                                        default: "us-east-1",             about: "where everything is created" },
  regions:                         { ...REGIONS,                                       default: [],                      about: "where there is a stack each, aws_region first; without any there is one stack, in aws_region" },
  enable_replication:              { ...FLAG,                                          default: false,                   about: "whether S3 copies the variants of each region to the next, where what is deleted here stays" },
  environment:                     { ...NAME,                                          sameAs: "the file's name",        about: "part of every name; it must be the file's" },
  project_name:                    { ...NAME,                                          default: "image-processor",       about: "first part of every name" },
  lambda_runtime:                  { ...choice(...keys(RUNTIMES)),                     default: "nodejs22.x",            about: "what the function runs on" },
  lambda_architecture:             { ...choice(...keys(ARCHITECTURES)),                default: "arm64",                 about: "CPU of the function, whose package is built for it" },
  lambda_timeout:                  { ...whole(1, 900, "seconds"),                      default: 60,                      about: "time limit of one invocation" },
  lambda_memory_size:              { ...whole(128, 10_240, "megabytes"),               default: 1024,                    about: "memory of the function, and with it its share of CPU: 1769 is one whole vCPU" },
  enable_xray_tracing:             { ...FLAG,                                          default: false,                   about: "whether AWS X-Ray traces each invocation, its calls and its variants" },
  reserved_concurrent_executions:  { ...RESERVATION,                                   default: -1,                      about: "invocations that the function can always run at a time, and at most; -1: what the account has left" },
  code_signing_profile_version_arn: { ...SIGNER,                                       default: "",                      about: "Lambda refuses a package that this profile of AWS Signer has not signed: `HANDLER_PACKAGE` names the signed zip to `synth`, `plan` and `deploy`" },
  enable_recursion_guard:          { ...FLAG,                                          default: false,                   about: "whether Terraform holds Lambda to ending loops of its own, so that nobody's exception stays" },
  enable_release_alias:            { ...FLAG,                                          default: false,                   about: "whether uploads invoke a published version by the alias `live`: then `npm run release` puts a deployment into service" },
  enable_codedeploy:               { ...FLAG,                                          default: false,                   about: "whether CodeDeploy moves that alias; without it `npm run release` does" },
  release_strategy:                { ...choice(...keys(STRATEGIES)),                   default: "AllAtOnce",             about: "how a release takes the traffic over, in the words of CodeDeploy" },
  lambda_retry_attempts:           { ...whole(0, 2),                                   default: 2,                       about: "how often Lambda tries an upload again that failed" },
  lambda_max_event_age_seconds:    { ...whole(60, 21_600, "seconds"),                  default: 21_600,                  about: "how long an upload may wait for the function, its retries included" },
  enable_dead_letter_queue:        { ...FLAG,                                          default: false,                   about: "whether the events of uploads that were given up are kept for 14 days, for `npm run redrive`, and two alarms watch that" },
  log_level:                       { ...choice(...SETTINGS.LOG_LEVEL.choices),         default: "INFO",                  about: SETTINGS.LOG_LEVEL.about },
  log_retention_days:              { ...RETENTION,                                     default: 7,                       about: "days that log lines are kept" },
  enable_s3_versioning:            { ...FLAG,                                          default: true,                    about: "whether both buckets keep what is overwritten or deleted, for 30 days" },
  enable_s3_access_logging:        { ...FLAG,                                          default: false,                   about: "whether S3 writes down each request to both buckets, in a bucket of its own" },
  s3_access_log_days:              { ...whole(1, 3650, "days"),                        default: 90,                      about: "days that those logs are kept" },
  enable_kms_key:                  { ...FLAG,                                          default: false,                   about: "whether buckets, topics, queue and log are encrypted with a key of the stack's own, in place of AWS's" },
  large_image_bytes:               { ...BYTES,                                         default: 10_485_760,              about: SETTINGS.LARGE_IMAGE_BYTES.about },
  max_image_bytes:                 { ...BYTES,                                         default: 104_857_600,             about: SETTINGS.MAX_IMAGE_BYTES.about },
  max_image_pixels:                { ...whole(1, 1_000_000_000, "pixels"),             default: 100_000_000,             about: SETTINGS.MAX_IMAGE_PIXELS.about },
  max_image_side_px:               { ...whole(1, 1_000_000, "pixels"),                 default: 65_535,                  about: SETTINGS.MAX_IMAGE_SIDE_PX.about },
  max_image_frames:                { ...whole(1, 1_000_000, "frames"),                 default: 1_000,                   about: SETTINGS.MAX_IMAGE_FRAMES.about },
  metric_namespace:                { ...NAMESPACE,                                     default: "ImageProcessor/Lambda", about: "namespace of the custom metrics; environments that share an account need one each" },
  metrics_transport:               { ...choice(...SETTINGS.METRICS_TRANSPORT.choices), default: "put_metric_data",       about: SETTINGS.METRICS_TRANSPORT.about },
  alert_email:                     { ...EMAIL,                                         default: "",                      about: "who is told of every alarm" },
  critical_alert_email:            { ...EMAIL,                                         sameAs: "alert_email",            about: "who is told of critical alarms" },
  performance_alert_email:         { ...EMAIL,                                         sameAs: "alert_email",            about: "who is told of performance alarms" },
  log_alert_email:                 { ...EMAIL,                                         sameAs: "alert_email",            about: "who is told of alarms on log lines" },
  alert_sms:                       { ...PHONE,                                         default: "",                      about: "phone that is told of critical alarms" },
  critical_alert_sms:              { ...PHONE,                                         sameAs: "alert_sms",              about: "the same, by its own name" },
  enable_cloudwatch_dashboard:     { ...FLAG,                                          default: true,                    about: "whether there is a dashboard" },
  enable_cost_widget:              { ...FLAG,                                          default: false,                   about: "whether the dashboard shows what each hour costs, where the region's prices are known" },
  enable_no_invocation_alarm:      { ...FLAG,                                          default: false,                   about: "whether silence is an alarm: only where uploads come all day" },
  enable_async_alarms:             { ...FLAG,                                          default: false,                   about: "whether there are alarms on uploads that wait long, and on those that Lambda gives up" },
  enable_memory_alarm:             { ...FLAG,                                          default: false,                   about: "whether there is an alarm on invocations that come near their memory" },
  enable_saved_queries:            { ...FLAG,                                          default: false,                   about: "whether CloudWatch Logs Insights has the queries of `modules/queries.ts` at hand" },
  runbook_base_url:                { ...URL_BASE,                                      default: "",                      about: "where the pages of `docs/runbooks` are published, so that alarms and dashboard link to them" },
  error_threshold:                 { ...COUNT,                                         default: 3,                       about: "failed invocations in 5 minutes" },
  duration_threshold_ms:           { ...whole(1, 900_000, "milliseconds"),             default: 45_000,                  about: "duration of the slowest invocation; less than lambda_timeout" },
  throttle_threshold:              { ...COUNT,                                         default: 5,                       about: "throttled invocations in 5 minutes" },
  concurrent_executions_threshold: { ...COUNT,                                         default: 50,                      about: "invocations at the same time" },
  release_error_threshold:         { ...COUNT,                                         default: 1,                       about: "failed invocations of the newest version in a minute" },
  log_error_threshold:             { ...COUNT,                                         default: 1,                       about: "log lines at ERROR or above in a minute" },
  success_rate_threshold_percent:  { ...PERCENT,                                       default: 90,                      about: "images processed, of those processed, refused or failed" },
  success_rate_min_samples:        { ...COUNT,                                         default: 5,                       about: "images in 5 minutes below which there is no rate" },
  image_error_threshold:           { ...COUNT,                                         default: 3,                       about: "images refused or failed in 5 minutes" },
  large_images_threshold:          { ...COUNT,                                         default: 5,                       about: "large images in 5 minutes" },
  event_age_threshold_ms:          { ...whole(1, 21_600_000, "milliseconds"),          default: 600_000,                 about: "how long an upload has waited; less than lambda_max_event_age_seconds" },
  memory_threshold_percent:        { ...PERCENT,                                       default: 90,                      about: "memory used, of lambda_memory_size" },
  cost_center:                     { ...LABEL,                                         default: "",                      about: "tag CostCenter of everything" },
  owner:                           { ...LABEL,                                         default: "",                      about: "tag Owner of everything: a team, not a person" },
  monthly_budget_usd:              { ...whole(0, 1_000_000, "US dollars"),             default: 0,                       about: "performance alarms' topic is told at 80 percent of it, and when 100 are forecast; 0: no budget" },
  state_bucket:                    { ...BUCKET,                                        default: "",                      about: "S3 bucket of Terraform's state; without it the state is a file of the project's folder" },
  state_key:                       { ...KEY,                                           default: "",                      about: "key of the state in that bucket; without it `<project_name>/<stack>.tfstate`" },
  state_region:                    { ...REGION,                                        sameAs: "aws_region",             about: "region of that bucket" },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

/** A complete and valid environment. */
export type Environment = { readonly [V in VariableName]: z.output<(typeof VARIABLES)[V]["check"]> };

/** The variables whose values are numbers: those that can be thresholds. */
export type NumberVariable = { [V in VariableName]: Environment[V] extends number ? V : never }[VariableName];

/** The variables whose values are true or false: those that can switch something. */
export type FlagVariable = { [V in VariableName]: Environment[V] extends boolean ? V : never }[VariableName];

interface Rule {
  /** What the rule compares; it is checked when all of them are valid. The first is the one to blame. */
  readonly of: readonly [VariableName, ...VariableName[]];
  /** @returns what was expected and what was got instead, or nothing if the rule holds */
  readonly broken: (
    environment: Environment,
    file: string,
  ) => { what: string; name?: string; got: unknown } | undefined;
}

/** Values that are valid each, but not together: add a row. */
export const RULES: readonly Rule[] = [
  {
    of: ["environment"],
    broken: ({ environment }, file) =>
      environment === file ? undefined : { what: `"${file}", the file's name,`, got: environment },
  },
  {
    of: ["project_name", "environment", "aws_region", "regions"],
    broken: (environment) => {
      const prefixes = stacksOf(environment).flatMap((stack) => Object.values(naming(stack).bucketPrefixes));
      const longest = prefixes.reduce((a, b) => (a.length > b.length ? a : b));
      return longest.length <= 37
        ? undefined
        : {
            what: "at most 37 characters",
            name: "the bucket prefix made of project_name and environment",
            got: longest,
          };
    },
  },
  {
    of: ["regions", "aws_region"],
    broken: ({ regions, aws_region }) =>
      regions.length === 0 || regions[0] === aws_region
        ? undefined
        : { what: `aws_region (${aws_region}) first`, got: regions },
  },
  {
    of: ["enable_replication", "regions"],
    broken: ({ enable_replication, regions }) =>
      enable_replication && regions.length < 2
        ? { what: `false, unless there are two regions or more (${regions.length}),`, got: enable_replication }
        : undefined,
  },
  {
    of: ["enable_s3_versioning", "enable_replication"],
    broken: ({ enable_s3_versioning, enable_replication }) =>
      enable_replication && !enable_s3_versioning
        ? { what: "true, because enable_replication copies versions,", got: enable_s3_versioning }
        : undefined,
  },
  {
    of: ["state_key", "regions"],
    broken: ({ state_key, regions }) =>
      regions.length === 0 || state_key === ""
        ? undefined
        : { what: '"", because the stack of each region has a key of its own,', got: state_key },
  },
  {
    of: ["duration_threshold_ms", "lambda_timeout"],
    broken: ({ duration_threshold_ms, lambda_timeout }) =>
      duration_threshold_ms < lambda_timeout * 1000
        ? undefined
        : { what: `less than lambda_timeout (${lambda_timeout * 1000} ms)`, got: duration_threshold_ms },
  },
  {
    of: ["concurrent_executions_threshold", "reserved_concurrent_executions"],
    broken: ({ concurrent_executions_threshold: threshold, reserved_concurrent_executions: reserved }) =>
      reserved === -1 || threshold <= reserved
        ? undefined
        : { what: `at most reserved_concurrent_executions (${reserved})`, got: threshold },
  },
  {
    of: ["enable_release_alias", "enable_codedeploy"],
    broken: ({ enable_release_alias, enable_codedeploy }) =>
      enable_release_alias || !enable_codedeploy
        ? undefined
        : { what: "true, which enable_codedeploy needs,", got: enable_release_alias },
  },
  {
    of: ["lambda_max_event_age_seconds", "event_age_threshold_ms", "enable_async_alarms"],
    broken: ({ lambda_max_event_age_seconds: seconds, event_age_threshold_ms: thresholdMs, enable_async_alarms }) =>
      thresholdMs < seconds * 1000 || !enable_async_alarms
        ? undefined
        : { what: `more than event_age_threshold_ms (${thresholdMs / 1000} s)`, got: seconds },
  },
  {
    of: ["large_image_bytes", "max_image_bytes"],
    broken: ({ large_image_bytes, max_image_bytes }) =>
      large_image_bytes < max_image_bytes
        ? undefined
        : { what: `less than max_image_bytes (${max_image_bytes})`, got: large_image_bytes },
  },
  {
    of: ["state_bucket", "state_key"],
    broken: ({ state_bucket, state_key }) =>
      state_bucket !== "" || state_key === ""
        ? undefined
        : { what: `the bucket that state_key (${state_key}) is in`, got: state_bucket },
  },
];
