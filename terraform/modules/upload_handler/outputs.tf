output "handler" {
  description = "Entry point of the function."
  value       = "upload-api.handler"
}

output "timeout" {
  description = "Timeout that the function needs, in seconds."
  value       = 10
}

output "memory_size" {
  description = "Memory that the function needs, in MB."
  value       = 512
}

output "environment_variables" {
  description = "Environment variables of the function."
  value = {
    UPLOAD_BUCKET    = var.upload_bucket_id
    PROCESSED_BUCKET = var.processed_bucket_id
    RECORDS_TABLE    = var.records_table_name
    MAX_IMAGE_BYTES  = var.max_image_bytes
    LOG_LEVEL        = var.log_level
  }
}

output "policy_documents" {
  description = "What the function may do: policy documents as JSON, by name."
  value = {
    upload_api = jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          {
            Sid      = "AcceptDirectUploads"
            Effect   = "Allow"
            Action   = ["s3:PutObject"]
            Resource = "${var.upload_bucket_arn}/uploads/*"
          },
          {
            Sid      = "LinkToVariants"
            Effect   = "Allow"
            Action   = ["s3:GetObject"]
            Resource = "${var.processed_bucket_arn}/uploads/*"
          },
        ],
        flatten([for document in [var.records_write_policy] : [jsondecode(document).Statement]]),
        [
          for statement in [
            {
              Sid      = "FindRecords"
              Effect   = "Allow"
              Action   = ["dynamodb:Query"]
              Resource = "${var.records_table_arn}/index/uploads"
            },
            var.enable_kms_key ? {
              Sid      = "EncryptDirectUploads"
              Effect   = "Allow"
              Action   = ["kms:GenerateDataKey"]
              Resource = var.kms_key_arn
              Condition = {
                StringLike = {
                  "kms:EncryptionContext:aws:s3:arn" = [var.upload_bucket_arn, "${var.upload_bucket_arn}/*"]
                }
              }
            } : null,
            var.enable_kms_key ? {
              Sid      = "DecryptVariants"
              Effect   = "Allow"
              Action   = ["kms:Decrypt"]
              Resource = var.kms_key_arn
              Condition = {
                StringLike = {
                  "kms:EncryptionContext:aws:s3:arn" = [var.processed_bucket_arn, "${var.processed_bucket_arn}/*"]
                }
              }
            } : null,
          ] : statement if statement != null
        ]
      )
    })
  }
}

output "application_log_level" {
  description = "Least severe log level that Lambda keeps."
  value       = var.log_level != "DEBUG" ? "INFO" : "DEBUG"
}
