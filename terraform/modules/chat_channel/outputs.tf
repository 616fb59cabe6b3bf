output "role_arn" {
  description = "ARN of the module's role."
  value       = aws_iam_role.role.arn
}
