output "dashboard_name" {
  description = "Name of the dashboard, or \"\"."
  value       = var.enable_dashboard ? aws_cloudwatch_dashboard.dashboard[0].dashboard_name : ""
}

output "dashboard_arn" {
  description = "ARN of the dashboard, or \"\"."
  value       = var.enable_dashboard ? aws_cloudwatch_dashboard.dashboard[0].dashboard_arn : ""
}

output "metric_namespace" {
  description = "Namespace of the custom metrics."
  value       = var.metric_namespace != "" ? var.metric_namespace : "ImageProcessor/${var.function_name}"
}

output "metric_filter_names" {
  description = "Name of each metric filter, by metric."
  value = merge(
    {
      LambdaErrors   = aws_cloudwatch_log_metric_filter.LambdaErrors.name
      Attempts       = aws_cloudwatch_log_metric_filter.Attempts.name
      FailedAttempts = aws_cloudwatch_log_metric_filter.FailedAttempts.name
      MemoryUsedMB   = aws_cloudwatch_log_metric_filter.MemoryUsedMB.name
    },
    var.enable_image_metrics ? {
      ImageSizeBytes      = aws_cloudwatch_log_metric_filter.ImageSizeBytes[0].name
      ImageProcessingTime = aws_cloudwatch_log_metric_filter.ImageProcessingTime[0].name
      SuccessfulProcesses = aws_cloudwatch_log_metric_filter.SuccessfulProcesses[0].name
      RefusedImages       = aws_cloudwatch_log_metric_filter.RefusedImages[0].name
      AllRefusedImages    = aws_cloudwatch_log_metric_filter.AllRefusedImages[0].name
      SupersededImages    = aws_cloudwatch_log_metric_filter.SupersededImages[0].name
      LateImages          = aws_cloudwatch_log_metric_filter.LateImages[0].name
      S3AccessDenied      = aws_cloudwatch_log_metric_filter.S3AccessDenied[0].name
      MetricsLost         = aws_cloudwatch_log_metric_filter.MetricsLost[0].name
    } : {},
    var.enable_image_metrics && var.enable_upload_api ? {
      LinksIssued = aws_cloudwatch_log_metric_filter.LinksIssued[0].name
      LinksUsed   = aws_cloudwatch_log_metric_filter.LinksUsed[0].name
    } : {},
  )
}
