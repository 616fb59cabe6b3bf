output "key_arn" {
  description = "Key ARN"
  value       = aws_kms_key.key.arn
}
