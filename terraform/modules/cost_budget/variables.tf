variable "budget_name" {
  description = "Name of the budget."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^:\\\\\\s]{1,100}$", var.budget_name))
    error_message = "Expected a budget name of up to 100 characters without colons, backslashes and spaces for budget_name but got ${jsonencode(var.budget_name)}."
  }
}

variable "monthly_budget_usd" {
  description = "Monthly budget in US dollars. The topic is notified at 80 % actual and 100 % forecast cost."
  type        = number
  nullable    = false

  validation {
    condition     = floor(var.monthly_budget_usd) == var.monthly_budget_usd && var.monthly_budget_usd >= 1 && var.monthly_budget_usd <= 1000000
    error_message = "Expected a whole number of US dollars from 1 to 1000000 for monthly_budget_usd but got ${jsonencode(var.monthly_budget_usd)}."
  }
}

variable "tag_value" {
  description = "Value of that tag."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w .:/=+@-]{1,128}$", var.tag_value))
    error_message = "Expected up to 128 letters, digits, spaces and . : / = + - @ _ for tag_value but got ${jsonencode(var.tag_value)}."
  }
}

variable "topic_arn" {
  description = "Topic that is notified. Its policy must let budgets.amazonaws.com publish."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256}$", var.topic_arn))
    error_message = "Expected the ARN of an SNS topic for topic_arn but got ${jsonencode(var.topic_arn)}."
  }
}

variable "tag_key" {
  description = "Key of a tag that all resources of the budget have, and no others. Activate it as a cost allocation tag."
  type        = string
  default     = "Budget"
  nullable    = false

  validation {
    condition     = can(regex("^[\\w .:/=+@-]{1,128}$", var.tag_key))
    error_message = "Expected up to 128 letters, digits, spaces and . : / = + - @ _ for tag_key but got ${jsonencode(var.tag_key)}."
  }
}
