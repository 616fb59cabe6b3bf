resource "aws_cloudwatch_log_metric_filter" "TimeoutErrors" {
  name           = "${var.function_name}-TimeoutErrors"
  log_group_name = var.log_group_name
  pattern        = "{ ($.type = \"platform.report\") && ($.record.status = \"timeout\") }"

  metric_transformation {
    name          = "TimeoutErrors"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "timeout_errors" {
  alarm_name          = "${var.function_name}-timeout-errors"
  alarm_actions       = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  alarm_description   = "Invocations are timing out: Sum of TimeoutErrors >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/timeout-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/timeout-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = "TimeoutErrors"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  ok_actions          = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  period              = 60
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_log_metric_filter" "MemoryErrors" {
  name           = "${var.function_name}-MemoryErrors"
  log_group_name = var.log_group_name
  pattern        = "{ ($.type = \"platform.report\") && ($.record.errorType = \"Runtime.OutOfMemory\") }"

  metric_transformation {
    name          = "MemoryErrors"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "memory_errors" {
  alarm_name          = "${var.function_name}-memory-errors"
  alarm_actions       = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  alarm_description   = "Invocations are running out of memory: Sum of MemoryErrors >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/memory-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/memory-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = "MemoryErrors"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  ok_actions          = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  period              = 60
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_log_metric_filter" "ImageProcessingErrors" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-ImageProcessingErrors"
  log_group_name = var.log_group_name
  pattern        = "{${var.refusal_log_level != "WARN" ? " ($.event = \"image.refused\") ||" : ""} ($.event = \"image.failed\") || ($.event = \"image.mismatched\") }"

  metric_transformation {
    name          = "ImageProcessingErrors"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "image_processing_errors" {
  count = var.enable_image_metrics ? 1 : 0

  alarm_name          = "${var.function_name}-image-processing-errors"
  alarm_actions       = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  alarm_description   = "Images are ${var.alarm_routing != "incident" ? "being refused or are failing: Sum of ImageProcessingErrors >= ${var.image_error_threshold}" : "failing: Failed images >= ${var.image_error_threshold}, and >= ${var.image_error_threshold_percent} % of all,"} in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/image-processing-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/image-processing-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = var.alarm_routing == "each" ? "ImageProcessingErrors" : null
  namespace           = var.alarm_routing == "each" ? var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}" : null
  ok_actions          = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  period              = var.alarm_routing == "each" ? 300 : null
  statistic           = var.alarm_routing == "each" ? "Sum" : null
  threshold           = var.alarm_routing != "incident" ? var.image_error_threshold : 1
  treat_missing_data  = "notBreaching"

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      id          = "f"
      return_data = false

      metric {
        metric_name = "ImageProcessingErrors"
        namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
        period      = 300
        stat        = "Sum"
      }
    }
  }

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      id          = "s"
      return_data = false

      metric {
        metric_name = "SuccessfulProcesses"
        namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
        period      = 300
        stat        = "Sum"
      }
    }
  }

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      expression  = "IF(f >= ${var.image_error_threshold} AND 100 * f >= ${var.image_error_threshold_percent} * (f + s), 1, 0)"
      id          = "rate"
      label       = "Failed images >= ${var.image_error_threshold}, and >= ${var.image_error_threshold_percent} % of all,"
      return_data = true
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "S3PermissionErrors" {
  count = var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-S3PermissionErrors"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"storage.denied\") }"

  metric_transformation {
    name          = "S3PermissionErrors"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "s3_permission_errors" {
  count = var.enable_image_metrics ? 1 : 0

  alarm_name          = "${var.function_name}-s3-permission-errors"
  alarm_actions       = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  alarm_description   = "S3 is denying the function's requests: Sum of S3PermissionErrors >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/s3-permission-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/s3-permission-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = "S3PermissionErrors"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  ok_actions          = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  period              = 60
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_log_metric_filter" "CriticalErrors" {
  name           = "${var.function_name}-CriticalErrors"
  log_group_name = var.log_group_name
  pattern        = "{ (($.level = \"CRITICAL\") || ($.level = \"FATAL\")) || (($.type = \"platform.report\") && ($.record.errorType = \"Runtime.ExitError\")) }"

  metric_transformation {
    name          = "CriticalErrors"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "critical_errors" {
  alarm_name          = "${var.function_name}-critical-errors"
  alarm_actions       = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  alarm_description   = "No image can be processed: Sum of CriticalErrors >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/critical-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/critical-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = "CriticalErrors"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  ok_actions          = var.alarm_routing == "each" ? [var.log_alerts_topic_arn] : null
  period              = 60
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_log_metric_filter" "RecordsLost" {
  count = var.enable_image_metrics && var.enable_metadata_table ? 1 : 0

  name           = "${var.function_name}-RecordsLost"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"record.lost\") }"

  metric_transformation {
    name          = "RecordsLost"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "records_lost" {
  count = var.enable_image_metrics && var.enable_metadata_table ? 1 : 0

  alarm_name          = "${var.function_name}-records-lost"
  alarm_actions       = [var.log_alerts_topic_arn]
  alarm_description   = "Records of uploads are being lost: Sum of RecordsLost >= 1 in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/records-lost." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/records-lost.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = "RecordsLost"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  ok_actions          = [var.log_alerts_topic_arn]
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_log_metric_filter" "LargeImages" {
  count = var.alarm_routing == "each" && var.enable_image_metrics ? 1 : 0

  name           = "${var.function_name}-LargeImages"
  log_group_name = var.log_group_name
  pattern        = "{ ($.event = \"image.large\") }"

  metric_transformation {
    name          = "LargeImages"
    default_value = "0"
    namespace     = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
    unit          = "Count"
    value         = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "large_images" {
  count = var.alarm_routing == "each" && var.enable_image_metrics ? 1 : 0

  alarm_name          = "${var.function_name}-large-images"
  alarm_actions       = [var.log_alerts_topic_arn]
  alarm_description   = "Many large images are arriving: Sum of LargeImages >= ${var.large_images_threshold} in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/large-images." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/large-images.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = "LargeImages"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  ok_actions          = [var.log_alerts_topic_arn]
  period              = 300
  statistic           = "Sum"
  threshold           = var.large_images_threshold
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_query_definition" "query" {
  for_each = var.enable_saved_queries ? var.queries : {}

  name            = "${var.function_name}/${each.key}"
  log_group_names = [var.log_group_name]
  query_string    = each.value
}

resource "aws_cloudwatch_query_definition" "upload_query" {
  for_each = var.enable_saved_queries ? var.upload_queries : {}

  name            = "${var.function_name}/${each.key}"
  log_group_names = [var.upload_log_group_name]
  query_string    = each.value
}

resource "aws_cloudwatch_query_definition" "backfill_query" {
  for_each = var.enable_saved_queries ? var.backfill_queries : {}

  name            = "${var.function_name}/${each.key}"
  log_group_names = [var.backfill_log_group_name]
  query_string    = each.value
}
