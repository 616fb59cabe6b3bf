# Queries of CloudWatch Logs Insights, by name.
locals {
  queries = merge(
    {
      errors-by-kind                   = "filter (level in [\"ERROR\",\"CRITICAL\",\"FATAL\"]) or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")\n| stats count(*) as lines, max(@timestamp) as newest by level, event, reason, errorName, message.errorType, record.status, record.errorType\n| sort lines desc"
      refused-by-reason                = "filter event = \"image.refused\"\n| stats count(*) as images, latest(key) as newest, latest(detail) as because by reason\n| sort images desc"
      one-upload                       = "filter (event = \"image.received\") or (event = \"image.processed\") or (event = \"image.refused\") or (event = \"image.failed\") or (event = \"storage.denied\")\n| filter key = \"photos/summer.jpg\"\n| fields @timestamp, event, reason, detail, errorName, errorMessage, requestId\n| sort @timestamp asc"
      slowest-images                   = "filter event = \"image.processed\"\n| fields @timestamp, durationMs, key, format, widthPx, heightPx, sizeBytes, outputBytes\n| sort durationMs desc\n| limit 50"
      memory-high-water                = "filter type = \"platform.report\" and record.metrics.maxMemoryUsedMB >= 0\n| stats max(record.metrics.maxMemoryUsedMB) as usedMB, max(record.metrics.memorySizeMB) as ofMB, count(*) as invocations by bin(5m)"
      cold-starts                      = "filter type = \"platform.report\" and record.metrics.initDurationMs >= 0\n| stats count(*) as coldStarts, avg(record.metrics.initDurationMs) as meanMs, max(record.metrics.initDurationMs) as slowestMs by bin(1h)"
      "alarms/high-error-rate"         = "fields @timestamp, level, event, key, reason, detail, errorName, errorMessage, operation, problem, message.errorType, message.errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter (level in [\"ERROR\",\"CRITICAL\",\"FATAL\"]) or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")\n| sort @timestamp desc\n| limit 100"
      "alarms/throttles"               = "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter type = \"platform.report\" and record.metrics.durationMs >= 0\n| sort record.metrics.durationMs desc\n| limit 100"
      "alarms/log-errors"              = "fields @timestamp, level, event, key, reason, detail, errorName, errorMessage, operation, problem, message.errorType, message.errorMessage, requestId\n| filter level in [\"ERROR\",\"CRITICAL\",\"FATAL\"]\n| sort @timestamp desc\n| limit 100"
      "alarms/high-duration"           = "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter type = \"platform.report\" and record.metrics.durationMs >= 0\n| sort record.metrics.durationMs desc\n| limit 100"
      "alarms/high-concurrency"        = "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter type = \"platform.report\" and record.metrics.durationMs >= 0\n| sort record.metrics.durationMs desc\n| limit 100"
      "alarms/low-success-rate"        = "fields @timestamp, level, event, key, reason, detail, requestId, errorName, errorMessage\n| filter (event = \"image.refused\") or (event = \"image.failed\")\n| sort @timestamp desc\n| limit 100"
      "alarms/timeout-errors"          = "fields @timestamp, record.status, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter type = \"platform.report\" and record.status = \"timeout\"\n| sort @timestamp desc\n| limit 100"
      "alarms/memory-errors"           = "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter type = \"platform.report\" and record.errorType = \"Runtime.OutOfMemory\"\n| sort @timestamp desc\n| limit 100"
      "alarms/image-processing-errors" = "fields @timestamp, level, event, key, reason, detail, requestId, errorName, errorMessage, eTag, objectETag\n| filter (event = \"image.refused\") or (event = \"image.failed\") or (event = \"image.mismatched\")\n| sort @timestamp desc\n| limit 100"
      "alarms/s3-permission-errors"    = "fields @timestamp, level, event, key, operation, errorMessage, requestId\n| filter event = \"storage.denied\"\n| sort @timestamp desc\n| limit 100"
      "alarms/critical-errors"         = "fields @timestamp, level, event, problem, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter (level in [\"CRITICAL\",\"FATAL\"]) or (type = \"platform.report\" and record.errorType = \"Runtime.ExitError\")\n| sort @timestamp desc\n| limit 100"
      "alarms/large-images"            = "fields @timestamp, level, event, key, sizeBytes, limitBytes, requestId\n| filter event = \"image.large\"\n| sort @timestamp desc\n| limit 100"
    },
    var.enable_release_alias ? {
      "alarms/release-errors" = "fields @timestamp, level, event, key, reason, detail, errorName, errorMessage, operation, problem, message.errorType, message.errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter (level in [\"ERROR\",\"CRITICAL\",\"FATAL\"]) or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")\n| sort @timestamp desc\n| limit 100"
    } : {},
    var.enable_no_invocation_alarm ? {
      "alarms/no-invocations" = "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter type = \"platform.report\"\n| sort @timestamp desc\n| limit 100"
    } : {},
    var.enable_memory_alarm ? {
      "alarms/memory-high" = "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter type = \"platform.report\" and record.metrics.maxMemoryUsedMB >= 0\n| sort record.metrics.maxMemoryUsedMB desc\n| limit 100"
    } : {},
    var.enable_async_alarms ? {
      "alarms/event-age"      = "fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter type = \"platform.report\" and record.metrics.durationMs >= 0\n| sort record.metrics.durationMs desc\n| limit 100"
      "alarms/events-dropped" = "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")\n| sort @timestamp desc\n| limit 100"
    } : {},
    var.enable_dead_letter_queue ? {
      "alarms/dead-letters"       = "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")\n| sort @timestamp desc\n| limit 100"
      "alarms/dead-letter-errors" = "fields @timestamp, level, event, key, errorName, errorMessage, requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.requestId\n| filter (event = \"image.failed\") or (type = \"platform.report\" and record.status = \"error\") or (type = \"platform.report\" and record.status = \"timeout\")\n| sort @timestamp desc\n| limit 100"
    } : {},
  )
}
