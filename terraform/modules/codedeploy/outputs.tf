output "application_name" {
  description = "Name of the CodeDeploy application."
  value       = aws_codedeploy_app.app.name
}

output "deployment_group_name" {
  description = "Name of the deployment group."
  value       = aws_codedeploy_deployment_group.group.deployment_group_name
}

output "role_arn" {
  description = "ARN of the module's role."
  value       = aws_iam_role.role.arn
}
