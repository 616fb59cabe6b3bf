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

variable "log_alerts_topic_arn" {
  description = "Topic for alarms on log lines."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256}$", var.log_alerts_topic_arn))
    error_message = "Expected the ARN of an SNS topic for log_alerts_topic_arn but got ${jsonencode(var.log_alerts_topic_arn)}."
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

variable "image_error_threshold" {
  description = "Failed images in 5 minutes that trigger `image-processing-errors`. Refused ones count, too, where refusal_log_level is ERROR."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.image_error_threshold) == var.image_error_threshold && var.image_error_threshold >= 1 && var.image_error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for image_error_threshold but got ${jsonencode(var.image_error_threshold)}."
  }
}

variable "image_error_threshold_percent" {
  description = "Failed images in percent of all that trigger `image-processing-errors`, with alarm_routing incident."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.image_error_threshold_percent > 0 && var.image_error_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for image_error_threshold_percent but got ${jsonencode(var.image_error_threshold_percent)}."
  }
}

variable "large_images_threshold" {
  description = "Large images in 5 minutes that trigger `large-images`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.large_images_threshold) == var.large_images_threshold && var.large_images_threshold >= 1 && var.large_images_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for large_images_threshold but got ${jsonencode(var.large_images_threshold)}."
  }
}

variable "enable_metadata_table" {
  description = "Creates the alarm `records-lost`."
  type        = bool
  default     = false
  nullable    = false
}

variable "refusal_log_level" {
  description = "Log level of refused uploads. ERROR counts them as errors and failures. With WARN they are only counted as refused."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["ERROR", "WARN"], var.refusal_log_level)
    error_message = "Expected one of ERROR, WARN for refusal_log_level but got ${jsonencode(var.refusal_log_level)}."
  }
}

variable "enable_saved_queries" {
  description = "Saves the queries in CloudWatch Logs Insights."
  type        = bool
  default     = false
  nullable    = false
}

variable "queries" {
  description = "Text of each saved query, by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for each in keys(var.queries) : length(each) >= 1]) && alltrue([for each in values(var.queries) : length(each) >= 1])
    error_message = "Expected texts of queries, by name for queries but got ${jsonencode(var.queries)}."
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

variable "backfill_log_group_name" {
  description = "Log group of the backfill's function, for backfill_queries."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{0,512}$", var.backfill_log_group_name))
    error_message = "Expected the name of a log group, or \"\" for backfill_log_group_name but got ${jsonencode(var.backfill_log_group_name)}."
  }
}

variable "backfill_queries" {
  description = "Text of each saved query of that log group, by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for each in keys(var.backfill_queries) : length(each) >= 1]) && alltrue([for each in values(var.backfill_queries) : length(each) >= 1])
    error_message = "Expected texts of queries, by name for backfill_queries but got ${jsonencode(var.backfill_queries)}."
  }
}

variable "upload_queries" {
  description = "Text of each saved query of that log group, by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for each in keys(var.upload_queries) : length(each) >= 1]) && alltrue([for each in values(var.upload_queries) : length(each) >= 1])
    error_message = "Expected texts of queries, by name for upload_queries but got ${jsonencode(var.upload_queries)}."
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
