output "handler" {
  description = "Entry point of the function."
  value       = "index.handler"
}

output "environment_variables" {
  description = "Environment variables of the function."
  value = merge(
    {
      MALLOC_MMAP_THRESHOLD_      = "1048576"
      PROCESSED_BUCKET            = var.processed_bucket_id
      LOG_LEVEL                   = var.log_level
      REFUSAL_LOG_LEVEL           = var.refusal_log_level
      METRIC_NAMESPACE            = var.metric_namespace
      METRICS_TRANSPORT           = var.metrics_transport
      SLO_SECONDS                 = var.slo_seconds
      LARGE_IMAGE_BYTES           = var.large_image_bytes
      MAX_IMAGE_BYTES             = var.max_image_bytes
      MAX_IMAGE_PIXELS            = var.max_image_pixels
      MAX_IMAGE_SIDE_PX           = var.max_image_side_px
      MAX_IMAGE_FRAMES            = var.max_image_frames
      VARIANTS                    = "{\"compressed\":{\"format\":\"jpeg\",\"quality\":85},\"low\":{\"format\":\"jpeg\",\"quality\":60},\"webp\":{\"format\":\"webp\",\"quality\":85},\"png\":{\"format\":\"png\"},\"thumbnail\":{\"format\":\"jpeg\",\"quality\":80,\"inside_px\":300}}"
      KEEP_SMALLER_ORIGINAL       = var.keep_smaller_original ? "on" : "off"
      KEEP_COPYRIGHT              = var.keep_copyright ? "on" : "off"
      MANIFEST                    = var.enable_manifest ? "on" : "off"
      CACHE_CONTROL               = var.cache_control
      VARIANT_TAGS                = length(var.variant_tags) != 0 ? jsonencode(var.variant_tags) : "{}"
      ENCODER_EFFORT              = var.encoder_effort
      DELETE_VARIANTS_WITH_UPLOAD = var.delete_variants_with_upload ? "on" : "off"
      TRACING                     = var.enable_xray_tracing ? "on" : "off"
    },
    var.enable_metadata_table ? {
      RECORDS_TABLE = var.records_table_name
    } : {},
  )
}

output "policy_documents" {
  description = "What the function may do: policy documents as JSON, by name."
  value = {
    image_processor = jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          for statement in [
            {
              Sid      = "ReadUploads"
              Effect   = "Allow"
              Action   = ["s3:GetObject", "s3:GetObjectVersion"]
              Resource = "${var.upload_bucket_arn}/*"
            },
            {
              Sid      = "TellDeletedFromDenied"
              Effect   = "Allow"
              Action   = ["s3:ListBucket"]
              Resource = var.upload_bucket_arn
            },
            {
              Sid    = "WriteVariants"
              Effect = "Allow"
              Action = [
                for item in [
                  "s3:PutObject",
                  length(var.variant_tags) > 0 ? "s3:PutObjectTagging" : null,
                ] : item if item != null
              ]
              Resource = "${var.processed_bucket_arn}/*"
            },
            var.delete_variants_with_upload ? {
              Sid      = "FindVariants"
              Effect   = "Allow"
              Action   = ["s3:ListBucket"]
              Resource = var.processed_bucket_arn
            } : null,
            var.delete_variants_with_upload ? {
              Sid      = "DeleteVariants"
              Effect   = "Allow"
              Action   = ["s3:GetObject", "s3:DeleteObject"]
              Resource = "${var.processed_bucket_arn}/*"
            } : null,
            var.metrics_transport == "put_metric_data" ? {
              Sid      = "PublishMetrics"
              Effect   = "Allow"
              Action   = ["cloudwatch:PutMetricData"]
              Resource = "*"
              Condition = {
                StringEquals = {
                  "cloudwatch:namespace" = var.metric_namespace
                }
              }
            } : null,
          ] : statement if statement != null
        ],
        flatten([for document in var.enable_metadata_table ? [var.records_write_policy] : [] : [jsondecode(document).Statement]]),
        [
          for statement in [
            var.enable_kms_key ? {
              Sid      = "DecryptUploads"
              Effect   = "Allow"
              Action   = ["kms:Decrypt"]
              Resource = var.kms_key_arn
              Condition = {
                StringLike = {
                  "kms:EncryptionContext:aws:s3:arn" = [var.upload_bucket_arn, "${var.upload_bucket_arn}/*"]
                }
              }
            } : null,
            var.enable_kms_key ? {
              Sid      = "EncryptVariants"
              Effect   = "Allow"
              Action   = ["kms:GenerateDataKey"]
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
