variable "key_name" {
  description = "Description of the key, and its alias after `alias/`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w/-]{1,200}$", var.key_name))
    error_message = "Expected the name of a KMS alias: letters, digits and / _ - for key_name but got ${jsonencode(var.key_name)}."
  }
}

variable "log_group_name" {
  description = "The only log group that may use the key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{1,512}$", var.log_group_name))
    error_message = "Expected the name of a log group for log_group_name but got ${jsonencode(var.log_group_name)}."
  }
}

variable "api_log_group_name" {
  description = "Another log group that may use the key: that of the upload API."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{0,512}$", var.api_log_group_name))
    error_message = "Expected the name of a log group, or \"\" for api_log_group_name but got ${jsonencode(var.api_log_group_name)}."
  }
}

variable "backfill_log_group_name" {
  description = "Another log group that may use the key: that of backfills."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{0,512}$", var.backfill_log_group_name))
    error_message = "Expected the name of a log group, or \"\" for backfill_log_group_name but got ${jsonencode(var.backfill_log_group_name)}."
  }
}

variable "enable_budget_publisher" {
  description = "Lets AWS Budgets publish to a topic that is encrypted with the key."
  type        = bool
  default     = false
  nullable    = false
}
