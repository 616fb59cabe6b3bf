variable "queue_name" {
  description = "Name of the queue."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w-]{1,80}$", var.queue_name))
    error_message = "Expected the name of an SQS queue for queue_name but got ${jsonencode(var.queue_name)}."
  }
}

variable "enable_kms_key" {
  description = "Encrypts the messages with kms_key_arn instead of a key owned by SQS."
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
