variable "channel_name" {
  description = "Name of the channel's configuration and of its role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w+=,.@-]{1,64}$", var.channel_name))
    error_message = "Expected a role name of up to 64 characters for channel_name but got ${jsonencode(var.channel_name)}."
  }
}

variable "slack_workspace_id" {
  description = "Slack workspace that you have authorized in AWS Chatbot (Amazon Q Developer in chat applications)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^T[A-Z0-9]{1,254}$", var.slack_workspace_id))
    error_message = "Expected a Slack workspace id such as T0123456789 for slack_workspace_id but got ${jsonencode(var.slack_workspace_id)}."
  }
}

variable "slack_channel_id" {
  description = "Slack channel that shows the notifications."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[CG][A-Z0-9]{1,254}$", var.slack_channel_id))
    error_message = "Expected a Slack channel id such as C0123456789 for slack_channel_id but got ${jsonencode(var.slack_channel_id)}."
  }
}

variable "topic_arns" {
  description = "Topics whose notifications the channel shows."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for each in var.topic_arns : can(regex("^arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256}$", each))])
    error_message = "Expected a list of ARNs of SNS topics for topic_arns but got ${jsonencode(var.topic_arns)}."
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
