data "aws_caller_identity" "current" {}

resource "aws_iam_role" "role" {
  name = var.channel_name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "chatbot.amazonaws.com"
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
  name = "show-metrics"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ShowMetrics"
        Effect   = "Allow"
        Action   = ["cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"]
        Resource = "*"
      },
    ]
  })
  role = aws_iam_role.role.id
}

resource "aws_chatbot_slack_channel_configuration" "slack" {
  configuration_name    = var.channel_name
  guardrail_policy_arns = ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
  iam_role_arn          = aws_iam_role.role.arn
  slack_channel_id      = var.slack_channel_id
  slack_team_id         = var.slack_workspace_id
  sns_topic_arns        = var.topic_arns
}
