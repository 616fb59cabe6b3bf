output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.function.function_name
}

output "function_arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.function.arn
}

output "function_invoke_arn" {
  description = "ARN with which API Gateway invokes the function."
  value       = aws_lambda_function.function.invoke_arn
}

output "function_version" {
  description = "Version that was published last; `$LATEST` without an alias."
  value       = aws_lambda_function.function.version
}

output "function_role_name" {
  description = "Name of the function's role."
  value       = aws_iam_role.role.name
}

output "function_role_arn" {
  description = "ARN of the function's role."
  value       = aws_iam_role.role.arn
}

output "role_arn" {
  description = "ARN of the module's role."
  value       = aws_iam_role.role.arn
}

output "log_group_name" {
  description = "Name of the log group."
  value       = var.existing_log_group_name == "" ? aws_cloudwatch_log_group.log_group[0].name : data.aws_cloudwatch_log_group.log_group[0].name
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = var.existing_log_group_name == "" ? aws_cloudwatch_log_group.log_group[0].arn : data.aws_cloudwatch_log_group.log_group[0].arn
}

output "alias_name" {
  description = "Name of the alias, or \"\"."
  value       = var.enable_alias ? aws_lambda_alias.alias[0].name : ""
}

output "alias_arn" {
  description = "ARN of the alias, or \"\"."
  value       = var.enable_alias ? aws_lambda_alias.alias[0].arn : ""
}
