output "upload_bucket_name" {
  description = "Bucket for uploads"
  value       = module.s3_buckets.upload_bucket_id
}

output "upload_bucket_arn" {
  description = "ARN of the upload bucket"
  value       = module.s3_buckets.upload_bucket_arn
}

output "processed_bucket_name" {
  description = "Bucket for variants"
  value       = module.s3_buckets.processed_bucket_id
}

output "processed_bucket_arn" {
  description = "ARN of the bucket for variants"
  value       = module.s3_buckets.processed_bucket_arn
}

output "lambda_function_name" {
  description = "Name of the function"
  value       = module.lambda_function.function_name
}

output "lambda_function_arn" {
  description = "ARN of the function"
  value       = module.lambda_function.function_arn
}

output "lambda_log_group_name" {
  description = "Name of the function's log group"
  value       = module.lambda_function.log_group_name
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue, or \"\""
  value       = var.enable_dead_letter_queue ? module.dead_letter_queue[0].queue_name : ""
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue, or \"\""
  value       = var.enable_dead_letter_queue ? module.dead_letter_queue[0].queue_url : ""
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead-letter queue, or \"\""
  value       = var.enable_dead_letter_queue ? module.dead_letter_queue[0].queue_arn : ""
}

output "metadata_table_name" {
  description = "Name of the table with a record of each upload, or \"\""
  value       = var.enable_metadata_table ? module.metadata_table[0].table_name : ""
}

output "metadata_table_arn" {
  description = "ARN of that table, or \"\""
  value       = var.enable_metadata_table ? module.metadata_table[0].table_arn : ""
}

output "upload_api_url" {
  description = "Address of the upload API, or \"\""
  value       = var.enable_upload_api ? module.upload_api[0].api_url : ""
}

output "upload_api_id" {
  description = "Id of the upload API, or \"\""
  value       = var.enable_upload_api ? module.upload_api[0].api_id : ""
}

output "upload_api_execution_arn" {
  description = "ARN for policies of callers: execute-api:Invoke on <this>/*, or \"\""
  value       = var.enable_upload_api ? module.upload_api[0].execution_arn : ""
}

output "upload_function_name" {
  description = "Name of the upload API's function, or \"\""
  value       = var.enable_upload_api ? module.upload_function[0].function_name : ""
}

output "backfill_state_machine_arn" {
  description = "ARN of the state machine of backfills, or \"\""
  value       = var.enable_backfill ? module.backfill[0].state_machine_arn : ""
}

output "backfill_bucket_name" {
  description = "Bucket for manifests and results of backfills, or \"\""
  value       = var.enable_backfill ? module.backfill[0].bucket_id : ""
}

output "backfill_function_name" {
  description = "Name of the function of backfills, or \"\""
  value       = var.enable_backfill ? module.backfill_function[0].function_name : ""
}

output "critical_alerts_topic_arn" {
  description = "ARN of the topic for critical alarms"
  value       = module.sns_notifications.critical_alerts_topic_arn
}

output "performance_alerts_topic_arn" {
  description = "ARN of the topic for performance alarms"
  value       = module.sns_notifications.performance_alerts_topic_arn
}

output "log_alerts_topic_arn" {
  description = "ARN of the topic for alarms on log lines"
  value       = module.sns_notifications.log_alerts_topic_arn
}

output "cloudwatch_dashboard_name" {
  description = "Name of the dashboard, or \"\""
  value       = module.cloudwatch_metrics.dashboard_name
}

output "cloudwatch_dashboard_url" {
  description = "Address of the dashboard in the AWS console, or \"\""
  value       = module.cloudwatch_metrics.dashboard_name == "" ? "" : "https://${var.aws_region}.${local.console}/cloudwatch/home?region=${var.aws_region}#dashboards:name=${module.cloudwatch_metrics.dashboard_name}"
}

output "cloudwatch_dashboard_arn" {
  description = "ARN of the dashboard, or \"\""
  value       = module.cloudwatch_metrics.dashboard_arn
}

output "metric_namespace" {
  description = "Namespace of the custom metrics"
  value       = var.metric_namespace
}

output "cloudwatch_alarms" {
  description = "Names of the alarms on metrics, by short name"
  value       = module.cloudwatch_alarms.alarm_names
}

output "log_based_alarms" {
  description = "Names of the alarms on log lines, by short name"
  value       = module.log_alerts.alarm_names
}

output "alarm_arns" {
  description = "ARNs of all alarms, by short name"
  value       = merge(module.cloudwatch_alarms.alarm_arns, module.log_alerts.alarm_arns)
}

output "metric_filter_names" {
  description = "Names of the metric filters, by metric"
  value       = merge(module.cloudwatch_metrics.metric_filter_names, module.log_alerts.metric_filter_names)
}

output "topic_names" {
  description = "Names of the topics, by severity"
  value       = module.sns_notifications.topic_names
}

output "aws_region" {
  description = "Region of the stack"
  value       = var.aws_region
}

output "upload_command_example" {
  description = "Command that uploads a photo"
  value       = "aws s3 cp photo.jpg s3://${module.s3_buckets.upload_bucket_id}/"
}

output "view_logs_command" {
  description = "Command that follows the log"
  value       = "aws logs tail ${module.lambda_function.log_group_name} --follow --region ${var.aws_region}"
}

output "test_alarm_command" {
  description = "Command that tests whether notifications reach you"
  value       = "aws cloudwatch set-alarm-state --alarm-name ${module.cloudwatch_alarms.alarm_names["high-error-rate"]} --state-value ALARM --state-reason \"Testing\" --region ${var.aws_region}"
}

output "sns_subscription_note" {
  description = "What you still have to do for notifications"
  value       = length(compact(concat(values(local.emails), flatten(values(local.additional_emails))))) == 0 ? "No e-mail address receives notifications. Set alert_email for ${var.environment} and deploy again." : "AWS sends a confirmation to each e-mail address. Notifications arrive only after you follow its link."
}
