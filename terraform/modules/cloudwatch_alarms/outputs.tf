locals {
  alarm_names = merge(
    {
      high-error-rate = aws_cloudwatch_metric_alarm.high_error_rate.alarm_name
      high-duration   = aws_cloudwatch_metric_alarm.high_duration.alarm_name
    },
    var.alarm_routing == "incident" ? {
      outage          = aws_cloudwatch_metric_alarm.outage[0].alarm_name
      outage-lasts    = aws_cloudwatch_metric_alarm.outage_lasts[0].alarm_name
      limits-reached  = aws_cloudwatch_metric_alarm.limits_reached[0].alarm_name
      budget-burning  = aws_cloudwatch_metric_alarm.budget_burning[0].alarm_name
      recovered       = aws_cloudwatch_metric_alarm.recovered[0].alarm_name
      waiting         = aws_cloudwatch_metric_alarm.waiting[0].alarm_name
      throttled-long  = aws_cloudwatch_metric_alarm.throttled_long[0].alarm_name
      nothing-invoked = aws_cloudwatch_metric_alarm.nothing_invoked[0].alarm_name
      still-throttled = aws_cloudwatch_metric_alarm.still_throttled[0].alarm_name
      flowing         = aws_cloudwatch_metric_alarm.flowing[0].alarm_name
      refused-rate    = aws_cloudwatch_metric_alarm.refused_rate[0].alarm_name
      budget-1d       = aws_cloudwatch_metric_alarm.budget_1d[0].alarm_name
      budget-2h       = aws_cloudwatch_metric_alarm.budget_2h[0].alarm_name
      budget-6h       = aws_cloudwatch_metric_alarm.budget_6h[0].alarm_name
      budget-30m      = aws_cloudwatch_metric_alarm.budget_30m[0].alarm_name
      page            = aws_cloudwatch_composite_alarm.page[0].alarm_name
      creep           = aws_cloudwatch_composite_alarm.creep[0].alarm_name
      slow-burn       = aws_cloudwatch_composite_alarm.slow_burn[0].alarm_name
      budget          = aws_cloudwatch_composite_alarm.budget[0].alarm_name
      refused         = aws_cloudwatch_composite_alarm.refused[0].alarm_name
    } : {},
    var.alarm_routing == "incident" && var.enable_dead_letter_queue ? {
      images-lost = aws_cloudwatch_metric_alarm.images_lost[0].alarm_name
      event-lost  = aws_cloudwatch_composite_alarm.event_lost[0].alarm_name
      redrive     = aws_cloudwatch_composite_alarm.redrive[0].alarm_name
    } : {},
    var.enable_release_alias ? {
      release-errors = aws_cloudwatch_metric_alarm.release_errors[0].alarm_name
    } : {},
    var.alarm_routing == "incident" && var.enable_release_alias ? {
      two-versions = aws_cloudwatch_metric_alarm.two_versions[0].alarm_name
      bad-release  = aws_cloudwatch_composite_alarm.bad_release[0].alarm_name
    } : {},
    var.enable_memory_alarm && (var.alarm_routing == "incident" || var.enable_image_metrics) ? {
      memory-high = aws_cloudwatch_metric_alarm.memory_high[0].alarm_name
    } : {},
    var.enable_no_invocation_alarm ? {
      no-invocations = aws_cloudwatch_metric_alarm.no_invocations[0].alarm_name
    } : {},
    (var.alarm_routing == "incident" || var.enable_image_metrics) ? {
      low-success-rate = aws_cloudwatch_metric_alarm.low_success_rate[0].alarm_name
    } : {},
    var.enable_dead_letter_queue ? {
      dead-letters       = aws_cloudwatch_metric_alarm.dead_letters[0].alarm_name
      dead-letter-errors = aws_cloudwatch_metric_alarm.dead_letter_errors[0].alarm_name
    } : {},
    var.enable_metadata_table ? {
      table-throttles = aws_cloudwatch_metric_alarm.table_throttles[0].alarm_name
      table-errors    = aws_cloudwatch_metric_alarm.table_errors[0].alarm_name
    } : {},
    var.enable_upload_api && (var.alarm_routing == "incident" || var.enable_image_metrics) ? {
      upload-api-errors   = aws_cloudwatch_metric_alarm.upload_api_errors[0].alarm_name
      upload-api-refusals = aws_cloudwatch_metric_alarm.upload_api_refusals[0].alarm_name
      upload-api-latency  = aws_cloudwatch_metric_alarm.upload_api_latency[0].alarm_name
      links-unused        = aws_cloudwatch_metric_alarm.links_unused[0].alarm_name
    } : {},
    var.enable_backfill ? {
      backfill-failed            = aws_cloudwatch_metric_alarm.backfill_failed[0].alarm_name
      backfill-timed-out         = aws_cloudwatch_metric_alarm.backfill_timed_out[0].alarm_name
      backfill-aborted           = aws_cloudwatch_metric_alarm.backfill_aborted[0].alarm_name
      backfill-batches-failed    = aws_cloudwatch_metric_alarm.backfill_batches_failed[0].alarm_name
      backfill-batches-timed-out = aws_cloudwatch_metric_alarm.backfill_batches_timed_out[0].alarm_name
    } : {},
    var.enable_backfill && (var.alarm_routing == "incident" || var.enable_image_metrics) ? {
      backfill-failure-rate = aws_cloudwatch_metric_alarm.backfill_failure_rate[0].alarm_name
    } : {},
    var.alarm_routing == "incident" && var.enable_no_invocation_alarm ? {
      silence = aws_cloudwatch_composite_alarm.silence[0].alarm_name
    } : {},
    var.alarm_routing == "incident" && var.enable_metadata_table ? {
      table = aws_cloudwatch_composite_alarm.table[0].alarm_name
    } : {},
    var.alarm_routing == "incident" && var.enable_upload_api ? {
      direct-uploads = aws_cloudwatch_composite_alarm.direct_uploads[0].alarm_name
    } : {},
    var.alarm_routing == "incident" && var.enable_backfill ? {
      backfill = aws_cloudwatch_composite_alarm.backfill[0].alarm_name
    } : {},
    var.alarm_routing == "each" ? {
      throttles        = aws_cloudwatch_metric_alarm.throttles[0].alarm_name
      high-concurrency = aws_cloudwatch_metric_alarm.high_concurrency[0].alarm_name
    } : {},
    var.enable_image_metrics && var.alarm_routing == "each" ? {
      log-errors = aws_cloudwatch_metric_alarm.log_errors[0].alarm_name
    } : {},
    var.enable_async_alarms && var.alarm_routing == "each" ? {
      event-age = aws_cloudwatch_metric_alarm.event_age[0].alarm_name
    } : {},
    (var.enable_async_alarms && var.alarm_routing == "each" || var.enable_async_alarms && !var.enable_dead_letter_queue) ? {
      events-dropped = aws_cloudwatch_metric_alarm.events_dropped[0].alarm_name
    } : {},
  )
  alarm_arns = merge(
    {
      high-error-rate = aws_cloudwatch_metric_alarm.high_error_rate.arn
      high-duration   = aws_cloudwatch_metric_alarm.high_duration.arn
    },
    var.alarm_routing == "incident" ? {
      outage          = aws_cloudwatch_metric_alarm.outage[0].arn
      outage-lasts    = aws_cloudwatch_metric_alarm.outage_lasts[0].arn
      limits-reached  = aws_cloudwatch_metric_alarm.limits_reached[0].arn
      budget-burning  = aws_cloudwatch_metric_alarm.budget_burning[0].arn
      recovered       = aws_cloudwatch_metric_alarm.recovered[0].arn
      waiting         = aws_cloudwatch_metric_alarm.waiting[0].arn
      throttled-long  = aws_cloudwatch_metric_alarm.throttled_long[0].arn
      nothing-invoked = aws_cloudwatch_metric_alarm.nothing_invoked[0].arn
      still-throttled = aws_cloudwatch_metric_alarm.still_throttled[0].arn
      flowing         = aws_cloudwatch_metric_alarm.flowing[0].arn
      refused-rate    = aws_cloudwatch_metric_alarm.refused_rate[0].arn
      budget-1d       = aws_cloudwatch_metric_alarm.budget_1d[0].arn
      budget-2h       = aws_cloudwatch_metric_alarm.budget_2h[0].arn
      budget-6h       = aws_cloudwatch_metric_alarm.budget_6h[0].arn
      budget-30m      = aws_cloudwatch_metric_alarm.budget_30m[0].arn
      page            = aws_cloudwatch_composite_alarm.page[0].arn
      creep           = aws_cloudwatch_composite_alarm.creep[0].arn
      slow-burn       = aws_cloudwatch_composite_alarm.slow_burn[0].arn
      budget          = aws_cloudwatch_composite_alarm.budget[0].arn
      refused         = aws_cloudwatch_composite_alarm.refused[0].arn
    } : {},
    var.alarm_routing == "incident" && var.enable_dead_letter_queue ? {
      images-lost = aws_cloudwatch_metric_alarm.images_lost[0].arn
      event-lost  = aws_cloudwatch_composite_alarm.event_lost[0].arn
      redrive     = aws_cloudwatch_composite_alarm.redrive[0].arn
    } : {},
    var.enable_release_alias ? {
      release-errors = aws_cloudwatch_metric_alarm.release_errors[0].arn
    } : {},
    var.alarm_routing == "incident" && var.enable_release_alias ? {
      two-versions = aws_cloudwatch_metric_alarm.two_versions[0].arn
      bad-release  = aws_cloudwatch_composite_alarm.bad_release[0].arn
    } : {},
    var.enable_memory_alarm && (var.alarm_routing == "incident" || var.enable_image_metrics) ? {
      memory-high = aws_cloudwatch_metric_alarm.memory_high[0].arn
    } : {},
    var.enable_no_invocation_alarm ? {
      no-invocations = aws_cloudwatch_metric_alarm.no_invocations[0].arn
    } : {},
    (var.alarm_routing == "incident" || var.enable_image_metrics) ? {
      low-success-rate = aws_cloudwatch_metric_alarm.low_success_rate[0].arn
    } : {},
    var.enable_dead_letter_queue ? {
      dead-letters       = aws_cloudwatch_metric_alarm.dead_letters[0].arn
      dead-letter-errors = aws_cloudwatch_metric_alarm.dead_letter_errors[0].arn
    } : {},
    var.enable_metadata_table ? {
      table-throttles = aws_cloudwatch_metric_alarm.table_throttles[0].arn
      table-errors    = aws_cloudwatch_metric_alarm.table_errors[0].arn
    } : {},
    var.enable_upload_api && (var.alarm_routing == "incident" || var.enable_image_metrics) ? {
      upload-api-errors   = aws_cloudwatch_metric_alarm.upload_api_errors[0].arn
      upload-api-refusals = aws_cloudwatch_metric_alarm.upload_api_refusals[0].arn
      upload-api-latency  = aws_cloudwatch_metric_alarm.upload_api_latency[0].arn
      links-unused        = aws_cloudwatch_metric_alarm.links_unused[0].arn
    } : {},
    var.enable_backfill ? {
      backfill-failed            = aws_cloudwatch_metric_alarm.backfill_failed[0].arn
      backfill-timed-out         = aws_cloudwatch_metric_alarm.backfill_timed_out[0].arn
      backfill-aborted           = aws_cloudwatch_metric_alarm.backfill_aborted[0].arn
      backfill-batches-failed    = aws_cloudwatch_metric_alarm.backfill_batches_failed[0].arn
      backfill-batches-timed-out = aws_cloudwatch_metric_alarm.backfill_batches_timed_out[0].arn
    } : {},
    var.enable_backfill && (var.alarm_routing == "incident" || var.enable_image_metrics) ? {
      backfill-failure-rate = aws_cloudwatch_metric_alarm.backfill_failure_rate[0].arn
    } : {},
    var.alarm_routing == "incident" && var.enable_no_invocation_alarm ? {
      silence = aws_cloudwatch_composite_alarm.silence[0].arn
    } : {},
    var.alarm_routing == "incident" && var.enable_metadata_table ? {
      table = aws_cloudwatch_composite_alarm.table[0].arn
    } : {},
    var.alarm_routing == "incident" && var.enable_upload_api ? {
      direct-uploads = aws_cloudwatch_composite_alarm.direct_uploads[0].arn
    } : {},
    var.alarm_routing == "incident" && var.enable_backfill ? {
      backfill = aws_cloudwatch_composite_alarm.backfill[0].arn
    } : {},
    var.alarm_routing == "each" ? {
      throttles        = aws_cloudwatch_metric_alarm.throttles[0].arn
      high-concurrency = aws_cloudwatch_metric_alarm.high_concurrency[0].arn
    } : {},
    var.enable_image_metrics && var.alarm_routing == "each" ? {
      log-errors = aws_cloudwatch_metric_alarm.log_errors[0].arn
    } : {},
    var.enable_async_alarms && var.alarm_routing == "each" ? {
      event-age = aws_cloudwatch_metric_alarm.event_age[0].arn
    } : {},
    (var.enable_async_alarms && var.alarm_routing == "each" || var.enable_async_alarms && !var.enable_dead_letter_queue) ? {
      events-dropped = aws_cloudwatch_metric_alarm.events_dropped[0].arn
    } : {},
  )
}

output "alarm_names" {
  description = "Full name of each alarm, by the end of it."
  value       = local.alarm_names

  precondition {
    condition     = !(var.enable_image_metrics && var.enable_upload_api && var.upload_api_id == "")
    error_message = "Expected the id of an API for 5xx but got none."
  }

  precondition {
    condition     = !(var.enable_backfill && var.backfill_state_machine_arn == "")
    error_message = "Expected a backfill for ExecutionsFailed but got none."
  }

  precondition {
    condition     = !(!var.enable_image_metrics && var.alarm_routing == "incident")
    error_message = "Expected \"each\" for alarm_routing but got \"incident\": its alarms need enable_image_metrics."
  }
}

output "alarm_arns" {
  description = "ARN of each alarm, by the end of its name."
  value       = local.alarm_arns
}

output "all_alarm_names" {
  description = "Full names of all alarms."
  value       = values(local.alarm_names)
}

output "error_alarm_arn" {
  description = "ARN of the alarm `high-error-rate`, or \"\"."
  value       = lookup(local.alarm_arns, "high-error-rate", "")
}

output "duration_alarm_arn" {
  description = "ARN of the alarm `high-duration`, or \"\"."
  value       = lookup(local.alarm_arns, "high-duration", "")
}

output "throttle_alarm_arn" {
  description = "ARN of the alarm `throttles`, or \"\"."
  value       = lookup(local.alarm_arns, "throttles", "")
}

output "concurrency_alarm_arn" {
  description = "ARN of the alarm `high-concurrency`, or \"\"."
  value       = lookup(local.alarm_arns, "high-concurrency", "")
}

output "log_error_alarm_arn" {
  description = "ARN of the alarm `log-errors`, or \"\"."
  value       = lookup(local.alarm_arns, "log-errors", "")
}

output "success_rate_alarm_arn" {
  description = "ARN of the alarm `low-success-rate`, or \"\"."
  value       = lookup(local.alarm_arns, "low-success-rate", "")
}
