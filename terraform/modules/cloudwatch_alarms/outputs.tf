output "alarm_names" {
  description = "Alarm names"
  value = merge(
    {
      high-error-rate  = aws_cloudwatch_metric_alarm.high_error_rate.alarm_name
      throttles        = aws_cloudwatch_metric_alarm.throttles.alarm_name
      high-duration    = aws_cloudwatch_metric_alarm.high_duration.alarm_name
      high-concurrency = aws_cloudwatch_metric_alarm.high_concurrency.alarm_name
    },
    var.enable_release_alias ? {
      release-errors = aws_cloudwatch_metric_alarm.release_errors[0].alarm_name
    } : {},
    var.enable_image_metrics ? {
      log-errors       = aws_cloudwatch_metric_alarm.log_errors[0].alarm_name
      low-success-rate = aws_cloudwatch_metric_alarm.low_success_rate[0].alarm_name
    } : {},
    var.enable_no_invocation_alarm ? {
      no-invocations = aws_cloudwatch_metric_alarm.no_invocations[0].alarm_name
    } : {},
    var.enable_image_metrics && var.enable_memory_alarm ? {
      memory-high = aws_cloudwatch_metric_alarm.memory_high[0].alarm_name
    } : {},
    var.enable_async_alarms ? {
      event-age      = aws_cloudwatch_metric_alarm.event_age[0].alarm_name
      events-dropped = aws_cloudwatch_metric_alarm.events_dropped[0].alarm_name
    } : {},
    var.enable_dead_letter_queue ? {
      dead-letters       = aws_cloudwatch_metric_alarm.dead_letters[0].alarm_name
      dead-letter-errors = aws_cloudwatch_metric_alarm.dead_letter_errors[0].alarm_name
    } : {},
  )
}

output "alarm_arns" {
  description = "Alarm ARNs"
  value = merge(
    {
      high-error-rate  = aws_cloudwatch_metric_alarm.high_error_rate.arn
      throttles        = aws_cloudwatch_metric_alarm.throttles.arn
      high-duration    = aws_cloudwatch_metric_alarm.high_duration.arn
      high-concurrency = aws_cloudwatch_metric_alarm.high_concurrency.arn
    },
    var.enable_release_alias ? {
      release-errors = aws_cloudwatch_metric_alarm.release_errors[0].arn
    } : {},
    var.enable_image_metrics ? {
      log-errors       = aws_cloudwatch_metric_alarm.log_errors[0].arn
      low-success-rate = aws_cloudwatch_metric_alarm.low_success_rate[0].arn
    } : {},
    var.enable_no_invocation_alarm ? {
      no-invocations = aws_cloudwatch_metric_alarm.no_invocations[0].arn
    } : {},
    var.enable_image_metrics && var.enable_memory_alarm ? {
      memory-high = aws_cloudwatch_metric_alarm.memory_high[0].arn
    } : {},
    var.enable_async_alarms ? {
      event-age      = aws_cloudwatch_metric_alarm.event_age[0].arn
      events-dropped = aws_cloudwatch_metric_alarm.events_dropped[0].arn
    } : {},
    var.enable_dead_letter_queue ? {
      dead-letters       = aws_cloudwatch_metric_alarm.dead_letters[0].arn
      dead-letter-errors = aws_cloudwatch_metric_alarm.dead_letter_errors[0].arn
    } : {},
  )
}

output "all_alarm_names" {
  description = "All alarm names"
  value = [
    for item in [
      aws_cloudwatch_metric_alarm.high_error_rate.alarm_name,
      aws_cloudwatch_metric_alarm.throttles.alarm_name,
      var.enable_release_alias ? aws_cloudwatch_metric_alarm.release_errors[0].alarm_name : null,
      var.enable_image_metrics ? aws_cloudwatch_metric_alarm.log_errors[0].alarm_name : null,
      aws_cloudwatch_metric_alarm.high_duration.alarm_name,
      aws_cloudwatch_metric_alarm.high_concurrency.alarm_name,
      var.enable_image_metrics ? aws_cloudwatch_metric_alarm.low_success_rate[0].alarm_name : null,
      var.enable_no_invocation_alarm ? aws_cloudwatch_metric_alarm.no_invocations[0].alarm_name : null,
      var.enable_image_metrics && var.enable_memory_alarm ? aws_cloudwatch_metric_alarm.memory_high[0].alarm_name : null,
      var.enable_async_alarms ? aws_cloudwatch_metric_alarm.event_age[0].alarm_name : null,
      var.enable_async_alarms ? aws_cloudwatch_metric_alarm.events_dropped[0].alarm_name : null,
      var.enable_dead_letter_queue ? aws_cloudwatch_metric_alarm.dead_letters[0].alarm_name : null,
      var.enable_dead_letter_queue ? aws_cloudwatch_metric_alarm.dead_letter_errors[0].alarm_name : null,
    ] : item if item != null
  ]
}
