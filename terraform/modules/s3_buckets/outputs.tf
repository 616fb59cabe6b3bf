output "upload_bucket_id" {
  description = "Name of the upload bucket."
  value       = var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].id : data.aws_s3_bucket.upload[0].id
}

output "upload_bucket_arn" {
  description = "ARN of the upload bucket."
  value       = var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].arn : data.aws_s3_bucket.upload[0].arn
}

output "upload_bucket_domain_name" {
  description = "Domain name of the upload bucket."
  value       = var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].bucket_domain_name : data.aws_s3_bucket.upload[0].bucket_domain_name
}

output "processed_bucket_id" {
  description = "Name of the bucket for variants."
  value       = var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].id : data.aws_s3_bucket.processed[0].id
}

output "processed_bucket_arn" {
  description = "ARN of the bucket for variants."
  value       = var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].arn : data.aws_s3_bucket.processed[0].arn
}

output "processed_bucket_domain_name" {
  description = "Domain name of the bucket for variants."
  value       = var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].bucket_domain_name : data.aws_s3_bucket.processed[0].bucket_domain_name
}

output "bucket_arns" {
  description = "ARNs of all buckets, by purpose."
  value = {
    upload    = var.existing_upload_bucket_name == "" ? aws_s3_bucket.upload[0].arn : data.aws_s3_bucket.upload[0].arn
    processed = var.existing_processed_bucket_name == "" ? aws_s3_bucket.processed[0].arn : data.aws_s3_bucket.processed[0].arn
  }
}

output "log_bucket_id" {
  description = "Name of the bucket for access logs, or \"\"."
  value       = var.enable_access_logging ? aws_s3_bucket.logs[0].id : ""
}
