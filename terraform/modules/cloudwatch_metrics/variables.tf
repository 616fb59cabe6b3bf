variable "function_name" {
  description = "Name of the Lambda function."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{1,64}$", var.function_name))
    error_message = "Expected a function name: up to 64 letters, digits, - and _ for function_name but got ${jsonencode(var.function_name)}."
  }
}

variable "log_group_name" {
  description = "Log group of the function. Pass a reference to the resource, so that Terraform creates it first."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{1,512}$", var.log_group_name))
    error_message = "Expected the name of a log group for log_group_name but got ${jsonencode(var.log_group_name)}."
  }
}

variable "upload_log_group_name" {
  description = "Log group of the upload API's function, for upload_queries."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{0,512}$", var.upload_log_group_name))
    error_message = "Expected the name of a log group, or \"\" for upload_log_group_name but got ${jsonencode(var.upload_log_group_name)}."
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

variable "enable_dashboard" {
  description = "Creates the dashboard."
  type        = bool
  default     = true
  nullable    = false
}

variable "dashboard_name" {
  description = "Name of the dashboard. Default: `<function_name>-monitoring`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{0,255}$", var.dashboard_name))
    error_message = "Expected a dashboard name: letters, digits, - and _, or \"\" for dashboard_name but got ${jsonencode(var.dashboard_name)}."
  }
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
  description = "Creates the alarm `records-lost`."
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

variable "large_image_bytes" {
  description = "Uploads with more bytes are logged as large."
  type        = number
  default     = 10485760
  nullable    = false

  validation {
    condition     = floor(var.large_image_bytes) == var.large_image_bytes && var.large_image_bytes >= 1 && var.large_image_bytes <= 5000000000
    error_message = "Expected a whole number of bytes from 1 to 5000000000 for large_image_bytes but got ${jsonencode(var.large_image_bytes)}."
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
