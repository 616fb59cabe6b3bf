variable "environment" {
  description = "Name of the environment, part of all resource names. Must equal the name of the file."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.environment))
    error_message = "Expected lower-case letters, digits and hyphens, starting with a letter for environment but got ${jsonencode(var.environment)}."
  }
}

variable "package_path" {
  description = "Zip of the function."
  type        = string
  nullable    = false

  validation {
    condition     = try(fileexists(var.package_path), false)
    error_message = "Expected the path of an existing zip for package_path but got ${jsonencode(var.package_path)}."
  }
}

variable "aws_region" {
  description = "Region of the stack."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = !can(regex("^(us-iso|eu-iso)", var.aws_region)) && can(regex("^[a-z]{2}(-[a-z]+)+-\\d$", var.aws_region))
    error_message = "Expected an AWS region such as us-east-1, us-gov-west-1 or cn-north-1 for aws_region but got ${jsonencode(var.aws_region)}."
  }
}

variable "project_name" {
  description = "First part of all resource names."
  type        = string
  default     = "image-processor"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.project_name))
    error_message = "Expected lower-case letters, digits and hyphens, starting with a letter for project_name but got ${jsonencode(var.project_name)}."
  }
}

variable "protected" {
  description = "DynamoDB refuses to delete the table of records."
  type        = bool
  default     = true
  nullable    = false
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

variable "extra_tags" {
  description = "More tags for all resources."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.extra_tags) <= 40 && alltrue([for key, value in var.extra_tags : can(regex("^[\\p{L}\\p{N} .:/=+@_-]{1,128}$", key))]) && alltrue([for key, value in var.extra_tags : can(regex("^[\\p{L}\\p{N} .:/=+@_-]{0,256}$", value))]) && !anytrue([for key, value in var.extra_tags : can(regex("^(?i)aws:", key))])
    error_message = "Expected at most 40 tags (letters, digits, spaces and . : / = + - @ _ ; keys without the prefix aws:) for extra_tags but got ${jsonencode(var.extra_tags)}."
  }
}

variable "lambda_runtime" {
  description = "Lambda runtime. nodejs24.x needs version 6.19 or later of the AWS provider, and the stack then requires it."
  type        = string
  default     = "nodejs22.x"
  nullable    = false

  validation {
    condition     = contains(["nodejs22.x", "nodejs24.x"], var.lambda_runtime)
    error_message = "Expected one of nodejs22.x, nodejs24.x for lambda_runtime but got ${jsonencode(var.lambda_runtime)}."
  }
}

variable "lambda_architecture" {
  description = "CPU architecture of the function. The package is built for it."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.lambda_architecture)
    error_message = "Expected one of arm64, x86_64 for lambda_architecture but got ${jsonencode(var.lambda_architecture)}."
  }
}

variable "lambda_timeout" {
  description = "Timeout of one invocation in seconds."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = floor(var.lambda_timeout) == var.lambda_timeout && var.lambda_timeout >= 1 && var.lambda_timeout <= 900
    error_message = "Expected a whole number of seconds from 1 to 900 for lambda_timeout but got ${jsonencode(var.lambda_timeout)}."
  }
}

variable "lambda_memory_size" {
  description = "Memory in MB. CPU grows with memory: 1769 MB is one full vCPU."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = floor(var.lambda_memory_size) == var.lambda_memory_size && var.lambda_memory_size >= 128 && var.lambda_memory_size <= 10240
    error_message = "Expected a whole number of megabytes from 128 to 10240 for lambda_memory_size but got ${jsonencode(var.lambda_memory_size)}."
  }
}

variable "enable_xray_tracing" {
  description = "Traces invocations, and the requests that they send, with AWS X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency: guaranteed and maximum number of parallel invocations. -1 leaves it unreserved."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = floor(var.reserved_concurrent_executions) == var.reserved_concurrent_executions && var.reserved_concurrent_executions >= -1 && var.reserved_concurrent_executions <= 100000 && var.reserved_concurrent_executions != 0
    error_message = "Expected -1 or a whole number from 1 to 100000 for reserved_concurrent_executions but got ${jsonencode(var.reserved_concurrent_executions)}."
  }
}

variable "code_signing_profile_version_arn" {
  description = "AWS Signer profile version. Lambda then rejects packages that it did not sign. `HANDLER_PACKAGE` passes the signed zip to `synth`, `plan` and `deploy`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:signer:[\\w-]+:\\d{12}:/signing-profiles/\\w{2,64}/\\w{10})?$", var.code_signing_profile_version_arn))
    error_message = "Expected the ARN of a signing profile version, or \"\" for code_signing_profile_version_arn but got ${jsonencode(var.code_signing_profile_version_arn)}."
  }
}

variable "enable_recursion_guard" {
  description = "Sets recursive loop detection to Terminate, overriding any manual exception."
  type        = bool
  default     = false
  nullable    = false
}

variable "vpc_subnet_ids" {
  description = "Private subnets that the function runs in. They need a route to S3, CloudWatch, SQS, DynamoDB and X-Ray: VPC endpoints or a NAT gateway."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.vpc_subnet_ids)) == length(var.vpc_subnet_ids) && length(var.vpc_subnet_ids) <= 16 && alltrue([for each in var.vpc_subnet_ids : can(regex("^subnet-[0-9a-f]{8,17}$", each))])
    error_message = "Expected a list of different subnet ids such as subnet-0123456789abcdef0, at most 16 for vpc_subnet_ids but got ${jsonencode(var.vpc_subnet_ids)}."
  }
}

variable "vpc_security_group_ids" {
  description = "Security groups of the function in these subnets. They must allow outgoing HTTPS."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.vpc_security_group_ids)) == length(var.vpc_security_group_ids) && length(var.vpc_security_group_ids) <= 5 && alltrue([for each in var.vpc_security_group_ids : can(regex("^sg-[0-9a-f]{8,17}$", each))])
    error_message = "Expected a list of different security group ids such as sg-0123456789abcdef0, at most 5 for vpc_security_group_ids but got ${jsonencode(var.vpc_security_group_ids)}."
  }
}

variable "enable_release_alias" {
  description = "Uploads invoke a published version through the alias `live`. `npm run release` moves the alias after a deployment."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_codedeploy" {
  description = "CodeDeploy moves the alias. Without it, `npm run release` does."
  type        = bool
  default     = false
  nullable    = false
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

variable "lambda_retry_attempts" {
  description = "How often Lambda retries an event whose invocation failed."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = floor(var.lambda_retry_attempts) == var.lambda_retry_attempts && var.lambda_retry_attempts >= 0 && var.lambda_retry_attempts <= 2
    error_message = "Expected a whole number from 0 to 2 for lambda_retry_attempts but got ${jsonencode(var.lambda_retry_attempts)}."
  }
}

variable "lambda_max_event_age_seconds" {
  description = "How long an event may wait for the function in seconds, including retries."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition     = floor(var.lambda_max_event_age_seconds) == var.lambda_max_event_age_seconds && var.lambda_max_event_age_seconds >= 60 && var.lambda_max_event_age_seconds <= 21600
    error_message = "Expected a whole number of seconds from 60 to 21600 for lambda_max_event_age_seconds but got ${jsonencode(var.lambda_max_event_age_seconds)}."
  }
}

variable "enable_dead_letter_queue" {
  description = "Keeps events that Lambda drops in a queue for 14 days, for `npm run redrive`, with two alarms on it."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_metadata_table" {
  description = "Keeps a record of each upload in a DynamoDB table, for `npm run images`, with three alarms."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_upload_api" {
  description = "Lets clients upload directly to S3: an HTTP API issues upload links, and returns the state of an upload. With four alarms. Needs enable_metadata_table."
  type        = bool
  default     = false
  nullable    = false
}

variable "upload_api_authorizer" {
  description = "Who may call the API. `iam`: callers that sign with AWS credentials and have `execute-api:Invoke`. `jwt`: callers with a token of jwt_issuer. `none`: everyone."
  type        = string
  default     = "iam"
  nullable    = false

  validation {
    condition     = contains(["iam", "jwt", "none"], var.upload_api_authorizer)
    error_message = "Expected one of iam, jwt, none for upload_api_authorizer but got ${jsonencode(var.upload_api_authorizer)}."
  }
}

variable "upload_api_public" {
  description = "Anyone may call the upload API. Needs the authorizer `none`."
  type        = bool
  default     = false
  nullable    = false
}

variable "upload_api_jwt_issuer" {
  description = "Issuer of the tokens, for the authorizer `jwt`: the address before `/.well-known/openid-configuration`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(https://[^\\s\"/]+(/[^\\s\"]*)?)?$", var.upload_api_jwt_issuer))
    error_message = "Expected an address that starts with https://, or \"\" for upload_api_jwt_issuer but got ${jsonencode(var.upload_api_jwt_issuer)}."
  }
}

variable "upload_api_jwt_audience" {
  description = "Audiences of which a token must have one, for the authorizer `jwt`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.upload_api_jwt_audience : can(regex("^\\S+$", each))])
    error_message = "Expected a list of audiences for upload_api_jwt_audience but got ${jsonencode(var.upload_api_jwt_audience)}."
  }
}

variable "upload_api_cors_origins" {
  description = "Origins of web pages that may call the API and upload to the bucket from a browser."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.upload_api_cors_origins : can(regex("^(\\*|https?://[a-z0-9.-]+(:\\d+)?)$", each))])
    error_message = "Expected a list of origins such as \"https://example.com\", or [\"*\"] for upload_api_cors_origins but got ${jsonencode(var.upload_api_cors_origins)}."
  }
}

variable "upload_api_links_per_second" {
  description = "Upload links that the API issues per second, for all callers together. Further requests get status 429."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = floor(var.upload_api_links_per_second) == var.upload_api_links_per_second && var.upload_api_links_per_second >= 1 && var.upload_api_links_per_second <= 10000
    error_message = "Expected a whole number of requests per second from 1 to 10000 for upload_api_links_per_second but got ${jsonencode(var.upload_api_links_per_second)}."
  }
}

variable "upload_api_reads_per_second" {
  description = "States that the API returns per second, for all callers together. Further requests get status 429."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = floor(var.upload_api_reads_per_second) == var.upload_api_reads_per_second && var.upload_api_reads_per_second >= 1 && var.upload_api_reads_per_second <= 10000
    error_message = "Expected a whole number of requests per second from 1 to 10000 for upload_api_reads_per_second but got ${jsonencode(var.upload_api_reads_per_second)}."
  }
}

variable "enable_backfill" {
  description = "Lets `npm run backfill` process objects that exist already, with a state machine, a separate function and six alarms."
  type        = bool
  default     = false
  nullable    = false
}

variable "backfill_max_concurrency" {
  description = "Batches that run at the same time. The function reserves as much concurrency, which other functions of the account then lack."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = floor(var.backfill_max_concurrency) == var.backfill_max_concurrency && var.backfill_max_concurrency >= 1 && var.backfill_max_concurrency <= 1000
    error_message = "Expected a whole number of batches from 1 to 1000 for backfill_max_concurrency but got ${jsonencode(var.backfill_max_concurrency)}."
  }
}

variable "backfill_batch_size" {
  description = "Most objects of one batch, which is one invocation of the function. A batch has fewer where so many of the slowest images do not fit into the function's timeout."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = floor(var.backfill_batch_size) == var.backfill_batch_size && var.backfill_batch_size >= 1 && var.backfill_batch_size <= 100
    error_message = "Expected a whole number of objects from 1 to 100 for backfill_batch_size but got ${jsonencode(var.backfill_batch_size)}."
  }
}

variable "backfill_slowest_image_seconds" {
  description = "Seconds that the slowest images take. As many of them as fit into the function's timeout make a batch."
  type        = number
  default     = 6
  nullable    = false

  validation {
    condition     = floor(var.backfill_slowest_image_seconds) == var.backfill_slowest_image_seconds && var.backfill_slowest_image_seconds >= 1 && var.backfill_slowest_image_seconds <= 65
    error_message = "Expected a whole number of seconds from 1 to 65 for backfill_slowest_image_seconds but got ${jsonencode(var.backfill_slowest_image_seconds)}."
  }
}

variable "backfill_tolerated_failure_percent" {
  description = "Share of the objects whose batches may fail, in percent. Above it, a run fails and starts no more batches."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.backfill_tolerated_failure_percent > 0 && var.backfill_tolerated_failure_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for backfill_tolerated_failure_percent but got ${jsonencode(var.backfill_tolerated_failure_percent)}."
  }
}

variable "backfill_max_hours" {
  description = "Hours after which a run times out."
  type        = number
  default     = 72
  nullable    = false

  validation {
    condition     = floor(var.backfill_max_hours) == var.backfill_max_hours && var.backfill_max_hours >= 1 && var.backfill_max_hours <= 8760
    error_message = "Expected a whole number of hours from 1 to 8760 for backfill_max_hours but got ${jsonencode(var.backfill_max_hours)}."
  }
}

variable "backfill_keep_days" {
  description = "Days to keep the manifests and results of runs. A run can be resumed for 14 days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = floor(var.backfill_keep_days) == var.backfill_keep_days && var.backfill_keep_days >= 15 && var.backfill_keep_days <= 3650
    error_message = "Expected a whole number of days from 15 to 3650 for backfill_keep_days but got ${jsonencode(var.backfill_keep_days)}."
  }
}

variable "backfill_min_failures" {
  description = "Minimum number of failures of objects in 15 minutes for `backfill-failure-rate`. Each attempt counts."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = floor(var.backfill_min_failures) == var.backfill_min_failures && var.backfill_min_failures >= 1 && var.backfill_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for backfill_min_failures but got ${jsonencode(var.backfill_min_failures)}."
  }
}

variable "backfill_failure_threshold_percent" {
  description = "Failures of objects in a backfill, in percent of all attempts, that trigger `backfill-failure-rate`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.backfill_failure_threshold_percent > 0 && var.backfill_failure_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for backfill_failure_threshold_percent but got ${jsonencode(var.backfill_failure_threshold_percent)}."
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

variable "log_retention_days" {
  description = "Days to keep log lines."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "Expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days for log_retention_days but got ${jsonencode(var.log_retention_days)}."
  }
}

variable "existing_log_group_name" {
  description = "Log group that exists already. The stack does not change its retention or encryption. To take over the group `/aws/lambda/<function>` instead, run `terraform import aws_cloudwatch_log_group.lambda_function_log_group <name>`."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\w.\\-/#]{0,512}$", var.existing_log_group_name))
    error_message = "Expected the name of a log group, or \"\" for existing_log_group_name but got ${jsonencode(var.existing_log_group_name)}."
  }
}

variable "enable_s3_versioning" {
  description = "Keeps overwritten and deleted objects of both buckets for 30 days."
  type        = bool
  default     = true
  nullable    = false
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

variable "enable_s3_access_logging" {
  description = "Writes S3 server access logs of both buckets to a separate bucket."
  type        = bool
  default     = false
  nullable    = false
}

variable "s3_access_log_days" {
  description = "Days to keep S3 access logs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = floor(var.s3_access_log_days) == var.s3_access_log_days && var.s3_access_log_days >= 1 && var.s3_access_log_days <= 3650
    error_message = "Expected a whole number of days from 1 to 3650 for s3_access_log_days but got ${jsonencode(var.s3_access_log_days)}."
  }
}

variable "enable_kms_key" {
  description = "Encrypts buckets, topics, queue and log group with a KMS key of the stack instead of AWS-owned keys."
  type        = bool
  default     = false
  nullable    = false
}

variable "existing_kms_key_arn" {
  description = "KMS key that exists already, instead of enable_kms_key. Its policy needs the statements of modules/encryption_key.ts for CloudWatch Logs, alarms and budgets."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(arn:aws[\\w-]*:kms:[\\w-]+:\\d{12}:key/[\\w-]+)?$", var.existing_kms_key_arn))
    error_message = "Expected the ARN of a KMS key, or \"\" for existing_kms_key_arn but got ${jsonencode(var.existing_kms_key_arn)}."
  }
}

variable "refusal_log_level" {
  description = "Log level of refused uploads. ERROR counts them as errors and failures. With WARN they are only counted as refused."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["ERROR", "WARN"], var.refusal_log_level)
    error_message = "Expected one of ERROR, WARN for refusal_log_level but got ${jsonencode(var.refusal_log_level)}."
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

variable "delete_variants_with_upload" {
  description = "Deletes the variants of an upload that is deleted or expires. docs/variants.md has the details."
  type        = bool
  default     = false
  nullable    = false
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

variable "alert_email" {
  description = "E-mail address for all notifications."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.alert_email == "" || can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", var.alert_email))
    error_message = "Expected an e-mail address, or \"\" for alert_email but got ${jsonencode(var.alert_email)}."
  }
}

variable "critical_alert_email" {
  description = "E-mail address for critical notifications."
  type        = string
  default     = null

  validation {
    condition     = var.critical_alert_email == null ? true : var.critical_alert_email == "" || can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", var.critical_alert_email))
    error_message = "Expected an e-mail address, or \"\" for critical_alert_email but got ${jsonencode(var.critical_alert_email)}."
  }
}

variable "performance_alert_email" {
  description = "E-mail address for performance notifications."
  type        = string
  default     = null

  validation {
    condition     = var.performance_alert_email == null ? true : var.performance_alert_email == "" || can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", var.performance_alert_email))
    error_message = "Expected an e-mail address, or \"\" for performance_alert_email but got ${jsonencode(var.performance_alert_email)}."
  }
}

variable "log_alert_email" {
  description = "E-mail address for notifications from log alarms."
  type        = string
  default     = null

  validation {
    condition     = var.log_alert_email == null ? true : var.log_alert_email == "" || can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", var.log_alert_email))
    error_message = "Expected an e-mail address, or \"\" for log_alert_email but got ${jsonencode(var.log_alert_email)}."
  }
}

variable "additional_alert_emails" {
  description = "More e-mail addresses for all notifications."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.additional_alert_emails)) == length(var.additional_alert_emails) && length(var.additional_alert_emails) <= 100 && alltrue([for each in var.additional_alert_emails : can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", each))])
    error_message = "Expected a list of different e-mail addresses, at most 100 for additional_alert_emails but got ${jsonencode(var.additional_alert_emails)}."
  }
}

variable "additional_critical_alert_emails" {
  description = "More e-mail addresses for critical notifications."
  type        = list(string)
  default     = null

  validation {
    condition     = var.additional_critical_alert_emails == null ? true : length(distinct(var.additional_critical_alert_emails)) == length(var.additional_critical_alert_emails) && length(var.additional_critical_alert_emails) <= 100 && alltrue([for each in var.additional_critical_alert_emails : can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", each))])
    error_message = "Expected a list of different e-mail addresses, at most 100 for additional_critical_alert_emails but got ${jsonencode(var.additional_critical_alert_emails)}."
  }
}

variable "additional_performance_alert_emails" {
  description = "More e-mail addresses for performance notifications."
  type        = list(string)
  default     = null

  validation {
    condition     = var.additional_performance_alert_emails == null ? true : length(distinct(var.additional_performance_alert_emails)) == length(var.additional_performance_alert_emails) && length(var.additional_performance_alert_emails) <= 100 && alltrue([for each in var.additional_performance_alert_emails : can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", each))])
    error_message = "Expected a list of different e-mail addresses, at most 100 for additional_performance_alert_emails but got ${jsonencode(var.additional_performance_alert_emails)}."
  }
}

variable "additional_log_alert_emails" {
  description = "More e-mail addresses for notifications from log alarms."
  type        = list(string)
  default     = null

  validation {
    condition     = var.additional_log_alert_emails == null ? true : length(distinct(var.additional_log_alert_emails)) == length(var.additional_log_alert_emails) && length(var.additional_log_alert_emails) <= 100 && alltrue([for each in var.additional_log_alert_emails : can(regex("^[A-Za-z0-9_'+-]+([.][A-Za-z0-9_'+-]+)*@([A-Za-z0-9][A-Za-z0-9-]*[.])+[A-Za-z]{2,}$", each))])
    error_message = "Expected a list of different e-mail addresses, at most 100 for additional_log_alert_emails but got ${jsonencode(var.additional_log_alert_emails)}."
  }
}

variable "alert_sms" {
  description = "Phone number (E.164) for critical notifications."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(\\+[1-9]\\d{6,14})?$", var.alert_sms))
    error_message = "Expected a phone number such as \"+15555550100\", or \"\" for alert_sms but got ${jsonencode(var.alert_sms)}."
  }
}

variable "critical_alert_sms" {
  description = "Phone number (E.164) for critical notifications. Overrides alert_sms."
  type        = string
  default     = null

  validation {
    condition     = var.critical_alert_sms == null ? true : can(regex("^(\\+[1-9]\\d{6,14})?$", var.critical_alert_sms))
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

variable "slack_workspace_id" {
  description = "Slack workspace that you have authorized in AWS Chatbot (Amazon Q Developer in chat applications)."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(T[A-Z0-9]{1,254})?$", var.slack_workspace_id))
    error_message = "Expected a Slack workspace id such as T0123456789, or \"\" for slack_workspace_id but got ${jsonencode(var.slack_workspace_id)}."
  }
}

variable "slack_channel_id" {
  description = "Slack channel for critical notifications."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^([CG][A-Z0-9]{1,254})?$", var.slack_channel_id))
    error_message = "Expected a Slack channel id such as C0123456789, or \"\" for slack_channel_id but got ${jsonencode(var.slack_channel_id)}."
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

variable "enable_cloudwatch_dashboard" {
  description = "Creates the dashboard."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_routing" {
  description = "Who is notified. each: every alarm notifies its own topic. incident: one alarm, `page`, notifies the critical topic; tickets wait while it is in ALARM."
  type        = string
  default     = "each"
  nullable    = false

  validation {
    condition     = contains(["each", "incident"], var.alarm_routing)
    error_message = "Expected one of each, incident for alarm_routing but got ${jsonencode(var.alarm_routing)}."
  }
}

variable "enable_no_invocation_alarm" {
  description = "Creates the alarm `no-invocations`. Use it only where uploads arrive all day."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_async_alarms" {
  description = "Creates the alarms `event-age` and `events-dropped`."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_memory_alarm" {
  description = "Creates the alarm `memory-high`."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_saved_queries" {
  description = "Saves the queries in CloudWatch Logs Insights."
  type        = bool
  default     = false
  nullable    = false
}

variable "runbook_base_url" {
  description = "Address where you publish the pages of `docs/runbooks`. Alarms and dashboard link to them."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(https://[^\\s\"/]+(/[^\\s\"/]+)*)?$", var.runbook_base_url))
    error_message = "Expected an address such as https://example.com/runbooks, or \"\" for runbook_base_url but got ${jsonencode(var.runbook_base_url)}."
  }
}

variable "error_threshold" {
  description = "Failed invocations in 5 minutes that trigger `high-error-rate`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.error_threshold) == var.error_threshold && var.error_threshold >= 1 && var.error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for error_threshold but got ${jsonencode(var.error_threshold)}."
  }
}

variable "duration_threshold_ms" {
  description = "Duration of the slowest invocation in milliseconds that triggers `high-duration`. Must be less than the timeout of the function."
  type        = number
  default     = 45000
  nullable    = false

  validation {
    condition     = floor(var.duration_threshold_ms) == var.duration_threshold_ms && var.duration_threshold_ms >= 1 && var.duration_threshold_ms <= 900000
    error_message = "Expected a whole number of milliseconds from 1 to 900000 for duration_threshold_ms but got ${jsonencode(var.duration_threshold_ms)}."
  }
}

variable "throttle_threshold" {
  description = "Throttled invocations in 5 minutes that trigger `throttles`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.throttle_threshold) == var.throttle_threshold && var.throttle_threshold >= 1 && var.throttle_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for throttle_threshold but got ${jsonencode(var.throttle_threshold)}."
  }
}

variable "concurrent_executions_threshold" {
  description = "Parallel invocations that trigger `high-concurrency`."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = floor(var.concurrent_executions_threshold) == var.concurrent_executions_threshold && var.concurrent_executions_threshold >= 1 && var.concurrent_executions_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for concurrent_executions_threshold but got ${jsonencode(var.concurrent_executions_threshold)}."
  }
}

variable "release_error_threshold" {
  description = "Failed invocations of the newest version in one minute that trigger `release-errors`, with alarm_routing each."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.release_error_threshold) == var.release_error_threshold && var.release_error_threshold >= 1 && var.release_error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for release_error_threshold but got ${jsonencode(var.release_error_threshold)}."
  }
}

variable "release_error_threshold_percent" {
  description = "Failed invocations of the newest version, in percent of its invocations, that trigger `release-errors`, with alarm_routing incident."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.release_error_threshold_percent > 0 && var.release_error_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for release_error_threshold_percent but got ${jsonencode(var.release_error_threshold_percent)}."
  }
}

variable "release_error_min_failures" {
  description = "Minimum number of failed invocations of the newest version for `release-errors`, with alarm_routing incident."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = floor(var.release_error_min_failures) == var.release_error_min_failures && var.release_error_min_failures >= 1 && var.release_error_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for release_error_min_failures but got ${jsonencode(var.release_error_min_failures)}."
  }
}

variable "log_error_threshold" {
  description = "Log lines at ERROR or above in one minute that trigger `log-errors`."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.log_error_threshold) == var.log_error_threshold && var.log_error_threshold >= 1 && var.log_error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for log_error_threshold but got ${jsonencode(var.log_error_threshold)}."
  }
}

variable "success_rate_threshold_percent" {
  description = "Success rate in percent below which `low-success-rate` triggers."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.success_rate_threshold_percent > 0 && var.success_rate_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for success_rate_threshold_percent but got ${jsonencode(var.success_rate_threshold_percent)}."
  }
}

variable "success_rate_min_samples" {
  description = "Minimum number of images in 5 minutes for a success rate."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.success_rate_min_samples) == var.success_rate_min_samples && var.success_rate_min_samples >= 1 && var.success_rate_min_samples <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for success_rate_min_samples but got ${jsonencode(var.success_rate_min_samples)}."
  }
}

variable "image_error_threshold" {
  description = "Failed images in 5 minutes that trigger `image-processing-errors`. Refused ones count, too, where refusal_log_level is ERROR."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.image_error_threshold) == var.image_error_threshold && var.image_error_threshold >= 1 && var.image_error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for image_error_threshold but got ${jsonencode(var.image_error_threshold)}."
  }
}

variable "image_error_threshold_percent" {
  description = "Failed images in percent of all that trigger `image-processing-errors`, with alarm_routing incident."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.image_error_threshold_percent > 0 && var.image_error_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for image_error_threshold_percent but got ${jsonencode(var.image_error_threshold_percent)}."
  }
}

variable "large_images_threshold" {
  description = "Large images in 5 minutes that trigger `large-images`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.large_images_threshold) == var.large_images_threshold && var.large_images_threshold >= 1 && var.large_images_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for large_images_threshold but got ${jsonencode(var.large_images_threshold)}."
  }
}

variable "event_age_threshold_ms" {
  description = "Waiting time of an upload event in milliseconds that triggers `event-age`. Must be less than the maximum event age."
  type        = number
  default     = 600000
  nullable    = false

  validation {
    condition     = floor(var.event_age_threshold_ms) == var.event_age_threshold_ms && var.event_age_threshold_ms >= 1 && var.event_age_threshold_ms <= 21600000
    error_message = "Expected a whole number of milliseconds from 1 to 21600000 for event_age_threshold_ms but got ${jsonencode(var.event_age_threshold_ms)}."
  }
}

variable "table_throttle_threshold" {
  description = "Throttled requests to the metadata table in 5 minutes that trigger `table-throttles`."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = floor(var.table_throttle_threshold) == var.table_throttle_threshold && var.table_throttle_threshold >= 1 && var.table_throttle_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for table_throttle_threshold but got ${jsonencode(var.table_throttle_threshold)}."
  }
}

variable "table_error_threshold" {
  description = "Requests to the metadata table that fail in DynamoDB in 5 minutes that trigger `table-errors`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.table_error_threshold) == var.table_error_threshold && var.table_error_threshold >= 1 && var.table_error_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for table_error_threshold but got ${jsonencode(var.table_error_threshold)}."
  }
}

variable "upload_api_min_requests" {
  description = "Minimum number of requests to the upload API in 5 minutes for `upload-api-errors`, `upload-api-refusals` and `upload-api-latency`."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = floor(var.upload_api_min_requests) == var.upload_api_min_requests && var.upload_api_min_requests >= 1 && var.upload_api_min_requests <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for upload_api_min_requests but got ${jsonencode(var.upload_api_min_requests)}."
  }
}

variable "upload_api_error_threshold_percent" {
  description = "Requests to the upload API that end with status 5xx, in percent of all, that trigger `upload-api-errors`."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.upload_api_error_threshold_percent > 0 && var.upload_api_error_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for upload_api_error_threshold_percent but got ${jsonencode(var.upload_api_error_threshold_percent)}."
  }
}

variable "upload_api_refusal_threshold_percent" {
  description = "Requests to the upload API that end with status 4xx, in percent of all, that trigger `upload-api-refusals`."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.upload_api_refusal_threshold_percent > 0 && var.upload_api_refusal_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for upload_api_refusal_threshold_percent but got ${jsonencode(var.upload_api_refusal_threshold_percent)}."
  }
}

variable "upload_api_latency_threshold_ms" {
  description = "Latency of the slowest hundredth of the requests to the upload API in milliseconds that triggers `upload-api-latency`."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = floor(var.upload_api_latency_threshold_ms) == var.upload_api_latency_threshold_ms && var.upload_api_latency_threshold_ms >= 1 && var.upload_api_latency_threshold_ms <= 30000
    error_message = "Expected a whole number of milliseconds from 1 to 30000 for upload_api_latency_threshold_ms but got ${jsonencode(var.upload_api_latency_threshold_ms)}."
  }
}

variable "links_unused_min_count" {
  description = "Minimum number of upload links issued in an hour for `links-unused`."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = floor(var.links_unused_min_count) == var.links_unused_min_count && var.links_unused_min_count >= 1 && var.links_unused_min_count <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for links_unused_min_count but got ${jsonencode(var.links_unused_min_count)}."
  }
}

variable "links_unused_threshold_percent" {
  description = "Upload links without an upload, in percent of those issued in an hour, that trigger `links-unused`."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.links_unused_threshold_percent > 0 && var.links_unused_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for links_unused_threshold_percent but got ${jsonencode(var.links_unused_threshold_percent)}."
  }
}

variable "memory_threshold_percent" {
  description = "Memory used, in percent of lambda_memory_size, that triggers `memory-high`."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.memory_threshold_percent > 0 && var.memory_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for memory_threshold_percent but got ${jsonencode(var.memory_threshold_percent)}."
  }
}

variable "slo_target_percent" {
  description = "Share of valid uploads that must be processed, in percent over 30 days. The rest is the error budget."
  type        = number
  default     = 99.9
  nullable    = false

  validation {
    condition     = var.slo_target_percent >= 95 && var.slo_target_percent < 100
    error_message = "Expected a number from 95 up to, but not including, 100 for slo_target_percent but got ${jsonencode(var.slo_target_percent)}."
  }
}

variable "slo_min_failures" {
  description = "Minimum number of uploads given up for an alarm on the error budget."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.slo_min_failures) == var.slo_min_failures && var.slo_min_failures >= 1 && var.slo_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for slo_min_failures but got ${jsonencode(var.slo_min_failures)}."
  }
}

variable "slo_sure_failures" {
  description = "Number of uploads given up in an hour from which `budget-burning` needs no larger share than 14.4 times the error budget."
  type        = number
  default     = 54
  nullable    = false

  validation {
    condition     = floor(var.slo_sure_failures) == var.slo_sure_failures && var.slo_sure_failures >= 1 && var.slo_sure_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for slo_sure_failures but got ${jsonencode(var.slo_sure_failures)}."
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

variable "error_rate_threshold_percent" {
  description = "Failed attempts in percent of all attempts that trigger `high-error-rate`, with alarm_routing incident; half of it triggers `limits-reached`."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.error_rate_threshold_percent > 2 && var.error_rate_threshold_percent <= 100
    error_message = "Expected a number above 2 and up to 100 for error_rate_threshold_percent but got ${jsonencode(var.error_rate_threshold_percent)}."
  }
}

variable "error_rate_extra_failures" {
  description = "Failed attempts beyond that share that `high-error-rate` and `limits-reached` need, so that few uploads do not trigger them by chance."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = floor(var.error_rate_extra_failures) == var.error_rate_extra_failures && var.error_rate_extra_failures >= 0 && var.error_rate_extra_failures <= 1000000
    error_message = "Expected a whole number of attempts from 0 to 1000000 for error_rate_extra_failures but got ${jsonencode(var.error_rate_extra_failures)}."
  }
}

variable "error_rate_min_failures" {
  description = "Minimum number of failed attempts for `high-error-rate`, with alarm_routing incident. More than two uploads have with all retries."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = floor(var.error_rate_min_failures) == var.error_rate_min_failures && var.error_rate_min_failures >= 1 && var.error_rate_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for error_rate_min_failures but got ${jsonencode(var.error_rate_min_failures)}."
  }
}

variable "error_rate_window_seconds" {
  description = "Period of `high-error-rate`, with alarm_routing incident."
  type        = number
  default     = 420
  nullable    = false

  validation {
    condition     = floor(var.error_rate_window_seconds) == var.error_rate_window_seconds && var.error_rate_window_seconds >= 60 && var.error_rate_window_seconds <= 86400 && var.error_rate_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for error_rate_window_seconds but got ${jsonencode(var.error_rate_window_seconds)}."
  }
}

variable "error_rate_hold_periods" {
  description = "Periods for which `high-error-rate` stays in ALARM after its last breach. A page ends earlier, when uploads are processed again."
  type        = number
  default     = 9
  nullable    = false

  validation {
    condition     = floor(var.error_rate_hold_periods) == var.error_rate_hold_periods && var.error_rate_hold_periods >= 1 && var.error_rate_hold_periods <= 60
    error_message = "Expected a whole number of periods from 1 to 60 for error_rate_hold_periods but got ${jsonencode(var.error_rate_hold_periods)}."
  }
}

variable "outage_min_failures" {
  description = "Minimum number of failed attempts in three minutes for `outage`; of events that Lambda drops, three fifths of it."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.outage_min_failures) == var.outage_min_failures && var.outage_min_failures >= 1 && var.outage_min_failures <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for outage_min_failures but got ${jsonencode(var.outage_min_failures)}."
  }
}

variable "limits_window_seconds" {
  description = "Period of `limits-reached`."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = floor(var.limits_window_seconds) == var.limits_window_seconds && var.limits_window_seconds >= 60 && var.limits_window_seconds <= 86400 && var.limits_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for limits_window_seconds but got ${jsonencode(var.limits_window_seconds)}."
  }
}

variable "recovery_window_seconds" {
  description = "Period in which uploads must be processed again before a page ends. At least error_rate_window_seconds."
  type        = number
  default     = 720
  nullable    = false

  validation {
    condition     = floor(var.recovery_window_seconds) == var.recovery_window_seconds && var.recovery_window_seconds >= 60 && var.recovery_window_seconds <= 86400 && var.recovery_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for recovery_window_seconds but got ${jsonencode(var.recovery_window_seconds)}."
  }
}

variable "waiting_hold_periods" {
  description = "Periods for which `waiting` and `throttled-long` stay in ALARM after their last breach. A page ends earlier, when `flowing` is in ALARM."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = floor(var.waiting_hold_periods) == var.waiting_hold_periods && var.waiting_hold_periods >= 1 && var.waiting_hold_periods <= 60
    error_message = "Expected a whole number of periods from 1 to 60 for waiting_hold_periods but got ${jsonencode(var.waiting_hold_periods)}."
  }
}

variable "waiting_min_throttles" {
  description = "Throttled invocations in that period that trigger `throttled-long`, and `waiting` if uploads wait longer than slo_seconds."
  type        = number
  default     = 25
  nullable    = false

  validation {
    condition     = floor(var.waiting_min_throttles) == var.waiting_min_throttles && var.waiting_min_throttles >= 1 && var.waiting_min_throttles <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for waiting_min_throttles but got ${jsonencode(var.waiting_min_throttles)}."
  }
}

variable "waiting_window_seconds" {
  description = "Period of `waiting` and `throttled-long`."
  type        = number
  default     = 720
  nullable    = false

  validation {
    condition     = floor(var.waiting_window_seconds) == var.waiting_window_seconds && var.waiting_window_seconds >= 60 && var.waiting_window_seconds <= 86400 && var.waiting_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for waiting_window_seconds but got ${jsonencode(var.waiting_window_seconds)}."
  }
}

variable "throttled_datapoints" {
  description = "How many periods must have a throttled invocation for `still-throttled`. At most throttled_periods."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = floor(var.throttled_datapoints) == var.throttled_datapoints && var.throttled_datapoints >= 1 && var.throttled_datapoints <= 60
    error_message = "Expected a whole number of periods from 1 to 60 for throttled_datapoints but got ${jsonencode(var.throttled_datapoints)}."
  }
}

variable "throttled_periods" {
  description = "Periods that `still-throttled` evaluates."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = floor(var.throttled_periods) == var.throttled_periods && var.throttled_periods >= 1 && var.throttled_periods <= 60
    error_message = "Expected a whole number of periods from 1 to 60 for throttled_periods but got ${jsonencode(var.throttled_periods)}."
  }
}

variable "throttled_period_seconds" {
  description = "Period of `still-throttled`."
  type        = number
  default     = 240
  nullable    = false

  validation {
    condition     = floor(var.throttled_period_seconds) == var.throttled_period_seconds && var.throttled_period_seconds >= 60 && var.throttled_period_seconds <= 86400 && var.throttled_period_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for throttled_period_seconds but got ${jsonencode(var.throttled_period_seconds)}."
  }
}

variable "lost_images_threshold" {
  description = "Events that Lambda could not send to the dead-letter queue that trigger `images-lost`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.lost_images_threshold) == var.lost_images_threshold && var.lost_images_threshold >= 1 && var.lost_images_threshold <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for lost_images_threshold but got ${jsonencode(var.lost_images_threshold)}."
  }
}

variable "lost_images_window_seconds" {
  description = "Period of `images-lost`."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = floor(var.lost_images_window_seconds) == var.lost_images_window_seconds && var.lost_images_window_seconds >= 60 && var.lost_images_window_seconds <= 86400 && var.lost_images_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for lost_images_window_seconds but got ${jsonencode(var.lost_images_window_seconds)}."
  }
}

variable "silence_periods" {
  description = "Periods of 5 minutes without an upload that trigger `no-invocations`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = floor(var.silence_periods) == var.silence_periods && var.silence_periods >= 1 && var.silence_periods <= 288
    error_message = "Expected a whole number of periods from 1 to 288 for silence_periods but got ${jsonencode(var.silence_periods)}."
  }
}

variable "refused_rate_threshold_percent" {
  description = "Refused uploads in percent of all uploads that trigger `refused`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.refused_rate_threshold_percent > 0 && var.refused_rate_threshold_percent <= 100
    error_message = "Expected a number above 0 and up to 100 for refused_rate_threshold_percent but got ${jsonencode(var.refused_rate_threshold_percent)}."
  }
}

variable "refused_min_count" {
  description = "Minimum number of refused uploads for `refused`."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = floor(var.refused_min_count) == var.refused_min_count && var.refused_min_count >= 1 && var.refused_min_count <= 1000000
    error_message = "Expected a whole number from 1 to 1000000 for refused_min_count but got ${jsonencode(var.refused_min_count)}."
  }
}

variable "refused_window_seconds" {
  description = "Period of `refused`."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = floor(var.refused_window_seconds) == var.refused_window_seconds && var.refused_window_seconds >= 60 && var.refused_window_seconds <= 86400 && var.refused_window_seconds % 60 == 0
    error_message = "Expected a multiple of 60 seconds from 60 to 86400 for refused_window_seconds but got ${jsonencode(var.refused_window_seconds)}."
  }
}

variable "cost_center" {
  description = "Tag CostCenter of all resources."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N} .:/=+\\-@_]{0,256}$", var.cost_center))
    error_message = "Expected letters, digits, spaces and . : / = + - @ _, or \"\" for cost_center but got ${jsonencode(var.cost_center)}."
  }
}

variable "owner" {
  description = "Tag Owner of all resources: a team, not a person."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N} .:/=+\\-@_]{0,256}$", var.owner))
    error_message = "Expected letters, digits, spaces and . : / = + - @ _, or \"\" for owner but got ${jsonencode(var.owner)}."
  }
}

variable "monthly_budget_usd" {
  description = "Monthly budget in US dollars. The performance topic is notified at 80 % actual and 100 % forecast cost. 0 creates no budget."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = floor(var.monthly_budget_usd) == var.monthly_budget_usd && var.monthly_budget_usd >= 0 && var.monthly_budget_usd <= 1000000
    error_message = "Expected a whole number of US dollars from 0 to 1000000 for monthly_budget_usd but got ${jsonencode(var.monthly_budget_usd)}."
  }
}

variable "upload_api_package_path" {
  description = "Zip of the upload API's function, for enable_upload_api."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.upload_api_package_path == "" || try(fileexists(var.upload_api_package_path), false)
    error_message = "Expected the path of an existing zip, or \"\" for upload_api_package_path but got ${jsonencode(var.upload_api_package_path)}."
  }
}

variable "alarm_help" {
  description = "Sentence after the description of each alarm: where to look first."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[^\\n]{0,300}$", var.alarm_help))
    error_message = "Expected a sentence, or \"\" for alarm_help but got ${jsonencode(var.alarm_help)}."
  }
}
