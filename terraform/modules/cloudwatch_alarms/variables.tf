variable "function_name" {
  description = "Name of the Lambda function."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{1,64}$", var.function_name))
    error_message = "Expected a function name: up to 64 letters, digits, - and _ for function_name but got ${jsonencode(var.function_name)}."
  }
}

variable "critical_alerts_topic_arn" {
  description = "Topic for critical alarms."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256}$", var.critical_alerts_topic_arn))
    error_message = "Expected the ARN of an SNS topic for critical_alerts_topic_arn but got ${jsonencode(var.critical_alerts_topic_arn)}."
  }
}

variable "performance_alerts_topic_arn" {
  description = "Topic for performance alarms."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256}$", var.performance_alerts_topic_arn))
    error_message = "Expected the ARN of an SNS topic for performance_alerts_topic_arn but got ${jsonencode(var.performance_alerts_topic_arn)}."
  }
}

variable "log_alerts_topic_arn" {
  description = "Topic for `refused`, with alarm_routing incident. Default: performance_alerts_topic_arn."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256})?$", var.log_alerts_topic_arn))
    error_message = "Expected the ARN of an SNS topic, or \"\" for log_alerts_topic_arn but got ${jsonencode(var.log_alerts_topic_arn)}."
  }
}

variable "metric_namespace" {
  description = "Namespace of the custom metrics. Default: `ImageProcessor/<function_name>`, because functions that share a namespace count each other's log lines."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !can(regex("^(AWS/)", var.metric_namespace)) && can(regex("^[\\w.\\-/#]{0,255}$", var.metric_namespace))
    error_message = "Expected a CloudWatch namespace (letters, digits and . - _ / #, not starting with AWS/), or \"\" for metric_namespace but got ${jsonencode(var.metric_namespace)}."
  }
}

variable "enable_image_metrics" {
  description = "Adds what needs the metrics and log events of this project's image handler. Leave it off for another function: an alarm on a metric that is never published stays in OK."
  type        = bool
  default     = false
  nullable    = false
}

variable "alarm_routing" {
  description = "Who is notified. each: every alarm notifies its own topic. incident: one alarm, `page`, notifies the critical topic; tickets wait while it is in ALARM."
  type        = string
  default     = "each"
  nullable    = false

  validation {
    condition     = contains(["each", "incident"], var.alarm_routing)
    error_message = "Expected one of each, incident for alarm_routing but got ${jsonencode(var.alarm_routing)}."
  }
}

variable "error_threshold" {
  description = "Failed invocations in 5 minutes that trigger `high-error-rate`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.error_threshold) == var.error_threshold && var.error_threshold >= 1 && var.error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for error_threshold but got ${jsonencode(var.error_threshold)}."
  }
}

variable "duration_threshold_ms" {
  description = "Duration of the slowest invocation in milliseconds that triggers `high-duration`. Must be less than the timeout of the function."
  type        = number
  default     = 45000
  nullable    = false

  validation {
    condition     = floor(var.duration_threshold_ms) == var.duration_threshold_ms && var.duration_threshold_ms >= 1 && var.duration_threshold_ms <= 900000
    error_message = "Expected a whole number of milliseconds from 1 to 900000 for duration_threshold_ms but got ${jsonencode(var.duration_threshold_ms)}."
  }
}

variable "throttle_threshold" {
  description = "Throttled invocations in 5 minutes that trigger `throttles`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.throttle_threshold) == var.throttle_threshold && var.throttle_threshold >= 1 && var.throttle_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for throttle_threshold but got ${jsonencode(var.throttle_threshold)}."
  }
}

variable "concurrent_executions_threshold" {
  description = "Parallel invocations that trigger `high-concurrency`."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = floor(var.concurrent_executions_threshold) == var.concurrent_executions_threshold && var.concurrent_executions_threshold >= 1 && var.concurrent_executions_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for concurrent_executions_threshold but got ${jsonencode(var.concurrent_executions_threshold)}."
  }
}

variable "release_error_threshold" {
  description = "Failed invocations of the newest version in one minute that trigger `release-errors`, with alarm_routing each."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.release_error_threshold) == var.release_error_threshold && var.release_error_threshold >= 1 && var.release_error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for release_error_threshold but got ${jsonencode(var.release_error_threshold)}."
  }
}

variable "release_error_threshold_percent" {
  description = "Failed invocations of the newest version, in percent of its invocations, that trigger `release-errors`, with alarm_routing incident."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.release_error_threshold_percent > 0 && var.release_error_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for release_error_threshold_percent but got ${jsonencode(var.release_error_threshold_percent)}."
  }
}

variable "release_error_min_failures" {
  description = "Minimum number of failed invocations of the newest version for `release-errors`, with alarm_routing incident."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = floor(var.release_error_min_failures) == var.release_error_min_failures && var.release_error_min_failures >= 1 && var.release_error_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for release_error_min_failures but got ${jsonencode(var.release_error_min_failures)}."
  }
}

variable "log_error_threshold" {
  description = "Log lines at ERROR or above in one minute that trigger `log-errors`."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.log_error_threshold) == var.log_error_threshold && var.log_error_threshold >= 1 && var.log_error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for log_error_threshold but got ${jsonencode(var.log_error_threshold)}."
  }
}

variable "success_rate_threshold_percent" {
  description = "Success rate in percent below which `low-success-rate` triggers."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.success_rate_threshold_percent > 0 && var.success_rate_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for success_rate_threshold_percent but got ${jsonencode(var.success_rate_threshold_percent)}."
  }
}

variable "success_rate_min_samples" {
  description = "Minimum number of images in 5 minutes for a success rate."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.success_rate_min_samples) == var.success_rate_min_samples && var.success_rate_min_samples >= 1 && var.success_rate_min_samples <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for success_rate_min_samples but got ${jsonencode(var.success_rate_min_samples)}."
  }
}

variable "event_age_threshold_ms" {
  description = "Waiting time of an upload event in milliseconds that triggers `event-age`. Must be less than the maximum event age."
  type        = number
  default     = 600000
  nullable    = false

  validation {
    condition     = floor(var.event_age_threshold_ms) == var.event_age_threshold_ms && var.event_age_threshold_ms >= 1 && var.event_age_threshold_ms <= 21600000
    error_message = "Expected a whole number of milliseconds from 1 to 21600000 for event_age_threshold_ms but got ${jsonencode(var.event_age_threshold_ms)}."
  }
}

variable "memory_threshold_percent" {
  description = "Memory used, in percent of lambda_memory_size, that triggers `memory-high`."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.memory_threshold_percent > 0 && var.memory_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for memory_threshold_percent but got ${jsonencode(var.memory_threshold_percent)}."
  }
}

variable "table_throttle_threshold" {
  description = "Throttled requests to the metadata table in 5 minutes that trigger `table-throttles`."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = floor(var.table_throttle_threshold) == var.table_throttle_threshold && var.table_throttle_threshold >= 1 && var.table_throttle_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for table_throttle_threshold but got ${jsonencode(var.table_throttle_threshold)}."
  }
}

variable "table_error_threshold" {
  description = "Requests to the metadata table that fail in DynamoDB in 5 minutes that trigger `table-errors`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.table_error_threshold) == var.table_error_threshold && var.table_error_threshold >= 1 && var.table_error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for table_error_threshold but got ${jsonencode(var.table_error_threshold)}."
  }
}

variable "lambda_memory_size" {
  description = "Memory of the function in MB."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = floor(var.lambda_memory_size) == var.lambda_memory_size && var.lambda_memory_size >= 128 && var.lambda_memory_size <= 10240
    error_message = "Expected a whole number of megabytes from 128 to 10240 for lambda_memory_size but got ${jsonencode(var.lambda_memory_size)}."
  }
}

variable "lambda_timeout" {
  description = "Timeout of the function in seconds. Alarms on its errors and durations look back further than that."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = floor(var.lambda_timeout) == var.lambda_timeout && var.lambda_timeout >= 1 && var.lambda_timeout <= 900
    error_message = "Expected a whole number of seconds from 1 to 900 for lambda_timeout but got ${jsonencode(var.lambda_timeout)}."
  }
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency of the function. `high-concurrency` fires at 80 % of it at the latest. -1: none."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = floor(var.reserved_concurrent_executions) == var.reserved_concurrent_executions && var.reserved_concurrent_executions >= -1 && var.reserved_concurrent_executions <= 100000 && var.reserved_concurrent_executions != 0
    error_message = "Expected -1 or a whole number from 1 to 100000 for reserved_concurrent_executions but got ${jsonencode(var.reserved_concurrent_executions)}."
  }
}

variable "error_rate_threshold_percent" {
  description = "Failed attempts in percent of all attempts that trigger `high-error-rate`, with alarm_routing incident; half of it triggers `limits-reached`."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.error_rate_threshold_percent > 2 && var.error_rate_threshold_percent <= 100
    error_message = "Expected a number above 2 and up to 100 for error_rate_threshold_percent but got ${jsonencode(var.error_rate_threshold_percent)}."
  }
}

variable "error_rate_extra_failures" {
  description = "Failed attempts beyond that share that `high-error-rate` and `limits-reached` need, so that few uploads do not trigger them by chance."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = floor(var.error_rate_extra_failures) == var.error_rate_extra_failures && var.error_rate_extra_failures >= 0 && var.error_rate_extra_failures <= 1000000
    error_message = "Expected a whole number of attempts from 0 to 1000000 for error_rate_extra_failures but got ${jsonencode(var.error_rate_extra_failures)}."
  }
}

variable "error_rate_min_failures" {
  description = "Minimum number of failed attempts for `high-error-rate`, with alarm_routing incident. More than two uploads have with all retries."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = floor(var.error_rate_min_failures) == var.error_rate_min_failures && var.error_rate_min_failures >= 1 && var.error_rate_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for error_rate_min_failures but got ${jsonencode(var.error_rate_min_failures)}."
  }
}

variable "error_rate_window_seconds" {
  description = "Period of `high-error-rate`, with alarm_routing incident."
  type        = number
  default     = 420
  nullable    = false

  validation {
    condition     = floor(var.error_rate_window_seconds) == var.error_rate_window_seconds && var.error_rate_window_seconds >= 60 && var.error_rate_window_seconds <= 86400 && var.error_rate_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for error_rate_window_seconds but got ${jsonencode(var.error_rate_window_seconds)}."
  }
}

variable "error_rate_hold_periods" {
  description = "Periods for which `high-error-rate` stays in ALARM after its last breach. A page ends earlier, when uploads are processed again."
  type        = number
  default     = 9
  nullable    = false

  validation {
    condition     = floor(var.error_rate_hold_periods) == var.error_rate_hold_periods && var.error_rate_hold_periods >= 1 && var.error_rate_hold_periods <= 60
    error_message = "Expected a whole number of periods from 1 to 60 for error_rate_hold_periods but got ${jsonencode(var.error_rate_hold_periods)}."
  }
}

variable "outage_min_failures" {
  description = "Minimum number of failed attempts in three minutes for `outage`; of events that Lambda drops, three fifths of it."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.outage_min_failures) == var.outage_min_failures && var.outage_min_failures >= 1 && var.outage_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for outage_min_failures but got ${jsonencode(var.outage_min_failures)}."
  }
}

variable "limits_window_seconds" {
  description = "Period of `limits-reached`."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = floor(var.limits_window_seconds) == var.limits_window_seconds && var.limits_window_seconds >= 60 && var.limits_window_seconds <= 86400 && var.limits_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for limits_window_seconds but got ${jsonencode(var.limits_window_seconds)}."
  }
}

variable "recovery_window_seconds" {
  description = "Period in which uploads must be processed again before a page ends. At least error_rate_window_seconds."
  type        = number
  default     = 720
  nullable    = false

  validation {
    condition     = floor(var.recovery_window_seconds) == var.recovery_window_seconds && var.recovery_window_seconds >= 60 && var.recovery_window_seconds <= 86400 && var.recovery_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for recovery_window_seconds but got ${jsonencode(var.recovery_window_seconds)}."
  }
}

variable "waiting_window_seconds" {
  description = "Period of `waiting` and `throttled-long`."
  type        = number
  default     = 720
  nullable    = false

  validation {
    condition     = floor(var.waiting_window_seconds) == var.waiting_window_seconds && var.waiting_window_seconds >= 60 && var.waiting_window_seconds <= 86400 && var.waiting_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for waiting_window_seconds but got ${jsonencode(var.waiting_window_seconds)}."
  }
}

variable "waiting_hold_periods" {
  description = "Periods for which `waiting` and `throttled-long` stay in ALARM after their last breach. A page ends earlier, when `flowing` is in ALARM."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.waiting_hold_periods) == var.waiting_hold_periods && var.waiting_hold_periods >= 1 && var.waiting_hold_periods <= 60
    error_message = "Expected a whole number of periods from 1 to 60 for waiting_hold_periods but got ${jsonencode(var.waiting_hold_periods)}."
  }
}

variable "waiting_min_throttles" {
  description = "Throttled invocations in that period that trigger `throttled-long`, and `waiting` if uploads wait longer than slo_seconds."
  type        = number
  default     = 25
  nullable    = false

  validation {
    condition     = floor(var.waiting_min_throttles) == var.waiting_min_throttles && var.waiting_min_throttles >= 1 && var.waiting_min_throttles <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for waiting_min_throttles but got ${jsonencode(var.waiting_min_throttles)}."
  }
}

variable "throttled_period_seconds" {
  description = "Period of `still-throttled`."
  type        = number
  default     = 240
  nullable    = false

  validation {
    condition     = floor(var.throttled_period_seconds) == var.throttled_period_seconds && var.throttled_period_seconds >= 60 && var.throttled_period_seconds <= 86400 && var.throttled_period_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for throttled_period_seconds but got ${jsonencode(var.throttled_period_seconds)}."
  }
}

variable "throttled_datapoints" {
  description = "How many periods must have a throttled invocation for `still-throttled`. At most throttled_periods."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = floor(var.throttled_datapoints) == var.throttled_datapoints && var.throttled_datapoints >= 1 && var.throttled_datapoints <= 60
    error_message = "Expected a whole number of periods from 1 to 60 for throttled_datapoints but got ${jsonencode(var.throttled_datapoints)}."
  }
}

variable "throttled_periods" {
  description = "Periods that `still-throttled` evaluates."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = floor(var.throttled_periods) == var.throttled_periods && var.throttled_periods >= 1 && var.throttled_periods <= 60
    error_message = "Expected a whole number of periods from 1 to 60 for throttled_periods but got ${jsonencode(var.throttled_periods)}."
  }
}

variable "lost_images_threshold" {
  description = "Events that Lambda could not send to the dead-letter queue that trigger `images-lost`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.lost_images_threshold) == var.lost_images_threshold && var.lost_images_threshold >= 1 && var.lost_images_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for lost_images_threshold but got ${jsonencode(var.lost_images_threshold)}."
  }
}

variable "lost_images_window_seconds" {
  description = "Period of `images-lost`."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = floor(var.lost_images_window_seconds) == var.lost_images_window_seconds && var.lost_images_window_seconds >= 60 && var.lost_images_window_seconds <= 86400 && var.lost_images_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for lost_images_window_seconds but got ${jsonencode(var.lost_images_window_seconds)}."
  }
}

variable "silence_periods" {
  description = "Periods of 5 minutes without an upload that trigger `no-invocations`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.silence_periods) == var.silence_periods && var.silence_periods >= 1 && var.silence_periods <= 288
    error_message = "Expected a whole number of periods from 1 to 288 for silence_periods but got ${jsonencode(var.silence_periods)}."
  }
}

variable "refused_rate_threshold_percent" {
  description = "Refused uploads in percent of all uploads that trigger `refused`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.refused_rate_threshold_percent > 0 && var.refused_rate_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for refused_rate_threshold_percent but got ${jsonencode(var.refused_rate_threshold_percent)}."
  }
}

variable "refused_min_count" {
  description = "Minimum number of refused uploads for `refused`."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = floor(var.refused_min_count) == var.refused_min_count && var.refused_min_count >= 1 && var.refused_min_count <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for refused_min_count but got ${jsonencode(var.refused_min_count)}."
  }
}

variable "refused_window_seconds" {
  description = "Period of `refused`."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = floor(var.refused_window_seconds) == var.refused_window_seconds && var.refused_window_seconds >= 60 && var.refused_window_seconds <= 86400 && var.refused_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for refused_window_seconds but got ${jsonencode(var.refused_window_seconds)}."
  }
}

variable "slo_target_percent" {
  description = "Share of valid uploads that must be processed, in percent over 30 days. The rest is the error budget."
  type        = number
  default     = 99.9
  nullable    = false

  validation {
    condition     = var.slo_target_percent >= 95 && var.slo_target_percent < 100
    error_message = "Expected a number from 95 up to, but not including, 100 for slo_target_percent but got ${jsonencode(var.slo_target_percent)}."
  }
}

variable "slo_min_failures" {
  description = "Minimum number of uploads given up for an alarm on the error budget."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.slo_min_failures) == var.slo_min_failures && var.slo_min_failures >= 1 && var.slo_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for slo_min_failures but got ${jsonencode(var.slo_min_failures)}."
  }
}

variable "slo_sure_failures" {
  description = "Number of uploads given up in an hour from which `budget-burning` needs no larger share than 14.4 times the error budget."
  type        = number
  default     = 54
  nullable    = false

  validation {
    condition     = floor(var.slo_sure_failures) == var.slo_sure_failures && var.slo_sure_failures >= 1 && var.slo_sure_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for slo_sure_failures but got ${jsonencode(var.slo_sure_failures)}."
  }
}

variable "slo_seconds" {
  description = "Seconds from an upload until its variants should be stored. Later ones count as `LateImages`; uploads that wait longer because of throttling trigger `waiting`."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = floor(var.slo_seconds) == var.slo_seconds && var.slo_seconds >= 1 && var.slo_seconds <= 21600
    error_message = "Expected a whole number of seconds from 1 to 21600 for slo_seconds but got ${jsonencode(var.slo_seconds)}."
  }
}

variable "upload_api_min_requests" {
  description = "Minimum number of requests to the upload API in 5 minutes for `upload-api-errors`, `upload-api-refusals` and `upload-api-latency`."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = floor(var.upload_api_min_requests) == var.upload_api_min_requests && var.upload_api_min_requests >= 1 && var.upload_api_min_requests <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for upload_api_min_requests but got ${jsonencode(var.upload_api_min_requests)}."
  }
}

variable "upload_api_error_threshold_percent" {
  description = "Requests to the upload API that end with status 5xx, in percent of all, that trigger `upload-api-errors`."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.upload_api_error_threshold_percent > 0 && var.upload_api_error_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for upload_api_error_threshold_percent but got ${jsonencode(var.upload_api_error_threshold_percent)}."
  }
}

variable "upload_api_refusal_threshold_percent" {
  description = "Requests to the upload API that end with status 4xx, in percent of all, that trigger `upload-api-refusals`."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.upload_api_refusal_threshold_percent > 0 && var.upload_api_refusal_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for upload_api_refusal_threshold_percent but got ${jsonencode(var.upload_api_refusal_threshold_percent)}."
  }
}

variable "upload_api_latency_threshold_ms" {
  description = "Latency of the slowest hundredth of the requests to the upload API in milliseconds that triggers `upload-api-latency`."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = floor(var.upload_api_latency_threshold_ms) == var.upload_api_latency_threshold_ms && var.upload_api_latency_threshold_ms >= 1 && var.upload_api_latency_threshold_ms <= 30000
    error_message = "Expected a whole number of milliseconds from 1 to 30000 for upload_api_latency_threshold_ms but got ${jsonencode(var.upload_api_latency_threshold_ms)}."
  }
}

variable "links_unused_min_count" {
  description = "Minimum number of upload links issued in an hour for `links-unused`."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = floor(var.links_unused_min_count) == var.links_unused_min_count && var.links_unused_min_count >= 1 && var.links_unused_min_count <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for links_unused_min_count but got ${jsonencode(var.links_unused_min_count)}."
  }
}

variable "links_unused_threshold_percent" {
  description = "Upload links without an upload, in percent of those issued in an hour, that trigger `links-unused`."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.links_unused_threshold_percent > 0 && var.links_unused_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for links_unused_threshold_percent but got ${jsonencode(var.links_unused_threshold_percent)}."
  }
}

variable "backfill_min_failures" {
  description = "Minimum number of failures of objects in 15 minutes for `backfill-failure-rate`. Each attempt counts."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = floor(var.backfill_min_failures) == var.backfill_min_failures && var.backfill_min_failures >= 1 && var.backfill_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for backfill_min_failures but got ${jsonencode(var.backfill_min_failures)}."
  }
}

variable "backfill_failure_threshold_percent" {
  description = "Failures of objects in a backfill, in percent of all attempts, that trigger `backfill-failure-rate`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.backfill_failure_threshold_percent > 0 && var.backfill_failure_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for backfill_failure_threshold_percent but got ${jsonencode(var.backfill_failure_threshold_percent)}."
  }
}

variable "enable_no_invocation_alarm" {
  description = "Creates the alarm `no-invocations`. Use it only where uploads arrive all day."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_async_alarms" {
  description = "Creates the alarms `event-age` and `events-dropped`."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_memory_alarm" {
  description = "Creates the alarm `memory-high`."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_dead_letter_queue" {
  description = "Creates the alarms `dead-letters` and `dead-letter-errors`."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_metadata_table" {
  description = "Creates the alarms `table-throttles` and `table-errors`."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_upload_api" {
  description = "Creates the alarms `upload-api-errors`, `upload-api-refusals`, `upload-api-latency` and `links-unused`."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_backfill" {
  description = "Creates the alarms `backfill-failed`, `backfill-timed-out`, `backfill-aborted`, `backfill-batches-failed`, `backfill-batches-timed-out` and `backfill-failure-rate`."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_release_alias" {
  description = "Creates the alarm `release-errors` on function_version."
  type        = bool
  default     = false
  nullable    = false
}

variable "dead_letter_queue_name" {
  description = "Queue for enable_dead_letter_queue. Default: `<function_name>-dead-letters`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{0,80}$", var.dead_letter_queue_name))
    error_message = "Expected the name of an SQS queue, or \"\" for dead_letter_queue_name but got ${jsonencode(var.dead_letter_queue_name)}."
  }
}

variable "records_table_name" {
  description = "Table for enable_metadata_table. Default: `<function_name>-records`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([\\w.-]{3,255})?$", var.records_table_name))
    error_message = "Expected the name of a DynamoDB table, or \"\" for records_table_name but got ${jsonencode(var.records_table_name)}."
  }
}

variable "upload_api_id" {
  description = "HTTP API for enable_upload_api."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]*$", var.upload_api_id))
    error_message = "Expected the id of an HTTP API, or \"\" for upload_api_id but got ${jsonencode(var.upload_api_id)}."
  }
}

variable "backfill_state_machine_arn" {
  description = "State machine for enable_backfill."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:states:[\\w-]+:\\d{12}:stateMachine:[\\w-]{1,80})?$", var.backfill_state_machine_arn))
    error_message = "Expected the ARN of a state machine, or \"\" for backfill_state_machine_arn but got ${jsonencode(var.backfill_state_machine_arn)}."
  }
}

variable "backfill_function_name" {
  description = "Function of the backfill for enable_backfill."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{0,64}$", var.backfill_function_name))
    error_message = "Expected a function name, or \"\" for backfill_function_name but got ${jsonencode(var.backfill_function_name)}."
  }
}

variable "alias_name" {
  description = "Alias of the function for enable_release_alias."
  type        = string
  default     = "live"
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{1,128}$", var.alias_name))
    error_message = "Expected an alias name for alias_name but got ${jsonencode(var.alias_name)}."
  }
}

variable "function_version" {
  description = "Version that was published last, for enable_release_alias."
  type        = string
  default     = "$LATEST"
  nullable    = false

  validation {
    condition     = can(regex("^(\\$LATEST|\\d+)$", var.function_version))
    error_message = "Expected a published version for function_version but got ${jsonencode(var.function_version)}."
  }
}

variable "runbook_base_url" {
  description = "Address where you publish the pages of `docs/runbooks`. Alarms and dashboard link to them."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(https://[^\\s\"/]+(/[^\\s\"/]+)*)?$", var.runbook_base_url))
    error_message = "Expected an address such as https://example.com/runbooks, or \"\" for runbook_base_url but got ${jsonencode(var.runbook_base_url)}."
  }
}

variable "alarm_help" {
  description = "Sentence after the description of each alarm: where to look first."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[^\\n]{0,300}$", var.alarm_help))
    error_message = "Expected a sentence, or \"\" for alarm_help but got ${jsonencode(var.alarm_help)}."
  }
}

variable "enable_saved_queries" {
  description = "Names the saved query in the description of each alarm."
  type        = bool
  default     = false
  nullable    = false
}
