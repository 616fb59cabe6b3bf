variable "table_name" {
  description = "Name of the table to create."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.-]{3,255}$", var.table_name))
    error_message = "Expected the name of a DynamoDB table for table_name but got ${jsonencode(var.table_name)}."
  }
}

variable "enable_deletion_protection" {
  description = "DynamoDB refuses to delete the table."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_upload_index" {
  description = "Adds the index that finds the records of a direct upload, for the upload API."
  type        = bool
  default     = false
  nullable    = false
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
