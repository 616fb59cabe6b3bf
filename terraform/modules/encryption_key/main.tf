data "aws_partition" "partition" {}

data "aws_region" "region" {}

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "key" {
  description         = var.key_name
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in [
        {
          Sid    = "AdministeredByThisAccount"
          Effect = "Allow"
          Principal = {
            AWS = "arn:${data.aws_partition.partition.partition}:iam::${data.aws_caller_identity.current.account_id}:root"
          }
          Action   = "kms:*"
          Resource = "*"
        },
        {
          Sid    = "LogsOfTheFunction"
          Effect = "Allow"
          Principal = {
            Service = "logs.${data.aws_region.region.id}.${data.aws_partition.partition.dns_suffix}"
          }
          Action   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
          Resource = "*"
          Condition = {
            ArnEquals = merge(
              (var.api_log_group_name != "" || var.backfill_log_group_name != "") ? {
                "kms:EncryptionContext:aws:logs:arn" = [
                  for item in [
                    "arn:${data.aws_partition.partition.partition}:logs:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:log-group:${var.log_group_name}",
                    var.api_log_group_name != "" ? "arn:${data.aws_partition.partition.partition}:logs:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:log-group:${var.api_log_group_name}" : null,
                    var.backfill_log_group_name != "" ? "arn:${data.aws_partition.partition.partition}:logs:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:log-group:${var.backfill_log_group_name}" : null,
                  ] : item if item != null
                ]
              } : {},
              var.api_log_group_name == "" && var.backfill_log_group_name == "" ? {
                "kms:EncryptionContext:aws:logs:arn" = "arn:${data.aws_partition.partition.partition}:logs:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:log-group:${var.log_group_name}"
              } : {},
            )
          }
        },
        {
          Sid    = "AlarmsOfThisAccount"
          Effect = "Allow"
          Principal = {
            Service = "cloudwatch.amazonaws.com"
          }
          Action   = ["kms:Decrypt", "kms:GenerateDataKey*"]
          Resource = "*"
          Condition = {
            StringEquals = {
              "aws:SourceAccount" = data.aws_caller_identity.current.account_id
            }
          }
        },
        var.enable_budget_publisher ? {
          Sid    = "BudgetOfThisAccount"
          Effect = "Allow"
          Principal = {
            Service = "budgets.amazonaws.com"
          }
          Action   = ["kms:Decrypt", "kms:GenerateDataKey*"]
          Resource = "*"
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

resource "aws_kms_alias" "alias" {
  name          = "alias/${var.key_name}"
  target_key_id = aws_kms_key.key.key_id
}
