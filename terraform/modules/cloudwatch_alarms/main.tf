locals {
  evaluation_periods_of_300_s     = ceil((var.lambda_timeout + 240) / 300)
  periods_of_60_s                 = ceil((var.lambda_timeout + 360) / 60)
  periods_of_60_s_3               = ceil((var.lambda_timeout + 240) / 60)
  periods_of_60_s_4               = max(480, ceil((var.lambda_timeout + 420) / 60) * 60)
  memory_threshold                = ceil((var.memory_threshold_percent * var.lambda_memory_size) / 100)
  datapoints_to_alarm_of_300_s    = max(var.silence_periods, ceil((var.lambda_timeout + 360) / 300) - 1)
  concurrent_executions_threshold = min(var.concurrent_executions_threshold, max(1, floor((var.reserved_concurrent_executions * 80) / 100)))
}

resource "aws_cloudwatch_metric_alarm" "high_error_rate" {
  alarm_name          = "${var.function_name}-high-error-rate"
  alarm_description   = "${var.alarm_routing != "each" ? "Too many attempts are failing: Failed attempts >= ${var.error_rate_min_failures} and >= ${var.error_rate_threshold_percent} % and ${var.error_rate_extra_failures} more, or dropped events >= ${var.slo_min_failures} and >= a quarter of the attempts, ${var.error_rate_hold_periods == 1 ? "in ${var.error_rate_window_seconds} s" : "in 1 of ${var.error_rate_hold_periods} periods of ${var.error_rate_window_seconds} s"}" : "Invocations are failing: Sum of Errors >= ${var.error_threshold} ${local.evaluation_periods_of_300_s == 1 ? "in 300 s" : "in 1 of ${local.evaluation_periods_of_300_s} periods of 300 s"}"}.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/high-error-rate." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-error-rate.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = var.alarm_routing != "each" ? var.error_rate_hold_periods : local.evaluation_periods_of_300_s
  threshold           = var.alarm_routing != "each" ? 1 : var.error_threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.critical_alerts_topic_arn] : null
  dimensions = var.alarm_routing == "each" ? {
    FunctionName = var.function_name
  } : null
  metric_name = var.alarm_routing == "each" ? "Errors" : null
  namespace   = var.alarm_routing == "each" ? "AWS/Lambda" : null
  ok_actions  = var.alarm_routing == "each" ? [var.critical_alerts_topic_arn] : null
  period      = var.alarm_routing == "each" ? 300 : null
  statistic   = var.alarm_routing == "each" ? "Sum" : null

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      id          = "failed"
      return_data = false

      metric {
        metric_name = "FailedAttempts"
        namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
        period      = var.error_rate_window_seconds
        stat        = "Sum"
      }
    }
  }

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      id          = "attempts"
      return_data = false

      metric {
        metric_name = "Attempts"
        namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
        period      = var.error_rate_window_seconds
        stat        = "Sum"
      }
    }
  }

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      id          = "f"
      return_data = false

      metric {
        dimensions = {
          FunctionName = var.function_name
        }
        metric_name = "AsyncEventsDropped"
        namespace   = "AWS/Lambda"
        period      = var.error_rate_window_seconds
        stat        = "Sum"
      }
    }
  }

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      expression  = "IF((FILL(failed, 0) >= ${var.error_rate_min_failures} AND 100 * failed >= ${var.error_rate_threshold_percent} * attempts + 100 * ${var.error_rate_extra_failures}) OR (FILL(f, 0) >= ${var.slo_min_failures} AND 4 * FILL(f, 0) >= FILL(attempts, 0)), 1, 0)"
      id          = "rate"
      label       = "Failed attempts >= ${var.error_rate_min_failures} and >= ${var.error_rate_threshold_percent} % and ${var.error_rate_extra_failures} more, or dropped events >= ${var.slo_min_failures} and >= a quarter of the attempts,"
      return_data = true
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "outage" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-outage"
  alarm_description   = "Nearly all attempts are failing: Failed attempts >= ${var.outage_min_failures} and >= 60 %, or dropped events >= three fifths of ${var.outage_min_failures} and >= the invocations, in 1 of 3 periods of 180 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/outage." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-error-rate.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 3
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "failed"
    return_data = false

    metric {
      metric_name = "FailedAttempts"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 180
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "attempts"
    return_data = false

    metric {
      metric_name = "Attempts"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 180
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
      metric_name = "AsyncEventsDropped"
      namespace   = "AWS/Lambda"
      period      = 180
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "i"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      period      = 180
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF((FILL(failed, 0) >= ${var.outage_min_failures} AND 100 * failed >= 60 * attempts) OR (5 * FILL(f, 0) >= 3 * ${var.outage_min_failures} AND FILL(f, 0) >= FILL(i, 0)), 1, 0)"
    id          = "rate"
    label       = "Failed attempts >= ${var.outage_min_failures} and >= 60 %, or dropped events >= three fifths of ${var.outage_min_failures} and >= the invocations,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "outage_lasts" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-outage-lasts"
  alarm_description   = "Nearly all attempts are failing for more than a minute: Failed attempts >= 60 %, or dropped events >= the invocations, in 2 of 12 periods of 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/outage-lasts." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-error-rate.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 2
  evaluation_periods  = 12
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "failed"
    return_data = false

    metric {
      metric_name = "FailedAttempts"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 60
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "attempts"
    return_data = false

    metric {
      metric_name = "Attempts"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 60
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
      metric_name = "AsyncEventsDropped"
      namespace   = "AWS/Lambda"
      period      = 60
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "i"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      period      = 60
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF((FILL(failed, 0) >= 1 AND 100 * failed >= 60 * attempts) OR (FILL(f, 0) >= 1 AND FILL(f, 0) >= FILL(i, 0)), 1, 0)"
    id          = "rate"
    label       = "Failed attempts >= 60 %, or dropped events >= the invocations,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "limits_reached" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-limits-reached"
  alarm_description   = "Too many attempts reach the memory or time limit: Attempts that Lambda ended >= ${var.error_rate_min_failures} and >= half of ${var.error_rate_threshold_percent} % and ${var.error_rate_extra_failures} more, in ${var.limits_window_seconds} s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/limits-reached." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-error-rate.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "m"
    return_data = false

    metric {
      metric_name = "MemoryErrors"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = var.limits_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "t"
    return_data = false

    metric {
      metric_name = "TimeoutErrors"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = var.limits_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "attempts"
    return_data = false

    metric {
      metric_name = "Attempts"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = var.limits_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF((FILL(m, 0) + FILL(t, 0)) >= ${var.error_rate_min_failures} AND 200 * (FILL(m, 0) + FILL(t, 0)) >= ${var.error_rate_threshold_percent} * FILL(attempts, 0) + 200 * ${var.error_rate_extra_failures}, 1, 0)"
    id          = "rate"
    label       = "Attempts that Lambda ended >= ${var.error_rate_min_failures} and >= half of ${var.error_rate_threshold_percent} % and ${var.error_rate_extra_failures} more,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "budget_burning" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-budget-burning"
  alarm_description   = "Uploads are given up so fast that the error budget of 30 days lasts 2 days: Uploads given up >= ${var.slo_min_failures}, and >= 14.4 times the share that slo_target_percent (${var.slo_target_percent}) allows, and >= ${var.slo_sure_failures} or >= 10 %, in 3600 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/budget-burning." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-error-rate.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "f"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "AsyncEventsDropped"
      namespace   = "AWS/Lambda"
      period      = 3600
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "s"
    return_data = false

    metric {
      metric_name = "SuccessfulProcesses"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 3600
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(FILL(f, 0) >= ${var.slo_min_failures} AND 100 * FILL(f, 0) >= 14.4 * (100 - ${var.slo_target_percent}) * (FILL(f, 0) + s) AND (FILL(f, 0) >= ${var.slo_sure_failures} OR 100 * FILL(f, 0) >= 10 * (FILL(f, 0) + s)), 1, 0)"
    id          = "rate"
    label       = "Uploads given up >= ${var.slo_min_failures}, and >= 14.4 times the share that slo_target_percent (${var.slo_target_percent}) allows, and >= ${var.slo_sure_failures} or >= 10 %,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "images_lost" {
  count = var.alarm_routing == "incident" && var.enable_dead_letter_queue ? 1 : 0

  alarm_name          = "${var.function_name}-images-lost"
  alarm_description   = "Events are being lost because Lambda cannot send them to the dead-letter queue: Events lost >= ${var.lost_images_threshold} in ${var.lost_images_window_seconds} s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/images-lost." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/dead-letter-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "lost"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "DeadLetterErrors"
      namespace   = "AWS/Lambda"
      period      = var.lost_images_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(FILL(lost, 0) >= ${var.lost_images_threshold}, 1, 0)"
    id          = "rate"
    label       = "Events lost >= ${var.lost_images_threshold}"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "recovered" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-recovered"
  alarm_description   = "Uploads are processed again: Images are processed, and at most 2 attempts or 2 % of them fail, in ${var.recovery_window_seconds} s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/recovered." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/page.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "ignore"

  metric_query {
    id          = "failed"
    return_data = false

    metric {
      metric_name = "FailedAttempts"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = var.recovery_window_seconds
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
      metric_name = "AsyncEventsDropped"
      namespace   = "AWS/Lambda"
      period      = var.recovery_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "s"
    return_data = false

    metric {
      metric_name = "SuccessfulProcesses"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = var.recovery_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(s >= 1 AND ((FILL(failed, 0) + FILL(f, 0)) <= 2 OR 100 * (FILL(failed, 0) + FILL(f, 0)) <= 2 * ((FILL(failed, 0) + FILL(f, 0)) + s)), 1, IF((FILL(failed, 0) + FILL(f, 0)) > 2, 0))"
    id          = "rate"
    label       = "Images are processed, and at most 2 attempts or 2 % of them fail,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "waiting" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-waiting"
  alarm_description   = "Uploads are waiting longer than slo_seconds because Lambda throttles invocations: Throttles >= ${var.waiting_min_throttles}, and an upload older than slo_seconds (${var.slo_seconds}), ${var.waiting_hold_periods == 1 ? "in ${var.waiting_window_seconds} s" : "in 1 of ${var.waiting_hold_periods} periods of ${var.waiting_window_seconds} s"}.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/waiting." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/throttles.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = var.waiting_hold_periods
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "t"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "Throttles"
      namespace   = "AWS/Lambda"
      period      = var.waiting_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "age"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "AsyncEventAge"
      namespace   = "AWS/Lambda"
      period      = var.waiting_window_seconds
      stat        = "Maximum"
    }
  }

  metric_query {
    expression  = "IF(t >= ${var.waiting_min_throttles} AND FILL(age, 0) > 1000 * ${var.slo_seconds}, 1, 0)"
    id          = "rate"
    label       = "Throttles >= ${var.waiting_min_throttles}, and an upload older than slo_seconds (${var.slo_seconds}),"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "throttled_long" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-throttled-long"
  alarm_description   = "Lambda is throttling invocations: Sum of Throttles >= ${var.waiting_min_throttles} ${var.waiting_hold_periods == 1 ? "in ${var.waiting_window_seconds} s" : "in 1 of ${var.waiting_hold_periods} periods of ${var.waiting_window_seconds} s"}.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/throttled-long." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/throttles.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = var.waiting_hold_periods
  metric_name        = "Throttles"
  namespace          = "AWS/Lambda"
  period             = var.waiting_window_seconds
  statistic          = "Sum"
  threshold          = var.waiting_min_throttles
  treat_missing_data = "notBreaching"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "nothing_invoked" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-nothing-invoked"
  alarm_description   = "Lambda throttles every invocation: Throttles without a single invocation in 1 of 2 periods of 720 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/nothing-invoked." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/throttles.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 2
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "t"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "Throttles"
      namespace   = "AWS/Lambda"
      period      = 720
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "i"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      period      = 720
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(t >= 1 AND FILL(i, 0) < 1, 1, 0)"
    id          = "rate"
    label       = "Throttles without a single invocation"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "still_throttled" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-still-throttled"
  alarm_description   = "Lambda keeps throttling invocations: Sum of Throttles >= 1 ${var.throttled_periods == 1 ? "in ${var.throttled_period_seconds} s" : "in ${var.throttled_datapoints} of ${var.throttled_periods} periods of ${var.throttled_period_seconds} s"}.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/still-throttled." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/throttles.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = var.throttled_datapoints
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = var.throttled_periods
  metric_name        = "Throttles"
  namespace          = "AWS/Lambda"
  period             = var.throttled_period_seconds
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "flowing" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-flowing"
  alarm_description   = "Lambda no longer throttles invocations: Invocations without throttles in ${var.recovery_window_seconds} s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/flowing." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/throttles.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "ignore"

  metric_query {
    id          = "t"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "Throttles"
      namespace   = "AWS/Lambda"
      period      = var.recovery_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "i"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      period      = var.recovery_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(FILL(t, 0) >= 1, 0, IF(i >= 1, 1))"
    id          = "rate"
    label       = "Invocations without throttles"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "release_errors" {
  count = var.enable_release_alias ? 1 : 0

  alarm_name          = "${var.function_name}-release-errors"
  alarm_description   = "The newest version is failing: ${var.alarm_routing != "each" ? "Failed invocations of the newest version >= ${var.release_error_min_failures}, and >= ${var.release_error_threshold_percent} % of all of them, in 1 of 2 periods of ${local.periods_of_60_s * 60} s." : "Sum of Errors of the newest version >= ${var.release_error_threshold} ${local.periods_of_60_s_3 == 1 ? "in 60 s" : "in 1 of ${local.periods_of_60_s_3} periods of 60 s"}."}${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/release-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/release-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = var.alarm_routing != "each" ? 2 : local.periods_of_60_s_3
  threshold           = var.alarm_routing != "each" ? 1 : var.release_error_threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.critical_alerts_topic_arn] : null
  dimensions = var.alarm_routing == "each" ? {
    FunctionName    = var.function_name
    Resource        = "${var.function_name}:${var.alias_name}"
    ExecutedVersion = var.function_version
  } : null
  metric_name = var.alarm_routing == "each" ? "Errors" : null
  namespace   = var.alarm_routing == "each" ? "AWS/Lambda" : null
  ok_actions  = var.alarm_routing == "each" ? [var.critical_alerts_topic_arn] : null
  period      = var.alarm_routing == "each" ? 60 : null
  statistic   = var.alarm_routing == "each" ? "Sum" : null

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      id          = "e"
      return_data = false

      metric {
        dimensions = {
          FunctionName    = var.function_name
          Resource        = "${var.function_name}:${var.alias_name}"
          ExecutedVersion = var.function_version
        }
        metric_name = "Errors"
        namespace   = "AWS/Lambda"
        period      = local.periods_of_60_s * 60
        stat        = "Sum"
      }
    }
  }

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      id          = "a"
      return_data = false

      metric {
        dimensions = {
          FunctionName    = var.function_name
          Resource        = "${var.function_name}:${var.alias_name}"
          ExecutedVersion = var.function_version
        }
        metric_name = "Invocations"
        namespace   = "AWS/Lambda"
        period      = local.periods_of_60_s * 60
        stat        = "Sum"
      }
    }
  }

  dynamic "metric_query" {
    for_each = var.alarm_routing == "incident" ? [true] : []

    content {
      expression  = "IF(e >= ${var.release_error_min_failures} AND 100 * e >= ${var.release_error_threshold_percent} * a, 1, 0)"
      id          = "rate"
      label       = "Failed invocations of the newest version >= ${var.release_error_min_failures}, and >= ${var.release_error_threshold_percent} % of all of them,"
      return_data = true
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "two_versions" {
  count = var.alarm_routing == "incident" && var.enable_release_alias ? 1 : 0

  alarm_name          = "${var.function_name}-two-versions"
  alarm_description   = "A release is running: older versions process uploads, too: Invocations of all versions > those of the newest version in 1 of 2 periods of ${local.periods_of_60_s * 60} s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/two-versions." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/release-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 2
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "all"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      period      = local.periods_of_60_s * 60
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "n"
    return_data = false

    metric {
      dimensions = {
        FunctionName    = var.function_name
        Resource        = "${var.function_name}:${var.alias_name}"
        ExecutedVersion = var.function_version
      }
      metric_name = "Invocations"
      namespace   = "AWS/Lambda"
      period      = local.periods_of_60_s * 60
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(FILL(all, 0) > FILL(n, 0), 1, 0)"
    id          = "rate"
    label       = "Invocations of all versions > those of the newest version"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "high_duration" {
  alarm_name          = "${var.function_name}-high-duration"
  alarm_description   = "Invocations are close to the timeout: Maximum of Duration >= ${var.duration_threshold_ms} ${var.alarm_routing != "each" ? "in 2 of 3 periods of ${local.periods_of_60_s_4} s." : "${local.evaluation_periods_of_300_s == 1 ? "in 300 s" : "in 1 of ${local.evaluation_periods_of_300_s} periods of 300 s"}."}${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/high-duration." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/high-duration.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = var.alarm_routing != "each" ? 2 : 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = var.alarm_routing != "each" ? 3 : local.evaluation_periods_of_300_s
  metric_name        = "Duration"
  namespace          = "AWS/Lambda"
  period             = var.alarm_routing != "each" ? local.periods_of_60_s_4 : 300
  statistic          = "Maximum"
  threshold          = var.duration_threshold_ms
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "memory_high" {
  count = var.enable_memory_alarm && (var.alarm_routing == "incident" || var.enable_image_metrics) ? 1 : 0

  alarm_name          = "${var.function_name}-memory-high"
  alarm_description   = "Invocations are close to the memory limit: Maximum of MemoryUsedMB >= ${local.memory_threshold} in${var.alarm_routing != "each" ? " 2 of 3 periods of" : ""} 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/memory-high." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/memory-high.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = var.alarm_routing != "each" ? 2 : 1
  evaluation_periods  = var.alarm_routing != "each" ? 3 : 1
  metric_name         = "MemoryUsedMB"
  namespace           = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
  period              = 300
  statistic           = "Maximum"
  threshold           = local.memory_threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions          = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "no_invocations" {
  count = var.enable_no_invocation_alarm ? 1 : 0

  alarm_name          = "${var.function_name}-no-invocations"
  alarm_description   = "No uploads are arriving: Sum of Invocations < 1 ${local.datapoints_to_alarm_of_300_s == 1 ? "in 300 s" : "in ${local.datapoints_to_alarm_of_300_s} of ${local.datapoints_to_alarm_of_300_s} periods of 300 s"}; missing data counts as breaching.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/no-invocations." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/no-invocations.md" : ""}"
  comparison_operator = "LessThanThreshold"
  datapoints_to_alarm = local.datapoints_to_alarm_of_300_s
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = local.datapoints_to_alarm_of_300_s
  metric_name        = "Invocations"
  namespace          = "AWS/Lambda"
  period             = 300
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "breaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "refused_rate" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-refused-rate"
  alarm_description   = "Many uploads are refused: Refused uploads >= ${var.refused_min_count}, and >= ${var.refused_rate_threshold_percent} % of all uploads, in ${var.refused_window_seconds} s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/refused-rate." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/refused.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "r"
    return_data = false

    metric {
      metric_name = "AllRefusedImages"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = var.refused_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "s"
    return_data = false

    metric {
      metric_name = "SuccessfulProcesses"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = var.refused_window_seconds
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(r >= ${var.refused_min_count} AND 100 * r >= ${var.refused_rate_threshold_percent} * (r + s), 1, 0)"
    id          = "rate"
    label       = "Refused uploads >= ${var.refused_min_count}, and >= ${var.refused_rate_threshold_percent} % of all uploads,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "budget_1d" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-budget-1d"
  alarm_description   = "The error budget of 30 days lasts 10 days at the pace of the last day: Uploads given up >= ${var.slo_min_failures}, and >= 3 times the share that slo_target_percent (${var.slo_target_percent}) allows, in 86400 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/budget-1d." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/budget.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "f"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "AsyncEventsDropped"
      namespace   = "AWS/Lambda"
      period      = 86400
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "s"
    return_data = false

    metric {
      metric_name = "SuccessfulProcesses"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 86400
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(FILL(f, 0) >= ${var.slo_min_failures} AND 100 * FILL(f, 0) >= 3 * (100 - ${var.slo_target_percent}) * (FILL(f, 0) + s), 1, 0)"
    id          = "rate"
    label       = "Uploads given up >= ${var.slo_min_failures}, and >= 3 times the share that slo_target_percent (${var.slo_target_percent}) allows,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "budget_2h" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-budget-2h"
  alarm_description   = "The error budget of 30 days lasts 10 days at the pace of the last 2 hours: Uploads given up >= 1, and >= 3 times the share that slo_target_percent (${var.slo_target_percent}) allows, in 7200 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/budget-2h." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/budget.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "f"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "AsyncEventsDropped"
      namespace   = "AWS/Lambda"
      period      = 7200
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "s"
    return_data = false

    metric {
      metric_name = "SuccessfulProcesses"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 7200
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(FILL(f, 0) >= 1 AND 100 * FILL(f, 0) >= 3 * (100 - ${var.slo_target_percent}) * (FILL(f, 0) + s), 1, 0)"
    id          = "rate"
    label       = "Uploads given up >= 1, and >= 3 times the share that slo_target_percent (${var.slo_target_percent}) allows,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "budget_6h" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-budget-6h"
  alarm_description   = "The error budget of 30 days lasts 5 days at the pace of the last 6 hours: Uploads given up >= ${var.slo_min_failures}, and >= 6 times the share that slo_target_percent (${var.slo_target_percent}) allows, in 21600 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/budget-6h." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/slow-burn.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "f"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "AsyncEventsDropped"
      namespace   = "AWS/Lambda"
      period      = 21600
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "s"
    return_data = false

    metric {
      metric_name = "SuccessfulProcesses"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 21600
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(FILL(f, 0) >= ${var.slo_min_failures} AND 100 * FILL(f, 0) >= 6 * (100 - ${var.slo_target_percent}) * (FILL(f, 0) + s), 1, 0)"
    id          = "rate"
    label       = "Uploads given up >= ${var.slo_min_failures}, and >= 6 times the share that slo_target_percent (${var.slo_target_percent}) allows,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "budget_30m" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name          = "${var.function_name}-budget-30m"
  alarm_description   = "The error budget of 30 days lasts 5 days at the pace of the last 30 minutes: Uploads given up >= ${var.slo_min_failures}, and >= 6 times the share that slo_target_percent (${var.slo_target_percent}) allows, in 1800 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/budget-30m." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/slow-burn.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "f"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.function_name
      }
      metric_name = "AsyncEventsDropped"
      namespace   = "AWS/Lambda"
      period      = 1800
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "s"
    return_data = false

    metric {
      metric_name = "SuccessfulProcesses"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 1800
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(FILL(f, 0) >= ${var.slo_min_failures} AND 100 * FILL(f, 0) >= 6 * (100 - ${var.slo_target_percent}) * (FILL(f, 0) + s), 1, 0)"
    id          = "rate"
    label       = "Uploads given up >= ${var.slo_min_failures}, and >= 6 times the share that slo_target_percent (${var.slo_target_percent}) allows,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "low_success_rate" {
  count = var.alarm_routing == "incident" || var.enable_image_metrics ? 1 : 0

  alarm_name          = "${var.function_name}-low-success-rate"
  alarm_description   = "Too many images end without variants: Success rate (%) < ${var.success_rate_threshold_percent} in 2 of 3 periods of 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/low-success-rate." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/low-success-rate.md" : ""}"
  comparison_operator = "LessThanThreshold"
  datapoints_to_alarm = 2
  evaluation_periods  = 3
  threshold           = var.success_rate_threshold_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions          = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

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

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  count = var.enable_dead_letter_queue ? 1 : 0

  alarm_name          = "${var.function_name}-dead-letters"
  alarm_description   = "The dead-letter queue holds messages: Maximum of ApproximateNumberOfMessagesVisible >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/dead-letters." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/dead-letters.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    QueueName = var.dead_letter_queue_name != "" ? var.dead_letter_queue_name : "${var.function_name}-dead-letters"
  }
  evaluation_periods = 1
  metric_name        = "ApproximateNumberOfMessagesVisible"
  namespace          = "AWS/SQS"
  period             = 60
  statistic          = "Maximum"
  threshold          = 1
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "dead_letter_errors" {
  count = var.enable_dead_letter_queue ? 1 : 0

  alarm_name          = "${var.function_name}-dead-letter-errors"
  alarm_description   = "Events are being lost because Lambda cannot send them to the dead-letter queue: Sum of DeadLetterErrors >= 1 in${var.alarm_routing != "each" ? " 1 of 10 periods of" : ""} 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/dead-letter-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/dead-letter-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = var.alarm_routing != "each" ? 10 : 1
  metric_name        = "DeadLetterErrors"
  namespace          = "AWS/Lambda"
  period             = 60
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.critical_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.critical_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "table_throttles" {
  count = var.enable_metadata_table ? 1 : 0

  alarm_name          = "${var.function_name}-table-throttles"
  alarm_description   = "DynamoDB is throttling the records of uploads: Sum of ThrottledRequests >= ${var.table_throttle_threshold} in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/table-throttles." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/table-throttles.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    TableName = var.records_table_name != "" ? var.records_table_name : "${var.function_name}-records"
    Operation = "UpdateItem"
  }
  evaluation_periods = 1
  metric_name        = "ThrottledRequests"
  namespace          = "AWS/DynamoDB"
  period             = 300
  statistic          = "Sum"
  threshold          = var.table_throttle_threshold
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "table_errors" {
  count = var.enable_metadata_table ? 1 : 0

  alarm_name          = "${var.function_name}-table-errors"
  alarm_description   = "DynamoDB is failing to write the records of uploads: Sum of SystemErrors >= ${var.table_error_threshold} in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/table-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/table-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    TableName = var.records_table_name != "" ? var.records_table_name : "${var.function_name}-records"
    Operation = "UpdateItem"
  }
  evaluation_periods = 1
  metric_name        = "SystemErrors"
  namespace          = "AWS/DynamoDB"
  period             = 300
  statistic          = "Sum"
  threshold          = var.table_error_threshold
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "upload_api_errors" {
  count = var.enable_upload_api && (var.alarm_routing == "incident" || var.enable_image_metrics) ? 1 : 0

  alarm_name          = "${var.function_name}-upload-api-errors"
  alarm_description   = "Requests to the upload API are failing: Requests >= ${var.upload_api_min_requests}, and >= ${var.upload_api_error_threshold_percent} % of them with status 5xx, in 1 of 3 periods of 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/upload-api-errors." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/upload-api-errors.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 3
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.critical_alerts_topic_arn] : null
  ok_actions          = var.alarm_routing == "each" ? [var.critical_alerts_topic_arn] : null

  metric_query {
    id          = "e"
    return_data = false

    metric {
      dimensions = {
        ApiId = var.upload_api_id
        Stage = "$default"
      }
      metric_name = "5xx"
      namespace   = "AWS/ApiGateway"
      period      = 300
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "n"
    return_data = false

    metric {
      dimensions = {
        ApiId = var.upload_api_id
        Stage = "$default"
      }
      metric_name = "Count"
      namespace   = "AWS/ApiGateway"
      period      = 300
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(n >= ${var.upload_api_min_requests} AND 100 * FILL(e, 0) >= ${var.upload_api_error_threshold_percent} * n, 1, 0)"
    id          = "rate"
    label       = "Requests >= ${var.upload_api_min_requests}, and >= ${var.upload_api_error_threshold_percent} % of them with status 5xx,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "upload_api_refusals" {
  count = var.enable_upload_api && (var.alarm_routing == "incident" || var.enable_image_metrics) ? 1 : 0

  alarm_name          = "${var.function_name}-upload-api-refusals"
  alarm_description   = "The upload API is refusing many requests: Requests >= ${var.upload_api_min_requests}, and >= ${var.upload_api_refusal_threshold_percent} % of them with status 4xx, in 1 of 3 periods of 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/upload-api-refusals." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/upload-api-refusals.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 3
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions          = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  metric_query {
    id          = "e"
    return_data = false

    metric {
      dimensions = {
        ApiId = var.upload_api_id
        Stage = "$default"
      }
      metric_name = "4xx"
      namespace   = "AWS/ApiGateway"
      period      = 300
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "n"
    return_data = false

    metric {
      dimensions = {
        ApiId = var.upload_api_id
        Stage = "$default"
      }
      metric_name = "Count"
      namespace   = "AWS/ApiGateway"
      period      = 300
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(n >= ${var.upload_api_min_requests} AND 100 * FILL(e, 0) >= ${var.upload_api_refusal_threshold_percent} * n, 1, 0)"
    id          = "rate"
    label       = "Requests >= ${var.upload_api_min_requests}, and >= ${var.upload_api_refusal_threshold_percent} % of them with status 4xx,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "upload_api_latency" {
  count = var.enable_upload_api && (var.alarm_routing == "incident" || var.enable_image_metrics) ? 1 : 0

  alarm_name          = "${var.function_name}-upload-api-latency"
  alarm_description   = "The upload API answers slowly: Requests >= ${var.upload_api_min_requests}, and p99 of Latency >= ${var.upload_api_latency_threshold_ms} ms, in 1 of 3 periods of 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/upload-api-latency." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/upload-api-latency.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 3
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions          = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  metric_query {
    id          = "l"
    return_data = false

    metric {
      dimensions = {
        ApiId = var.upload_api_id
        Stage = "$default"
      }
      metric_name = "Latency"
      namespace   = "AWS/ApiGateway"
      period      = 300
      stat        = "p99"
    }
  }

  metric_query {
    id          = "n"
    return_data = false

    metric {
      dimensions = {
        ApiId = var.upload_api_id
        Stage = "$default"
      }
      metric_name = "Count"
      namespace   = "AWS/ApiGateway"
      period      = 300
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(n >= ${var.upload_api_min_requests} AND l >= ${var.upload_api_latency_threshold_ms}, 1, 0)"
    id          = "rate"
    label       = "Requests >= ${var.upload_api_min_requests}, and p99 of Latency >= ${var.upload_api_latency_threshold_ms} ms,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "links_unused" {
  count = var.enable_upload_api && (var.alarm_routing == "incident" || var.enable_image_metrics) ? 1 : 0

  alarm_name          = "${var.function_name}-links-unused"
  alarm_description   = "Clients get upload links, but their uploads do not arrive: Links issued >= ${var.links_unused_min_count}, and >= ${var.links_unused_threshold_percent} % of them unused, in 3600 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/links-unused." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/links-unused.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions          = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  metric_query {
    id          = "i"
    return_data = false

    metric {
      metric_name = "LinksIssued"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 3600
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "u"
    return_data = false

    metric {
      metric_name = "LinksUsed"
      namespace   = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
      period      = 3600
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(i >= ${var.links_unused_min_count} AND 100 * (i - FILL(u, 0)) >= ${var.links_unused_threshold_percent} * i, 1, 0)"
    id          = "rate"
    label       = "Links issued >= ${var.links_unused_min_count}, and >= ${var.links_unused_threshold_percent} % of them unused,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "backfill_failed" {
  count = var.enable_backfill ? 1 : 0

  alarm_name          = "${var.function_name}-backfill-failed"
  alarm_description   = "A backfill failed: Sum of ExecutionsFailed >= 1 in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/backfill-failed." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/backfill-failed.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    StateMachineArn = var.backfill_state_machine_arn
  }
  evaluation_periods = 1
  metric_name        = "ExecutionsFailed"
  namespace          = "AWS/States"
  period             = 300
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "backfill_timed_out" {
  count = var.enable_backfill ? 1 : 0

  alarm_name          = "${var.function_name}-backfill-timed-out"
  alarm_description   = "A backfill took too long: Sum of ExecutionsTimedOut >= 1 in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/backfill-timed-out." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/backfill-timed-out.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    StateMachineArn = var.backfill_state_machine_arn
  }
  evaluation_periods = 1
  metric_name        = "ExecutionsTimedOut"
  namespace          = "AWS/States"
  period             = 300
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "backfill_aborted" {
  count = var.enable_backfill ? 1 : 0

  alarm_name          = "${var.function_name}-backfill-aborted"
  alarm_description   = "A backfill was stopped: Sum of ExecutionsAborted >= 1 in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/backfill-aborted." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/backfill-aborted.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    StateMachineArn = var.backfill_state_machine_arn
  }
  evaluation_periods = 1
  metric_name        = "ExecutionsAborted"
  namespace          = "AWS/States"
  period             = 300
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "backfill_batches_failed" {
  count = var.enable_backfill ? 1 : 0

  alarm_name          = "${var.function_name}-backfill-batches-failed"
  alarm_description   = "Batches of a backfill failed all attempts: Sum of BatchesFailed >= 1 in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/backfill-batches-failed." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/backfill-batches-failed.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    StateMachineArn = "${var.backfill_state_machine_arn}/batches"
  }
  evaluation_periods = 1
  metric_name        = "ExecutionsFailed"
  namespace          = "AWS/States"
  period             = 300
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "backfill_batches_timed_out" {
  count = var.enable_backfill ? 1 : 0

  alarm_name          = "${var.function_name}-backfill-batches-timed-out"
  alarm_description   = "Batches of a backfill took longer than five minutes: Sum of BatchesTimedOut >= 1 in 300 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/backfill-batches-timed-out." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/backfill-batches-timed-out.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    StateMachineArn = "${var.backfill_state_machine_arn}/batches"
  }
  evaluation_periods = 1
  metric_name        = "ExecutionsTimedOut"
  namespace          = "AWS/States"
  period             = 300
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions         = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "backfill_failure_rate" {
  count = var.enable_backfill && (var.alarm_routing == "incident" || var.enable_image_metrics) ? 1 : 0

  alarm_name          = "${var.function_name}-backfill-failure-rate"
  alarm_description   = "Many objects of a backfill are failing: Objects that fail in an attempt >= ${var.backfill_min_failures}, and >= ${var.backfill_failure_threshold_percent} % of all, in 900 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/backfill-failure-rate." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/backfill-failure-rate.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  evaluation_periods  = 1
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null
  ok_actions          = var.alarm_routing == "each" ? [var.performance_alerts_topic_arn] : null

  metric_query {
    id          = "f"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.backfill_function_name
      }
      metric_name = "ProcessingFailure"
      namespace   = "${var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"}/backfill"
      period      = 900
      stat        = "Sum"
    }
  }

  metric_query {
    id          = "s"
    return_data = false

    metric {
      dimensions = {
        FunctionName = var.backfill_function_name
      }
      metric_name = "ProcessingSuccess"
      namespace   = "${var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"}/backfill"
      period      = 900
      stat        = "Sum"
    }
  }

  metric_query {
    expression  = "IF(f >= ${var.backfill_min_failures} AND 100 * f >= ${var.backfill_failure_threshold_percent} * (f + FILL(s, 0)), 1, 0)"
    id          = "rate"
    label       = "Objects that fail in an attempt >= ${var.backfill_min_failures}, and >= ${var.backfill_failure_threshold_percent} % of all,"
    return_data = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_composite_alarm" "page" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name        = "${var.function_name}-page"
  alarm_actions     = [var.critical_alerts_topic_arn]
  alarm_description = "Uploads are failing, lost or waiting too long.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/page.md" : ""}"
  alarm_rule        = "((ALARM(${aws_cloudwatch_metric_alarm.high_error_rate.alarm_name}) OR (ALARM(${aws_cloudwatch_metric_alarm.outage[0].alarm_name}) AND ALARM(${aws_cloudwatch_metric_alarm.outage_lasts[0].alarm_name})) OR ALARM(${aws_cloudwatch_metric_alarm.limits_reached[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.budget_burning[0].alarm_name}${var.enable_dead_letter_queue ? ") OR ALARM(${aws_cloudwatch_metric_alarm.images_lost[0].alarm_name}" : ""})) AND NOT ALARM(${aws_cloudwatch_metric_alarm.recovered[0].alarm_name})) OR ((ALARM(${aws_cloudwatch_metric_alarm.waiting[0].alarm_name}) OR (ALARM(${aws_cloudwatch_metric_alarm.throttled_long[0].alarm_name}) AND (ALARM(${aws_cloudwatch_metric_alarm.nothing_invoked[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.still_throttled[0].alarm_name})))) AND NOT ALARM(${aws_cloudwatch_metric_alarm.flowing[0].alarm_name}))${var.enable_upload_api ? " OR ALARM(${aws_cloudwatch_metric_alarm.upload_api_errors[0].alarm_name})" : ""}"
  ok_actions        = [var.critical_alerts_topic_arn]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_composite_alarm" "creep" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name        = "${var.function_name}-creep"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "Invocations are close to the time or memory limit.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/creep.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.high_duration.alarm_name}${var.enable_memory_alarm ? ") OR ALARM(${aws_cloudwatch_metric_alarm.memory_high[0].alarm_name}" : ""})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "silence" {
  count = var.alarm_routing == "incident" && var.enable_no_invocation_alarm ? 1 : 0

  alarm_name        = "${var.function_name}-silence"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "No uploads are arriving.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/no-invocations.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.no_invocations[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "slow_burn" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name        = "${var.function_name}-slow-burn"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "Uploads are given up so fast that the error budget lasts 5 days.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/slow-burn.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.budget_6h[0].alarm_name}) AND ALARM(${aws_cloudwatch_metric_alarm.budget_30m[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "budget" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name        = "${var.function_name}-budget"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "Uploads are given up so fast that the error budget lasts 10 days.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/budget.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.budget_1d[0].alarm_name}) AND ALARM(${aws_cloudwatch_metric_alarm.budget_2h[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "event_lost" {
  count = var.alarm_routing == "incident" && var.enable_dead_letter_queue ? 1 : 0

  alarm_name        = "${var.function_name}-event-lost"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "An event was lost because Lambda could not send it to the dead-letter queue.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/dead-letter-errors.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.dead_letter_errors[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "redrive" {
  count = var.alarm_routing == "incident" && var.enable_dead_letter_queue ? 1 : 0

  alarm_name        = "${var.function_name}-redrive"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "The dead-letter queue holds messages.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/dead-letters.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.dead_letters[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "bad_release" {
  count = var.alarm_routing == "incident" && var.enable_release_alias ? 1 : 0

  alarm_name        = "${var.function_name}-bad-release"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "The newest version is failing.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/release-errors.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.release_errors[0].alarm_name}) AND ALARM(${aws_cloudwatch_metric_alarm.two_versions[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "table" {
  count = var.alarm_routing == "incident" && var.enable_metadata_table ? 1 : 0

  alarm_name        = "${var.function_name}-table"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "DynamoDB is refusing the records of uploads.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/table-errors.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.table_throttles[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.table_errors[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "direct_uploads" {
  count = var.alarm_routing == "incident" && var.enable_upload_api ? 1 : 0

  alarm_name        = "${var.function_name}-direct-uploads"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "Clients cannot upload through the upload API, or only slowly.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/direct-uploads.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.upload_api_refusals[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.upload_api_latency[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.links_unused[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "backfill" {
  count = var.alarm_routing == "incident" && var.enable_backfill ? 1 : 0

  alarm_name        = "${var.function_name}-backfill"
  alarm_actions     = [var.performance_alerts_topic_arn]
  alarm_description = "A backfill failed, took too long or was stopped, or its objects are failing.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/backfill-failed.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.backfill_failed[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.backfill_timed_out[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.backfill_aborted[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.backfill_batches_failed[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.backfill_batches_timed_out[0].alarm_name}) OR ALARM(${aws_cloudwatch_metric_alarm.backfill_failure_rate[0].alarm_name})"
  ok_actions        = [var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_composite_alarm" "refused" {
  count = var.alarm_routing == "incident" ? 1 : 0

  alarm_name        = "${var.function_name}-refused"
  alarm_actions     = [var.log_alerts_topic_arn != "" ? var.log_alerts_topic_arn : var.performance_alerts_topic_arn]
  alarm_description = "Many uploads are refused.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/refused.md" : ""}"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.refused_rate[0].alarm_name})"
  ok_actions        = [var.log_alerts_topic_arn != "" ? var.log_alerts_topic_arn : var.performance_alerts_topic_arn]

  actions_suppressor {
    alarm            = aws_cloudwatch_composite_alarm.page[0].alarm_name
    extension_period = 1800
    wait_period      = 120
  }
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  count = var.alarm_routing == "each" ? 1 : 0

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

resource "aws_cloudwatch_metric_alarm" "log_errors" {
  count = var.enable_image_metrics && var.alarm_routing == "each" ? 1 : 0

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

resource "aws_cloudwatch_metric_alarm" "high_concurrency" {
  count = var.alarm_routing == "each" ? 1 : 0

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

resource "aws_cloudwatch_metric_alarm" "event_age" {
  count = var.enable_async_alarms && var.alarm_routing == "each" ? 1 : 0

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
  count = var.enable_async_alarms && var.alarm_routing == "each" || var.enable_async_alarms && !var.enable_dead_letter_queue ? 1 : 0

  alarm_name = "${var.function_name}-events-dropped"
  alarm_actions = [
    (!var.enable_async_alarms || var.enable_dead_letter_queue) ? var.critical_alerts_topic_arn : var.alarm_routing != "each" ? var.performance_alerts_topic_arn : var.critical_alerts_topic_arn,
  ]
  alarm_description   = "Lambda is dropping uploads that failed every retry or waited too long: Sum of AsyncEventsDropped >= 1 in 60 s.${var.alarm_help != "" ? " ${var.alarm_help}" : ""}${var.enable_saved_queries ? " Logs Insights query: ${var.function_name}/alarms/events-dropped." : ""}${var.runbook_base_url != "" ? " Runbook: ${var.runbook_base_url}/events-dropped.md" : ""}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  datapoints_to_alarm = 1
  dimensions = {
    FunctionName = var.function_name
  }
  evaluation_periods = 1
  metric_name        = "AsyncEventsDropped"
  namespace          = "AWS/Lambda"
  ok_actions = [
    (!var.enable_async_alarms || var.enable_dead_letter_queue) ? var.critical_alerts_topic_arn : var.alarm_routing != "each" ? var.performance_alerts_topic_arn : var.critical_alerts_topic_arn,
  ]
  period             = 60
  statistic          = "Sum"
  threshold          = 1
  treat_missing_data = "notBreaching"
}
