variable "state_machine_name" {
  description = "Name of the state machine."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{1,80}$", var.state_machine_name))
    error_message = "Expected the name of a state machine: up to 80 letters, digits, - and _ for state_machine_name but got ${jsonencode(var.state_machine_name)}."
  }
}

variable "role_name" {
  description = "Role that runs the state machine."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w+=,.@-]{1,64}$", var.role_name))
    error_message = "Expected a role name of up to 64 characters for role_name but got ${jsonencode(var.role_name)}."
  }
}

variable "bucket_prefix" {
  description = "Start of the name of the bucket for manifests and results. The provider appends a unique suffix."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{0,36}$", var.bucket_prefix))
    error_message = "Expected a bucket prefix of at most 37 lower-case letters, digits, dots and hyphens for bucket_prefix but got ${jsonencode(var.bucket_prefix)}."
  }
}

variable "function_arn" {
  description = "Function that processes a batch."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:lambda:[\\w-]+:\\d{12}:function:[\\w-]+$", var.function_arn))
    error_message = "Expected the ARN of a Lambda function for function_arn but got ${jsonencode(var.function_arn)}."
  }
}

variable "function_timeout" {
  description = "Timeout of that function in seconds. With a longer one, three attempts of a batch would take longer than the five minutes of an Express workflow."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = floor(var.function_timeout) == var.function_timeout && var.function_timeout >= 1 && var.function_timeout <= 65
    error_message = "Expected a whole number of seconds from 1 to 65 for function_timeout but got ${jsonencode(var.function_timeout)}."
  }
}

variable "max_concurrency" {
  description = "Batches that run at the same time. The function reserves as much concurrency, which other functions of the account then lack."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = floor(var.max_concurrency) == var.max_concurrency && var.max_concurrency >= 1 && var.max_concurrency <= 1000
    error_message = "Expected a whole number of batches from 1 to 1000 for max_concurrency but got ${jsonencode(var.max_concurrency)}."
  }
}

variable "batch_size" {
  description = "Most objects of one batch, which is one invocation of the function. A batch has fewer where so many of the slowest images do not fit into the function's timeout."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = floor(var.batch_size) == var.batch_size && var.batch_size >= 1 && var.batch_size <= 100
    error_message = "Expected a whole number of objects from 1 to 100 for batch_size but got ${jsonencode(var.batch_size)}."
  }
}

variable "slowest_image_seconds" {
  description = "Seconds that the slowest images take. As many of them as fit into the function's timeout make a batch."
  type        = number
  default     = 6
  nullable    = false

  validation {
    condition     = floor(var.slowest_image_seconds) == var.slowest_image_seconds && var.slowest_image_seconds >= 1 && var.slowest_image_seconds <= 65
    error_message = "Expected a whole number of seconds from 1 to 65 for slowest_image_seconds but got ${jsonencode(var.slowest_image_seconds)}."
  }
}

variable "tolerated_failure_percent" {
  description = "Share of the objects whose batches may fail, in percent. Above it, a run fails and starts no more batches."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.tolerated_failure_percent > 0 && var.tolerated_failure_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for tolerated_failure_percent but got ${jsonencode(var.tolerated_failure_percent)}."
  }
}

variable "max_hours" {
  description = "Hours after which a run times out."
  type        = number
  default     = 72
  nullable    = false

  validation {
    condition     = floor(var.max_hours) == var.max_hours && var.max_hours >= 1 && var.max_hours <= 8760
    error_message = "Expected a whole number of hours from 1 to 8760 for max_hours but got ${jsonencode(var.max_hours)}."
  }
}

variable "keep_days" {
  description = "Days to keep the manifests and results of runs. A run can be resumed for 14 days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = floor(var.keep_days) == var.keep_days && var.keep_days >= 15 && var.keep_days <= 3650
    error_message = "Expected a whole number of days from 15 to 3650 for keep_days but got ${jsonencode(var.keep_days)}."
  }
}

variable "enable_kms_key" {
  description = "Encrypts with kms_key_arn instead of keys owned by AWS."
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
