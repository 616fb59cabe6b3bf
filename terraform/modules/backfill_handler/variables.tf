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

variable "slo_seconds" {
  description = "Seconds from an upload until its variants should be stored. Later ones count as `LateImages`; uploads that wait longer because of throttling trigger `waiting`."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = floor(var.slo_seconds) == var.slo_seconds && var.slo_seconds >= 1 && var.slo_seconds <= 21600
    error_message = "Expected a whole number of seconds from 1 to 21600 for slo_seconds but got ${jsonencode(var.slo_seconds)}."
  }
}

variable "large_image_bytes" {
  description = "Uploads with more bytes are logged as large."
  type        = number
  default     = 10485760
  nullable    = false

  validation {
    condition     = floor(var.large_image_bytes) == var.large_image_bytes && var.large_image_bytes >= 1 && var.large_image_bytes <= 5000000000
    error_message = "Expected a whole number of bytes from 1 to 5000000000 for large_image_bytes but got ${jsonencode(var.large_image_bytes)}."
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

variable "max_image_pixels" {
  description = "Uploads with more pixels (width x height) are refused."
  type        = number
  default     = 100000000
  nullable    = false

  validation {
    condition     = floor(var.max_image_pixels) == var.max_image_pixels && var.max_image_pixels >= 1 && var.max_image_pixels <= 1000000000
    error_message = "Expected a whole number of pixels from 1 to 1000000000 for max_image_pixels but got ${jsonencode(var.max_image_pixels)}."
  }
}

variable "max_image_side_px" {
  description = "Uploads with a longer side are refused."
  type        = number
  default     = 65535
  nullable    = false

  validation {
    condition     = floor(var.max_image_side_px) == var.max_image_side_px && var.max_image_side_px >= 1 && var.max_image_side_px <= 1000000
    error_message = "Expected a whole number of pixels from 1 to 1000000 for max_image_side_px but got ${jsonencode(var.max_image_side_px)}."
  }
}

variable "max_image_frames" {
  description = "Uploads with more animation frames or pages are refused."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = floor(var.max_image_frames) == var.max_image_frames && var.max_image_frames >= 1 && var.max_image_frames <= 1000000
    error_message = "Expected a whole number of frames from 1 to 1000000 for max_image_frames but got ${jsonencode(var.max_image_frames)}."
  }
}

variable "keep_smaller_original" {
  description = "If a variant in the format of its upload would have more bytes than the upload, stores the upload without its metadata, or a smaller encoding."
  type        = bool
  default     = true
  nullable    = false
}

variable "keep_copyright" {
  description = "Keeps creator and copyright of an upload in its variants, from EXIF or IPTC. All other metadata is removed."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_manifest" {
  description = "Stores a manifest of each upload after its variants: `<folder>/<name>_<id>.json`."
  type        = bool
  default     = false
  nullable    = false
}

variable "cache_control" {
  description = "Cache-Control header of the stored objects."
  type        = string
  default     = "public, max-age=86400"
  nullable    = false

  validation {
    condition     = can(regex("^[!-~]([ -~]{0,198}[!-~])?$", var.cache_control))
    error_message = "Expected the value of a header, of up to 200 characters for cache_control but got ${jsonencode(var.cache_control)}."
  }
}

variable "variant_tags" {
  description = "Tags of the stored objects, for lifecycle rules. `{variant}` in a value stands for the name of the variant."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for each in keys(var.variant_tags) : !can(regex("^(aws:)", each)) && can(regex("^[\\p{L}\\p{N} .:/=+\\-@_]{1,128}$", each))]) && alltrue([for each in values(var.variant_tags) : can(regex("^([\\p{L}\\p{N} .:/=+\\-@_]|\\{variant\\}){0,200}$", each))])
    error_message = "Expected at most 10 tags (letters, digits, spaces and . : / = + - @ _ ; {variant} in values) for variant_tags but got ${jsonencode(var.variant_tags)}."
  }
}

variable "encoder_effort" {
  description = "CPU time that encoding may take to save bytes: `fast`, `balanced` or `small`. docs/performance.md has the figures."
  type        = string
  default     = "fast"
  nullable    = false

  validation {
    condition     = contains(["fast", "balanced", "small"], var.encoder_effort)
    error_message = "Expected one of fast, balanced, small for encoder_effort but got ${jsonencode(var.encoder_effort)}."
  }
}

variable "metric_namespace" {
  description = "Namespace of the custom metrics. Environments in the same account need different namespaces."
  type        = string
  default     = "ImageProcessor/Lambda"
  nullable    = false

  validation {
    condition     = !can(regex("^(AWS/)", var.metric_namespace)) && can(regex("^[\\w.\\-/#]{1,255}$", var.metric_namespace))
    error_message = "Expected a CloudWatch namespace (letters, digits and . - _ / #, not starting with AWS/) for metric_namespace but got ${jsonencode(var.metric_namespace)}."
  }
}

variable "metrics_transport" {
  description = "How custom metrics are published: one PutMetricData call per invocation, or embedded in the log (EMF)."
  type        = string
  default     = "put_metric_data"
  nullable    = false

  validation {
    condition     = contains(["put_metric_data", "emf"], var.metrics_transport)
    error_message = "Expected one of put_metric_data, emf for metrics_transport but got ${jsonencode(var.metrics_transport)}."
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

variable "enable_metadata_table" {
  description = "Writes a record of each upload."
  type        = bool
  default     = false
  nullable    = false
}

variable "records_table_name" {
  description = "Name of the table of records."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([\\w.-]{3,255})?$", var.records_table_name))
    error_message = "Expected the name of a DynamoDB table, or \"\" for records_table_name but got ${jsonencode(var.records_table_name)}."
  }
}

variable "records_write_policy" {
  description = "What writing to that table needs: `write_policy` of the module `metadata_table`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(\\{[\\s\\S]*\\})?$", var.records_write_policy))
    error_message = "Expected a policy document as JSON, or \"\" for records_write_policy but got ${jsonencode(var.records_write_policy)}."
  }
}
