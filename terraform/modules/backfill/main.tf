data "aws_partition" "partition" {}

data "aws_region" "region" {}

data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "runs" {
  bucket_prefix = var.bucket_prefix
  force_destroy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "runs_encryption" {
  bucket = aws_s3_bucket.runs.id

  rule {
    bucket_key_enabled = var.enable_kms_key ? true : null

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.enable_kms_key ? var.kms_key_arn : null
      sse_algorithm     = var.enable_kms_key ? "aws:kms" : "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "runs_ownership" {
  bucket = aws_s3_bucket.runs.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "runs_versioning" {
  bucket = aws_s3_bucket.runs.id

  versioning_configuration {
    status = "Suspended"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "runs_lifecycle" {
  bucket = aws_s3_bucket.runs.id

  rule {
    id     = "expire-leftovers"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      expired_object_delete_marker = true
    }

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }
  }

  rule {
    id     = "age"
    status = "Enabled"

    expiration {
      days = var.keep_days
    }

    filter {
      prefix = ""
    }
  }

  depends_on = [aws_s3_bucket_versioning.runs_versioning]
}

resource "aws_s3_bucket_public_access_block" "runs_public_access" {
  bucket                  = aws_s3_bucket.runs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "runs_policy" {
  bucket = aws_s3_bucket.runs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.runs.arn, "${aws_s3_bucket.runs.arn}/*"]
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.runs_public_access]
}

resource "aws_iam_role" "role" {
  name = var.role_name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "states.amazonaws.com"
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = data.aws_caller_identity.current.account_id
          }
          ArnEquals = {
            "aws:SourceArn" = "arn:${data.aws_partition.partition.partition}:states:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:stateMachine:${var.state_machine_name}"
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
      for statement in [
        {
          Sid      = "ProcessBatches"
          Effect   = "Allow"
          Action   = ["lambda:InvokeFunction"]
          Resource = var.function_arn
        },
        {
          Sid      = "ReadManifests"
          Effect   = "Allow"
          Action   = ["s3:GetObject"]
          Resource = "${aws_s3_bucket.runs.arn}/manifests/*"
        },
        {
          Sid      = "WriteResults"
          Effect   = "Allow"
          Action   = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"]
          Resource = "${aws_s3_bucket.runs.arn}/results/*"
        },
        {
          Sid      = "StartBatches"
          Effect   = "Allow"
          Action   = ["states:StartExecution"]
          Resource = "arn:${data.aws_partition.partition.partition}:states:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:stateMachine:${var.state_machine_name}"
        },
        {
          Sid      = "StopBatches"
          Effect   = "Allow"
          Action   = ["states:DescribeExecution", "states:StopExecution"]
          Resource = "arn:${data.aws_partition.partition.partition}:states:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:execution:${var.state_machine_name}:*"
        },
        {
          Sid      = "RedriveBatches"
          Effect   = "Allow"
          Action   = ["states:RedriveExecution"]
          Resource = "arn:${data.aws_partition.partition.partition}:states:${data.aws_region.region.id}:${data.aws_caller_identity.current.account_id}:execution:${var.state_machine_name}/batches:*"
        },
        var.enable_kms_key ? {
          Sid      = "DecryptManifests"
          Effect   = "Allow"
          Action   = ["kms:Decrypt"]
          Resource = var.kms_key_arn
          Condition = {
            StringLike = {
              "kms:EncryptionContext:aws:s3:arn" = [aws_s3_bucket.runs.arn, "${aws_s3_bucket.runs.arn}/*"]
            }
          }
        } : null,
        var.enable_kms_key ? {
          Sid      = "EncryptResults"
          Effect   = "Allow"
          Action   = ["kms:GenerateDataKey"]
          Resource = var.kms_key_arn
          Condition = {
            StringLike = {
              "kms:EncryptionContext:aws:s3:arn" = [aws_s3_bucket.runs.arn, "${aws_s3_bucket.runs.arn}/*"]
            }
          }
        } : null,
      ] : statement if statement != null
    ]
  })
  role = aws_iam_role.role.id
}

resource "aws_sfn_state_machine" "machine" {
  name = var.state_machine_name
  definition = jsonencode({
    Comment        = "Processes objects that exist already, in batches"
    StartAt        = "Backfill"
    TimeoutSeconds = var.max_hours * 3600
    States = {
      Backfill = {
        Type  = "Map"
        Label = "batches"
        ItemReader = {
          Resource = "arn:${data.aws_partition.partition.partition}:states:::s3:getObject"
          ReaderConfig = {
            InputType = "JSONL"
          }
          Parameters = {
            Bucket  = aws_s3_bucket.runs.id
            "Key.$" = "$.manifest"
          }
        }
        ItemBatcher = {
          MaxItemsPerBatch = max(1, min(var.batch_size, floor(var.function_timeout / var.slowest_image_seconds)))
          BatchInput = {
            "all.$" = "$.all"
          }
        }
        MaxConcurrency             = var.max_concurrency
        ToleratedFailurePercentage = var.tolerated_failure_percent
        ItemProcessor = {
          ProcessorConfig = {
            Mode          = "DISTRIBUTED"
            ExecutionType = "EXPRESS"
          }
          StartAt = "Process"
          States = {
            Process = {
              Type     = "Task"
              Resource = "arn:${data.aws_partition.partition.partition}:states:::lambda:invoke"
              Parameters = {
                FunctionName = var.function_arn
                "Payload.$"  = "$"
              }
              OutputPath = "$.Payload"
              Retry = [
                {
                  ErrorEquals = [
                    "Lambda.TooManyRequestsException",
                    "Lambda.ServiceException",
                    "Lambda.AWSLambdaException",
                    "Lambda.SdkClientException",
                  ]
                  IntervalSeconds = 2
                  BackoffRate     = 2
                  MaxAttempts     = 8
                  MaxDelaySeconds = 15
                  JitterStrategy  = "FULL"
                },
                {
                  ErrorEquals     = ["States.ALL"]
                  IntervalSeconds = 5
                  BackoffRate     = 2
                  MaxAttempts     = 2
                  MaxDelaySeconds = 10
                  JitterStrategy  = "FULL"
                },
              ]
              End = true
            }
          }
        }
        ResultWriter = {
          Resource = "arn:${data.aws_partition.partition.partition}:states:::s3:putObject"
          Parameters = {
            Bucket     = aws_s3_bucket.runs.id
            "Prefix.$" = "$.results"
          }
        }
        End = true
      }
    }
  })
  role_arn = aws_iam_role.role.arn
  type     = "STANDARD"

  depends_on = [aws_iam_role_policy.policy]
}
