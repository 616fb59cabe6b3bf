/** The ledgers of alarms: what each watches and whom it notifies. */

import type { FaultName } from "../handler/contract/metrics";
import type { LogAlarm, MetricAlarm, Rate } from "./alarm-types";
import { digits } from "./arithmetic";
import { BACKFILL_ALARMS } from "./backfill-alarms";
import { UPLOAD_ALARMS } from "./upload-alarms";

/** Processed images in percent of processed, refused and failed images. No datapoint where there are fewer than success_rate_min_samples. */
export const SUCCESS_RATE = {
  label: "Success rate (%)",
  of: { s: "ProcessingSuccess", f: "ProcessingFailure" },
  expression: ({ success_rate_min_samples: samples }) => `IF((s + f) >= ${digits(samples)}, 100 * s / (s + f))`,
} as const satisfies Rate;

/** Alarms of the module `cloudwatch_alarms`, by name without the function's name in front: add a row. */
// biome-ignore format: a ledger is read down its columns
export const METRIC_ALARMS = {
  "high-error-rate":  { severity: "critical",    metric: "Errors",               statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "error_threshold",                 treatMissingData: "notBreaching", summary: "Invocations are failing" },
  "throttles":        { severity: "critical",    metric: "Throttles",            statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "throttle_threshold",              treatMissingData: "notBreaching", summary: "Lambda is throttling invocations" },
  "release-errors":   { severity: "critical",    metric: "Errors",               statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "release_error_threshold",         treatMissingData: "notBreaching", summary: "The newest version is failing", version: "newest", enabledBy: "enable_release_alias" },
  "log-errors":       { severity: "critical",    metric: "LambdaErrors",         statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "log_error_threshold",             treatMissingData: "notBreaching", summary: "The function is logging errors" },
  "high-duration":    { severity: "performance", metric: "Duration",             statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "duration_threshold_ms",           treatMissingData: "notBreaching", summary: "Invocations are close to the timeout" },
  "high-concurrency": { severity: "performance", metric: "ConcurrentExecutions", statistic: "Maximum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "concurrent_executions_threshold", treatMissingData: "notBreaching", summary: "Many invocations are running in parallel", limit: "reserved_concurrent_executions" },
  "low-success-rate": { severity: "performance", metric: SUCCESS_RATE,           statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 2, evaluationPeriods: 3, comparison: "<",  threshold: "success_rate_threshold_percent",  treatMissingData: "notBreaching", summary: "Too many images end without variants" },
  "no-invocations":   { severity: "performance", metric: "Invocations",          statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: "silence_periods", evaluationPeriods: "silence_periods", comparison: "<",  threshold: 1,                                 treatMissingData: "breaching",    summary: "No uploads are arriving", enabledBy: "enable_no_invocation_alarm" },
  "memory-high":      { severity: "performance", metric: "MemoryUsedMB",         statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "memory_threshold_percent",        treatMissingData: "notBreaching", summary: "Invocations are close to the memory limit", percentOf: "lambda_memory_size", enabledBy: "enable_memory_alarm" },
  "event-age":        { severity: "performance", metric: "AsyncEventAge",        statistic: "Maximum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "event_age_threshold_ms",          treatMissingData: "notBreaching", summary: "Uploads are waiting too long for the function", enabledBy: "enable_async_alarms" },
  "events-dropped":   { severity: "critical",    metric: "AsyncEventsDropped",   statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                                 treatMissingData: "notBreaching", summary: "Lambda is dropping uploads that failed every retry or waited too long", enabledBy: "enable_async_alarms" },
  "dead-letters":     { severity: "performance", metric: "ApproximateNumberOfMessagesVisible", statistic: "Maximum", periodSeconds: 60, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,               treatMissingData: "notBreaching", summary: "The dead-letter queue holds messages", enabledBy: "enable_dead_letter_queue" },
  "dead-letter-errors": { severity: "critical",  metric: "DeadLetterErrors",     statistic: "Sum",     periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                                 treatMissingData: "notBreaching", summary: "Events are being lost because Lambda cannot send them to the dead-letter queue", enabledBy: "enable_dead_letter_queue" },
  "table-throttles": { severity: "performance",  metric: "ThrottledRequests",    statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "table_throttle_threshold",        treatMissingData: "notBreaching", summary: "DynamoDB is throttling the records of uploads", enabledBy: "enable_metadata_table" },
  "table-errors":    { severity: "performance",  metric: "SystemErrors",         statistic: "Sum",     periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "table_error_threshold",           treatMissingData: "notBreaching", summary: "DynamoDB is failing to write the records of uploads", enabledBy: "enable_metadata_table" },
  ...UPLOAD_ALARMS,
  ...BACKFILL_ALARMS,
} as const satisfies Record<string, MetricAlarm>;

/** Alarms of the module `log_alerts`: exactly one for each fault of the metrics ledger. */
// biome-ignore format: a ledger is read down its columns
export const LOG_ALARMS = {
  TimeoutErrors:         { name: "timeout-errors",          severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "Invocations are timing out" },
  MemoryErrors:          { name: "memory-errors",           severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "Invocations are running out of memory" },
  ImageProcessingErrors: { name: "image-processing-errors", severity: "log", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "image_error_threshold",  treatMissingData: "notBreaching", summary: "Images are being refused or are failing" },
  S3PermissionErrors:    { name: "s3-permission-errors",    severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "S3 is denying the function's requests" },
  CriticalErrors:        { name: "critical-errors",         severity: "log", statistic: "Sum", periodSeconds: 60,  datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "No image can be processed" },
  RecordsLost:           { name: "records-lost",            severity: "log", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: 1,                        treatMissingData: "notBreaching", summary: "Records of uploads are being lost", enabledBy: "enable_metadata_table" },
  LargeImages:           { name: "large-images",            severity: "log", statistic: "Sum", periodSeconds: 300, datapointsToAlarm: 1, evaluationPeriods: 1, comparison: ">=", threshold: "large_images_threshold", treatMissingData: "notBreaching", summary: "Many large images are arriving" },
} as const satisfies Record<FaultName, LogAlarm>;
