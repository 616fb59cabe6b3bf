locals {
  alarm_names = merge(
    {
      timeout-errors  = aws_cloudwatch_metric_alarm.timeout_errors.alarm_name
      memory-errors   = aws_cloudwatch_metric_alarm.memory_errors.alarm_name
      critical-errors = aws_cloudwatch_metric_alarm.critical_errors.alarm_name
    },
    var.enable_image_metrics ? {
      image-processing-errors = aws_cloudwatch_metric_alarm.image_processing_errors[0].alarm_name
      s3-permission-errors    = aws_cloudwatch_metric_alarm.s3_permission_errors[0].alarm_name
    } : {},
    var.enable_image_metrics && var.enable_metadata_table ? {
      records-lost = aws_cloudwatch_metric_alarm.records_lost[0].alarm_name
    } : {},
    var.alarm_routing == "each" && var.enable_image_metrics ? {
      large-images = aws_cloudwatch_metric_alarm.large_images[0].alarm_name
    } : {},
  )
  alarm_arns = merge(
    {
      timeout-errors  = aws_cloudwatch_metric_alarm.timeout_errors.arn
      memory-errors   = aws_cloudwatch_metric_alarm.memory_errors.arn
      critical-errors = aws_cloudwatch_metric_alarm.critical_errors.arn
    },
    var.enable_image_metrics ? {
      image-processing-errors = aws_cloudwatch_metric_alarm.image_processing_errors[0].arn
      s3-permission-errors    = aws_cloudwatch_metric_alarm.s3_permission_errors[0].arn
    } : {},
    var.enable_image_metrics && var.enable_metadata_table ? {
      records-lost = aws_cloudwatch_metric_alarm.records_lost[0].arn
    } : {},
    var.alarm_routing == "each" && var.enable_image_metrics ? {
      large-images = aws_cloudwatch_metric_alarm.large_images[0].arn
    } : {},
  )
}

output "alarm_names" {
  description = "Full name of each alarm, by the end of it."
  value       = local.alarm_names
}

output "alarm_arns" {
  description = "ARN of each alarm, by the end of its name."
  value       = local.alarm_arns
}

output "metric_filter_names" {
  description = "Name of each metric filter, by metric."
  value = merge(
    {
      TimeoutErrors  = aws_cloudwatch_log_metric_filter.TimeoutErrors.name
      MemoryErrors   = aws_cloudwatch_log_metric_filter.MemoryErrors.name
      CriticalErrors = aws_cloudwatch_log_metric_filter.CriticalErrors.name
    },
    var.enable_image_metrics ? {
      ImageProcessingErrors = aws_cloudwatch_log_metric_filter.ImageProcessingErrors[0].name
      S3PermissionErrors    = aws_cloudwatch_log_metric_filter.S3PermissionErrors[0].name
    } : {},
    var.enable_image_metrics && var.enable_metadata_table ? {
      RecordsLost = aws_cloudwatch_log_metric_filter.RecordsLost[0].name
    } : {},
    var.alarm_routing == "each" && var.enable_image_metrics ? {
      LargeImages = aws_cloudwatch_log_metric_filter.LargeImages[0].name
    } : {},
  )
}

output "all_log_alarm_names" {
  description = "Full names of all alarms."
  value       = values(local.alarm_names)
}

output "timeout_alarm_arn" {
  description = "ARN of the alarm `timeout-errors`, or \"\"."
  value       = lookup(local.alarm_arns, "timeout-errors", "")
}

output "memory_alarm_arn" {
  description = "ARN of the alarm `memory-errors`, or \"\"."
  value       = lookup(local.alarm_arns, "memory-errors", "")
}

output "pil_alarm_arn" {
  description = "ARN of the alarm `image-processing-errors`, or \"\"."
  value       = lookup(local.alarm_arns, "image-processing-errors", "")
}

output "s3_permission_alarm_arn" {
  description = "ARN of the alarm `s3-permission-errors`, or \"\"."
  value       = lookup(local.alarm_arns, "s3-permission-errors", "")
}

output "critical_alarm_arn" {
  description = "ARN of the alarm `critical-errors`, or \"\"."
  value       = lookup(local.alarm_arns, "critical-errors", "")
}

output "large_image_alarm_arn" {
  description = "ARN of the alarm `large-images`, or \"\"."
  value       = lookup(local.alarm_arns, "large-images", "")
}
