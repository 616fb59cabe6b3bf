variable "function_name" {
  description = "Name of the Lambda function."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{1,64}$", var.function_name))
    error_message = "Expected a function name: up to 64 letters, digits, - and _ for function_name but got ${jsonencode(var.function_name)}."
  }
}

variable "package_path" {
  description = "Zip of the function."
  type        = string
  nullable    = false

  validation {
    condition     = try(fileexists(var.package_path), false)
    error_message = "Expected the path of an existing zip for package_path but got ${jsonencode(var.package_path)}."
  }
}

variable "handler" {
  description = "Entry point: file.export."
  type        = string
  default     = "index.handler"
  nullable    = false

  validation {
    condition     = can(regex("^\\S+\\.\\w+$", var.handler))
    error_message = "Expected an entry point such as index.handler for handler but got ${jsonencode(var.handler)}."
  }
}

variable "runtime" {
  description = "Lambda runtime."
  type        = string
  default     = "nodejs22.x"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9.]+$", var.runtime))
    error_message = "Expected a Lambda runtime such as nodejs22.x or python3.13 for runtime but got ${jsonencode(var.runtime)}."
  }
}

variable "architecture" {
  description = "CPU architecture of the function. The package is built for it."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "Expected one of arm64, x86_64 for architecture but got ${jsonencode(var.architecture)}."
  }
}

variable "timeout" {
  description = "Timeout of one invocation in seconds."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = floor(var.timeout) == var.timeout && var.timeout >= 1 && var.timeout <= 900
    error_message = "Expected a whole number of seconds from 1 to 900 for timeout but got ${jsonencode(var.timeout)}."
  }
}

variable "memory_size" {
  description = "Memory in MB. CPU grows with memory: 1769 MB is one full vCPU."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = floor(var.memory_size) == var.memory_size && var.memory_size >= 128 && var.memory_size <= 10240
    error_message = "Expected a whole number of megabytes from 128 to 10240 for memory_size but got ${jsonencode(var.memory_size)}."
  }
}

variable "environment_variables" {
  description = "Environment variables of the function."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for each in keys(var.environment_variables) : !can(regex("^(AWS_|LAMBDA_|_)", each)) && can(regex("^[A-Za-z]\\w*$", each))])
    error_message = "Expected environment variables: names with letters, digits and _, starting with a letter, and not reserved by Lambda for environment_variables but got ${jsonencode(var.environment_variables)}."
  }
}

variable "lambda_layers" {
  description = "ARNs of layer versions."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.lambda_layers) <= 5 && alltrue([for each in var.lambda_layers : length(each) >= 1])
    error_message = "Expected at most 5 layer ARNs for lambda_layers but got ${jsonencode(var.lambda_layers)}."
  }
}

variable "policy_documents" {
  description = "What the function may do besides writing its log: policy documents as JSON, by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for each in keys(var.policy_documents) : can(regex("^\\w+$", each))]) && alltrue([for each in values(var.policy_documents) : length(each) >= 2])
    error_message = "Expected policy documents as JSON, by name for policy_documents but got ${jsonencode(var.policy_documents)}."
  }
}

variable "application_log_level" {
  description = "Least severe application log level that Lambda keeps. WARN and above would drop lines that metrics are made from."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO"], var.application_log_level)
    error_message = "Expected one of DEBUG, INFO for application_log_level but got ${jsonencode(var.application_log_level)}."
  }
}

variable "log_retention_days" {
  description = "Days to keep log lines."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "Expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days for log_retention_days but got ${jsonencode(var.log_retention_days)}."
  }
}

variable "log_group_name" {
  description = "Log group to create. Default: `/aws/lambda/<function_name>`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{0,512}$", var.log_group_name))
    error_message = "Expected the name of a log group, or \"\" for log_group_name but got ${jsonencode(var.log_group_name)}."
  }
}

variable "existing_log_group_name" {
  description = "Log group that exists already. The stack does not change its retention or encryption. To take over the group `/aws/lambda/<function>` instead, run `terraform import aws_cloudwatch_log_group.lambda_function_log_group <name>`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{0,512}$", var.existing_log_group_name))
    error_message = "Expected the name of a log group, or \"\" for existing_log_group_name but got ${jsonencode(var.existing_log_group_name)}."
  }
}

variable "role_name" {
  description = "Role to create. Default: `<function_name>-role`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w+=,.@-]{0,64}$", var.role_name))
    error_message = "Expected a role name of up to 64 characters, or \"\" for role_name but got ${jsonencode(var.role_name)}."
  }
}

variable "permissions_boundary_arn" {
  description = "IAM policy that limits every role."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:iam::(\\d{12}|aws):policy/[\\w+=,.@/-]{1,512})?$", var.permissions_boundary_arn))
    error_message = "Expected the ARN of an IAM policy, or \"\" for permissions_boundary_arn but got ${jsonencode(var.permissions_boundary_arn)}."
  }
}

variable "enable_dead_letter_queue" {
  description = "Sends events that Lambda drops to dead_letter_queue_arn."
  type        = bool
  default     = false
  nullable    = false
}

variable "dead_letter_queue_arn" {
  description = "ARN of the queue for enable_dead_letter_queue."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:sqs:[\\w-]+:\\d{12}:[\\w-]{1,80})?$", var.dead_letter_queue_arn))
    error_message = "Expected the ARN of an SQS queue, or \"\" for dead_letter_queue_arn but got ${jsonencode(var.dead_letter_queue_arn)}."
  }
}

variable "enable_kms_key" {
  description = "Encrypts log group and environment variables with kms_key_arn, and allows the function to use it for the dead-letter queue."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for enable_kms_key."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:kms:[\\w-]+:\\d{12}:key/[\\w-]+)?$", var.kms_key_arn))
    error_message = "Expected the ARN of a KMS key, or \"\" for kms_key_arn but got ${jsonencode(var.kms_key_arn)}."
  }
}

variable "enable_xray_tracing" {
  description = "Traces invocations, and the requests that they send, with AWS X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_recursion_guard" {
  description = "Sets recursive loop detection to Terminate, overriding any manual exception."
  type        = bool
  default     = false
  nullable    = false
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency: guaranteed and maximum number of parallel invocations. -1 leaves it unreserved."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = floor(var.reserved_concurrent_executions) == var.reserved_concurrent_executions && var.reserved_concurrent_executions >= -1 && var.reserved_concurrent_executions <= 100000 && var.reserved_concurrent_executions != 0
    error_message = "Expected -1 or a whole number from 1 to 100000 for reserved_concurrent_executions but got ${jsonencode(var.reserved_concurrent_executions)}."
  }
}

variable "retry_attempts" {
  description = "How often Lambda retries an event whose invocation failed."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = floor(var.retry_attempts) == var.retry_attempts && var.retry_attempts >= 0 && var.retry_attempts <= 2
    error_message = "Expected a whole number from 0 to 2 for retry_attempts but got ${jsonencode(var.retry_attempts)}."
  }
}

variable "max_event_age_seconds" {
  description = "How long an event may wait for the function in seconds, including retries."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition     = floor(var.max_event_age_seconds) == var.max_event_age_seconds && var.max_event_age_seconds >= 60 && var.max_event_age_seconds <= 21600
    error_message = "Expected a whole number of seconds from 60 to 21600 for max_event_age_seconds but got ${jsonencode(var.max_event_age_seconds)}."
  }
}

variable "enable_alias" {
  description = "Publishes a version with each deployment, and creates an alias. A release moves the alias; Terraform does not."
  type        = bool
  default     = false
  nullable    = false
}

variable "alias_name" {
  description = "Name of the alias for enable_alias."
  type        = string
  default     = "live"
  nullable    = false

  validation {
    condition     = !can(regex("^(\\d+$)", var.alias_name)) && can(regex("^[\\w-]{1,128}$", var.alias_name))
    error_message = "Expected an alias name: letters, digits, - and _, not only digits for alias_name but got ${jsonencode(var.alias_name)}."
  }
}

variable "code_signing_profile_version_arn" {
  description = "AWS Signer profile version. Lambda then rejects packages that it did not sign."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:signer:[\\w-]+:\\d{12}:/signing-profiles/\\w{2,64}/\\w{10})?$", var.code_signing_profile_version_arn))
    error_message = "Expected the ARN of a signing profile version, or \"\" for code_signing_profile_version_arn but got ${jsonencode(var.code_signing_profile_version_arn)}."
  }
}

variable "vpc_subnet_ids" {
  description = "Private subnets that the function runs in. They need a route to S3, CloudWatch, SQS, DynamoDB and X-Ray: VPC endpoints or a NAT gateway."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.vpc_subnet_ids)) == length(var.vpc_subnet_ids) && length(var.vpc_subnet_ids) <= 16 && alltrue([for each in var.vpc_subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", each))])
    error_message = "Expected a list of different subnet ids such as subnet-0123456789abcdef0, at most 16 for vpc_subnet_ids but got ${jsonencode(var.vpc_subnet_ids)}."
  }
}

variable "vpc_security_group_ids" {
  description = "Security groups of the function in these subnets. They must allow outgoing HTTPS."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.vpc_security_group_ids)) == length(var.vpc_security_group_ids) && length(var.vpc_security_group_ids) <= 5 && alltrue([for each in var.vpc_security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", each))])
    error_message = "Expected a list of different security group ids such as sg-0123456789abcdef0, at most 5 for vpc_security_group_ids but got ${jsonencode(var.vpc_security_group_ids)}."
  }
}
