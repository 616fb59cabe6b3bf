output "application_name" {
  description = "Application name"
  value       = aws_codedeploy_app.app.name
}

output "deployment_group_name" {
  description = "Deployment group name"
  value       = aws_codedeploy_deployment_group.group.deployment_group_name
}

output "role_arn" {
  description = "Role ARN"
  value       = aws_iam_role.role.arn
}
