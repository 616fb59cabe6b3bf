output "upload_bucket_id" {
  description = "Upload bucket id"
  value       = var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].id : data.aws_s3_bucket.upload[0].id
}

output "upload_bucket_arn" {
  description = "Upload bucket ARN"
  value       = var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].arn : data.aws_s3_bucket.upload[0].arn
}

output "upload_bucket_domain_name" {
  description = "Upload bucket domain name"
  value       = var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].bucket_domain_name : data.aws_s3_bucket.upload[0].bucket_domain_name
}

output "processed_bucket_id" {
  description = "Processed bucket id"
  value       = var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].id : data.aws_s3_bucket.processed[0].id
}

output "processed_bucket_arn" {
  description = "Processed bucket ARN"
  value       = var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].arn : data.aws_s3_bucket.processed[0].arn
}

output "processed_bucket_domain_name" {
  description = "Processed bucket domain name"
  value       = var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].bucket_domain_name : data.aws_s3_bucket.processed[0].bucket_domain_name
}

output "bucket_arns" {
  description = "Bucket ARNs"
  value = {
    upload    = var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].arn : data.aws_s3_bucket.upload[0].arn
    processed = var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].arn : data.aws_s3_bucket.processed[0].arn
  }
}

output "log_bucket_id" {
  description = "Log bucket id"
  value       = var.enable_access_logging ? aws_s3_bucket.logs[0].id : ""
}
