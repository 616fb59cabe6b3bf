locals {
  period_of_60_s                  = max(480, ceil((var.lambda_timeout + 420) / 60) * 60)
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

resource "aws_cloudwatch_log_metric_filter" "LateImages" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-LateImages"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"image.late\") }"

  metric_transformation {
    name          = "LateImages"
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

resource "aws_cloudwatch_log_metric_filter" "LinksIssued" {
  count = var.enable_image_metrics && var.enable_upload_api ? 1 : 0

  name           = "${var.function_name}-LinksIssued"
  log_group_name = var.upload_log_group_name
  pattern        = "{ ($.event = \"link.issued\") }"

  metric_transformation {
    name          = "LinksIssued"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_log_metric_filter" "LinksUsed" {
  count = var.enable_image_metrics && var.enable_upload_api ? 1 : 0

  name           = "${var.function_name}-LinksUsed"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"link.used\") }"

  metric_transformation {
    name          = "LinksUsed"
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
                for item in [
                  "AWS/Lambda",
                  "Invocations",
                  "FunctionName",
                  var.function_name,
                  !var.enable_no_invocation_alarm ? {
                    stat = "Sum"
                  } : null,
                  var.enable_no_invocation_alarm ? {
                    stat   = "Sum"
                    period = 300
                  } : null,
                ] : item if item != null
              ],
              [
                for item in [
                  "AWS/Lambda",
                  "Errors",
                  "FunctionName",
                  var.function_name,
                  var.alarm_routing == "each" ? {
                    stat   = "Sum"
                    period = 300
                  } : null,
                  var.alarm_routing == "incident" ? {
                    stat = "Sum"
                  } : null,
                ] : item if item != null
              ],
              [
                for item in [
                  "AWS/Lambda",
                  "Throttles",
                  "FunctionName",
                  var.function_name,
                  var.alarm_routing == "each" ? {
                    stat   = "Sum"
                    period = 300
                  } : null,
                  var.alarm_routing == "incident" ? {
                    stat   = "Sum"
                    period = var.waiting_window_seconds
                  } : null,
                ] : item if item != null
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "Attempts",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "FailedAttempts",
                {
                  stat = "Sum"
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
                    label = "high-error-rate >= ${var.error_threshold}"
                    value = var.error_threshold
                  } : null,
                  var.alarm_routing == "each" ? {
                    label = "throttles >= ${var.throttle_threshold}"
                    value = var.throttle_threshold
                  } : null,
                  var.enable_release_alias && var.alarm_routing == "each" ? {
                    label = "release-errors >= ${var.release_error_threshold}"
                    value = var.release_error_threshold
                  } : null,
                  var.alarm_routing == "incident" ? {
                    label = "throttled-long >= ${var.waiting_min_throttles}"
                    value = var.waiting_min_throttles
                  } : null,
                  var.alarm_routing == "incident" ? {
                    label = "still-throttled >= 1"
                    value = 1
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
                for item in [
                  "AWS/Lambda",
                  "Duration",
                  "FunctionName",
                  var.function_name,
                  var.alarm_routing == "each" ? {
                    stat   = "Average"
                    period = 300
                  } : null,
                  var.alarm_routing == "incident" ? {
                    stat   = "Average"
                    period = local.period_of_60_s
                  } : null,
                ] : item if item != null
              ],
              [
                for item in [
                  "AWS/Lambda",
                  "Duration",
                  "FunctionName",
                  var.function_name,
                  var.alarm_routing == "each" ? {
                    stat   = "Maximum"
                    period = 300
                  } : null,
                  var.alarm_routing == "incident" ? {
                    stat   = "Maximum"
                    period = local.period_of_60_s
                  } : null,
                ] : item if item != null
              ],
              [
                for item in [
                  "AWS/Lambda",
                  "Duration",
                  "FunctionName",
                  var.function_name,
                  var.alarm_routing == "each" ? {
                    stat   = "p99"
                    period = 300
                  } : null,
                  var.alarm_routing == "incident" ? {
                    stat   = "p99"
                    period = local.period_of_60_s
                  } : null,
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
                for item in [
                  "AWS/Lambda",
                  "ConcurrentExecutions",
                  "FunctionName",
                  var.function_name,
                  var.alarm_routing == "each" ? {
                    stat   = "Maximum"
                    period = 60
                  } : null,
                  var.alarm_routing == "incident" ? {
                    stat = "Maximum"
                  } : null,
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
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "ImagesProcessed",
                  "FunctionName",
                  var.function_name,
                  {
                    stat = "Sum"
                  },
                ] : null,
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "ProcessingSuccess",
                  "FunctionName",
                  var.function_name,
                  {
                    stat = "Sum"
                    id   = "s"
                  },
                ] : null,
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "ProcessingFailure",
                  "FunctionName",
                  var.function_name,
                  {
                    stat = "Sum"
                    id   = "f"
                  },
                ] : null,
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "SuccessfulProcesses",
                  {
                    stat = "Sum"
                  },
                ] : null,
                [
                  for item in [
                    var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                    "LambdaErrors",
                    var.alarm_routing == "each" ? {
                      stat   = "Sum"
                      period = 60
                    } : null,
                    var.alarm_routing == "incident" ? {
                      stat = "Sum"
                    } : null,
                  ] : item if item != null
                ],
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "S3AccessDenied",
                  {
                    stat = "Sum"
                  },
                ] : null,
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "MetricsLost",
                  {
                    stat = "Sum"
                  },
                ] : null,
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "AllRefusedImages",
                  {
                    stat = "Sum"
                  },
                ] : null,
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "SupersededImages",
                  {
                    stat = "Sum"
                  },
                ] : null,
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "LateImages",
                  {
                    stat = "Sum"
                  },
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
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "ProcessingTime",
                "FunctionName",
                var.function_name,
                {
                  stat = "Average"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "ProcessingTime",
                "FunctionName",
                var.function_name,
                {
                  stat = "Maximum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "ProcessingTime",
                "FunctionName",
                var.function_name,
                {
                  stat = "p99"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "ImageProcessingTime",
                {
                  stat = "Average"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "ImageProcessingTime",
                {
                  stat = "Maximum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "ImageProcessingTime",
                {
                  stat = "p99"
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
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "ImageSizeBytes",
                  {
                    stat = "Average"
                  },
                ] : null,
                var.enable_image_metrics ? [
                  var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                  "ImageSizeBytes",
                  {
                    stat = "Maximum"
                  },
                ] : null,
                [
                  for item in [
                    var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                    "MemoryUsedMB",
                    !var.enable_memory_alarm ? {
                      stat  = "Maximum"
                      yAxis = "right"
                    } : null,
                    var.enable_memory_alarm ? {
                      stat   = "Maximum"
                      period = 300
                      yAxis  = "right"
                    } : null,
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
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "empty",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "not-an-image",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "unsupported-format",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "corrupt",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "too-many-bytes",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "too-many-pixels",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "side-too-long",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "too-many-frames",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "decompression-bomb",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "too-much-memory",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "deleted",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "RefusedImages",
                "Reason",
                "archived",
                {
                  stat = "Sum"
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
                for item in [
                  "AWS/Lambda",
                  "AsyncEventAge",
                  "FunctionName",
                  var.function_name,
                  var.alarm_routing == "each" ? {
                    stat   = "Maximum"
                    period = 300
                  } : null,
                  var.alarm_routing == "incident" ? {
                    stat = "Maximum"
                  } : null,
                ] : item if item != null
              ],
              [
                for item in [
                  "AWS/Lambda",
                  "AsyncEventsDropped",
                  "FunctionName",
                  var.function_name,
                  (var.alarm_routing == "each" || !var.enable_dead_letter_queue) ? {
                    stat   = "Sum"
                    period = 60
                    yAxis  = "right"
                  } : null,
                  var.alarm_routing == "incident" && var.enable_dead_letter_queue ? {
                    stat  = "Sum"
                    yAxis = "right"
                  } : null,
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
                  var.alarm_routing == "each" ? {
                    label = "event-age >= ${var.event_age_threshold_ms}"
                    value = var.event_age_threshold_ms
                  } : null,
                  (var.alarm_routing == "each" || !var.enable_dead_letter_queue) ? {
                    label = "events-dropped >= 1"
                    value = 1
                    yAxis = "right"
                  } : null,
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
        var.alarm_routing == "incident" && var.enable_image_metrics ? {
          x      = 0
          y      = var.enable_release_alias ? 30 : 24
          width  = 24
          height = 3
          type   = "metric"
          properties = {
            title                = "Objectives of the last 30 days: ${var.slo_target_percent} % of the uploads"
            region               = data.aws_region.region.id
            view                 = "singleValue"
            start                = "-P30D"
            end                  = "P0D"
            setPeriodToTimeRange = true
            period               = 2592000
            metrics = [
              [
                "AWS/Lambda",
                "AsyncEventsDropped",
                "FunctionName",
                var.function_name,
                {
                  id      = "f"
                  stat    = "Sum"
                  visible = false
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "SuccessfulProcesses",
                {
                  id      = "s"
                  stat    = "Sum"
                  visible = false
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "LateImages",
                {
                  id      = "late"
                  stat    = "Sum"
                  visible = false
                },
              ],
              [
                {
                  id         = "left0"
                  label      = "Error budget left (%)"
                  expression = "100 - 10000 * FILL(f, 0) / ((100 - ${var.slo_target_percent}) * (FILL(f, 0) + FILL(s, 0)))"
                },
              ],
              [
                {
                  id         = "left1"
                  label      = "Budget left of uploads stored within ${var.slo_seconds} s (%)"
                  expression = "100 - 10000 * FILL(late, 0) / ((100 - ${var.slo_target_percent}) * s)"
                },
              ],
            ]
          }
        } : null,
        var.runbook_base_url != "" ? {
          x      = 0
          y      = var.alarm_routing == "each" ? var.enable_release_alias ? 30 : 24 : !var.enable_release_alias ? 27 : 33
          width  = 24
          height = 2
          type   = "text"
          properties = {
            markdown = join(" · ", [
              for item in [
                "**Runbooks**",
                var.enable_backfill ? "[backfill-aborted](${var.runbook_base_url}/backfill-aborted.md)" : null,
                var.enable_backfill ? "[backfill-batches-failed](${var.runbook_base_url}/backfill-batches-failed.md)" : null,
                var.enable_backfill ? "[backfill-batches-timed-out](${var.runbook_base_url}/backfill-batches-timed-out.md)" : null,
                var.enable_backfill ? "[backfill-failed](${var.runbook_base_url}/backfill-failed.md)" : null,
                var.enable_backfill ? "[backfill-failure-rate](${var.runbook_base_url}/backfill-failure-rate.md)" : null,
                var.enable_backfill ? "[backfill-timed-out](${var.runbook_base_url}/backfill-timed-out.md)" : null,
                var.alarm_routing == "incident" ? "[budget](${var.runbook_base_url}/budget.md)" : null,
                var.alarm_routing == "incident" ? "[creep](${var.runbook_base_url}/creep.md)" : null,
                "[critical-errors](${var.runbook_base_url}/critical-errors.md)",
                var.enable_dead_letter_queue ? "[dead-letter-errors](${var.runbook_base_url}/dead-letter-errors.md)" : null,
                var.enable_dead_letter_queue ? "[dead-letters](${var.runbook_base_url}/dead-letters.md)" : null,
                var.alarm_routing == "incident" && var.enable_upload_api ? "[direct-uploads](${var.runbook_base_url}/direct-uploads.md)" : null,
                var.enable_async_alarms && var.alarm_routing == "each" ? "[event-age](${var.runbook_base_url}/event-age.md)" : null,
                (var.enable_async_alarms && var.alarm_routing == "each" || var.enable_async_alarms && !var.enable_dead_letter_queue) ? "[events-dropped](${var.runbook_base_url}/events-dropped.md)" : null,
                var.alarm_routing == "each" ? "[high-concurrency](${var.runbook_base_url}/high-concurrency.md)" : null,
                "[high-duration](${var.runbook_base_url}/high-duration.md)",
                "[high-error-rate](${var.runbook_base_url}/high-error-rate.md)",
                "[image-processing-errors](${var.runbook_base_url}/image-processing-errors.md)",
                var.alarm_routing == "each" ? "[large-images](${var.runbook_base_url}/large-images.md)" : null,
                var.enable_upload_api ? "[links-unused](${var.runbook_base_url}/links-unused.md)" : null,
                var.alarm_routing == "each" ? "[log-errors](${var.runbook_base_url}/log-errors.md)" : null,
                "[low-success-rate](${var.runbook_base_url}/low-success-rate.md)",
                "[memory-errors](${var.runbook_base_url}/memory-errors.md)",
                var.enable_memory_alarm ? "[memory-high](${var.runbook_base_url}/memory-high.md)" : null,
                var.enable_no_invocation_alarm ? "[no-invocations](${var.runbook_base_url}/no-invocations.md)" : null,
                var.alarm_routing == "incident" ? "[page](${var.runbook_base_url}/page.md)" : null,
                var.enable_metadata_table ? "[records-lost](${var.runbook_base_url}/records-lost.md)" : null,
                var.alarm_routing == "incident" ? "[refused](${var.runbook_base_url}/refused.md)" : null,
                var.enable_release_alias ? "[release-errors](${var.runbook_base_url}/release-errors.md)" : null,
                "[s3-permission-errors](${var.runbook_base_url}/s3-permission-errors.md)",
                var.alarm_routing == "incident" ? "[slow-burn](${var.runbook_base_url}/slow-burn.md)" : null,
                var.enable_metadata_table ? "[table-errors](${var.runbook_base_url}/table-errors.md)" : null,
                var.enable_metadata_table ? "[table-throttles](${var.runbook_base_url}/table-throttles.md)" : null,
                "[throttles](${var.runbook_base_url}/throttles.md)",
                "[timeout-errors](${var.runbook_base_url}/timeout-errors.md)",
                var.enable_upload_api ? "[upload-api-errors](${var.runbook_base_url}/upload-api-errors.md)" : null,
                var.enable_upload_api ? "[upload-api-latency](${var.runbook_base_url}/upload-api-latency.md)" : null,
                var.enable_upload_api ? "[upload-api-refusals](${var.runbook_base_url}/upload-api-refusals.md)" : null,
              ] : item if item != null
            ])
          }
        } : null,
        var.enable_image_metrics && var.enable_upload_api ? {
          x      = 0
          y      = var.alarm_routing == "each" ? var.enable_release_alias ? 38 : 32 : !var.enable_release_alias ? 35 : 41
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Upload Links"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "LinksIssued",
                {
                  stat = "Sum"
                },
              ],
              [
                var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}",
                "LinksUsed",
                {
                  stat = "Sum"
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
              horizontal = []
            }
          }
        } : null,
        var.enable_image_metrics && var.enable_upload_api && var.upload_api_id != "" ? {
          x      = 8
          y      = var.alarm_routing == "each" ? var.enable_release_alias ? 38 : 32 : !var.enable_release_alias ? 35 : 41
          width  = 8
          height = 6
          type   = "metric"
          properties = {
            title   = "Upload API"
            region  = data.aws_region.region.id
            view    = "timeSeries"
            stacked = false
            period  = 300
            metrics = [
              [
                "AWS/ApiGateway",
                "Count",
                "ApiId",
                var.upload_api_id,
                "Stage",
                "$default",
                {
                  stat = "Sum"
                },
              ],
              [
                "AWS/ApiGateway",
                "4xx",
                "ApiId",
                var.upload_api_id,
                "Stage",
                "$default",
                {
                  stat = "Sum"
                },
              ],
              [
                "AWS/ApiGateway",
                "5xx",
                "ApiId",
                var.upload_api_id,
                "Stage",
                "$default",
                {
                  stat = "Sum"
                },
              ],
              [
                "AWS/ApiGateway",
                "Latency",
                "ApiId",
                var.upload_api_id,
                "Stage",
                "$default",
                {
                  stat  = "p99"
                  yAxis = "right"
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
              horizontal = []
            }
          }
        } : null,
      ] : widget if widget != null
    ]
  })
}
