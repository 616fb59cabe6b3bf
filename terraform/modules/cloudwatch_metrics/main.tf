locals {
  periods_of_60_s                 = max(480, ceil((var.lambda_timeout + 420) / 60) * 60)
  concurrent_executions_threshold = min(var.concurrent_executions_threshold, max(1, floor((var.reserved_concurrent_executions * 80) / 100)))
  memory_threshold                = ceil((var.memory_threshold_percent * var.lambda_memory_size) / 100)
}

data "aws_region" "region" {}

resource "aws_cloudwatch_log_metric_filter" "LambdaErrors" {
  name           = "${var.function_name}-LambdaErrors"
  log_group_name = var.log_group_name
  pattern        = "{ ($.level = \"ERROR\") || ($.level = \"CRITICAL\") || ($.level = \"FATAL\") }"

  metric_transformation {
    name          = "LambdaErrors"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "ImageSizeBytes" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-ImageSizeBytes"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"image.received\") && ($.sizeBytes >= 0) }"

  metric_transformation {
    name      = "ImageSizeBytes"
    namespace = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit      = "Bytes"
    value     = "$.sizeBytes"
  }
}

resource "aws_cloudwatch_log_metric_filter" "ImageProcessingTime" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-ImageProcessingTime"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"image.processed\") && ($.durationMs >= 0) }"

  metric_transformation {
    name      = "ImageProcessingTime"
    namespace = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit      = "Milliseconds"
    value     = "$.durationMs"
  }
}

resource "aws_cloudwatch_log_metric_filter" "SuccessfulProcesses" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-SuccessfulProcesses"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"image.processed\") }"

  metric_transformation {
    name          = "SuccessfulProcesses"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "RefusedImages" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-RefusedImages"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"image.refused\") && ($.reason = \"*\") }"

  metric_transformation {
    name = "RefusedImages"
    dimensions = {
      Reason = "$.reason"
    }
    namespace = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit      = "Count"
    value     = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "AllRefusedImages" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-AllRefusedImages"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"image.refused\") }"

  metric_transformation {
    name          = "AllRefusedImages"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "SupersededImages" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-SupersededImages"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"image.superseded\") }"

  metric_transformation {
    name          = "SupersededImages"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "Attempts" {
  name           = "${var.function_name}-Attempts"
  log_group_name = var.log_group_name
  pattern        = "{ ($.type = \"platform.report\") }"

  metric_transformation {
    name          = "Attempts"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "FailedAttempts" {
  name           = "${var.function_name}-FailedAttempts"
  log_group_name = var.log_group_name
  pattern        = "{ ($.type = \"platform.report\") && ($.record.status != \"success\") }"

  metric_transformation {
    name          = "FailedAttempts"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "S3AccessDenied" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-S3AccessDenied"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"storage.denied\") }"

  metric_transformation {
    name          = "S3AccessDenied"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "MemoryUsedMB" {
  name           = "${var.function_name}-MemoryUsedMB"
  log_group_name = var.log_group_name
  pattern        = "{ ($.type = \"platform.report\") && ($.record.metrics.maxMemoryUsedMB >= 0) }"

  metric_transformation {
    name      = "MemoryUsedMB"
    namespace = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit      = "Megabytes"
    value     = "$.record.metrics.maxMemoryUsedMB"
  }
}

resource "aws_cloudwatch_log_metric_filter" "MetricsLost" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-MetricsLost"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"metrics.lost\") }"

  metric_transformation {
    name          = "MetricsLost"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_dashboard" "dashboard" {
  count = var.enable_dashboard ? 1 : 0

  dashboard_name = var.dashboard_name != "" ? var.dashboard_name : "${var.function_name}-monitoring"
  dashboard_body = jsonencode({
    widgets = [
      for widget in [
        {
          x      = 0
          y      = 0
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Invocations & Errors"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                "AWS/Lambda",
                "Invocations",
                "FunctionName",
                var.function_name,
                merge(
                  {
                    stat = "Sum"
                  },
                  var.enable_no_invocation_alarm ? {
                    period = 300
                  } : {},
                ),
              ],
              [
                "AWS/Lambda",
                "Errors",
                "FunctionName",
                var.function_name,
                merge(
                  {
                    stat = "Sum"
                  },
                  var.alarm_routing == "each" ? {
                    period = 300
                  } : {},
                ),
              ],
              [
                "AWS/Lambda",
                "Throttles",
                "FunctionName",
                var.function_name,
                {
                  stat   = "Sum"
                  period = var.alarm_routing != "incident" ? 300 : var.waiting_window_seconds
                },
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "Attempts",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "FailedAttempts",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = [
                for line in [
                  var.alarm_routing == "incident" ? {
                    label = "throttled-long >= ${var.waiting_min_throttles}"
                    value = var.waiting_min_throttles
                  } : null,
                  var.alarm_routing == "incident" ? {
                    label = "still-throttled >= 1"
                    value = 1
                  } : null,
                  var.alarm_routing == "each" ? {
                    label = "high-error-rate >= ${var.error_threshold}"
                    value = var.error_threshold
                  } : null,
                  var.alarm_routing == "each" ? {
                    label = "throttles >= ${var.throttle_threshold}"
                    value = var.throttle_threshold
                  } : null,
                  var.alarm_routing == "each" && var.enable_release_alias ? {
                    label = "release-errors >= ${var.release_error_threshold}"
                    value = var.release_error_threshold
                  } : null,
                  var.enable_no_invocation_alarm ? {
                    label = "no-invocations < 1"
                    value = 1
                  } : null,
                ] : line if line != null
              ]
            }
          }
        },
        {
          x      = 8
          y      = 0
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Duration avg/max/p99"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                "AWS/Lambda",
                "Duration",
                "FunctionName",
                var.function_name,
                {
                  stat   = "Average"
                  period = var.alarm_routing != "incident" ? 300 : local.periods_of_60_s
                },
              ],
              [
                "AWS/Lambda",
                "Duration",
                "FunctionName",
                var.function_name,
                {
                  stat   = "Maximum"
                  period = var.alarm_routing != "incident" ? 300 : local.periods_of_60_s
                },
              ],
              [
                "AWS/Lambda",
                "Duration",
                "FunctionName",
                var.function_name,
                {
                  stat   = "p99"
                  period = var.alarm_routing != "incident" ? 300 : local.periods_of_60_s
                },
              ],
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = [
                {
                  label = "high-duration >= ${var.duration_threshold_ms}"
                  value = var.duration_threshold_ms
                },
              ]
            }
          }
        },
        {
          x      = 16
          y      = 0
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Concurrent Executions"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                "AWS/Lambda",
                "ConcurrentExecutions",
                "FunctionName",
                var.function_name,
                merge(
                  {
                    stat = "Maximum"
                  },
                  var.alarm_routing == "each" ? {
                    period = 60
                  } : {},
                ),
              ],
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = [
                for line in [
                  var.alarm_routing == "each" ? {
                    label = "high-concurrency >= ${var.reserved_concurrent_executions != -1 ? local.concurrent_executions_threshold : var.concurrent_executions_threshold}"
                    value = var.reserved_concurrent_executions != -1 ? local.concurrent_executions_threshold : var.concurrent_executions_threshold
                  } : null,
                ] : line if line != null
              ]
            }
          }
        },
        {
          x      = 0
          y      = 6
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Success vs Error"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              for metric in [
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "ImagesProcessed",
                    "FunctionName",
                    var.function_name,
                    {
                      stat = "Sum"
                    },
                  ] : item if item != null
                ] : null,
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "ProcessingSuccess",
                    "FunctionName",
                    var.function_name,
                    {
                      stat = "Sum"
                      id   = "s"
                    },
                  ] : item if item != null
                ] : null,
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "ProcessingFailure",
                    "FunctionName",
                    var.function_name,
                    {
                      stat = "Sum"
                      id   = "f"
                    },
                  ] : item if item != null
                ] : null,
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "SuccessfulProcesses",
                    {
                      stat = "Sum"
                    },
                  ] : item if item != null
                ] : null,
                [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace == "" && var.alarm_routing == "incident" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "LambdaErrors",
                    var.alarm_routing == "incident" ? {
                      stat = "Sum"
                    } : null,
                    var.alarm_routing == "each" ? {
                      stat   = "Sum"
                      period = 60
                    } : null,
                  ] : item if item != null
                ],
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "S3AccessDenied",
                    {
                      stat = "Sum"
                    },
                  ] : item if item != null
                ] : null,
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "MetricsLost",
                    {
                      stat = "Sum"
                    },
                  ] : item if item != null
                ] : null,
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "AllRefusedImages",
                    {
                      stat = "Sum"
                    },
                  ] : item if item != null
                ] : null,
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "SupersededImages",
                    {
                      stat = "Sum"
                    },
                  ] : item if item != null
                ] : null,
                var.enable_image_metrics ? [
                  {
                    id         = "rate"
                    label      = "Success rate (%)"
                    expression = "IF((s + f) >= ${var.success_rate_min_samples}, 100 * s / (s + f))"
                    yAxis      = "right"
                  },
                ] : null,
              ] : metric if metric != null
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = [
                for line in [
                  var.alarm_routing == "each" ? {
                    label = "log-errors >= ${var.log_error_threshold}"
                    value = var.log_error_threshold
                  } : null,
                  {
                    label = "low-success-rate < ${var.success_rate_threshold_percent}"
                    value = var.success_rate_threshold_percent
                    yAxis = "right"
                  },
                ] : line if line != null
              ]
            }
          }
        },
        var.enable_image_metrics ? {
          x      = 8
          y      = 6
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Processing Time"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "ProcessingTime",
                  "FunctionName",
                  var.function_name,
                  {
                    stat = "Average"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "ProcessingTime",
                  "FunctionName",
                  var.function_name,
                  {
                    stat = "Maximum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "ProcessingTime",
                  "FunctionName",
                  var.function_name,
                  {
                    stat = "p99"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "ImageProcessingTime",
                  {
                    stat = "Average"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "ImageProcessingTime",
                  {
                    stat = "Maximum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "ImageProcessingTime",
                  {
                    stat = "p99"
                  },
                ] : item if item != null
              ],
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = []
            }
          }
        } : null,
        {
          x      = var.enable_image_metrics ? 16 : 8
          y      = 6
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Image Size"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              for metric in [
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "ImageSizeBytes",
                    {
                      stat = "Average"
                    },
                  ] : item if item != null
                ] : null,
                var.enable_image_metrics ? [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "ImageSizeBytes",
                    {
                      stat = "Maximum"
                    },
                  ] : item if item != null
                ] : null,
                [
                  for item in [
                    var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                    var.metric_namespace != "" ? var.metric_namespace : null,
                    "MemoryUsedMB",
                    merge(
                      {
                        stat  = "Maximum"
                        yAxis = "right"
                      },
                      var.enable_memory_alarm ? {
                        period = 300
                      } : {},
                    ),
                  ] : item if item != null
                ],
              ] : metric if metric != null
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = [
                for line in [
                  var.enable_memory_alarm ? {
                    label = "memory-high >= ${local.memory_threshold}"
                    value = local.memory_threshold
                    yAxis = "right"
                  } : null,
                  var.enable_image_metrics ? {
                    label = "large_image_bytes"
                    value = var.large_image_bytes
                  } : null,
                  var.enable_image_metrics ? {
                    label = "lambda_memory_size"
                    value = var.lambda_memory_size
                    yAxis = "right"
                  } : null,
                ] : line if line != null
              ]
            }
          }
        },
        var.enable_image_metrics ? {
          x      = 0
          y      = 12
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Refused by Reason"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "empty",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "not-an-image",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "unsupported-format",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "corrupt",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "too-many-bytes",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "too-many-pixels",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "side-too-long",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "too-many-frames",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "decompression-bomb",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "too-much-memory",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "deleted",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
              [
                for item in [
                  var.metric_namespace == "" ? "ImageProcessor/${var.function_name}" : null,
                  var.metric_namespace != "" ? var.metric_namespace : null,
                  "RefusedImages",
                  "Reason",
                  "archived",
                  {
                    stat = "Sum"
                  },
                ] : item if item != null
              ],
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = []
            }
          }
        } : null,
        var.enable_async_alarms ? {
          x      = var.enable_image_metrics ? 8 : 16
          y      = var.enable_image_metrics ? 12 : 6
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Uploads Waiting & Dropped"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                "AWS/Lambda",
                "AsyncEventAge",
                "FunctionName",
                var.function_name,
                merge(
                  {
                    stat = "Maximum"
                  },
                  var.alarm_routing == "each" ? {
                    period = 300
                  } : {},
                ),
              ],
              [
                "AWS/Lambda",
                "AsyncEventsDropped",
                "FunctionName",
                var.function_name,
                {
                  stat   = "Sum"
                  period = 60
                  yAxis  = "right"
                },
              ],
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = [
                for line in [
                  var.alarm_routing == "each" ? {
                    label = "event-age >= ${var.event_age_threshold_ms}"
                    value = var.event_age_threshold_ms
                  } : null,
                  {
                    label = "events-dropped >= 1"
                    value = 1
                    yAxis = "right"
                  },
                ] : line if line != null
              ]
            }
          }
        } : null,
        var.enable_dead_letter_queue ? {
          x      = var.enable_image_metrics ? 16 : 0
          y      = 12
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Dead-Letter Queue"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                "AWS/Lambda",
                "DeadLetterErrors",
                "FunctionName",
                var.function_name,
                {
                  stat   = "Sum"
                  period = 60
                },
              ],
              [
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                "QueueName",
                "${var.function_name}-dead-letters",
                {
                  stat   = "Maximum"
                  period = 60
                },
              ],
            ]
            yAxis = {
              left = {
                min = 0
              }
              right = {
                min = 0
              }
            }
            annotations = {
              horizontal = [
                {
                  label = "dead-letters >= 1"
                  value = 1
                },
                {
                  label = "dead-letter-errors >= 1"
                  value = 1
                },
              ]
            }
          }
        } : null,
        {
          x      = 0
          y      = 18
          width  = 24
          height = 6
          type   = "log"
          properties = {
            title  = "Recent Errors"
            region = data.aws_region.region.id
            view   = "table"
            query  = "SOURCE '${var.log_group_name}' | fields @timestamp, level, event, key, reason, errorMessage, record.status, message | filter level in [\"ERROR\",\"CRITICAL\",\"FATAL\"] or (type = \"platform.report\" and record.status != \"success\") | sort @timestamp desc | limit 50"
          }
        },
        var.enable_release_alias ? {
          x      = 0
          y      = 24
          width  = 24
          height = 6
          type   = "metric"
          properties = {
            title   = "Releases: errors by version"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 60
            metrics = [
              [
                "AWS/Lambda",
                "Invocations",
                "FunctionName",
                var.function_name,
                "Resource",
                "${var.function_name}:${var.alias_name}",
                {
                  stat  = "Sum"
                  label = "Invocations, alias"
                },
              ],
              [
                "AWS/Lambda",
                "Errors",
                "FunctionName",
                var.function_name,
                "Resource",
                "${var.function_name}:${var.alias_name}",
                {
                  stat  = "Sum"
                  label = "Errors, alias"
                },
              ],
              [
                {
                  id         = "versions"
                  expression = "SEARCH('{AWS/Lambda,ExecutedVersion,FunctionName,Resource} FunctionName=\"${var.function_name}\" Resource=\"${var.function_name}:${var.alias_name}\" MetricName=\"Errors\"', 'Sum', 60)"
                },
              ],
            ]
            yAxis = {
              left = {
                min = 0
              }
            }
          }
        } : null,
        var.runbook_base_url != "" ? {
          x      = 0
          y      = var.enable_release_alias ? 30 : 24
          width  = 24
          height = 2
          type   = "text"
          properties = {
            markdown = "**Runbooks** ${var.alarm_routing != "incident" ? "[high-error-rate](${var.runbook_base_url}/high-error-rate.md) · [throttles](${var.runbook_base_url}/throttles.md)${var.enable_release_alias ? " · [release-errors](${var.runbook_base_url}/release-errors.md)" : ""} · [log-errors](${var.runbook_base_url}/log-errors.md) · [high-duration](${var.runbook_base_url}/high-duration.md) · [high-concurrency](${var.runbook_base_url}/high-concurrency.md) · [low-success-rate](${var.runbook_base_url}/low-success-rate.md)${var.enable_no_invocation_alarm ? " · [no-invocations](${var.runbook_base_url}/no-invocations.md)" : ""}${var.enable_memory_alarm ? " · [memory-high](${var.runbook_base_url}/memory-high.md)" : ""}${var.enable_async_alarms ? " · [event-age](${var.runbook_base_url}/event-age.md) · [events-dropped](${var.runbook_base_url}/events-dropped.md)" : ""}${var.enable_dead_letter_queue ? " · [dead-letters](${var.runbook_base_url}/dead-letters.md) · [dead-letter-errors](${var.runbook_base_url}/dead-letter-errors.md)" : ""} · ${var.enable_metadata_table ? "[table-throttles](${var.runbook_base_url}/table-throttles.md) · [table-errors](${var.runbook_base_url}/table-errors.md) · [timeout-errors](${var.runbook_base_url}/timeout-errors.md) · [memory-errors](${var.runbook_base_url}/memory-errors.md) · [image-processing-errors](${var.runbook_base_url}/image-processing-errors.md) · [s3-permission-errors](${var.runbook_base_url}/s3-permission-errors.md) · [critical-errors](${var.runbook_base_url}/critical-errors.md) · [records-lost](${var.runbook_base_url}/records-lost.md)" : "[timeout-errors](${var.runbook_base_url}/timeout-errors.md) · [memory-errors](${var.runbook_base_url}/memory-errors.md) · [image-processing-errors](${var.runbook_base_url}/image-processing-errors.md) · [s3-permission-errors](${var.runbook_base_url}/s3-permission-errors.md) · [critical-errors](${var.runbook_base_url}/critical-errors.md)"} · [large-images](${var.runbook_base_url}/large-images.md)" : "[page](${var.runbook_base_url}/page.md) · [creep](${var.runbook_base_url}/creep.md) · [no-invocations](${var.runbook_base_url}/no-invocations.md) · [slow-burn](${var.runbook_base_url}/slow-burn.md) · [budget](${var.runbook_base_url}/budget.md) · [dead-letter-errors](${var.runbook_base_url}/dead-letter-errors.md) · [dead-letters](${var.runbook_base_url}/dead-letters.md) · [release-errors](${var.runbook_base_url}/release-errors.md) · [table-errors](${var.runbook_base_url}/table-errors.md) · [refused](${var.runbook_base_url}/refused.md) · [high-error-rate](${var.runbook_base_url}/high-error-rate.md) · [throttles](${var.runbook_base_url}/throttles.md) · [high-duration](${var.runbook_base_url}/high-duration.md) · [memory-high](${var.runbook_base_url}/memory-high.md) · [low-success-rate](${var.runbook_base_url}/low-success-rate.md) · [table-throttles](${var.runbook_base_url}/table-throttles.md) · [timeout-errors](${var.runbook_base_url}/timeout-errors.md) · [memory-errors](${var.runbook_base_url}/memory-errors.md) · [image-processing-errors](${var.runbook_base_url}/image-processing-errors.md) · [s3-permission-errors](${var.runbook_base_url}/s3-permission-errors.md) · [critical-errors](${var.runbook_base_url}/critical-errors.md) · [records-lost](${var.runbook_base_url}/records-lost.md)"}"
          }
        } : null,
      ] : widget if widget != null
    ]
  })
}
