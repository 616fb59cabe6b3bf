output "critical_alerts_topic_arn" {
  description = "ARN of the topic for critical alarms."
  value       = var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic.critical[0].arn : var.existing_critical_alerts_topic_arn
}

output "critical_alerts_topic_name" {
  description = "Name of the topic for critical alarms."
  value       = var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic.critical[0].name : element(reverse(split(":", var.existing_critical_alerts_topic_arn)), 0)
}

output "performance_alerts_topic_arn" {
  description = "ARN of the topic for performance alarms."
  value       = var.existing_performance_alerts_topic_arn == "" ? aws_sns_topic.performance[0].arn : var.existing_performance_alerts_topic_arn
}

output "performance_alerts_topic_name" {
  description = "Name of the topic for performance alarms."
  value       = var.existing_performance_alerts_topic_arn == "" ? aws_sns_topic.performance[0].name : element(reverse(split(":", var.existing_performance_alerts_topic_arn)), 0)
}

output "log_alerts_topic_arn" {
  description = "ARN of the topic for alarms on log lines."
  value       = var.existing_log_alerts_topic_arn == "" ? aws_sns_topic.log[0].arn : var.existing_log_alerts_topic_arn
}

output "log_alerts_topic_name" {
  description = "Name of the topic for alarms on log lines."
  value       = var.existing_log_alerts_topic_arn == "" ? aws_sns_topic.log[0].name : element(reverse(split(":", var.existing_log_alerts_topic_arn)), 0)
}

output "topic_arns" {
  description = "ARN of each topic, by severity."
  value = {
    critical    = var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic.critical[0].arn : var.existing_critical_alerts_topic_arn
    performance = var.existing_performance_alerts_topic_arn == "" ? aws_sns_topic.performance[0].arn : var.existing_performance_alerts_topic_arn
    log         = var.existing_log_alerts_topic_arn == "" ? aws_sns_topic.log[0].arn : var.existing_log_alerts_topic_arn
  }
}

output "topic_names" {
  description = "Name of each topic, by severity."
  value = {
    critical    = var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic.critical[0].name : element(reverse(split(":", var.existing_critical_alerts_topic_arn)), 0)
    performance = var.existing_performance_alerts_topic_arn == "" ? aws_sns_topic.performance[0].name : element(reverse(split(":", var.existing_performance_alerts_topic_arn)), 0)
    log         = var.existing_log_alerts_topic_arn == "" ? aws_sns_topic.log[0].name : element(reverse(split(":", var.existing_log_alerts_topic_arn)), 0)
  }
}

output "budget_topic_arn" {
  description = "ARN of the topic that a budget may notify."
  value       = var.budget_severity == "critical" ? var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic_policy.critical_policy[0].arn : var.existing_critical_alerts_topic_arn : var.budget_severity == "log" ? var.existing_log_alerts_topic_arn == "" ? aws_sns_topic_policy.log_policy[0].arn : var.existing_log_alerts_topic_arn : var.existing_performance_alerts_topic_arn != "" ? var.existing_performance_alerts_topic_arn : aws_sns_topic_policy.performance_policy[0].arn
}
