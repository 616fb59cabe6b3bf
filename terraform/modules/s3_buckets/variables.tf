variable "upload_bucket_prefix" {
  description = "Start of the name of the upload bucket. The provider appends a unique suffix."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{0,36})?$", var.upload_bucket_prefix))
    error_message = "Expected a bucket prefix of at most 37 lower-case letters, digits, dots and hyphens for upload_bucket_prefix but got ${jsonencode(var.upload_bucket_prefix)}."
  }
}

variable "processed_bucket_prefix" {
  description = "Start of the name of the bucket for variants."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{0,36})?$", var.processed_bucket_prefix))
    error_message = "Expected a bucket prefix of at most 37 lower-case letters, digits, dots and hyphens for processed_bucket_prefix but got ${jsonencode(var.processed_bucket_prefix)}."
  }
}

variable "upload_bucket_name" {
  description = "Name of the upload bucket to create. Default: a unique name that starts with `<project_name>-<environment>-upload-`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", var.upload_bucket_name)) && !can(regex("\\.\\.|^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$", var.upload_bucket_name)) && !can(regex("^(xn--|sthree-|amzn-s3-demo-)", var.upload_bucket_name)) && !can(regex("(-s3alias|--ol-s3|[.]mrap|--x-s3|--table-s3|-an)$", var.upload_bucket_name))
    error_message = "Expected a bucket name that S3 allows, or \"\" for upload_bucket_name but got ${jsonencode(var.upload_bucket_name)}."
  }
}

variable "processed_bucket_name" {
  description = "Name of the bucket for variants to create. Default: a unique name that starts with `<project_name>-<environment>-processed-`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", var.processed_bucket_name)) && !can(regex("\\.\\.|^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$", var.processed_bucket_name)) && !can(regex("^(xn--|sthree-|amzn-s3-demo-)", var.processed_bucket_name)) && !can(regex("(-s3alias|--ol-s3|[.]mrap|--x-s3|--table-s3|-an)$", var.processed_bucket_name))
    error_message = "Expected a bucket name that S3 allows, or \"\" for processed_bucket_name but got ${jsonencode(var.processed_bucket_name)}."
  }
}

variable "existing_upload_bucket_name" {
  description = "Upload bucket that exists already. The stack replaces its notification configuration and changes nothing else."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", var.existing_upload_bucket_name)) && !can(regex("\\.\\.|^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$", var.existing_upload_bucket_name)) && !can(regex("^(xn--|sthree-|amzn-s3-demo-)", var.existing_upload_bucket_name)) && !can(regex("(-s3alias|--ol-s3|[.]mrap|--x-s3|--table-s3)$", var.existing_upload_bucket_name))
    error_message = "Expected a bucket name that S3 allows, or \"\" for existing_upload_bucket_name but got ${jsonencode(var.existing_upload_bucket_name)}."
  }
}

variable "existing_processed_bucket_name" {
  description = "Bucket for variants that exists already. The stack does not change it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$", var.existing_processed_bucket_name)) && !can(regex("\\.\\.|^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$", var.existing_processed_bucket_name)) && !can(regex("^(xn--|sthree-|amzn-s3-demo-)", var.existing_processed_bucket_name)) && !can(regex("(-s3alias|--ol-s3|[.]mrap|--x-s3|--table-s3)$", var.existing_processed_bucket_name))
    error_message = "Expected a bucket name that S3 allows, or \"\" for existing_processed_bucket_name but got ${jsonencode(var.existing_processed_bucket_name)}."
  }
}

variable "enable_versioning" {
  description = "Keeps overwritten and deleted objects of both buckets for 30 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "noncurrent_days" {
  description = "Days to keep overwritten and deleted objects."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = floor(var.noncurrent_days) == var.noncurrent_days && var.noncurrent_days >= 1 && var.noncurrent_days <= 3650
    error_message = "Expected a whole number of days from 1 to 3650 for noncurrent_days but got ${jsonencode(var.noncurrent_days)}."
  }
}

variable "unfinished_upload_days" {
  description = "Days to keep unfinished multipart uploads."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = floor(var.unfinished_upload_days) == var.unfinished_upload_days && var.unfinished_upload_days >= 1 && var.unfinished_upload_days <= 3650
    error_message = "Expected a whole number of days from 1 to 3650 for unfinished_upload_days but got ${jsonencode(var.unfinished_upload_days)}."
  }
}

variable "processed_transition_days" {
  description = "Days after which variants move to processed_transition_class. 0 leaves them in S3 Standard. S3 does not move objects below 128 KB."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = floor(var.processed_transition_days) == var.processed_transition_days && var.processed_transition_days >= 0 && var.processed_transition_days <= 3650
    error_message = "Expected a whole number of days from 0 to 3650 for processed_transition_days but got ${jsonencode(var.processed_transition_days)}."
  }
}

variable "processed_transition_class" {
  description = "Storage class that variants move to. STANDARD_IA, ONEZONE_IA and GLACIER_IR cost less to store and more to read; INTELLIGENT_TIERING has a fee for each object."
  type        = string
  default     = "STANDARD_IA"
  nullable    = false

  validation {
    condition     = contains(["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"], var.processed_transition_class)
    error_message = "Expected one of STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR for processed_transition_class but got ${jsonencode(var.processed_transition_class)}."
  }
}

variable "processed_expiration_days" {
  description = "Days after which variants are deleted, also from a replica. 0 keeps them."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = floor(var.processed_expiration_days) == var.processed_expiration_days && var.processed_expiration_days >= 0 && var.processed_expiration_days <= 3650
    error_message = "Expected a whole number of days from 0 to 3650 for processed_expiration_days but got ${jsonencode(var.processed_expiration_days)}."
  }
}

variable "enable_access_logging" {
  description = "Writes S3 server access logs of both buckets to a separate bucket."
  type        = bool
  default     = false
  nullable    = false
}

variable "access_log_days" {
  description = "Days to keep S3 access logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = floor(var.access_log_days) == var.access_log_days && var.access_log_days >= 1 && var.access_log_days <= 3650
    error_message = "Expected a whole number of days from 1 to 3650 for access_log_days but got ${jsonencode(var.access_log_days)}."
  }
}

variable "log_bucket_prefix" {
  description = "Start of the name of the bucket for access logs."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9][a-z0-9.-]{0,36})?$", var.log_bucket_prefix))
    error_message = "Expected a bucket prefix of at most 37 lower-case letters, digits, dots and hyphens for log_bucket_prefix but got ${jsonencode(var.log_bucket_prefix)}."
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
