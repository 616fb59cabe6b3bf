/** The variables of an environment: allowed values, defaults, descriptions, and rules between variables. */
import { z } from "zod";
import { ARCHITECTURES, RUNTIMES } from "../handler/contract/runtime";
import { SETTINGS } from "../handler/contract/settings";
import { naming, stacksOf } from "./naming";
import { STRATEGIES } from "./release-strategies";

export interface Variable {
  /** The allowed values, as in "Expected <what> for <name> but got <value>". */
  readonly what: string;
  readonly check: z.ZodType;
  /** Value where neither a file nor TF_VAR_<name> sets one. */
  readonly default?: unknown;
  /** Other defaults, by the file's name. */
  readonly defaultIn?: Readonly<Record<string, unknown>>;
  /** The variable whose value is used instead of a default. */
  readonly sameAs?: "alert_email" | "alert_sms" | "aws_region" | "the file's name";
  readonly description: string;
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

/** Retention periods that CloudWatch Logs accepts: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const FLAG = { what: "true or false", check: z.boolean() };
const COUNT = whole(1, 1_000_000);
const BYTES = whole(1, 5_000_000_000, "bytes");
const PERCENT = { what: "a number above 0 and up to 100", check: z.number().gt(0).max(100) };
const RETENTION = { what: `one of ${RETENTION_DAYS.join(", ")} days`, check: z.literal(RETENTION_DAYS) };
const REGION_NAME = /^[a-z]{2}(-[a-z]+)+-\d$/;
const REGION = text("an AWS region such as us-east-1", REGION_NAME);
const REGIONS = {
  what: "a list of different AWS regions",
  check: z.array(z.string().regex(REGION_NAME)).refine((regions) => new Set(regions).size === regions.length),
};
const NAME = text("lower-case letters, digits and hyphens, starting with a letter", /^[a-z](-?[a-z0-9])*$/);
const NAMESPACE = text(
  "a CloudWatch namespace (letters, digits and . - _ / #, not starting with AWS/)",
  /^(?!AWS\/)[\w.\-/#]{1,255}$/,
);
const BUCKET = text('the name of an S3 bucket, or ""', /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$/);
const KEY = text('a key such as images/dev.tfstate, or ""', /^([^/\s][^\s]{0,1023})?$/);
const PHONE = text('a phone number such as "+15555550100", or ""', /^(\+[1-9]\d{6,14})?$/);
const URL_BASE = text('an address such as https://example.com/runbooks, or ""', /^(https:\/\/[^\s"/]+(\/[^\s"/]+)*)?$/);
const SIGNER = text(
  'the ARN of a signing profile version, or ""',
  /^(arn:aws[\w-]*:signer:[\w-]+:\d{12}:\/signing-profiles\/\w{2,64}\/\w{10})?$/,
);
const RESERVATION = {
  what: "-1 or a whole number from 1 to 100000",
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
  aws_region:                      { ...REGION,                                        default: "us-east-1",             description: "Region of the stack." },
  regions:                         { ...REGIONS,                                       default: [],                      description: "Regions with one stack each; aws_region first. Empty for a single stack in aws_region." },
  enable_replication:              { ...FLAG,                                          default: false,                   description: "Replicates the variants of each region to the next region. Deletions are not replicated." },
  environment:                     { ...NAME,                                          sameAs: "the file's name",        description: "Name of the environment, part of all resource names. Must equal the name of the file." },
  project_name:                    { ...NAME,                                          default: "image-processor",       description: "First part of all resource names." },
  protected:                       { ...FLAG,                                          default: true, defaultIn: { dev: false }, description: "Asks before `deploy` changes the environment and before `destroy` removes it. `load` and `smoke` refuse to run without a confirmation." },
  lambda_runtime:                  { ...choice(...keys(RUNTIMES)),                     default: "nodejs22.x",            description: "Lambda runtime." },
  lambda_architecture:             { ...choice(...keys(ARCHITECTURES)),                default: "arm64",                 description: "CPU architecture of the function. The package is built for it." },
  lambda_timeout:                  { ...whole(1, 900, "seconds"),                      default: 60,                      description: "Timeout of one invocation in seconds." },
  lambda_memory_size:              { ...whole(128, 10_240, "megabytes"),               default: 1024,                    description: "Memory in MB. CPU grows with memory: 1769 MB is one full vCPU." },
  enable_xray_tracing:             { ...FLAG,                                          default: false,                   description: "Traces invocations, S3 requests and variants with AWS X-Ray." },
  reserved_concurrent_executions:  { ...RESERVATION,                                   default: -1,                      description: "Reserved concurrency: guaranteed and maximum number of parallel invocations. -1 leaves it unreserved." },
  code_signing_profile_version_arn: { ...SIGNER,                                       default: "",                      description: "AWS Signer profile version. Lambda then rejects packages that it did not sign. `HANDLER_PACKAGE` passes the signed zip to `synth`, `plan` and `deploy`." },
  enable_recursion_guard:          { ...FLAG,                                          default: false,                   description: "Sets recursive loop detection to Terminate, overriding any manual exception." },
  enable_release_alias:            { ...FLAG,                                          default: false,                   description: "Uploads invoke a published version through the alias `live`. `npm run release` moves the alias after a deployment." },
  enable_codedeploy:               { ...FLAG,                                          default: false,                   description: "CodeDeploy moves the alias. Without it, `npm run release` does." },
  release_strategy:                { ...choice(...keys(STRATEGIES)),                   default: "AllAtOnce",             description: "How traffic moves to a new version, by CodeDeploy's names." },
  lambda_retry_attempts:           { ...whole(0, 2),                                   default: 2,                       description: "How often Lambda retries a failed upload event." },
  lambda_max_event_age_seconds:    { ...whole(60, 21_600, "seconds"),                  default: 21_600,                  description: "How long an upload event may wait for the function in seconds, including retries." },
  enable_dead_letter_queue:        { ...FLAG,                                          default: false,                   description: "Keeps events that Lambda drops in a queue for 14 days, for `npm run redrive`, with two alarms on it." },
  log_level:                       { ...choice(...SETTINGS.LOG_LEVEL.choices),         default: "INFO",                  description: SETTINGS.LOG_LEVEL.about },
  log_retention_days:              { ...RETENTION,                                     default: 7,                       description: "Days to keep log lines." },
  enable_s3_versioning:            { ...FLAG,                                          default: true,                    description: "Keeps overwritten and deleted objects of both buckets for 30 days." },
  enable_s3_access_logging:        { ...FLAG,                                          default: false,                   description: "Writes S3 server access logs of both buckets to a separate bucket." },
  s3_access_log_days:              { ...whole(1, 3650, "days"),                        default: 90,                      description: "Days to keep S3 access logs." },
  enable_kms_key:                  { ...FLAG,                                          default: false,                   description: "Encrypts buckets, topics, queue and log group with a KMS key of the stack instead of AWS-owned keys." },
  large_image_bytes:               { ...BYTES,                                         default: 10_485_760,              description: SETTINGS.LARGE_IMAGE_BYTES.about },
  max_image_bytes:                 { ...BYTES,                                         default: 104_857_600,             description: SETTINGS.MAX_IMAGE_BYTES.about },
  max_image_pixels:                { ...whole(1, 1_000_000_000, "pixels"),             default: 100_000_000,             description: SETTINGS.MAX_IMAGE_PIXELS.about },
  max_image_side_px:               { ...whole(1, 1_000_000, "pixels"),                 default: 65_535,                  description: SETTINGS.MAX_IMAGE_SIDE_PX.about },
  max_image_frames:                { ...whole(1, 1_000_000, "frames"),                 default: 1_000,                   description: SETTINGS.MAX_IMAGE_FRAMES.about },
  metric_namespace:                { ...NAMESPACE,                                     default: "ImageProcessor/Lambda", description: "Namespace of the custom metrics. Environments in the same account need different namespaces." },
  metrics_transport:               { ...choice(...SETTINGS.METRICS_TRANSPORT.choices), default: "put_metric_data",       description: SETTINGS.METRICS_TRANSPORT.about },
  alert_email:                     { ...EMAIL,                                         default: "",                      description: "E-mail address for all notifications." },
  critical_alert_email:            { ...EMAIL,                                         sameAs: "alert_email",            description: "E-mail address for critical notifications." },
  performance_alert_email:         { ...EMAIL,                                         sameAs: "alert_email",            description: "E-mail address for performance notifications." },
  log_alert_email:                 { ...EMAIL,                                         sameAs: "alert_email",            description: "E-mail address for notifications from log alarms." },
  alert_sms:                       { ...PHONE,                                         default: "",                      description: "Phone number (E.164) for critical notifications." },
  critical_alert_sms:              { ...PHONE,                                         sameAs: "alert_sms",              description: "Phone number (E.164) for critical notifications. Overrides alert_sms." },
  enable_cloudwatch_dashboard:     { ...FLAG,                                          default: true,                    description: "Creates the dashboard." },
  enable_cost_widget:              { ...FLAG,                                          default: false,                   description: "Shows the cost per hour on the dashboard, in regions with known prices." },
  enable_no_invocation_alarm:      { ...FLAG,                                          default: false,                   description: "Creates the alarm `no-invocations`. Use it only where uploads arrive all day." },
  enable_async_alarms:             { ...FLAG,                                          default: false,                   description: "Creates the alarms `event-age` and `events-dropped`." },
  enable_memory_alarm:             { ...FLAG,                                          default: false,                   description: "Creates the alarm `memory-high`." },
  enable_saved_queries:            { ...FLAG,                                          default: false,                   description: "Saves the queries of `modules/queries.ts` in CloudWatch Logs Insights." },
  runbook_base_url:                { ...URL_BASE,                                      default: "",                      description: "Address where you publish the pages of `docs/runbooks`. Alarms and dashboard link to them." },
  error_threshold:                 { ...COUNT,                                         default: 3,                       description: "Failed invocations in 5 minutes that trigger `high-error-rate`." },
  duration_threshold_ms:           { ...whole(1, 900_000, "milliseconds"),             default: 45_000,                  description: "Duration of the slowest invocation in milliseconds that triggers `high-duration`. Must be less than lambda_timeout." },
  throttle_threshold:              { ...COUNT,                                         default: 5,                       description: "Throttled invocations in 5 minutes that trigger `throttles`." },
  concurrent_executions_threshold: { ...COUNT,                                         default: 50,                      description: "Parallel invocations that trigger `high-concurrency`." },
  release_error_threshold:         { ...COUNT,                                         default: 1,                       description: "Failed invocations of the newest version in one minute that trigger `release-errors`." },
  log_error_threshold:             { ...COUNT,                                         default: 1,                       description: "Log lines at ERROR or above in one minute that trigger `log-errors`." },
  success_rate_threshold_percent:  { ...PERCENT,                                       default: 90,                      description: "Success rate in percent below which `low-success-rate` triggers." },
  success_rate_min_samples:        { ...COUNT,                                         default: 5,                       description: "Minimum number of images in 5 minutes for a success rate." },
  image_error_threshold:           { ...COUNT,                                         default: 3,                       description: "Refused or failed images in 5 minutes that trigger `image-processing-errors`." },
  large_images_threshold:          { ...COUNT,                                         default: 5,                       description: "Large images in 5 minutes that trigger `large-images`." },
  event_age_threshold_ms:          { ...whole(1, 21_600_000, "milliseconds"),          default: 600_000,                 description: "Waiting time of an upload event in milliseconds that triggers `event-age`. Must be less than lambda_max_event_age_seconds." },
  memory_threshold_percent:        { ...PERCENT,                                       default: 90,                      description: "Memory used, in percent of lambda_memory_size, that triggers `memory-high`." },
  cost_center:                     { ...LABEL,                                         default: "",                      description: "Tag CostCenter of all resources." },
  owner:                           { ...LABEL,                                         default: "",                      description: "Tag Owner of all resources: a team, not a person." },
  monthly_budget_usd:              { ...whole(0, 1_000_000, "US dollars"),             default: 0,                       description: "Monthly budget in US dollars. The performance topic is notified at 80 % actual and 100 % forecast cost. 0 creates no budget." },
  state_bucket:                    { ...BUCKET,                                        default: "",                      description: "S3 bucket for the Terraform state. Without it, the state is a file in the project folder." },
  state_key:                       { ...KEY,                                           default: "",                      description: "Key of the state in that bucket. Default: `<project_name>/<stack>.tfstate`." },
  state_region:                    { ...REGION,                                        sameAs: "aws_region",             description: "Region of the state bucket." },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

/** A complete and valid environment. */
export type Environment = { readonly [V in VariableName]: z.output<(typeof VARIABLES)[V]["check"]> };

/** The variables with numbers: they can be thresholds. */
export type NumberVariable = { [V in VariableName]: Environment[V] extends number ? V : never }[VariableName];

/** The variables with true or false: they can enable something. */
export type FlagVariable = { [V in VariableName]: Environment[V] extends boolean ? V : never }[VariableName];

interface Rule {
  /** The variables that the rule compares. It is checked if all of them are valid; a violation is reported for the first. */
  readonly of: readonly [VariableName, ...VariableName[]];
  /** @returns the expected and the actual value; undefined if the rule holds */
  readonly broken: (
    environment: Environment,
    file: string,
  ) => { what: string; name?: string; got: unknown } | undefined;
}

/** Rules between variables: add a row. */
export const RULES: readonly Rule[] = [
  {
    of: ["environment"],
    broken: ({ environment }, file) =>
      environment === file ? undefined : { what: `"${file}" (the name of the file)`, got: environment },
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
            name: "the bucket prefix from project_name and environment",
            got: longest,
          };
    },
  },
  {
    of: ["regions", "aws_region"],
    broken: ({ regions, aws_region }) =>
      regions.length === 0 || regions[0] === aws_region
        ? undefined
        : { what: `a list that starts with aws_region (${aws_region})`, got: regions },
  },
  {
    of: ["enable_replication", "regions"],
    broken: ({ enable_replication, regions }) =>
      enable_replication && regions.length < 2
        ? {
            what: `false (replication needs at least two regions, and regions has ${regions.length})`,
            got: enable_replication,
          }
        : undefined,
  },
  {
    of: ["enable_s3_versioning", "enable_replication"],
    broken: ({ enable_s3_versioning, enable_replication }) =>
      enable_replication && !enable_s3_versioning
        ? { what: "true (enable_replication needs it)", got: enable_s3_versioning }
        : undefined,
  },
  {
    of: ["state_key", "regions"],
    broken: ({ state_key, regions }) =>
      regions.length === 0 || state_key === ""
        ? undefined
        : { what: '"" (the stack of each region has its own key)', got: state_key },
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
        : { what: "true (enable_codedeploy needs it)", got: enable_release_alias },
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
        : { what: `a bucket name (state_key is "${state_key}")`, got: state_bucket },
  },
];
