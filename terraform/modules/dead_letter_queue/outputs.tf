output "queue_name" {
  description = "Queue name"
  value       = var.queue_name
}

output "queue_url" {
  description = "Queue URL"
  value       = aws_sqs_queue.queue.url
}

output "queue_arn" {
  description = "Queue ARN"
  value       = aws_sqs_queue.queue.arn
}
