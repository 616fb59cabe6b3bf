output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = aws_sfn_state_machine.machine.arn

  precondition {
    condition     = var.slowest_image_seconds <= var.function_timeout
    error_message = "Expected at most ${var.function_timeout} seconds (function_timeout) for slowest_image_seconds but got ${jsonencode(var.slowest_image_seconds)}."
  }
}

output "bucket_id" {
  description = "Name of the bucket for manifests and results."
  value       = aws_s3_bucket.runs.id
}

output "bucket_arn" {
  description = "ARN of the bucket for manifests and results."
  value       = aws_s3_bucket.runs.arn
}
