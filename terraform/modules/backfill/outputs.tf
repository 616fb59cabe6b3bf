output "state_machine_arn" {
  description = "State machine ARN"
  value       = aws_sfn_state_machine.machine.arn

  precondition {
    condition     = var.slowest_image_seconds <= var.function_timeout
    error_message = "Expected at most ${var.function_timeout} seconds (function_timeout) for slowest_image_seconds but got ${jsonencode(var.slowest_image_seconds)}."
  }
}

output "bucket_id" {
  description = "Bucket id"
  value       = aws_s3_bucket.runs.id
}

output "bucket_arn" {
  description = "Bucket ARN"
  value       = aws_s3_bucket.runs.arn
}
