variable "application_name" {
  description = "Name of the CodeDeploy application."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^\\S{1,100}$", var.application_name))
    error_message = "Expected a CodeDeploy name of up to 100 characters without spaces for application_name but got ${jsonencode(var.application_name)}."
  }
}

variable "deployment_group_name" {
  description = "Name of the deployment group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^\\S{1,100}$", var.deployment_group_name))
    error_message = "Expected a CodeDeploy name of up to 100 characters without spaces for deployment_group_name but got ${jsonencode(var.deployment_group_name)}."
  }
}

variable "role_name" {
  description = "Name of the role that moves the alias."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w+=,.@-]{1,64}$", var.role_name))
    error_message = "Expected a role name of up to 64 characters for role_name but got ${jsonencode(var.role_name)}."
  }
}

variable "function_arn" {
  description = "ARN of the function."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:lambda:[\\w-]+:\\d{12}:function:[\\w-]+(:[\\w-]+)?$", var.function_arn))
    error_message = "Expected the ARN of a Lambda function or of its alias for function_arn but got ${jsonencode(var.function_arn)}."
  }
}

variable "alias_arn" {
  description = "ARN of the alias that a release moves."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:lambda:[\\w-]+:\\d{12}:function:[\\w-]+(:[\\w-]+)?$", var.alias_arn))
    error_message = "Expected the ARN of a Lambda function or of its alias for alias_arn but got ${jsonencode(var.alias_arn)}."
  }
}

variable "critical_alarm_names" {
  description = "Alarms that each stop a release and roll it back."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for each in var.critical_alarm_names : length(each) >= 1])
    error_message = "Expected a list of alarm names for critical_alarm_names but got ${jsonencode(var.critical_alarm_names)}."
  }
}

variable "release_strategy" {
  description = "How traffic moves to a new version, by CodeDeploy's names."
  type        = string
  default     = "AllAtOnce"
  nullable    = false

  validation {
    condition     = contains(["AllAtOnce", "Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes", "Canary10Percent30Minutes", "Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes", "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes"], var.release_strategy)
    error_message = "Expected one of AllAtOnce, Canary10Percent5Minutes, Canary10Percent10Minutes, Canary10Percent15Minutes, Canary10Percent30Minutes, Linear10PercentEvery1Minute, Linear10PercentEvery2Minutes, Linear10PercentEvery3Minutes, Linear10PercentEvery10Minutes for release_strategy but got ${jsonencode(var.release_strategy)}."
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
