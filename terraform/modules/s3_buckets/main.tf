data "aws_caller_identity" "current" {}

data "aws_s3_bucket" "upload" {
  count = var.existing_upload_bucket_name != "" ? 1 : 0

  bucket = var.existing_upload_bucket_name
}

data "aws_s3_bucket" "processed" {
  count = var.existing_processed_bucket_name != "" ? 1 : 0

  bucket = var.existing_processed_bucket_name
}

resource "aws_s3_bucket" "upload" {
  count = var.existing_upload_bucket_name == "" ? 1 : 0

  bucket        = var.upload_bucket_name != "" ? var.upload_bucket_name : null
  bucket_prefix = var.upload_bucket_name == "" ? var.upload_bucket_prefix : null
}

resource "aws_s3_bucket_server_side_encryption_configuration" "upload_encryption" {
  count = var.existing_upload_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.upload[0].id

  rule {
    bucket_key_enabled = var.enable_kms_key ? true : null

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.enable_kms_key ? var.kms_key_arn : null
      sse_algorithm     = var.enable_kms_key ? "aws:kms" : "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "upload_ownership" {
  count = var.existing_upload_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.upload[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "upload_versioning" {
  count = var.existing_upload_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.upload[0].id

  versioning_configuration {
    status = var.enable_versioning ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "upload_lifecycle" {
  count = var.existing_upload_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.upload[0].id

  rule {
    id     = "expire-leftovers"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = var.unfinished_upload_days
    }

    expiration {
      expired_object_delete_marker = true
    }

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.upload_versioning]
}

resource "aws_s3_bucket" "processed" {
  count = var.existing_processed_bucket_name == "" ? 1 : 0

  bucket        = var.processed_bucket_name != "" ? var.processed_bucket_name : null
  bucket_prefix = var.processed_bucket_name == "" ? var.processed_bucket_prefix : null
}

resource "aws_s3_bucket_server_side_encryption_configuration" "processed_encryption" {
  count = var.existing_processed_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.processed[0].id

  rule {
    bucket_key_enabled = var.enable_kms_key ? true : null

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.enable_kms_key ? var.kms_key_arn : null
      sse_algorithm     = var.enable_kms_key ? "aws:kms" : "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "processed_ownership" {
  count = var.existing_processed_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.processed[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "processed_versioning" {
  count = var.existing_processed_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.processed[0].id

  versioning_configuration {
    status = var.enable_versioning ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "processed_lifecycle" {
  count = var.existing_processed_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.processed[0].id

  rule {
    id     = "expire-leftovers"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = var.unfinished_upload_days
    }

    expiration {
      expired_object_delete_marker = true
    }

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }
  }

  dynamic "rule" {
    for_each = (var.processed_transition_days != 0 || var.processed_expiration_days != 0) ? [true] : []

    content {
      id     = "age"
      status = "Enabled"

      dynamic "expiration" {
        for_each = var.processed_expiration_days != 0 ? [true] : []

        content {
          days = var.processed_expiration_days
        }
      }

      filter {
        prefix = ""
      }

      dynamic "transition" {
        for_each = var.processed_transition_days != 0 ? [true] : []

        content {
          days          = var.processed_transition_days
          storage_class = var.processed_transition_class
        }
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.processed_versioning]
}

resource "aws_s3_bucket_public_access_block" "upload_public_access" {
  count = var.existing_upload_bucket_name == "" ? 1 : 0

  bucket                  = aws_s3_bucket.upload[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "upload_policy" {
  count = var.existing_upload_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.upload[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.upload[0].arn, "${aws_s3_bucket.upload[0].arn}/*"]
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.upload_public_access]
}

resource "aws_s3_bucket_public_access_block" "processed_public_access" {
  count = var.existing_processed_bucket_name == "" ? 1 : 0

  bucket                  = aws_s3_bucket.processed[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "processed_policy" {
  count = var.existing_processed_bucket_name == "" ? 1 : 0

  bucket = aws_s3_bucket.processed[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.processed[0].arn, "${aws_s3_bucket.processed[0].arn}/*"]
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.processed_public_access]
}

resource "aws_s3_bucket" "logs" {
  count = var.enable_access_logging ? 1 : 0

  bucket_prefix = var.log_bucket_prefix
  force_destroy = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs_encryption" {
  count = var.enable_access_logging ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "logs_ownership" {
  count = var.enable_access_logging ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "logs_versioning" {
  count = var.enable_access_logging ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  versioning_configuration {
    status = "Suspended"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs_lifecycle" {
  count = var.enable_access_logging ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    id     = "expire-leftovers"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = var.unfinished_upload_days
    }

    expiration {
      expired_object_delete_marker = true
    }

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }
  }

  rule {
    id     = "age"
    status = "Enabled"

    expiration {
      days = var.access_log_days
    }

    filter {
      prefix = ""
    }
  }

  depends_on = [aws_s3_bucket_versioning.logs_versioning]
}

resource "aws_s3_bucket_public_access_block" "logs_public_access" {
  count = var.enable_access_logging ? 1 : 0

  bucket                  = aws_s3_bucket.logs[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "logs_policy" {
  count = var.enable_access_logging ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "AccessLogsOfTheBuckets"
        Effect = "Allow"
        Principal = {
          Service = "logging.s3.amazonaws.com"
        }
        Action   = "s3:PutObject"
        Resource = "${aws_s3_bucket.logs[0].arn}/*"
        Condition = {
          ArnLike = {
            "aws:SourceArn" = [
              for item in [
                var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].arn : null,
                var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].arn : null,
              ] : item if item != null
            ]
          }
          StringEquals = {
            "aws:SourceAccount" = data.aws_caller_identity.current.account_id
          }
        }
      },
      {
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.logs[0].arn, "${aws_s3_bucket.logs[0].arn}/*"]
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.logs_public_access]
}

resource "aws_s3_bucket_logging" "upload_logging" {
  count = var.existing_upload_bucket_name == "" && var.enable_access_logging ? 1 : 0

  bucket        = aws_s3_bucket.upload[0].id
  target_bucket = aws_s3_bucket.logs[0].id
  target_prefix = "upload/"

  depends_on = [aws_s3_bucket_policy.logs_policy]
}

resource "aws_s3_bucket_logging" "processed_logging" {
  count = var.existing_processed_bucket_name == "" && var.enable_access_logging ? 1 : 0

  bucket        = aws_s3_bucket.processed[0].id
  target_bucket = aws_s3_bucket.logs[0].id
  target_prefix = "processed/"

  depends_on = [aws_s3_bucket_policy.logs_policy]
}
