/** Rules between the variables of the alarms and their recipients. */
import { type Rule, together } from "./rule";

/** Alarms and their recipients: add a row. */
export const ALARM_RULES: readonly Rule[] = [
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
    of: ["recovery_window_seconds", "error_rate_window_seconds", "alarm_routing"],
    broken: ({ recovery_window_seconds: recovery, error_rate_window_seconds: errors, alarm_routing }) =>
      recovery >= errors || alarm_routing === "each"
        ? undefined
        : { what: `at least error_rate_window_seconds (${errors})`, got: recovery },
  },
  {
    of: ["throttled_datapoints", "throttled_periods", "alarm_routing"],
    broken: ({ throttled_datapoints: datapoints, throttled_periods: periods, alarm_routing }) =>
      datapoints <= periods || alarm_routing === "each"
        ? undefined
        : { what: `at most throttled_periods (${periods})`, got: datapoints },
  },
  {
    of: ["slo_seconds", "lambda_max_event_age_seconds", "alarm_routing"],
    broken: ({ slo_seconds, lambda_max_event_age_seconds: age, alarm_routing }) =>
      slo_seconds < age || alarm_routing === "each"
        ? undefined
        : { what: `less than lambda_max_event_age_seconds (${age})`, got: slo_seconds },
  },
  together("slack_workspace_id", "slack_channel_id"),
];
