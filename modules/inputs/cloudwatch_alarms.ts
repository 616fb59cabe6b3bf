/** Inputs of the module `cloudwatch_alarms`. */
import {
  COUNT,
  choice,
  FLAG,
  PERCENT,
  RESERVATION,
  SHARE,
  SLO,
  TOPIC,
  TOPIC_ARN,
  text,
  WINDOW,
  whole,
} from "../checks";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

const QUEUE = text('the name of an SQS queue, or ""', /^[\w-]{0,80}$/);
const TABLE = text('the name of a DynamoDB table, or ""', /^([\w.-]{3,255})?$/);
const MACHINE = text(
  'the ARN of a state machine, or ""',
  /^(arn:aws[\w-]*:states:[\w-]+:\d{12}:stateMachine:[\w-]{1,80})?$/,
);
const FUNCTION = text('a function name, or ""', /^[\w-]{0,64}$/);
const API = text('the id of an HTTP API, or ""', /^[a-z0-9]*$/);
const ALIAS = text("an alias name", /^[\w-]{1,128}$/);
const VERSION = text("a published version", /^(\$LATEST|\d+)$/);
const HELP = text('a sentence, or ""', /^[^\n]{0,300}$/);

/** Thresholds and switches: rows of the ledger of alarms refer to them by name. */
// biome-ignore format: a ledger is read down its columns
export const ALARM_VALUES = {
  alarm_routing:                   { ...choice("each", "incident"),          default: "each",  description: "Who is notified. each: every alarm notifies its own topic. incident: one alarm, `page`, notifies the critical topic; tickets wait while it is in ALARM." },
  error_threshold:                 { ...COUNT,                               default: 3,       description: "Failed invocations in 5 minutes that trigger `high-error-rate`." },
  duration_threshold_ms:           { ...whole(1, 900_000, "milliseconds"),   default: 45_000,  description: "Duration of the slowest invocation in milliseconds that triggers `high-duration`. Must be less than the timeout of the function." },
  throttle_threshold:              { ...COUNT,                               default: 5,       description: "Throttled invocations in 5 minutes that trigger `throttles`." },
  concurrent_executions_threshold: { ...COUNT,                               default: 50,      description: "Parallel invocations that trigger `high-concurrency`." },
  release_error_threshold:         { ...COUNT,                               default: 1,       description: "Failed invocations of the newest version in one minute that trigger `release-errors`, with alarm_routing each." },
  release_error_threshold_percent: { ...PERCENT,                             default: 5,       description: "Failed invocations of the newest version, in percent of its invocations, that trigger `release-errors`, with alarm_routing incident." },
  release_error_min_failures:      { ...COUNT,                               default: 2,       description: "Minimum number of failed invocations of the newest version for `release-errors`, with alarm_routing incident." },
  log_error_threshold:             { ...COUNT,                               default: 1,       description: "Log lines at ERROR or above in one minute that trigger `log-errors`." },
  success_rate_threshold_percent:  { ...PERCENT,                             default: 90,      description: "Success rate in percent below which `low-success-rate` triggers." },
  success_rate_min_samples:        { ...COUNT,                               default: 5,       description: "Minimum number of images in 5 minutes for a success rate." },
  event_age_threshold_ms:          { ...whole(1, 21_600_000, "milliseconds"), default: 600_000, description: "Waiting time of an upload event in milliseconds that triggers `event-age`. Must be less than the maximum event age." },
  memory_threshold_percent:        { ...PERCENT,                             default: 90,      description: "Memory used, in percent of lambda_memory_size, that triggers `memory-high`." },
  table_throttle_threshold:        { ...COUNT,                               default: 10,      description: "Throttled requests to the metadata table in 5 minutes that trigger `table-throttles`." },
  table_error_threshold:           { ...COUNT,                               default: 3,       description: "Requests to the metadata table that fail in DynamoDB in 5 minutes that trigger `table-errors`." },
  lambda_memory_size:              { ...whole(128, 10_240, "megabytes"),     default: 1024,    description: "Memory of the function in MB." },
  lambda_timeout:                  { ...whole(1, 900, "seconds"),            default: 60,      description: "Timeout of the function in seconds. Alarms on its errors and durations look back further than that." },
  reserved_concurrent_executions:  { ...RESERVATION,                         default: -1,      description: "Reserved concurrency of the function. `high-concurrency` fires at 80 % of it at the latest. -1: none." },
  error_rate_threshold_percent:    { ...SHARE,                               default: 20,      description: "Failed attempts in percent of all attempts that trigger `high-error-rate`, with alarm_routing incident; half of it triggers `limits-reached`." },
  error_rate_extra_failures:       { ...whole(0, 1_000_000, "attempts"),     default: 4,       description: "Failed attempts beyond that share that `high-error-rate` and `limits-reached` need, so that few uploads do not trigger them by chance." },
  error_rate_min_failures:         { ...COUNT,                               default: 7,       description: "Minimum number of failed attempts for `high-error-rate`, with alarm_routing incident. More than two uploads have with all retries." },
  error_rate_window_seconds:       { ...WINDOW,                              default: 420,     description: "Period of `high-error-rate`, with alarm_routing incident." },
  error_rate_hold_periods:         { ...whole(1, 60, "periods"),             default: 9,       description: "Periods for which `high-error-rate` stays in ALARM after its last breach. A page ends earlier, when uploads are processed again." },
  outage_min_failures:             { ...COUNT,                               default: 5,       description: "Minimum number of failed attempts in three minutes for `outage`; of events that Lambda drops, three fifths of it." },
  limits_window_seconds:           { ...WINDOW,                              default: 600,     description: "Period of `limits-reached`." },
  recovery_window_seconds:         { ...WINDOW,                              default: 720,     description: "Period in which uploads must be processed again before a page ends. At least error_rate_window_seconds." },
  waiting_window_seconds:          { ...WINDOW,                              default: 720,     description: "Period of `waiting` and `throttled-long`." },
  waiting_hold_periods:            { ...whole(1, 60, "periods"),             default: 5,       description: "Periods for which `waiting` and `throttled-long` stay in ALARM after their last breach. A page ends earlier, when `flowing` is in ALARM." },
  waiting_min_throttles:           { ...COUNT,                               default: 25,      description: "Throttled invocations in that period that trigger `throttled-long`, and `waiting` if uploads wait longer than slo_seconds." },
  throttled_period_seconds:        { ...WINDOW,                              default: 240,     description: "Period of `still-throttled`." },
  throttled_datapoints:            { ...whole(1, 60, "periods"),             default: 4,       description: "How many periods must have a throttled invocation for `still-throttled`. At most throttled_periods." },
  throttled_periods:               { ...whole(1, 60, "periods"),             default: 4,       description: "Periods that `still-throttled` evaluates." },
  lost_images_threshold:           { ...COUNT,                               default: 3,       description: "Events that Lambda could not send to the dead-letter queue that trigger `images-lost`." },
  lost_images_window_seconds:      { ...WINDOW,                              default: 900,     description: "Period of `images-lost`." },
  silence_periods:                 { ...whole(1, 288, "periods"),            default: 3,       description: "Periods of 5 minutes without an upload that trigger `no-invocations`." },
  refused_rate_threshold_percent:  { ...PERCENT,                             default: 5,       description: "Refused uploads in percent of all uploads that trigger `refused`." },
  refused_min_count:               { ...COUNT,                               default: 8,       description: "Minimum number of refused uploads for `refused`." },
  refused_window_seconds:          { ...WINDOW,                              default: 3_600,   description: "Period of `refused`." },
  slo_target_percent:              { ...SLO,                                 default: 99.9,    description: "Share of valid uploads that must be processed, in percent over 30 days. The rest is the error budget." },
  slo_min_failures:                { ...COUNT,                               default: 3,       description: "Minimum number of uploads given up for an alarm on the error budget." },
  slo_sure_failures:               { ...COUNT,                               default: 54,      description: "Number of uploads given up in an hour from which `budget-burning` needs no larger share than 14.4 times the error budget." },
  slo_seconds:                     { ...whole(1, 21_600, "seconds"),         default: 300,     description: "Seconds from an upload until its variants should be stored. Later ones count as `LateImages`; uploads that wait longer because of throttling trigger `waiting`." },
  upload_api_min_requests:         { ...COUNT,                               default: 20,      description: "Minimum number of requests to the upload API in 5 minutes for `upload-api-errors`, `upload-api-refusals` and `upload-api-latency`." },
  upload_api_error_threshold_percent: { ...PERCENT,                          default: 20,      description: "Requests to the upload API that end with status 5xx, in percent of all, that trigger `upload-api-errors`." },
  upload_api_refusal_threshold_percent: { ...PERCENT,                        default: 50,      description: "Requests to the upload API that end with status 4xx, in percent of all, that trigger `upload-api-refusals`." },
  upload_api_latency_threshold_ms: { ...whole(1, 30_000, "milliseconds"),    default: 3_000,   description: "Latency of the slowest hundredth of the requests to the upload API in milliseconds that triggers `upload-api-latency`." },
  links_unused_min_count:          { ...COUNT,                               default: 20,      description: "Minimum number of upload links issued in an hour for `links-unused`." },
  links_unused_threshold_percent:  { ...PERCENT,                             default: 50,      description: "Upload links without an upload, in percent of those issued in an hour, that trigger `links-unused`." },
  backfill_min_failures:           { ...COUNT,                               default: 10,      description: "Minimum number of failures of objects in 15 minutes for `backfill-failure-rate`. Each attempt counts." },
  backfill_failure_threshold_percent: { ...PERCENT,                          default: 5,       description: "Failures of objects in a backfill, in percent of all attempts, that trigger `backfill-failure-rate`." },
  enable_no_invocation_alarm:      { ...FLAG,                                default: false,   description: "Creates the alarm `no-invocations`. Use it only where uploads arrive all day." },
  enable_async_alarms:             { ...FLAG,                                default: false,   description: "Creates the alarms `event-age` and `events-dropped`." },
  enable_memory_alarm:             { ...FLAG,                                default: false,   description: "Creates the alarm `memory-high`." },
  enable_dead_letter_queue:        { ...FLAG,                                default: false,   description: "Creates the alarms `dead-letters` and `dead-letter-errors`." },
  enable_metadata_table:           { ...FLAG,                                default: false,   description: "Creates the alarms `table-throttles` and `table-errors`." },
  enable_upload_api:               { ...FLAG,                                default: false,   description: "Creates the alarms `upload-api-errors`, `upload-api-refusals`, `upload-api-latency` and `links-unused`." },
  enable_backfill:                 { ...FLAG,                                default: false,   description: "Creates the alarms `backfill-failed`, `backfill-timed-out`, `backfill-aborted`, `backfill-batches-failed`, `backfill-batches-timed-out` and `backfill-failure-rate`." },
  enable_release_alias:            { ...FLAG,                                default: false,   description: "Creates the alarm `release-errors` on function_version." },
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const CLOUDWATCH_ALARMS = {
  function_name:                COMMON.function_name,
  critical_alerts_topic_arn:    { ...TOPIC_ARN,                     description: "Topic for critical alarms." },
  performance_alerts_topic_arn: { ...TOPIC_ARN,                     description: "Topic for performance alarms." },
  log_alerts_topic_arn:         { ...TOPIC,   default: "",          description: "Topic for `refused`, with alarm_routing incident. Default: performance_alerts_topic_arn." },
  metric_namespace:             COMMON.metric_namespace,
  enable_image_metrics:         COMMON.enable_image_metrics,
  ...ALARM_VALUES,
  dead_letter_queue_name:       { ...QUEUE,   default: "",          description: "Queue for enable_dead_letter_queue. Default: `<function_name>-dead-letters`." },
  records_table_name:           { ...TABLE,   default: "",          description: "Table for enable_metadata_table. Default: `<function_name>-records`." },
  upload_api_id:                { ...API,     default: "",          description: "HTTP API for enable_upload_api." },
  backfill_state_machine_arn:   { ...MACHINE, default: "",          description: "State machine for enable_backfill." },
  backfill_function_name:       { ...FUNCTION, default: "",         description: "Function of the backfill for enable_backfill." },
  alias_name:                   { ...ALIAS,   default: "live",      description: "Alias of the function for enable_release_alias." },
  function_version:             { ...VERSION, default: "$LATEST",   description: "Version that was published last, for enable_release_alias." },
  runbook_base_url:             COMMON.runbook_base_url,
  alarm_help:                   { ...HELP,    default: "",          description: "Sentence after the description of each alarm: where to look first." },
  enable_saved_queries:         { ...FLAG,    default: false,       description: "Names the saved query in the description of each alarm." },
} as const satisfies Inputs;
