/** The variables of an environment: allowed values, defaults and descriptions. */
import type { z } from "zod";
import { RUNTIMES } from "../handler/contract/runtime";
import {
  BUCKET,
  choice,
  EMAIL,
  EMAILS,
  FLAG,
  KEY,
  KMS_KEY,
  LABEL,
  NAME,
  PHONE,
  REGION,
  REGIONS,
  SLACK_CHANNEL,
  SLACK_WORKSPACE,
  TAGS,
  whole,
} from "./checks";
import { BACKFILL_VALUES } from "./inputs/backfill";
import { ALARM_VALUES } from "./inputs/cloudwatch_alarms";
import { CLOUDWATCH_METRICS } from "./inputs/cloudwatch_metrics";
import { COMMON } from "./inputs/common";
import { IMAGE_PROCESSOR } from "./inputs/image_processor";
import { type Input, keys } from "./inputs/inputs";
import { LAMBDA_FUNCTION } from "./inputs/lambda_function";
import { LOG_ALARM_VALUES, LOG_ALERTS } from "./inputs/log_alerts";
import { S3_BUCKETS } from "./inputs/s3_buckets";
import { SNS_NOTIFICATIONS } from "./inputs/sns_notifications";
import { UPLOAD_API_VALUES } from "./inputs/upload_api";
import { STRATEGIES } from "./release-strategies";
import type { FromTraffic } from "./traffic";

/** An input of the root: one of a module, or the root's own. */
export interface Variable extends Input {
  /** The variable whose value is used instead of a default. */
  readonly sameAs?: "additional_alert_emails" | "alert_email" | "alert_sms" | "aws_region" | "the file's name";
  /** The value follows from uploads_per_month and lambda_retry_attempts instead of a default. */
  readonly fromTraffic?: FromTraffic;
  /** Other defaults, by the name of the environment. */
  readonly defaultIn?: Readonly<Record<string, unknown>>;
}

const shown = (value: unknown): string =>
  typeof value === "object" || value === ""
    ? Object.keys(value ?? {}).length === 0
      ? "none"
      : JSON.stringify(value)
    : `\`${value}\``;

/** @returns the default in Markdown: a value, the variable that it is taken from, or "none" */
export const defaultInWords = ({ default: value, defaultWords, sameAs, defaultIn = {} }: Variable): string => {
  if (defaultWords !== undefined) return defaultWords;
  if (sameAs !== undefined) return sameAs === "the file's name" ? sameAs : `\`${sameAs}\``;
  const others = Object.entries(defaultIn).map(([environment, other]) => `${shown(other)} in ${environment}`);
  return [shown(value), ...others].join(", ");
};

/** Default of the variables that follow from the traffic, in documents. */
const FROM_TRAFFIC_WORDS = "from `uploads_per_month`";

/** Every variable of an environment: add a row. */
// biome-ignore format: a ledger is read down its columns
export const VARIABLES = {
  aws_region:                            { ...REGION,                                        default: "us-east-1",                     description: "Region of the stack." },
  regions:                               { ...REGIONS,                                       default: [],                              description: "Regions with one stack each; aws_region first. Empty for a single stack in aws_region." },
  enable_replication:                    { ...FLAG,                                          default: false,                           description: "Replicates uploads and variants of each region to the next region. Deletions are not replicated." },
  environment:                           { ...NAME,                                          sameAs: "the file's name",                description: "Name of the environment, part of all resource names. Must equal the name of the file." },
  project_name:                          { ...NAME,                                          default: "image-processor",               description: "First part of all resource names." },
  protected:                             { ...FLAG,                                          default: true, defaultIn: { dev: false }, description: "Asks before `deploy` changes the environment and before `destroy` removes it. `load` and `smoke` refuse to run without a confirmation." },
  permissions_boundary_arn:              COMMON.permissions_boundary_arn,
  extra_tags:                            { ...TAGS,                                          default: {},                              description: "More tags for all resources." },
  lambda_runtime:                        { ...choice(...keys(RUNTIMES)),                     default: "nodejs22.x",                    description: "Lambda runtime. nodejs24.x needs version 6.19 or later of the AWS provider, and the stack then requires it." },
  lambda_architecture:                   LAMBDA_FUNCTION.architecture,
  lambda_timeout:                        LAMBDA_FUNCTION.timeout,
  lambda_memory_size:                    LAMBDA_FUNCTION.memory_size,
  enable_xray_tracing:                   LAMBDA_FUNCTION.enable_xray_tracing,
  reserved_concurrent_executions:        LAMBDA_FUNCTION.reserved_concurrent_executions,
  code_signing_profile_version_arn:      { ...LAMBDA_FUNCTION.code_signing_profile_version_arn, description: `${LAMBDA_FUNCTION.code_signing_profile_version_arn.description} \`HANDLER_PACKAGE\` passes the signed zip to \`synth\`, \`plan\` and \`deploy\`.` },
  enable_recursion_guard:                LAMBDA_FUNCTION.enable_recursion_guard,
  vpc_subnet_ids:                        LAMBDA_FUNCTION.vpc_subnet_ids,
  vpc_security_group_ids:                LAMBDA_FUNCTION.vpc_security_group_ids,
  enable_release_alias:                  { ...FLAG,                                          default: false,                           description: "Uploads invoke a published version through the alias `live`. `npm run release` moves the alias after a deployment." },
  enable_codedeploy:                     { ...FLAG,                                          default: false,                           description: "CodeDeploy moves the alias. Without it, `npm run release` does." },
  release_strategy:                      { ...choice(...keys(STRATEGIES)),                   default: "AllAtOnce",                     description: "How traffic moves to a new version, by CodeDeploy's names." },
  lambda_retry_attempts:                 LAMBDA_FUNCTION.retry_attempts,
  lambda_max_event_age_seconds:          LAMBDA_FUNCTION.max_event_age_seconds,
  enable_dead_letter_queue:              { ...FLAG,                                          default: false,                           description: "Keeps events that Lambda drops in a queue for 14 days, for `npm run redrive`, with two alarms on it." },
  enable_metadata_table:                 { ...FLAG,                                          default: false,                           description: "Keeps a record of each upload in a DynamoDB table, for `npm run images`, with three alarms." },
  enable_upload_api:                     { ...FLAG,                                          default: false,                           description: "Lets clients upload directly to S3: an HTTP API issues upload links, and returns the state of an upload. With four alarms. Needs enable_metadata_table." },
  upload_api_authorizer:                 UPLOAD_API_VALUES.authorizer,
  upload_api_public:                     { ...FLAG,                                          default: false,                           description: "Anyone may call the upload API. Needs the authorizer `none`." },
  upload_api_jwt_issuer:                 UPLOAD_API_VALUES.jwt_issuer,
  upload_api_jwt_audience:               UPLOAD_API_VALUES.jwt_audience,
  upload_api_cors_origins:               UPLOAD_API_VALUES.cors_origins,
  upload_api_links_per_second:           UPLOAD_API_VALUES.links_per_second,
  upload_api_reads_per_second:           UPLOAD_API_VALUES.reads_per_second,
  enable_backfill:                       { ...FLAG,                                          default: false,                           description: "Lets `npm run backfill` process objects that exist already, with a state machine, a separate function and six alarms." },
  backfill_max_concurrency:              BACKFILL_VALUES.max_concurrency,
  backfill_batch_size:                   BACKFILL_VALUES.batch_size,
  backfill_slowest_image_seconds:        BACKFILL_VALUES.slowest_image_seconds,
  backfill_tolerated_failure_percent:    BACKFILL_VALUES.tolerated_failure_percent,
  backfill_max_hours:                    BACKFILL_VALUES.max_hours,
  backfill_keep_days:                    BACKFILL_VALUES.keep_days,
  backfill_min_failures:                 ALARM_VALUES.backfill_min_failures,
  backfill_failure_threshold_percent:    ALARM_VALUES.backfill_failure_threshold_percent,
  log_level:                             IMAGE_PROCESSOR.log_level,
  log_retention_days:                    LAMBDA_FUNCTION.log_retention_days,
  existing_log_group_name:               LAMBDA_FUNCTION.existing_log_group_name,
  enable_s3_versioning:                  S3_BUCKETS.enable_versioning,
  upload_bucket_name:                    S3_BUCKETS.upload_bucket_name,
  processed_bucket_name:                 S3_BUCKETS.processed_bucket_name,
  existing_upload_bucket_name:           S3_BUCKETS.existing_upload_bucket_name,
  existing_processed_bucket_name:        S3_BUCKETS.existing_processed_bucket_name,
  processed_transition_days:             S3_BUCKETS.processed_transition_days,
  processed_transition_class:            S3_BUCKETS.processed_transition_class,
  processed_expiration_days:             S3_BUCKETS.processed_expiration_days,
  enable_s3_access_logging:              S3_BUCKETS.enable_access_logging,
  s3_access_log_days:                    S3_BUCKETS.access_log_days,
  enable_kms_key:                        { ...FLAG,                                          default: false,                           description: "Encrypts buckets, topics, queue and log group with a KMS key of the stack instead of AWS-owned keys." },
  existing_kms_key_arn:                  { ...KMS_KEY,                                       default: "",                              description: "KMS key that exists already, instead of enable_kms_key. Its policy needs the statements of modules/encryption_key.ts for CloudWatch Logs, alarms and budgets." },
  refusal_log_level:                     IMAGE_PROCESSOR.refusal_log_level,
  large_image_bytes:                     IMAGE_PROCESSOR.large_image_bytes,
  max_image_bytes:                       IMAGE_PROCESSOR.max_image_bytes,
  max_image_pixels:                      IMAGE_PROCESSOR.max_image_pixels,
  max_image_side_px:                     IMAGE_PROCESSOR.max_image_side_px,
  max_image_frames:                      IMAGE_PROCESSOR.max_image_frames,
  variants:                              IMAGE_PROCESSOR.variants,
  keep_smaller_original:                 IMAGE_PROCESSOR.keep_smaller_original,
  keep_copyright:                        IMAGE_PROCESSOR.keep_copyright,
  enable_manifest:                       IMAGE_PROCESSOR.enable_manifest,
  cache_control:                         IMAGE_PROCESSOR.cache_control,
  variant_tags:                          IMAGE_PROCESSOR.variant_tags,
  encoder_effort:                        IMAGE_PROCESSOR.encoder_effort,
  delete_variants_with_upload:           IMAGE_PROCESSOR.delete_variants_with_upload,
  metric_namespace:                      IMAGE_PROCESSOR.metric_namespace,
  metrics_transport:                     IMAGE_PROCESSOR.metrics_transport,
  alert_email:                           { ...EMAIL,                                         default: "",                              description: "E-mail address for all notifications." },
  critical_alert_email:                  { ...SNS_NOTIFICATIONS.critical_alert_email, sameAs: "alert_email" },
  performance_alert_email:               { ...SNS_NOTIFICATIONS.performance_alert_email, sameAs: "alert_email" },
  log_alert_email:                       { ...SNS_NOTIFICATIONS.log_alert_email, sameAs: "alert_email" },
  additional_alert_emails:               { ...EMAILS,                                        default: [],                              description: "More e-mail addresses for all notifications." },
  additional_critical_alert_emails:      { ...SNS_NOTIFICATIONS.additional_critical_alert_emails, sameAs: "additional_alert_emails" },
  additional_performance_alert_emails:   { ...SNS_NOTIFICATIONS.additional_performance_alert_emails, sameAs: "additional_alert_emails" },
  additional_log_alert_emails:           { ...SNS_NOTIFICATIONS.additional_log_alert_emails, sameAs: "additional_alert_emails" },
  alert_sms:                             { ...PHONE,                                         default: "",                              description: "Phone number (E.164) for critical notifications." },
  critical_alert_sms:                    { ...SNS_NOTIFICATIONS.critical_alert_sms, sameAs: "alert_sms", description: "Phone number (E.164) for critical notifications. Overrides alert_sms." },
  critical_alert_https_endpoint:         SNS_NOTIFICATIONS.critical_alert_https_endpoint,
  slack_workspace_id:                    { ...SLACK_WORKSPACE,                               default: "",                              description: "Slack workspace that you have authorized in AWS Chatbot (Amazon Q Developer in chat applications)." },
  slack_channel_id:                      { ...SLACK_CHANNEL,                                 default: "",                              description: "Slack channel for critical notifications." },
  existing_critical_alerts_topic_arn:    SNS_NOTIFICATIONS.existing_critical_alerts_topic_arn,
  existing_performance_alerts_topic_arn: SNS_NOTIFICATIONS.existing_performance_alerts_topic_arn,
  existing_log_alerts_topic_arn:         SNS_NOTIFICATIONS.existing_log_alerts_topic_arn,
  enable_cloudwatch_dashboard:           CLOUDWATCH_METRICS.enable_dashboard,
  enable_cost_widget:                    { ...FLAG,                                          default: false,                           description: "Shows the cost per hour on the dashboard, in regions with known prices." },
  uploads_per_month:                     { ...whole(1, 10_000_000_000, "uploads"),           default: 1_000_000,                       description: "Uploads that you expect in a month. Periods of alarms follow from it, so that a share of failures means something." },
  alarm_routing:                         ALARM_VALUES.alarm_routing,
  enable_no_invocation_alarm:            ALARM_VALUES.enable_no_invocation_alarm,
  enable_async_alarms:                   ALARM_VALUES.enable_async_alarms,
  enable_memory_alarm:                   ALARM_VALUES.enable_memory_alarm,
  enable_saved_queries:                  LOG_ALERTS.enable_saved_queries,
  runbook_base_url:                      COMMON.runbook_base_url,
  error_threshold:                       ALARM_VALUES.error_threshold,
  duration_threshold_ms:                 ALARM_VALUES.duration_threshold_ms,
  throttle_threshold:                    ALARM_VALUES.throttle_threshold,
  concurrent_executions_threshold:       ALARM_VALUES.concurrent_executions_threshold,
  release_error_threshold:               ALARM_VALUES.release_error_threshold,
  release_error_threshold_percent:       ALARM_VALUES.release_error_threshold_percent,
  release_error_min_failures:            ALARM_VALUES.release_error_min_failures,
  log_error_threshold:                   ALARM_VALUES.log_error_threshold,
  success_rate_threshold_percent:        ALARM_VALUES.success_rate_threshold_percent,
  success_rate_min_samples:              ALARM_VALUES.success_rate_min_samples,
  image_error_threshold:                 LOG_ALARM_VALUES.image_error_threshold,
  image_error_threshold_percent:         LOG_ALARM_VALUES.image_error_threshold_percent,
  large_images_threshold:                LOG_ALARM_VALUES.large_images_threshold,
  event_age_threshold_ms:                ALARM_VALUES.event_age_threshold_ms,
  table_throttle_threshold:              ALARM_VALUES.table_throttle_threshold,
  table_error_threshold:                 ALARM_VALUES.table_error_threshold,
  upload_api_min_requests:               ALARM_VALUES.upload_api_min_requests,
  upload_api_error_threshold_percent:    ALARM_VALUES.upload_api_error_threshold_percent,
  upload_api_refusal_threshold_percent:  ALARM_VALUES.upload_api_refusal_threshold_percent,
  upload_api_latency_threshold_ms:       ALARM_VALUES.upload_api_latency_threshold_ms,
  links_unused_min_count:                ALARM_VALUES.links_unused_min_count,
  links_unused_threshold_percent:        ALARM_VALUES.links_unused_threshold_percent,
  memory_threshold_percent:              ALARM_VALUES.memory_threshold_percent,
  slo_target_percent:                    ALARM_VALUES.slo_target_percent,
  slo_min_failures:                      ALARM_VALUES.slo_min_failures,
  slo_sure_failures:                     { ...ALARM_VALUES.slo_sure_failures, fromTraffic: "slo_sure_failures", defaultWords: FROM_TRAFFIC_WORDS },
  slo_seconds:                           ALARM_VALUES.slo_seconds,
  error_rate_threshold_percent:          ALARM_VALUES.error_rate_threshold_percent,
  error_rate_extra_failures:             { ...ALARM_VALUES.error_rate_extra_failures, fromTraffic: "error_rate_extra_failures", defaultWords: FROM_TRAFFIC_WORDS },
  error_rate_min_failures:               { ...ALARM_VALUES.error_rate_min_failures, fromTraffic: "error_rate_min_failures", defaultWords: FROM_TRAFFIC_WORDS },
  error_rate_window_seconds:             { ...ALARM_VALUES.error_rate_window_seconds, fromTraffic: "error_rate_window_seconds", defaultWords: FROM_TRAFFIC_WORDS },
  error_rate_hold_periods:               { ...ALARM_VALUES.error_rate_hold_periods, fromTraffic: "error_rate_hold_periods", defaultWords: FROM_TRAFFIC_WORDS },
  outage_min_failures:                   { ...ALARM_VALUES.outage_min_failures, fromTraffic: "outage_min_failures", defaultWords: FROM_TRAFFIC_WORDS },
  limits_window_seconds:                 { ...ALARM_VALUES.limits_window_seconds, fromTraffic: "limits_window_seconds", defaultWords: FROM_TRAFFIC_WORDS },
  recovery_window_seconds:               { ...ALARM_VALUES.recovery_window_seconds, fromTraffic: "recovery_window_seconds", defaultWords: FROM_TRAFFIC_WORDS },
  waiting_hold_periods:                  { ...ALARM_VALUES.waiting_hold_periods, fromTraffic: "waiting_hold_periods", defaultWords: FROM_TRAFFIC_WORDS },
  waiting_min_throttles:                 { ...ALARM_VALUES.waiting_min_throttles, fromTraffic: "waiting_min_throttles", defaultWords: FROM_TRAFFIC_WORDS },
  waiting_window_seconds:                { ...ALARM_VALUES.waiting_window_seconds, fromTraffic: "waiting_window_seconds", defaultWords: FROM_TRAFFIC_WORDS },
  throttled_datapoints:                  { ...ALARM_VALUES.throttled_datapoints, fromTraffic: "throttled_datapoints", defaultWords: FROM_TRAFFIC_WORDS },
  throttled_periods:                     { ...ALARM_VALUES.throttled_periods, fromTraffic: "throttled_periods", defaultWords: FROM_TRAFFIC_WORDS },
  throttled_period_seconds:              { ...ALARM_VALUES.throttled_period_seconds, fromTraffic: "throttled_period_seconds", defaultWords: FROM_TRAFFIC_WORDS },
  lost_images_threshold:                 ALARM_VALUES.lost_images_threshold,
  lost_images_window_seconds:            { ...ALARM_VALUES.lost_images_window_seconds, fromTraffic: "lost_images_window_seconds", defaultWords: FROM_TRAFFIC_WORDS },
  silence_periods:                       { ...ALARM_VALUES.silence_periods, fromTraffic: "silence_periods", defaultWords: FROM_TRAFFIC_WORDS },
  refused_rate_threshold_percent:        ALARM_VALUES.refused_rate_threshold_percent,
  refused_min_count:                     { ...ALARM_VALUES.refused_min_count, fromTraffic: "refused_min_count", defaultWords: FROM_TRAFFIC_WORDS },
  refused_window_seconds:                { ...ALARM_VALUES.refused_window_seconds, fromTraffic: "refused_window_seconds", defaultWords: FROM_TRAFFIC_WORDS },
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
