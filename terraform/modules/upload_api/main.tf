resource "aws_apigatewayv2_api" "api" {
  name          = var.api_name
  protocol_type = "HTTP"

  dynamic "cors_configuration" {
    for_each = length(var.cors_origins) > 0 ? [true] : []

    content {
      allow_headers = [
        for item in [
          "authorization",
          "content-type",
          var.authorizer == "iam" ? "x-amz-content-sha256" : null,
          var.authorizer == "iam" ? "x-amz-date" : null,
          var.authorizer == "iam" ? "x-amz-security-token" : null,
        ] : item if item != null
      ]
      allow_methods = ["GET", "POST"]
      allow_origins = var.cors_origins
      max_age       = 3600
    }
  }
}

resource "aws_apigatewayv2_integration" "integration" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_uri        = var.function_invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_authorizer" "authorizer" {
  count = var.authorizer == "jwt" ? 1 : 0

  name             = "jwt"
  api_id           = aws_apigatewayv2_api.api.id
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    audience = var.jwt_audience
    issuer   = var.jwt_issuer
  }
}

resource "aws_apigatewayv2_route" "issue_link" {
  api_id             = aws_apigatewayv2_api.api.id
  authorization_type = var.authorizer == "iam" ? "AWS_IAM" : var.authorizer == "none" ? "NONE" : "JWT"
  authorizer_id      = var.authorizer == "jwt" ? aws_apigatewayv2_authorizer.authorizer[0].id : null
  route_key          = "POST /uploads"
  target             = "integrations/${aws_apigatewayv2_integration.integration.id}"
}

resource "aws_apigatewayv2_route" "get_image" {
  api_id             = aws_apigatewayv2_api.api.id
  authorization_type = var.authorizer == "iam" ? "AWS_IAM" : var.authorizer == "none" ? "NONE" : "JWT"
  authorizer_id      = var.authorizer == "jwt" ? aws_apigatewayv2_authorizer.authorizer[0].id : null
  route_key          = "GET /images/{id}"
  target             = "integrations/${aws_apigatewayv2_integration.integration.id}"
}

resource "aws_apigatewayv2_stage" "stage" {
  name        = "$default"
  api_id      = aws_apigatewayv2_api.api.id
  auto_deploy = true

  route_settings {
    route_key              = aws_apigatewayv2_route.issue_link.route_key
    throttling_burst_limit = var.links_per_second * 2
    throttling_rate_limit  = var.links_per_second
  }

  route_settings {
    route_key              = aws_apigatewayv2_route.get_image.route_key
    throttling_burst_limit = var.reads_per_second * 2
    throttling_rate_limit  = var.reads_per_second
  }
}

resource "aws_lambda_permission" "permission" {
  function_name = var.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*/*"
  statement_id  = "AllowUploadApi"
}

resource "aws_s3_bucket_cors_configuration" "cors" {
  count = length(var.cors_origins) > 0 ? 1 : 0

  bucket = var.upload_bucket_id

  cors_rule {
    allowed_headers = ["*"]
    allowed_methods = ["POST"]
    allowed_origins = var.cors_origins
    expose_headers  = ["ETag"]
    max_age_seconds = 3600
  }
}
