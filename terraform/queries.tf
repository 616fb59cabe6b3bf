# Queries of CloudWatch Logs Insights by name, for each log.
locals {
  queries = merge(
    {
      errors-by-kind = join("\n", [
        "filter (level in [\"ERROR\",\"CRITICAL\",\"FATAL\"]) or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| stats count(*) as lines, max(@timestamp) as newest by level, event, reason, errorName, message.errorType, record.status, record.errorType",
        "| sort lines desc",
      ])
      refused-by-reason = join("\n", [
        "filter event = \"image.refused\"",
        "| stats count(*) as images, latest(key) as newest, latest(detail) as because by reason",
        "| sort images desc",
      ])
      one-upload = join("\n", [
        "filter (event = \"image.received\") or (event = \"image.processed\") or (event = \"image.refused\") or (event = \"image.failed\") or (event = \"storage.denied\")",
        "| filter key = \"photos/summer.jpg\"",
        "| fields @timestamp, event, reason, detail, errorName, errorMessage, requestId",
        "| sort @timestamp asc",
      ])
      slowest-images = join("\n", [
        "filter event = \"image.processed\"",
        "| fields @timestamp, durationMs, key, format, widthPx, heightPx, sizeBytes, outputBytes",
        "| sort durationMs desc",
        "| limit 50",
      ])
      memory-high-water = join("\n", [
        "filter type = \"platform.report\" and record.metrics.maxMemoryUsedMB >= 0",
        "| stats max(record.metrics.maxMemoryUsedMB) as usedMB, max(record.metrics.memorySizeMB) as ofMB, count(*) as invocations by bin(5m)",
      ])
      cold-starts = join("\n", [
        "filter type = \"platform.report\" and record.metrics.initDurationMs >= 0",
        "| stats count(*) as coldStarts, avg(record.metrics.initDurationMs) as meanMs, max(record.metrics.initDurationMs) as slowestMs by bin(1h)",
      ])
      "alarms/high-duration" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/timeout-errors" = join("\n", [
        "fields @timestamp, record.status, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.status = \"timeout\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/memory-errors" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.errorType = \"Runtime.OutOfMemory\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/s3-permission-errors" = join("\n", [
        "fields @timestamp, level, event, key, operation, errorMessage, requestId",
        "| filter event = \"storage.denied\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/critical-errors" = join("\n", [
        "fields @timestamp, level, event, problem, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (level in [\"CRITICAL\",\"FATAL\"]) or (type = \"platform.report\" and record.errorType = \"Runtime.ExitError\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    },
    var.alarm_routing != "each" ? {
      "alarms/high-error-rate" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.status != \"success\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.alarm_routing == "each" ? {
      "alarms/high-error-rate" = join("\n", [
        "fields @timestamp, level, event, key, reason, detail, errorName, errorMessage, operation, problem, message.errorType, message.errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (level in [\"ERROR\",\"CRITICAL\",\"FATAL\"]) or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/throttles" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/log-errors" = join("\n", [
        "fields @timestamp, level, event, key, reason, detail, errorName, errorMessage, operation, problem, message.errorType, message.errorMessage, requestId",
        "| filter level in [\"ERROR\",\"CRITICAL\",\"FATAL\"]",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/high-concurrency" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/large-images" = join("\n", [
        "fields @timestamp, level, event, key, sizeBytes, limitBytes, requestId",
        "| filter event = \"image.large\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.alarm_routing == "incident" ? {
      "alarms/outage" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.status != \"success\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/outage-lasts" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.status != \"success\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/limits-reached" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.errorType = \"Runtime.OutOfMemory\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/budget-burning" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/recovered" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.status != \"success\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/waiting" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/throttled-long" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/nothing-invoked" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/still-throttled" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/flowing" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/refused-rate" = join("\n", [
        "fields @timestamp, level, event, key, reason, detail, requestId",
        "| filter event = \"image.refused\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/budget-1d" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/budget-2h" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/budget-6h" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/budget-30m" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.alarm_routing == "incident" && var.enable_dead_letter_queue ? {
      "alarms/images-lost" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.enable_release_alias ? {
      "alarms/release-errors" = join("\n", [
        "fields @timestamp, level, event, key, reason, detail, errorName, errorMessage, operation, problem, message.errorType, message.errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (level in [\"ERROR\",\"CRITICAL\",\"FATAL\"]) or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.alarm_routing == "incident" && var.enable_release_alias ? {
      "alarms/two-versions" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.enable_memory_alarm ? {
      "alarms/memory-high" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.maxMemoryUsedMB >= 0",
        "| sort record.metrics.maxMemoryUsedMB desc",
        "| limit 100",
      ])
    } : {},
    var.enable_no_invocation_alarm ? {
      "alarms/no-invocations" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.refusal_log_level != "WARN" ? {
      "alarms/low-success-rate" = join("\n", [
        "fields @timestamp, level, event, key, reason, detail, requestId, errorName, errorMessage",
        "| filter (event = \"image.refused\") or (event = \"image.failed\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/image-processing-errors" = join("\n", [
        "fields @timestamp, level, event, key, reason, detail, requestId, errorName, errorMessage, eTag, objectETag",
        "| filter (event = \"image.refused\") or (event = \"image.failed\") or (event = \"image.mismatched\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.refusal_log_level == "WARN" ? {
      "alarms/low-success-rate" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId",
        "| filter event = \"image.failed\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/image-processing-errors" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, eTag, objectETag",
        "| filter (event = \"image.failed\") or (event = \"image.mismatched\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.enable_dead_letter_queue ? {
      "alarms/dead-letters" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/dead-letter-errors" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.enable_metadata_table ? {
      "alarms/table-throttles" = join("\n", [
        "fields @timestamp, level, event, key, version, state, errorName, errorMessage, requestId",
        "| filter event = \"record.lost\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/table-errors" = join("\n", [
        "fields @timestamp, level, event, key, version, state, errorName, errorMessage, requestId",
        "| filter event = \"record.lost\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/records-lost" = join("\n", [
        "fields @timestamp, level, event, key, version, state, errorName, errorMessage, requestId",
        "| filter event = \"record.lost\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
    var.enable_async_alarms && var.alarm_routing == "each" ? {
      "alarms/event-age" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
    } : {},
    ((var.enable_async_alarms && var.alarm_routing == "each" || (var.enable_async_alarms && var.alarm_routing == "each" || !var.enable_dead_letter_queue) && var.refusal_log_level == "WARN") || !var.enable_dead_letter_queue) ? {
      "alarms/events-dropped" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
  )

  upload_queries = merge(
    var.enable_upload_api ? {
      "alarms/upload-api-errors" = join("\n", [
        "fields @timestamp, level, event, operation, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"request.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/upload-api-refusals" = join("\n", [
        "fields @timestamp, level, event, operation, statusCode, problem, requestId",
        "| filter event = \"request.refused\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/upload-api-latency" = join("\n", [
        "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter type = \"platform.report\" and record.metrics.durationMs >= 0",
        "| sort record.metrics.durationMs desc",
        "| limit 100",
      ])
      "alarms/links-unused" = join("\n", [
        "fields @timestamp, level, event, key, requestId",
        "| filter event = \"link.issued\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
  )

  backfill_queries = merge(
    {
      backfill-outcomes = join("\n", [
        "filter (event = \"image.processed\") or (event = \"image.complete\") or (event = \"image.refused\") or (event = \"image.superseded\") or (event = \"image.failed\") or (event = \"storage.denied\")",
        "| stats count(*) as objects by bin(1h), event",
      ])
    },
    var.enable_backfill ? {
      "alarms/backfill-failed" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/backfill-timed-out" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/backfill-aborted" = join("\n", [
        "fields @timestamp, level, event, key, sizeBytes, requestId",
        "| filter event = \"image.received\"",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/backfill-batches-failed" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/backfill-batches-timed-out" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId",
        "| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
      "alarms/backfill-failure-rate" = join("\n", [
        "fields @timestamp, level, event, key, errorName, errorMessage, requestId, operation",
        "| filter (event = \"image.failed\") or (event = \"storage.denied\")",
        "| sort @timestamp desc",
        "| limit 100",
      ])
    } : {},
  )
}
