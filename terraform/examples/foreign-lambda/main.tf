# A Python function that exists already: alarms on its metrics, and on faults in its log.

provider "aws" {
  region = "eu-west-1"
}

locals {
  function_name = "invoices-worker"
}

data "aws_cloudwatch_log_group" "worker" {
  name = "/aws/lambda/${local.function_name}"
}

module "sns" {
  source = "../../modules/sns_notifications"

  project_name         = "invoices"
  environment          = "prod"
  critical_alert_email = "operator@example.com"
}

module "alarms" {
  source = "../../modules/cloudwatch_alarms"

  function_name                = local.function_name
  critical_alerts_topic_arn    = module.sns.critical_alerts_topic_arn
  performance_alerts_topic_arn = module.sns.performance_alerts_topic_arn
  duration_threshold_ms        = 20000
}

# Timeouts, lack of memory and crashes: Lambda writes these lines for every runtime if the log format is JSON.
module "log_alerts" {
  source = "../../modules/log_alerts"

  function_name        = local.function_name
  log_group_name       = data.aws_cloudwatch_log_group.worker.name
  log_alerts_topic_arn = module.sns.log_alerts_topic_arn
}

output "alarm_names" {
  value = merge(module.alarms.alarm_names, module.log_alerts.alarm_names)
}
