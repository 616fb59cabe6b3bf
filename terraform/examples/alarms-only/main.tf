# Alarms on your own Lambda function.

provider "aws" {
  region = "eu-west-1"
}

module "sns" {
  source               = "../../modules/sns_notifications"
  project_name         = "invoices"
  environment          = "prod"
  critical_alert_email = "operator@example.com"
}

module "alarms" {
  source                       = "../../modules/cloudwatch_alarms"
  function_name                = "invoices-worker"
  critical_alerts_topic_arn    = module.sns.critical_alerts_topic_arn
  performance_alerts_topic_arn = module.sns.performance_alerts_topic_arn
}

# By short name, as in the outputs of the stack.
output "names" {
  value = module.alarms.alarm_names
}
