locals {
  evaluation_periods_of_300_s     = ceil((var.lambda_timeout + 240) / 300)
  evaluation_periods_of_60_s      = ceil((var.lambda_timeout + 240) / 60)
  concurrent_executions_threshold = min(var.concurrent_executions_threshold, max(1, floor((var.reserved_concurrent_executions * 80) / 100)))
  datapoints_to_alarm_of_300_s    = max(3, ceil((var.lambda_timeout + 360) / 300) - 1)
  memory_threshold                = ceil((var.memory_threshold_percent * var.lambda_memory_size) / 100)
}

resource "aws_cloudwatch_metric_alarm" "high_error_rate" {
  alarm_name          = "${var.function_name}-high-error-rate"
  alarm_actions       = [var.critical_alerts_topic_arn]
  alarm_description   = "Invocations are failing: Sum of Errors >= ${var.error_threshold} ${local.evaluation_periods_of_300_s == 1 ? "in 300 s" : "in 1 of ${local.evaluation_periods_of_300_s} periods of 300 s"}.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/high-error-rate." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-error-rate.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = local.evaluation_periods_of_300_s
  metric_name        = "Errors"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.critical_alerts_topic_arn]
  period             = 300
  statistic          = "Sum"
  threshold          = var.error_threshold
  treat_missing_data = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  alarm_name          = "${var.function_name}-throttles"
  alarm_actions       = [var.critical_alerts_topic_arn]
  alarm_description   = "Lambda is throttling invocations: Sum of Throttles >= ${var.throttle_threshold} in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/throttles." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/throttles.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = 1
  metric_name        = "Throttles"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.critical_alerts_topic_arn]
  period             = 300
  statistic          = "Sum"
  threshold          = var.throttle_threshold
  treat_missing_data = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "release_errors" {
  count = var.enable_release_alias ? 1 : 0

  alarm_name          = "${var.function_name}-release-errors"
  alarm_actions       = [var.critical_alerts_topic_arn]
  alarm_description   = "The newest version is failing: Sum of Errors of the newest version >= ${var.release_error_threshold} ${local.evaluation_periods_of_60_s == 1 ? "in 60 s" : "in 1 of ${local.evaluation_periods_of_60_s} periods of 60 s"}.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/release-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/release-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName    = var.function_name
    Resource        = "${var.function_name}:${var.alias_name}"
    ExecutedVersion = var.function_version
  }
  evaluation_periods = local.evaluation_periods_of_60_s
  metric_name        = "Errors"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.critical_alerts_topic_arn]
  period             = 60
  statistic          = "Sum"
  threshold          = var.release_error_threshold
  treat_missing_data = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "log_errors" {
  count = var.enable_image_metrics ? 1 : 0

  alarm_name          = "${var.function_name}-log-errors"
  alarm_actions       = [var.critical_alerts_topic_arn]
  alarm_description   = "The function is logging errors: Sum of LambdaErrors >= ${var.log_error_threshold} in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/log-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/log-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = "LambdaErrors"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  ok_actions          = [var.critical_alerts_topic_arn]
  period              = 60
  statistic           = "Sum"
  threshold           = var.log_error_threshold
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "high_duration" {
  alarm_name          = "${var.function_name}-high-duration"
  alarm_actions       = [var.performance_alerts_topic_arn]
  alarm_description   = "Invocations are close to the timeout: Maximum of Duration >= ${var.duration_threshold_ms} ${local.evaluation_periods_of_300_s == 1 ? "in 300 s" : "in 1 of ${local.evaluation_periods_of_300_s} periods of 300 s"}.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/high-duration." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-duration.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = local.evaluation_periods_of_300_s
  metric_name        = "Duration"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.performance_alerts_topic_arn]
  period             = 300
  statistic          = "Maximum"
  threshold          = var.duration_threshold_ms
  treat_missing_data = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "high_concurrency" {
  alarm_name          = "${var.function_name}-high-concurrency"
  alarm_actions       = [var.performance_alerts_topic_arn]
  alarm_description   = "Many invocations are running in parallel: Maximum of ConcurrentExecutions >= ${var.reserved_concurrent_executions != -1 ? "${local.concurrent_executions_threshold}${var.concurrent_executions_threshold <= max(1, floor((var.reserved_concurrent_executions * 80) / 100)) ? "" : " (80 % of reserved_concurrent_executions)"}" : var.concurrent_executions_threshold} in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/high-concurrency." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-concurrency.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = 1
  metric_name        = "ConcurrentExecutions"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.performance_alerts_topic_arn]
  period             = 60
  statistic          = "Maximum"
  threshold          = var.reserved_concurrent_executions != -1 ? local.concurrent_executions_threshold : var.concurrent_executions_threshold
  treat_missing_data = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "low_success_rate" {
  count = var.enable_image_metrics ? 1 : 0

  alarm_name          = "${var.function_name}-low-success-rate"
  alarm_actions       = [var.performance_alerts_topic_arn]
  alarm_description   = "Too many images end without variants: Success rate (%) < ${var.success_rate_threshold_percent} in 2 of 3 periods of 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/low-success-rate." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/low-success-rate.md" : ""}"
  comparison_operator = "LessThanThreshold"
  datapoints_to_alarm = 2
  evaluation_periods  = 3
  ok_actions          = [var.performance_alerts_topic_arn]
  threshold           = var.success_rate_threshold_percent
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "s"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "ProcessingSuccess"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 300
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "f"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "ProcessingFailure"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 300
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF((s + f) >= ${var.success_rate_min_samples}, 100 * s / (s + f))"
    id          = "rate"
    label       = "Success rate (%)"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "no_invocations" {
  count = var.enable_no_invocation_alarm ? 1 : 0

  alarm_name          = "${var.function_name}-no-invocations"
  alarm_actions       = [var.performance_alerts_topic_arn]
  alarm_description   = "No uploads are arriving: Sum of Invocations < 1 ${local.datapoints_to_alarm_of_300_s == 1 ? "in 300 s" : "in ${local.datapoints_to_alarm_of_300_s} of ${local.datapoints_to_alarm_of_300_s} periods of 300 s"}; missing data counts as breaching.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/no-invocations." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/no-invocations.md" : ""}"
  comparison_operator = "LessThanThreshold"
  datapoints_to_alarm = local.datapoints_to_alarm_of_300_s
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = local.datapoints_to_alarm_of_300_s
  metric_name        = "Invocations"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.performance_alerts_topic_arn]
  period             = 300
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "breaching"
}

resource "aws_cloudwatch_metric_alarm" "memory_high" {
  count = var.enable_image_metrics && var.enable_memory_alarm ? 1 : 0

  alarm_name          = "${var.function_name}-memory-high"
  alarm_actions       = [var.performance_alerts_topic_arn]
  alarm_description   = "Invocations are close to the memory limit: Maximum of MemoryUsedMB >= ${local.memory_threshold} in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/memory-high." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/memory-high.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  metric_name         = "MemoryUsedMB"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  ok_actions          = [var.performance_alerts_topic_arn]
  period              = 300
  statistic           = "Maximum"
  threshold           = local.memory_threshold
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "event_age" {
  count = var.enable_async_alarms ? 1 : 0

  alarm_name          = "${var.function_name}-event-age"
  alarm_actions       = [var.performance_alerts_topic_arn]
  alarm_description   = "Uploads are waiting too long for the function: Maximum of AsyncEventAge >= ${var.event_age_threshold_ms} ${local.evaluation_periods_of_300_s == 1 ? "in 300 s" : "in 1 of ${local.evaluation_periods_of_300_s} periods of 300 s"}.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/event-age." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/event-age.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = local.evaluation_periods_of_300_s
  metric_name        = "AsyncEventAge"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.performance_alerts_topic_arn]
  period             = 300
  statistic          = "Maximum"
  threshold          = var.event_age_threshold_ms
  treat_missing_data = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "events_dropped" {
  count = var.enable_async_alarms ? 1 : 0

  alarm_name          = "${var.function_name}-events-dropped"
  alarm_actions       = [var.critical_alerts_topic_arn]
  alarm_description   = "Lambda is dropping uploads that failed every retry or waited too long: Sum of AsyncEventsDropped >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/events-dropped." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/events-dropped.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = 1
  metric_name        = "AsyncEventsDropped"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.critical_alerts_topic_arn]
  period             = 60
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  count = var.enable_dead_letter_queue ? 1 : 0

  alarm_name          = "${var.function_name}-dead-letters"
  alarm_actions       = [var.performance_alerts_topic_arn]
  alarm_description   = "The dead-letter queue holds messages: Maximum of ApproximateNumberOfMessagesVisible >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/dead-letters." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/dead-letters.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    QueueName = var.dead_letter_queue_name != "" ? var.dead_letter_queue_name : "${var.function_name}-dead-letters"
  }
  evaluation_periods = 1
  metric_name        = "ApproximateNumberOfMessagesVisible"
  namespace          = "AWS/SQS"
  ok_actions         = [var.performance_alerts_topic_arn]
  period             = 60
  statistic          = "Maximum"
  threshold          = 1
  treat_missing_data = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "dead_letter_errors" {
  count = var.enable_dead_letter_queue ? 1 : 0

  alarm_name          = "${var.function_name}-dead-letter-errors"
  alarm_actions       = [var.critical_alerts_topic_arn]
  alarm_description   = "Events are being lost because Lambda cannot send them to the dead-letter queue: Sum of DeadLetterErrors >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/dead-letter-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/dead-letter-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = 1
  metric_name        = "DeadLetterErrors"
  namespace          = "AWS/Lambda"
  ok_actions         = [var.critical_alerts_topic_arn]
  period             = 60
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
}
