data "aws_caller_identity" "current" {}

resource "aws_sns_topic" "critical" {
  count = var.existing_critical_alerts_topic_arn == "" ? 1 : 0

  name              = "${var.project_name}-${var.environment}-critical-alerts"
  kms_master_key_id = var.enable_kms_key ? var.kms_key_arn : null
}

resource "aws_sns_topic_policy" "critical_policy" {
  count = var.existing_critical_alerts_topic_arn == "" ? 1 : 0

  arn = aws_sns_topic.critical[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in [
        {
          Sid    = "AlarmsOfThisAccount"
          Effect = "Allow"
          Principal = {
            Service = "cloudwatch.amazonaws.com"
          }
          Action   = "sns:Publish"
          Resource = aws_sns_topic.critical[0].arn
          Condition = {
            StringEquals = {
              "aws:SourceAccount" = data.aws_caller_identity.current.account_id
            }
          }
        },
        var.enable_budget_publisher && var.budget_severity == "critical" ? {
          Sid    = "BudgetOfThisAccount"
          Effect = "Allow"
          Principal = {
            Service = "budgets.amazonaws.com"
          }
          Action   = "sns:Publish"
          Resource = aws_sns_topic.critical[0].arn
          Condition = {
            StringEquals = {
              "aws:SourceAccount" = data.aws_caller_identity.current.account_id
            }
          }
        } : null,
      ] : statement if statement != null
    ]
  })
}

resource "aws_sns_topic" "performance" {
  count = var.existing_performance_alerts_topic_arn == "" ? 1 : 0

  name              = "${var.project_name}-${var.environment}-performance-alerts"
  kms_master_key_id = var.enable_kms_key ? var.kms_key_arn : null
}

resource "aws_sns_topic_policy" "performance_policy" {
  count = var.existing_performance_alerts_topic_arn == "" ? 1 : 0

  arn = aws_sns_topic.performance[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in [
        {
          Sid    = "AlarmsOfThisAccount"
          Effect = "Allow"
          Principal = {
            Service = "cloudwatch.amazonaws.com"
          }
          Action   = "sns:Publish"
          Resource = aws_sns_topic.performance[0].arn
          Condition = {
            StringEquals = {
              "aws:SourceAccount" = data.aws_caller_identity.current.account_id
            }
          }
        },
        var.budget_severity == "performance" && var.enable_budget_publisher ? {
          Sid    = "BudgetOfThisAccount"
          Effect = "Allow"
          Principal = {
            Service = "budgets.amazonaws.com"
          }
          Action   = "sns:Publish"
          Resource = aws_sns_topic.performance[0].arn
          Condition = {
            StringEquals = {
              "aws:SourceAccount" = data.aws_caller_identity.current.account_id
            }
          }
        } : null,
      ] : statement if statement != null
    ]
  })
}

resource "aws_sns_topic" "log" {
  count = var.existing_log_alerts_topic_arn == "" ? 1 : 0

  name              = "${var.project_name}-${var.environment}-log-alerts"
  kms_master_key_id = var.enable_kms_key ? var.kms_key_arn : null
}

resource "aws_sns_topic_policy" "log_policy" {
  count = var.existing_log_alerts_topic_arn == "" ? 1 : 0

  arn = aws_sns_topic.log[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in [
        {
          Sid    = "AlarmsOfThisAccount"
          Effect = "Allow"
          Principal = {
            Service = "cloudwatch.amazonaws.com"
          }
          Action   = "sns:Publish"
          Resource = aws_sns_topic.log[0].arn
          Condition = {
            StringEquals = {
              "aws:SourceAccount" = data.aws_caller_identity.current.account_id
            }
          }
        },
        var.enable_budget_publisher && var.budget_severity == "log" ? {
          Sid    = "BudgetOfThisAccount"
          Effect = "Allow"
          Principal = {
            Service = "budgets.amazonaws.com"
          }
          Action   = "sns:Publish"
          Resource = aws_sns_topic.log[0].arn
          Condition = {
            StringEquals = {
              "aws:SourceAccount" = data.aws_caller_identity.current.account_id
            }
          }
        } : null,
      ] : statement if statement != null
    ]
  })
}

resource "aws_sns_topic_subscription" "critical_email" {
  count = var.critical_alert_email != "" ? 1 : 0

  endpoint  = var.critical_alert_email
  protocol  = "email"
  topic_arn = var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic.critical[0].arn : var.existing_critical_alerts_topic_arn
}

resource "aws_sns_topic_subscription" "critical_email_additional" {
  for_each = setsubtract(var.additional_critical_alert_emails, [var.critical_alert_email])

  endpoint  = each.value
  protocol  = "email"
  topic_arn = var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic.critical[0].arn : var.existing_critical_alerts_topic_arn
}

resource "aws_sns_topic_subscription" "performance_email" {
  count = var.performance_alert_email != "" ? 1 : 0

  endpoint  = var.performance_alert_email
  protocol  = "email"
  topic_arn = var.existing_performance_alerts_topic_arn == "" ? aws_sns_topic.performance[0].arn : var.existing_performance_alerts_topic_arn
}

resource "aws_sns_topic_subscription" "performance_email_additional" {
  for_each = setsubtract(var.additional_performance_alert_emails, [var.performance_alert_email])

  endpoint  = each.value
  protocol  = "email"
  topic_arn = var.existing_performance_alerts_topic_arn == "" ? aws_sns_topic.performance[0].arn : var.existing_performance_alerts_topic_arn
}

resource "aws_sns_topic_subscription" "log_email" {
  count = var.log_alert_email != "" ? 1 : 0

  endpoint  = var.log_alert_email
  protocol  = "email"
  topic_arn = var.existing_log_alerts_topic_arn == "" ? aws_sns_topic.log[0].arn : var.existing_log_alerts_topic_arn
}

resource "aws_sns_topic_subscription" "log_email_additional" {
  for_each = setsubtract(var.additional_log_alert_emails, [var.log_alert_email])

  endpoint  = each.value
  protocol  = "email"
  topic_arn = var.existing_log_alerts_topic_arn == "" ? aws_sns_topic.log[0].arn : var.existing_log_alerts_topic_arn
}

resource "aws_sns_topic_subscription" "critical_sms" {
  count = var.critical_alert_sms != "" ? 1 : 0

  endpoint  = var.critical_alert_sms
  protocol  = "sms"
  topic_arn = var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic.critical[0].arn : var.existing_critical_alerts_topic_arn
}

resource "aws_sns_topic_subscription" "critical_https" {
  count = var.critical_alert_https_endpoint != "" ? 1 : 0

  endpoint               = var.critical_alert_https_endpoint
  endpoint_auto_confirms = true
  protocol               = "https"
  topic_arn              = var.existing_critical_alerts_topic_arn == "" ? aws_sns_topic.critical[0].arn : var.existing_critical_alerts_topic_arn
}
