output "function_name" {
  description = "Function name"
  value       = aws_lambda_function.function.function_name
}

output "function_arn" {
  description = "Function ARN"
  value       = aws_lambda_function.function.arn
}

output "function_invoke_arn" {
  description = "Function invoke ARN"
  value       = aws_lambda_function.function.invoke_arn
}

output "function_version" {
  description = "Function version"
  value       = aws_lambda_function.function.version
}

output "function_role_name" {
  description = "Function role name"
  value       = aws_iam_role.role.name
}

output "function_role_arn" {
  description = "Function role ARN"
  value       = aws_iam_role.role.arn
}

output "role_arn" {
  description = "Role ARN"
  value       = aws_iam_role.role.arn
}

output "log_group_name" {
  description = "Log group name"
  value       = var.existing_log_group_name == "" ? aws_cloudwatch_log_group.log_group[0].name : data.aws_cloudwatch_log_group.log_group[0].name
}

output "log_group_arn" {
  description = "Log group ARN"
  value       = var.existing_log_group_name == "" ? aws_cloudwatch_log_group.log_group[0].arn : data.aws_cloudwatch_log_group.log_group[0].arn
}

output "alias_name" {
  description = "Alias name"
  value       = var.enable_alias ? aws_lambda_alias.alias[0].name : ""
}

output "alias_arn" {
  description = "Alias ARN"
  value       = var.enable_alias ? aws_lambda_alias.alias[0].arn : ""
}
