/** The variables of an environment: allowed values, defaults and descriptions. */
import type { z } from "zod";
import { ARCHITECTURES, RUNTIMES } from "../handler/contract/runtime";
import { SETTINGS } from "../handler/contract/settings";
import {
  BUCKET,
  BYTES,
  COUNT,
  choice,
  EMAIL,
  EMAILS,
  FLAG,
  HTTPS,
  KEY,
  KMS_KEY,
  LABEL,
  LOG_GROUP,
  NAME,
  NAMESPACE,
  NEW_BUCKET,
  PERCENT,
  PHONE,
  POLICY,
  REGION,
  REGIONS,
  RESERVATION,
  RETENTION,
  SECURITY_GROUPS,
  SIGNER,
  SLACK_CHANNEL,
  SLACK_WORKSPACE,
  SUBNETS,
  TAGS,
  TOPIC,
  URL_BASE,
  whole,
} from "./checks";
import { STRATEGIES } from "./release-strategies";

export interface Variable {
  /** The allowed values, as in "Expected <what> for <name> but got <value>". */
  readonly what: string;
  readonly check: z.ZodType;
  /** Value where neither a file nor TF_VAR_<name> sets one. */
  readonly default?: unknown;
  /** The variable whose value is used instead of a default. */
  readonly sameAs?: "additional_alert_emails" | "alert_email" | "alert_sms" | "aws_region" | "the file's name";
  /** Other defaults, by the name of the environment. */
  readonly defaultIn?: Readonly<Record<string, unknown>>;
  readonly description: string;
}

const shown = (value: unknown): string =>
  typeof value === "object" || value === ""
    ? Object.keys(value ?? {}).length === 0
      ? "none"
      : JSON.stringify(value)
    : `\`${value}\``;

/** @returns the default in Markdown: a value, the variable that it is taken from, or "none" */
export const defaultInWords = ({ default: value, sameAs, defaultIn = {} }: Variable): string => {
  if (sameAs !== undefined) return sameAs === "the file's name" ? sameAs : `\`${sameAs}\``;
  const others = Object.entries(defaultIn).map(([environment, other]) => `${shown(other)} in ${environment}`);
  return [shown(value), ...others].join(", ");
};

export const keys = <K extends string>(ledger: Record<K, unknown>) => Object.keys(ledger) as [K, ...K[]];

/** Every variable of an environment: add a row. */
// biome-ignore format: a ledger is read down its columns
export const VARIABLES = {
  aws_region:                            { ...REGION,                                        default: "us-east-1",                     description: "Region of the stack." },
  regions:                               { ...REGIONS,                                       default: [],                              description: "Regions with one stack each; aws_region first. Empty for a single stack in aws_region." },
  enable_replication:                    { ...FLAG,                                          default: false,                           description: "Replicates the variants of each region to the next region. Deletions are not replicated." },
  environment:                           { ...NAME,                                          sameAs: "the file's name",                description: "Name of the environment, part of all resource names. Must equal the name of the file." },
  project_name:                          { ...NAME,                                          default: "image-processor",               description: "First part of all resource names." },
  protected:                             { ...FLAG,                                          default: true, defaultIn: { dev: false }, description: "Asks before `deploy` changes the environment and before `destroy` removes it. `load` and `smoke` refuse to run without a confirmation." },
  permissions_boundary_arn:              { ...POLICY,                                        default: "",                              description: "IAM policy that limits every role of the stack." },
  extra_tags:                            { ...TAGS,                                          default: {},                              description: "More tags for all resources." },
  lambda_runtime:                        { ...choice(...keys(RUNTIMES)),                     default: "nodejs22.x",                    description: "Lambda runtime. nodejs24.x needs version 6.19 or later of the AWS provider, and the stack then requires it." },
  lambda_architecture:                   { ...choice(...keys(ARCHITECTURES)),                default: "arm64",                         description: "CPU architecture of the function. The package is built for it." },
  lambda_timeout:                        { ...whole(1, 900, "seconds"),                      default: 60,                              description: "Timeout of one invocation in seconds." },
  lambda_memory_size:                    { ...whole(128, 10_240, "megabytes"),               default: 1024,                            description: "Memory in MB. CPU grows with memory: 1769 MB is one full vCPU." },
  enable_xray_tracing:                   { ...FLAG,                                          default: false,                           description: "Traces invocations, S3 requests and variants with AWS X-Ray." },
  reserved_concurrent_executions:        { ...RESERVATION,                                   default: -1,                              description: "Reserved concurrency: guaranteed and maximum number of parallel invocations. -1 leaves it unreserved." },
  code_signing_profile_version_arn:      { ...SIGNER,                                        default: "",                              description: "AWS Signer profile version. Lambda then rejects packages that it did not sign. `HANDLER_PACKAGE` passes the signed zip to `synth`, `plan` and `deploy`." },
  enable_recursion_guard:                { ...FLAG,                                          default: false,                           description: "Sets recursive loop detection to Terminate, overriding any manual exception." },
  vpc_subnet_ids:                        { ...SUBNETS,                                       default: [],                              description: "Private subnets that the function runs in. They need a route to S3, CloudWatch, SQS and X-Ray: VPC endpoints or a NAT gateway." },
  vpc_security_group_ids:                { ...SECURITY_GROUPS,                               default: [],                              description: "Security groups of the function in these subnets. They must allow outgoing HTTPS." },
  enable_release_alias:                  { ...FLAG,                                          default: false,                           description: "Uploads invoke a published version through the alias `live`. `npm run release` moves the alias after a deployment." },
  enable_codedeploy:                     { ...FLAG,                                          default: false,                           description: "CodeDeploy moves the alias. Without it, `npm run release` does." },
  release_strategy:                      { ...choice(...keys(STRATEGIES)),                   default: "AllAtOnce",                     description: "How traffic moves to a new version, by CodeDeploy's names." },
  lambda_retry_attempts:                 { ...whole(0, 2),                                   default: 2,                               description: "How often Lambda retries a failed upload event." },
  lambda_max_event_age_seconds:          { ...whole(60, 21_600, "seconds"),                  default: 21_600,                          description: "How long an upload event may wait for the function in seconds, including retries." },
  enable_dead_letter_queue:              { ...FLAG,                                          default: false,                           description: "Keeps events that Lambda drops in a queue for 14 days, for `npm run redrive`, with two alarms on it." },
  log_level:                             { ...choice(...SETTINGS.LOG_LEVEL.choices),         default: "INFO",                          description: SETTINGS.LOG_LEVEL.about },
  log_retention_days:                    { ...RETENTION,                                     default: 7,                               description: "Days to keep log lines." },
  existing_log_group_name:               { ...LOG_GROUP,                                     default: "",                              description: "Log group that exists already. The stack does not change its retention or encryption. To take over the group `/aws/lambda/<function>` instead, run `terraform import aws_cloudwatch_log_group.lambda_function_log_group <name>`." },
  enable_s3_versioning:                  { ...FLAG,                                          default: true,                            description: "Keeps overwritten and deleted objects of both buckets for 30 days." },
  upload_bucket_name:                    { ...NEW_BUCKET,                                    default: "",                              description: "Name of the upload bucket to create. Default: a unique name that starts with `<project_name>-<environment>-upload-`." },
  processed_bucket_name:                 { ...NEW_BUCKET,                                    default: "",                              description: "Name of the bucket for variants to create. Default: a unique name that starts with `<project_name>-<environment>-processed-`." },
  existing_upload_bucket_name:           { ...BUCKET,                                        default: "",                              description: "Upload bucket that exists already. The stack replaces its notification configuration and changes nothing else." },
  existing_processed_bucket_name:        { ...BUCKET,                                        default: "",                              description: "Bucket for variants that exists already. The stack does not change it." },
  enable_s3_access_logging:              { ...FLAG,                                          default: false,                           description: "Writes S3 server access logs of both buckets to a separate bucket." },
  s3_access_log_days:                    { ...whole(1, 3650, "days"),                        default: 90,                              description: "Days to keep S3 access logs." },
  enable_kms_key:                        { ...FLAG,                                          default: false,                           description: "Encrypts buckets, topics, queue and log group with a KMS key of the stack instead of AWS-owned keys." },
  existing_kms_key_arn:                  { ...KMS_KEY,                                       default: "",                              description: "KMS key that exists already, instead of enable_kms_key. Its policy needs the statements of modules/encryption_key.ts for CloudWatch Logs, alarms and budgets." },
  large_image_bytes:                     { ...BYTES,                                         default: 10_485_760,                      description: SETTINGS.LARGE_IMAGE_BYTES.about },
  max_image_bytes:                       { ...BYTES,                                         default: 104_857_600,                     description: SETTINGS.MAX_IMAGE_BYTES.about },
  max_image_pixels:                      { ...whole(1, 1_000_000_000, "pixels"),             default: 100_000_000,                     description: SETTINGS.MAX_IMAGE_PIXELS.about },
  max_image_side_px:                     { ...whole(1, 1_000_000, "pixels"),                 default: 65_535,                          description: SETTINGS.MAX_IMAGE_SIDE_PX.about },
  max_image_frames:                      { ...whole(1, 1_000_000, "frames"),                 default: 1_000,                           description: SETTINGS.MAX_IMAGE_FRAMES.about },
  metric_namespace:                      { ...NAMESPACE,                                     default: "ImageProcessor/Lambda",         description: "Namespace of the custom metrics. Environments in the same account need different namespaces." },
  metrics_transport:                     { ...choice(...SETTINGS.METRICS_TRANSPORT.choices), default: "put_metric_data",               description: SETTINGS.METRICS_TRANSPORT.about },
  alert_email:                           { ...EMAIL,                                         default: "",                              description: "E-mail address for all notifications." },
  critical_alert_email:                  { ...EMAIL,                                         sameAs: "alert_email",                    description: "E-mail address for critical notifications." },
  performance_alert_email:               { ...EMAIL,                                         sameAs: "alert_email",                    description: "E-mail address for performance notifications." },
  log_alert_email:                       { ...EMAIL,                                         sameAs: "alert_email",                    description: "E-mail address for notifications from log alarms." },
  additional_alert_emails:               { ...EMAILS,                                        default: [],                              description: "More e-mail addresses for all notifications." },
  additional_critical_alert_emails:      { ...EMAILS,                                        sameAs: "additional_alert_emails",        description: "More e-mail addresses for critical notifications." },
  additional_performance_alert_emails:   { ...EMAILS,                                        sameAs: "additional_alert_emails",        description: "More e-mail addresses for performance notifications." },
  additional_log_alert_emails:           { ...EMAILS,                                        sameAs: "additional_alert_emails",        description: "More e-mail addresses for notifications from log alarms." },
  alert_sms:                             { ...PHONE,                                         default: "",                              description: "Phone number (E.164) for critical notifications." },
  critical_alert_sms:                    { ...PHONE,                                         sameAs: "alert_sms",                      description: "Phone number (E.164) for critical notifications. Overrides alert_sms." },
  critical_alert_https_endpoint:         { ...HTTPS,                                         default: "",                              description: "HTTPS endpoint for critical notifications, such as PagerDuty's or Opsgenie's address for Amazon CloudWatch. It must confirm the subscription by itself. Keep the address out of Git: it contains a key." },
  slack_workspace_id:                    { ...SLACK_WORKSPACE,                               default: "",                              description: "Slack workspace that you have authorized in AWS Chatbot (Amazon Q Developer in chat applications)." },
  slack_channel_id:                      { ...SLACK_CHANNEL,                                 default: "",                              description: "Slack channel for critical notifications." },
  existing_critical_alerts_topic_arn:    { ...TOPIC,                                         default: "",                              description: "SNS topic for critical alarms that exists already. Its policy must let cloudwatch.amazonaws.com publish." },
  existing_performance_alerts_topic_arn: { ...TOPIC,                                         default: "",                              description: "SNS topic for performance alarms that exists already. Its policy must let cloudwatch.amazonaws.com publish, and budgets.amazonaws.com for a budget." },
  existing_log_alerts_topic_arn:         { ...TOPIC,                                         default: "",                              description: "SNS topic for alarms on log lines that exists already. Its policy must let cloudwatch.amazonaws.com publish." },
  enable_cloudwatch_dashboard:           { ...FLAG,                                          default: true,                            description: "Creates the dashboard." },
  enable_cost_widget:                    { ...FLAG,                                          default: false,                           description: "Shows the cost per hour on the dashboard, in regions with known prices." },
  enable_no_invocation_alarm:            { ...FLAG,                                          default: false,                           description: "Creates the alarm `no-invocations`. Use it only where uploads arrive all day." },
  enable_async_alarms:                   { ...FLAG,                                          default: false,                           description: "Creates the alarms `event-age` and `events-dropped`." },
  enable_memory_alarm:                   { ...FLAG,                                          default: false,                           description: "Creates the alarm `memory-high`." },
  enable_saved_queries:                  { ...FLAG,                                          default: false,                           description: "Saves the queries of `modules/queries.ts` in CloudWatch Logs Insights." },
  runbook_base_url:                      { ...URL_BASE,                                      default: "",                              description: "Address where you publish the pages of `docs/runbooks`. Alarms and dashboard link to them." },
  error_threshold:                       { ...COUNT,                                         default: 3,                               description: "Failed invocations in 5 minutes that trigger `high-error-rate`." },
  duration_threshold_ms:                 { ...whole(1, 900_000, "milliseconds"),             default: 45_000,                          description: "Duration of the slowest invocation in milliseconds that triggers `high-duration`. Must be less than lambda_timeout." },
  throttle_threshold:                    { ...COUNT,                                         default: 5,                               description: "Throttled invocations in 5 minutes that trigger `throttles`." },
  concurrent_executions_threshold:       { ...COUNT,                                         default: 50,                              description: "Parallel invocations that trigger `high-concurrency`." },
  release_error_threshold:               { ...COUNT,                                         default: 1,                               description: "Failed invocations of the newest version in one minute that trigger `release-errors`." },
  log_error_threshold:                   { ...COUNT,                                         default: 1,                               description: "Log lines at ERROR or above in one minute that trigger `log-errors`." },
  success_rate_threshold_percent:        { ...PERCENT,                                       default: 90,                              description: "Success rate in percent below which `low-success-rate` triggers." },
  success_rate_min_samples:              { ...COUNT,                                         default: 5,                               description: "Minimum number of images in 5 minutes for a success rate." },
  image_error_threshold:                 { ...COUNT,                                         default: 3,                               description: "Refused or failed images in 5 minutes that trigger `image-processing-errors`." },
  large_images_threshold:                { ...COUNT,                                         default: 5,                               description: "Large images in 5 minutes that trigger `large-images`." },
  event_age_threshold_ms:                { ...whole(1, 21_600_000, "milliseconds"),          default: 600_000,                         description: "Waiting time of an upload event in milliseconds that triggers `event-age`. Must be less than lambda_max_event_age_seconds." },
  memory_threshold_percent:              { ...PERCENT,                                       default: 90,                              description: "Memory used, in percent of lambda_memory_size, that triggers `memory-high`." },
  cost_center:                           { ...LABEL,                                         default: "",                              description: "Tag CostCenter of all resources." },
  owner:                                 { ...LABEL,                                         default: "",                              description: "Tag Owner of all resources: a team, not a person." },
  monthly_budget_usd:                    { ...whole(0, 1_000_000, "US dollars"),             default: 0,                               description: "Monthly budget in US dollars. The performance topic is notified at 80 % actual and 100 % forecast cost. 0 creates no budget." },
  state_bucket:                          { ...BUCKET,                                        default: "",                              description: "S3 bucket for the Terraform state. Without it, the state is a file in the project folder." },
  state_key:                             { ...KEY,                                           default: "",                              description: "Key of the state in that bucket. Default: `<project_name>/<stack>.tfstate`." },
  state_region:                          { ...REGION,                                        sameAs: "aws_region",                     description: "Region of the state bucket." },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

/** A complete and valid environment. */
export type Environment = { readonly [V in VariableName]: z.output<(typeof VARIABLES)[V]["check"]> };

/** The variables with numbers: they can be thresholds. */
export type NumberVariable = { [V in VariableName]: Environment[V] extends number ? V : never }[VariableName];

/** The variables with true or false: they can enable something. */
export type FlagVariable = { [V in VariableName]: Environment[V] extends boolean ? V : never }[VariableName];
