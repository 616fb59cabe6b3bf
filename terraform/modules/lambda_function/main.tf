data "aws_caller_identity" "current" {}

data "aws_partition" "partition" {}

data "aws_region" "region" {}

data "aws_cloudwatch_log_group" "log_group" {
  count = var.existing_log_group_name != "" ? 1 : 0

  name = var.existing_log_group_name
}

resource "aws_cloudwatch_log_group" "log_group" {
  count = var.existing_log_group_name == "" ? 1 : 0

  name              = var.log_group_name != "" ? var.log_group_name : "/aws/lambda/${var.function_name}"
  kms_key_id        = var.enable_kms_key ? var.kms_key_arn : null
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role" "role" {
  name = var.role_name != "" ? var.role_name : "${var.function_name}-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
  permissions_boundary = var.permissions_boundary_arn != "" ? var.permissions_boundary_arn : null
}

resource "aws_iam_role_policy" "policy" {
  name = "least-privilege"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      flatten([for document in values(var.policy_documents) : [jsondecode(document).Statement]]),
      [
        for statement in [
          {
            Sid      = "WriteLogs"
            Effect   = "Allow"
            Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
            Resource = "${var.existing_log_group_name == "" ? aws_cloudwatch_log_group.log_group[0].arn : data.aws_cloudwatch_log_group.log_group[0].arn}:*"
          },
          var.enable_dead_letter_queue ? {
            Sid      = "KeepDeadLetters"
            Effect   = "Allow"
            Action   = ["sqs:SendMessage"]
            Resource = var.dead_letter_queue_arn
          } : null,
          var.enable_xray_tracing ? {
            Sid      = "SendTraces"
            Effect   = "Allow"
            Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
            Resource = "*"
          } : null,
          var.enable_kms_key ? {
            Sid      = "DecryptSettings"
            Effect   = "Allow"
            Action   = ["kms:Decrypt"]
            Resource = var.kms_key_arn
            Condition = {
              StringEquals = {
                "kms:EncryptionContext:aws:lambda:FunctionArn" = "arn:${data.aws_partition.partition.partition}:lambda:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:function:${var.function_name}"
              }
            }
          } : null,
          var.enable_dead_letter_queue && var.enable_kms_key ? {
            Sid      = "EncryptDeadLetters"
            Effect   = "Allow"
            Action   = ["kms:GenerateDataKey", "kms:Decrypt"]
            Resource = var.kms_key_arn
            Condition = {
              StringEquals = {
                "kms:ViaService" = "sqs.${data.aws_region.region.id}.${data.aws_partition.partition.dns_suffix}"
              }
            }
          } : null,
          length(var.vpc_subnet_ids) > 0 ? {
            Sid    = "ConnectToVpc"
            Effect = "Allow"
            Action = [
              "ec2:CreateNetworkInterface",
              "ec2:DescribeNetworkInterfaces",
              "ec2:DescribeSubnets",
              "ec2:DeleteNetworkInterface",
              "ec2:AssignPrivateIpAddresses",
              "ec2:UnassignPrivateIpAddresses",
            ]
            Resource = "*"
          } : null,
          length(var.vpc_subnet_ids) > 0 ? {
            Sid    = "DenyVpcToCode"
            Effect = "Deny"
            Action = [
              "ec2:CreateNetworkInterface",
              "ec2:DescribeNetworkInterfaces",
              "ec2:DescribeSubnets",
              "ec2:DeleteNetworkInterface",
              "ec2:AssignPrivateIpAddresses",
              "ec2:UnassignPrivateIpAddresses",
            ]
            Resource = "*"
            Condition = {
              ArnEquals = {
                "lambda:SourceFunctionArn" = "arn:${data.aws_partition.partition.partition}:lambda:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:function:${var.function_name}"
              }
            }
          } : null,
        ] : statement if statement != null
      ]
    )
  })
  role = aws_iam_role.role.id
}

resource "aws_lambda_code_signing_config" "code_signing" {
  count = var.code_signing_profile_version_arn != "" ? 1 : 0

  allowed_publishers {
    signing_profile_version_arns = [var.code_signing_profile_version_arn]
  }

  policies {
    untrusted_artifact_on_deployment = "Enforce"
  }
}

resource "aws_lambda_function" "function" {
  function_name                  = var.function_name
  architectures                  = [var.architecture]
  code_signing_config_arn        = var.code_signing_profile_version_arn != "" ? aws_lambda_code_signing_config.code_signing[0].arn : null
  filename                       = var.package_path
  handler                        = var.handler
  kms_key_arn                    = var.enable_kms_key ? var.kms_key_arn : null
  layers                         = length(var.lambda_layers) > 0 ? var.lambda_layers : null
  memory_size                    = var.memory_size
  publish                        = var.enable_alias ? true : null
  reserved_concurrent_executions = var.reserved_concurrent_executions != -1 ? var.reserved_concurrent_executions : null
  role                           = aws_iam_role.role.arn
  runtime                        = var.runtime
  source_code_hash               = filebase64sha256(var.package_path)
  timeout                        = var.timeout

  dynamic "dead_letter_config" {
    for_each = var.enable_dead_letter_queue ? [true] : []

    content {
      target_arn = var.dead_letter_queue_arn
    }
  }

  dynamic "environment" {
    for_each = length(var.environment_variables) > 0 ? [true] : []

    content {
      variables = var.environment_variables
    }
  }

  logging_config {
    application_log_level = var.application_log_level
    log_format            = "JSON"
    log_group             = var.existing_log_group_name == "" ? aws_cloudwatch_log_group.log_group[0].name : data.aws_cloudwatch_log_group.log_group[0].name
    system_log_level      = "INFO"
  }

  dynamic "tracing_config" {
    for_each = var.enable_xray_tracing ? [true] : []

    content {
      mode = "Active"
    }
  }

  dynamic "vpc_config" {
    for_each = length(var.vpc_subnet_ids) > 0 ? [true] : []

    content {
      security_group_ids = var.vpc_security_group_ids
      subnet_ids         = var.vpc_subnet_ids
    }
  }

  depends_on = [aws_cloudwatch_log_group.log_group, aws_iam_role_policy.policy]
}

resource "aws_lambda_function_recursion_config" "recursion" {
  count = var.enable_recursion_guard ? 1 : 0

  function_name  = aws_lambda_function.function.function_name
  recursive_loop = "Terminate"
}

resource "aws_lambda_alias" "alias" {
  count = var.enable_alias ? 1 : 0

  function_name    = aws_lambda_function.function.function_name
  name             = var.alias_name
  function_version = aws_lambda_function.function.version

  lifecycle {
    ignore_changes = [function_version, routing_config, description]
  }
}

resource "aws_lambda_function_event_invoke_config" "retries" {
  count = var.retry_attempts != 2 || var.max_event_age_seconds != 21600 ? 1 : 0

  function_name                = aws_lambda_function.function.function_name
  maximum_event_age_in_seconds = var.max_event_age_seconds
  maximum_retry_attempts       = var.retry_attempts
  qualifier                    = var.enable_alias ? aws_lambda_alias.alias[0].name : null
}
