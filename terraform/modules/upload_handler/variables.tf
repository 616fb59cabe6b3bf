variable "upload_bucket_id" {
  description = "Name of the upload bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^\\S+$", var.upload_bucket_id))
    error_message = "Expected a bucket name for upload_bucket_id but got ${jsonencode(var.upload_bucket_id)}."
  }
}

variable "upload_bucket_arn" {
  description = "ARN of the upload bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:s3:::\\S+$", var.upload_bucket_arn))
    error_message = "Expected the ARN of a bucket for upload_bucket_arn but got ${jsonencode(var.upload_bucket_arn)}."
  }
}

variable "processed_bucket_arn" {
  description = "ARN of the bucket for variants."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:s3:::\\S+$", var.processed_bucket_arn))
    error_message = "Expected the ARN of a bucket for processed_bucket_arn but got ${jsonencode(var.processed_bucket_arn)}."
  }
}

variable "processed_bucket_id" {
  description = "Name of the bucket for variants."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^\\S+$", var.processed_bucket_id))
    error_message = "Expected a bucket name for processed_bucket_id but got ${jsonencode(var.processed_bucket_id)}."
  }
}

variable "records_table_name" {
  description = "Name of the table of records."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.-]{3,255}$", var.records_table_name))
    error_message = "Expected the name of a DynamoDB table for records_table_name but got ${jsonencode(var.records_table_name)}."
  }
}

variable "records_write_policy" {
  description = "What writing to that table needs: `write_policy` of the module `metadata_table`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^\\{[\\s\\S]*\\}$", var.records_write_policy))
    error_message = "Expected a policy document as JSON for records_write_policy but got ${jsonencode(var.records_write_policy)}."
  }
}

variable "records_table_arn" {
  description = "ARN of the table of records."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[\\w-]*:dynamodb:\\S+$", var.records_table_arn))
    error_message = "Expected the ARN of a DynamoDB table for records_table_arn but got ${jsonencode(var.records_table_arn)}."
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

variable "max_image_bytes" {
  description = "Uploads with more bytes are refused."
  type        = number
  default     = 104857600
  nullable    = false

  validation {
    condition     = floor(var.max_image_bytes) == var.max_image_bytes && var.max_image_bytes >= 1 && var.max_image_bytes <= 5000000000
    error_message = "Expected a whole number of bytes from 1 to 5000000000 for max_image_bytes but got ${jsonencode(var.max_image_bytes)}."
  }
}

variable "log_level" {
  description = "Least severe log level that is written. Lines that feed a metric are always written."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "Expected one of DEBUG, INFO, WARNING, ERROR for log_level but got ${jsonencode(var.log_level)}."
  }
}
