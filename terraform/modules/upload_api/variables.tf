variable "api_name" {
  description = "Name of the HTTP API."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w .-]{1,128}$", var.api_name))
    error_message = "Expected an API name of up to 128 characters for api_name but got ${jsonencode(var.api_name)}."
  }
}

variable "function_name" {
  description = "Function that answers the requests."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{1,64}$", var.function_name))
    error_message = "Expected a function name: up to 64 letters, digits, - and _ for function_name but got ${jsonencode(var.function_name)}."
  }
}

variable "function_invoke_arn" {
  description = "ARN with which API Gateway invokes the function."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:apigateway:\\S+$", var.function_invoke_arn))
    error_message = "Expected the invoke ARN of a Lambda function for function_invoke_arn but got ${jsonencode(var.function_invoke_arn)}."
  }
}

variable "upload_bucket_id" {
  description = "Name of the upload bucket, for its CORS rules."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.upload_bucket_id))
    error_message = "Expected a bucket name for upload_bucket_id but got ${jsonencode(var.upload_bucket_id)}."
  }
}

variable "authorizer" {
  description = "Who may call the API. `iam`: callers that sign with AWS credentials and have `execute-api:Invoke`. `jwt`: callers with a token of jwt_issuer. `none`: everyone."
  type        = string
  default     = "iam"
  nullable    = false

  validation {
    condition     = contains(["iam", "jwt", "none"], var.authorizer)
    error_message = "Expected one of iam, jwt, none for authorizer but got ${jsonencode(var.authorizer)}."
  }
}

variable "jwt_issuer" {
  description = "Issuer of the tokens, for the authorizer `jwt`: the address before `/.well-known/openid-configuration`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(https://[^\\s\"/]+(/[^\\s\"]*)?)?$", var.jwt_issuer))
    error_message = "Expected an address that starts with https://, or \"\" for jwt_issuer but got ${jsonencode(var.jwt_issuer)}."
  }
}

variable "jwt_audience" {
  description = "Audiences of which a token must have one, for the authorizer `jwt`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.jwt_audience : can(regex("^\\S+$", each))])
    error_message = "Expected a list of audiences for jwt_audience but got ${jsonencode(var.jwt_audience)}."
  }
}

variable "cors_origins" {
  description = "Origins of web pages that may call the API and upload to the bucket from a browser."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.cors_origins : can(regex("^(\\*|https?://[a-z0-9.-]+(:\\d+)?)$", each))])
    error_message = "Expected a list of origins such as \"https://example.com\", or [\"*\"] for cors_origins but got ${jsonencode(var.cors_origins)}."
  }
}

variable "links_per_second" {
  description = "Upload links that the API issues per second, for all callers together. Further requests get status 429."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = floor(var.links_per_second) == var.links_per_second && var.links_per_second >= 1 && var.links_per_second <= 10000
    error_message = "Expected a whole number of requests per second from 1 to 10000 for links_per_second but got ${jsonencode(var.links_per_second)}."
  }
}

variable "reads_per_second" {
  description = "States that the API returns per second, for all callers together. Further requests get status 429."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = floor(var.reads_per_second) == var.reads_per_second && var.reads_per_second >= 1 && var.reads_per_second <= 10000
    error_message = "Expected a whole number of requests per second from 1 to 10000 for reads_per_second but got ${jsonencode(var.reads_per_second)}."
  }
}
