output "queue_name" {
  description = "Name of the queue."
  value       = var.queue_name
}

output "queue_url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.queue.url
}

output "queue_arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.queue.arn
}
