output "api_id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.api.id

  precondition {
    condition     = !(var.authorizer == "jwt" && var.jwt_issuer == "")
    error_message = "Expected an address for jwt_issuer but got \"\"."
  }

  precondition {
    condition     = !(var.authorizer == "jwt" && length(var.jwt_audience) == 0)
    error_message = "Expected an audience for jwt_audience but got []."
  }

  precondition {
    condition     = var.authorizer == "none" || !contains(var.cors_origins, "*")
    error_message = "Expected origins (authorizer is ${var.authorizer}) for cors_origins but got ${jsonencode(var.cors_origins)}."
  }
}

output "api_url" {
  description = "Address of the API, without a slash at the end."
  value       = aws_apigatewayv2_api.api.api_endpoint
}

output "execution_arn" {
  description = "ARN for policies of callers: `execute-api:Invoke` on `<this>/*`."
  value       = aws_apigatewayv2_api.api.execution_arn
}
