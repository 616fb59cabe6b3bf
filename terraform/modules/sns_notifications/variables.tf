variable "project_name" {
  description = "First part of the topics' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.project_name))
    error_message = "Expected lower-case letters, digits and hyphens, starting with a letter for project_name but got ${jsonencode(var.project_name)}."
  }
}

variable "environment" {
  description = "Second part of the topics' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.environment))
    error_message = "Expected lower-case letters, digits and hyphens, starting with a letter for environment but got ${jsonencode(var.environment)}."
  }
}

variable "critical_alert_email" {
  description = "E-mail address for critical notifications."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.critical_alert_email == "" || can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", var.critical_alert_email))
    error_message = "Expected an e-mail address, or \"\" for critical_alert_email but got ${jsonencode(var.critical_alert_email)}."
  }
}

variable "performance_alert_email" {
  description = "E-mail address for performance notifications."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.performance_alert_email == "" || can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", var.performance_alert_email))
    error_message = "Expected an e-mail address, or \"\" for performance_alert_email but got ${jsonencode(var.performance_alert_email)}."
  }
}

variable "log_alert_email" {
  description = "E-mail address for notifications from log alarms."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.log_alert_email == "" || can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", var.log_alert_email))
    error_message = "Expected an e-mail address, or \"\" for log_alert_email but got ${jsonencode(var.log_alert_email)}."
  }
}

variable "additional_critical_alert_emails" {
  description = "More e-mail addresses for critical notifications."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.additional_critical_alert_emails)) == length(var.additional_critical_alert_emails) && length(var.additional_critical_alert_emails) <= 100 && alltrue([for each in var.additional_critical_alert_emails : can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", each))])
    error_message = "Expected a list of different e-mail addresses, at most 100 for additional_critical_alert_emails but got ${jsonencode(var.additional_critical_alert_emails)}."
  }
}

variable "additional_performance_alert_emails" {
  description = "More e-mail addresses for performance notifications."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.additional_performance_alert_emails)) == length(var.additional_performance_alert_emails) && length(var.additional_performance_alert_emails) <= 100 && alltrue([for each in var.additional_performance_alert_emails : can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", each))])
    error_message = "Expected a list of different e-mail addresses, at most 100 for additional_performance_alert_emails but got ${jsonencode(var.additional_performance_alert_emails)}."
  }
}

variable "additional_log_alert_emails" {
  description = "More e-mail addresses for notifications from log alarms."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.additional_log_alert_emails)) == length(var.additional_log_alert_emails) && length(var.additional_log_alert_emails) <= 100 && alltrue([for each in var.additional_log_alert_emails : can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", each))])
    error_message = "Expected a list of different e-mail addresses, at most 100 for additional_log_alert_emails but got ${jsonencode(var.additional_log_alert_emails)}."
  }
}

variable "critical_alert_sms" {
  description = "Phone number (E.164) for critical notifications."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(\\+[1-9]\\d{6,14})?$", var.critical_alert_sms))
    error_message = "Expected a phone number such as \"+15555550100\", or \"\" for critical_alert_sms but got ${jsonencode(var.critical_alert_sms)}."
  }
}

variable "critical_alert_https_endpoint" {
  description = "HTTPS endpoint for critical notifications, such as PagerDuty's or Opsgenie's address for Amazon CloudWatch. It must confirm the subscription by itself. Keep the address out of Git: it contains a key."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(https://[^\\s\"/]+(/[^\\s\"]*)?)?$", var.critical_alert_https_endpoint))
    error_message = "Expected an address that starts with https://, or \"\" for critical_alert_https_endpoint but got ${jsonencode(var.critical_alert_https_endpoint)}."
  }
}

variable "existing_critical_alerts_topic_arn" {
  description = "SNS topic for critical alarms that exists already. Its policy must let cloudwatch.amazonaws.com publish."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256})?$", var.existing_critical_alerts_topic_arn))
    error_message = "Expected the ARN of an SNS topic, or \"\" for existing_critical_alerts_topic_arn but got ${jsonencode(var.existing_critical_alerts_topic_arn)}."
  }
}

variable "existing_performance_alerts_topic_arn" {
  description = "SNS topic for performance alarms that exists already. Its policy must let cloudwatch.amazonaws.com publish, and budgets.amazonaws.com for a budget."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256})?$", var.existing_performance_alerts_topic_arn))
    error_message = "Expected the ARN of an SNS topic, or \"\" for existing_performance_alerts_topic_arn but got ${jsonencode(var.existing_performance_alerts_topic_arn)}."
  }
}

variable "existing_log_alerts_topic_arn" {
  description = "SNS topic for alarms on log lines that exists already. Its policy must let cloudwatch.amazonaws.com publish."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:sns:[\\w-]+:\\d{12}:[\\w-]{1,256})?$", var.existing_log_alerts_topic_arn))
    error_message = "Expected the ARN of an SNS topic, or \"\" for existing_log_alerts_topic_arn but got ${jsonencode(var.existing_log_alerts_topic_arn)}."
  }
}

variable "enable_budget_publisher" {
  description = "Lets AWS Budgets publish to the topic of budget_severity."
  type        = bool
  default     = false
  nullable    = false
}

variable "budget_severity" {
  description = "Severity whose topic AWS Budgets publishes to."
  type        = string
  default     = "performance"
  nullable    = false

  validation {
    condition     = contains(["critical", "performance", "log"], var.budget_severity)
    error_message = "Expected one of critical, performance, log for budget_severity but got ${jsonencode(var.budget_severity)}."
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
