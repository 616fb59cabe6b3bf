data "aws_partition" "partition" {}

data "aws_region" "region" {}

data "aws_caller_identity" "current" {}

resource "aws_iam_role" "role" {
  name = var.role_name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = data.aws_partition.partition.partition == "aws" ? "codedeploy.amazonaws.com" : "codedeploy.${data.aws_region.region.id}.amazonaws.com"
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = data.aws_caller_identity.current.account_id
          }
        }
      },
    ]
  })
  permissions_boundary = var.permissions_boundary_arn != "" ? var.permissions_boundary_arn : null
}

resource "aws_iam_role_policy" "policy" {
  name = "least-privilege"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "MoveTheAlias"
        Effect   = "Allow"
        Action   = ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"]
        Resource = [var.function_arn, var.alias_arn]
      },
      {
        Sid      = "WatchAlarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = "*"
      },
    ]
  })
  role = aws_iam_role.role.id
}

resource "aws_codedeploy_app" "app" {
  name             = var.application_name
  compute_platform = "Lambda"
}

resource "aws_codedeploy_deployment_group" "group" {
  app_name               = aws_codedeploy_app.app.name
  deployment_config_name = "CodeDeployDefault.Lambda${var.release_strategy}"
  deployment_group_name  = var.deployment_group_name
  service_role_arn       = aws_iam_role.role.arn

  alarm_configuration {
    alarms  = var.critical_alarm_names
    enabled = true
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }

  depends_on = [aws_iam_role_policy.policy]
}
