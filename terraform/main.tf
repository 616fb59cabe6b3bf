# Variables that do not go together stop the plan here.
data "aws_caller_identity" "current" {
  lifecycle {
    precondition {
      condition     = var.duration_threshold_ms < var.lambda_timeout * 1000
      error_message = "Expected less than lambda_timeout (${var.lambda_timeout * 1000} ms) for duration_threshold_ms but got ${jsonencode(var.duration_threshold_ms)}."
    }

    precondition {
      condition     = var.reserved_concurrent_executions == -1 || var.concurrent_executions_threshold <= var.reserved_concurrent_executions
      error_message = "Expected at most reserved_concurrent_executions (${var.reserved_concurrent_executions}) for concurrent_executions_threshold but got ${jsonencode(var.concurrent_executions_threshold)}."
    }

    precondition {
      condition     = var.enable_release_alias || !var.enable_codedeploy
      error_message = "Expected true (enable_codedeploy needs it) for enable_release_alias but got ${jsonencode(var.enable_release_alias)}."
    }

    precondition {
      condition     = !var.enable_async_alarms || var.event_age_threshold_ms < var.lambda_max_event_age_seconds * 1000
      error_message = "Expected more than event_age_threshold_ms (${var.event_age_threshold_ms / 1000} s) for lambda_max_event_age_seconds but got ${jsonencode(var.lambda_max_event_age_seconds)}."
    }

    precondition {
      condition     = var.large_image_bytes < var.max_image_bytes
      error_message = "Expected less than max_image_bytes (${var.max_image_bytes}) for large_image_bytes but got ${jsonencode(var.large_image_bytes)}."
    }

    precondition {
      condition     = var.alarm_routing == "each" || var.recovery_window_seconds >= var.error_rate_window_seconds
      error_message = "Expected at least error_rate_window_seconds (${var.error_rate_window_seconds}) for recovery_window_seconds but got ${jsonencode(var.recovery_window_seconds)}."
    }

    precondition {
      condition     = var.alarm_routing == "each" || var.throttled_datapoints <= var.throttled_periods
      error_message = "Expected at most throttled_periods (${var.throttled_periods}) for throttled_datapoints but got ${jsonencode(var.throttled_datapoints)}."
    }

    precondition {
      condition     = var.alarm_routing == "each" || var.slo_seconds < var.lambda_max_event_age_seconds
      error_message = "Expected less than lambda_max_event_age_seconds (${var.lambda_max_event_age_seconds}) for slo_seconds but got ${jsonencode(var.slo_seconds)}."
    }

    precondition {
      condition     = length(join("-", [var.project_name, var.environment, "processed-"])) <= 37 || (var.processed_bucket_name != "" ? var.processed_bucket_name : var.existing_processed_bucket_name) != ""
      error_message = "Expected at most 37 characters for the bucket prefix from project_name and environment but got ${jsonencode(join("-", [var.project_name, var.environment, "processed-"]))}."
    }

    precondition {
      condition     = (var.upload_bucket_name != "" ? var.upload_bucket_name : var.existing_upload_bucket_name) == "" || (var.upload_bucket_name != "" ? var.upload_bucket_name : var.existing_upload_bucket_name) != (var.processed_bucket_name != "" ? var.processed_bucket_name : var.existing_processed_bucket_name)
      error_message = "Expected another bucket than the upload bucket for the bucket for variants but got ${jsonencode((var.processed_bucket_name != "" ? var.processed_bucket_name : var.existing_processed_bucket_name))}."
    }

    precondition {
      condition     = !var.enable_s3_access_logging || var.existing_upload_bucket_name == "" || var.existing_processed_bucket_name == ""
      error_message = "Expected false (the owner of an existing bucket configures its access logs) for enable_s3_access_logging but got ${jsonencode(var.enable_s3_access_logging)}."
    }

    precondition {
      condition     = var.processed_transition_days == 0 || var.processed_transition_days >= 30 || !contains(["STANDARD_IA", "ONEZONE_IA"], var.processed_transition_class)
      error_message = "Expected at least 30 days for ${var.processed_transition_class} (S3 moves nothing earlier) for processed_transition_days but got ${jsonencode(var.processed_transition_days)}."
    }

    precondition {
      condition     = var.processed_expiration_days == 0 || var.processed_transition_days == 0 || var.processed_expiration_days > var.processed_transition_days
      error_message = "Expected more than processed_transition_days (${var.processed_transition_days}) for processed_expiration_days but got ${jsonencode(var.processed_expiration_days)}."
    }

    precondition {
      condition     = var.processed_transition_days == 0 || var.existing_processed_bucket_name == ""
      error_message = "Expected 0 (the owner of an existing bucket configures its lifecycle) for processed_transition_days but got ${jsonencode(var.processed_transition_days)}."
    }

    precondition {
      condition     = var.processed_expiration_days == 0 || var.existing_processed_bucket_name == ""
      error_message = "Expected 0 (the owner of an existing bucket configures its lifecycle) for processed_expiration_days but got ${jsonencode(var.processed_expiration_days)}."
    }

    precondition {
      condition     = var.upload_bucket_name == "" || var.existing_upload_bucket_name == ""
      error_message = "Expected \"\" (existing_upload_bucket_name is set) for upload_bucket_name but got ${jsonencode(var.upload_bucket_name)}."
    }

    precondition {
      condition     = var.processed_bucket_name == "" || var.existing_processed_bucket_name == ""
      error_message = "Expected \"\" (existing_processed_bucket_name is set) for processed_bucket_name but got ${jsonencode(var.processed_bucket_name)}."
    }

    precondition {
      condition     = !var.enable_kms_key || var.existing_kms_key_arn == ""
      error_message = "Expected false (existing_kms_key_arn is set) for enable_kms_key but got ${jsonencode(var.enable_kms_key)}."
    }

    precondition {
      condition     = (length(var.vpc_security_group_ids) == 0) == (length(var.vpc_subnet_ids) == 0)
      error_message = "Expected ${length(var.vpc_subnet_ids) == 0 ? "no value" : "a value"} (vpc_subnet_ids has ${length(var.vpc_subnet_ids) == 0 ? "none" : "one"}) for vpc_security_group_ids but got ${jsonencode(var.vpc_security_group_ids)}."
    }

    precondition {
      condition     = (var.slack_workspace_id == "") == (var.slack_channel_id == "")
      error_message = "Expected ${var.slack_channel_id == "" ? "no value" : "a value"} (slack_channel_id has ${var.slack_channel_id == "" ? "none" : "one"}) for slack_workspace_id but got ${jsonencode(var.slack_workspace_id)}."
    }

    precondition {
      condition     = length(setintersection(keys(var.extra_tags), ["Project", "Environment", "ManagedBy", "CostCenter", "Owner", "Budget"])) == 0
      error_message = "Expected tags other than Project, Environment, ManagedBy, CostCenter, Owner, Budget for extra_tags but got ${jsonencode(var.extra_tags)}."
    }

    precondition {
      condition     = !var.enable_upload_api || var.enable_metadata_table
      error_message = "Expected false (the upload API needs enable_metadata_table) for enable_upload_api but got ${jsonencode(var.enable_upload_api)}."
    }

    precondition {
      condition     = !var.upload_api_public || var.upload_api_authorizer == "none"
      error_message = "Expected \"none\" (upload_api_public is true) for upload_api_authorizer but got ${jsonencode(var.upload_api_authorizer)}."
    }

    precondition {
      condition     = var.upload_api_public || var.upload_api_authorizer != "none"
      error_message = "Expected \"iam\" or \"jwt\" (\"none\" needs upload_api_public = true) for upload_api_authorizer but got ${jsonencode(var.upload_api_authorizer)}."
    }

    precondition {
      condition     = var.upload_api_authorizer != "jwt" || var.upload_api_jwt_issuer != ""
      error_message = "Expected the address of an issuer for upload_api_jwt_issuer but got ${jsonencode(var.upload_api_jwt_issuer)}."
    }

    precondition {
      condition     = var.upload_api_authorizer == "jwt" || var.upload_api_jwt_issuer == ""
      error_message = "Expected \"\" (upload_api_authorizer is ${var.upload_api_authorizer}) for upload_api_jwt_issuer but got ${jsonencode(var.upload_api_jwt_issuer)}."
    }

    precondition {
      condition     = (length(var.upload_api_jwt_audience) == 0) == (var.upload_api_jwt_issuer == "")
      error_message = "Expected ${var.upload_api_jwt_issuer == "" ? "no value" : "a value"} (upload_api_jwt_issuer has ${var.upload_api_jwt_issuer == "" ? "none" : "one"}) for upload_api_jwt_audience but got ${jsonencode(var.upload_api_jwt_audience)}."
    }

    precondition {
      condition     = var.upload_api_public || !contains(var.upload_api_cors_origins, "*")
      error_message = "Expected origins (\"*\" needs upload_api_public = true) for upload_api_cors_origins but got ${jsonencode(var.upload_api_cors_origins)}."
    }

    precondition {
      condition     = length(var.upload_api_cors_origins) == 0 || var.existing_upload_bucket_name == ""
      error_message = "Expected [] (the owner of an existing bucket configures its CORS) for upload_api_cors_origins but got ${jsonencode(var.upload_api_cors_origins)}."
    }

    precondition {
      condition     = !var.enable_backfill || var.backfill_slowest_image_seconds <= min(var.lambda_timeout, 65)
      error_message = "Expected at most ${min(var.lambda_timeout, 65)} seconds (the timeout of a batch, from lambda_timeout) for backfill_slowest_image_seconds but got ${jsonencode(var.backfill_slowest_image_seconds)}."
    }

    precondition {
      condition     = var.existing_kms_key_arn == "" ? true : split(":", var.existing_kms_key_arn)[3] == var.aws_region
      error_message = "Expected an ARN in aws_region (${var.aws_region}) for existing_kms_key_arn but got ${jsonencode(var.existing_kms_key_arn)}."
    }

    precondition {
      condition     = var.existing_critical_alerts_topic_arn == "" ? true : split(":", var.existing_critical_alerts_topic_arn)[3] == var.aws_region
      error_message = "Expected an ARN in aws_region (${var.aws_region}) for existing_critical_alerts_topic_arn but got ${jsonencode(var.existing_critical_alerts_topic_arn)}."
    }

    precondition {
      condition     = var.existing_performance_alerts_topic_arn == "" ? true : split(":", var.existing_performance_alerts_topic_arn)[3] == var.aws_region
      error_message = "Expected an ARN in aws_region (${var.aws_region}) for existing_performance_alerts_topic_arn but got ${jsonencode(var.existing_performance_alerts_topic_arn)}."
    }

    precondition {
      condition     = var.existing_log_alerts_topic_arn == "" ? true : split(":", var.existing_log_alerts_topic_arn)[3] == var.aws_region
      error_message = "Expected an ARN in aws_region (${var.aws_region}) for existing_log_alerts_topic_arn but got ${jsonencode(var.existing_log_alerts_topic_arn)}."
    }

    precondition {
      condition     = !startswith(var.aws_region, "us-gov-") || var.monthly_budget_usd == 0
      error_message = "Expected 0 in aws-us-gov (AWS Budgets belongs to the commercial account there) for monthly_budget_usd but got ${jsonencode(var.monthly_budget_usd)}."
    }

    precondition {
      condition     = !startswith(var.aws_region, "us-gov-") || var.slack_channel_id == ""
      error_message = "Expected \"\" in aws-us-gov (AWS Chatbot (Amazon Q Developer in chat applications) is not available there) for slack_channel_id but got ${jsonencode(var.slack_channel_id)}."
    }

    precondition {
      condition     = !startswith(var.aws_region, "cn-") || var.monthly_budget_usd == 0
      error_message = "Expected 0 in aws-cn (AWS Budgets is not supported there) for monthly_budget_usd but got ${jsonencode(var.monthly_budget_usd)}."
    }

    precondition {
      condition     = !startswith(var.aws_region, "cn-") || var.slack_channel_id == ""
      error_message = "Expected \"\" in aws-cn (AWS Chatbot (Amazon Q Developer in chat applications) is not available there) for slack_channel_id but got ${jsonencode(var.slack_channel_id)}."
    }

    precondition {
      condition     = !startswith(var.aws_region, "cn-") || (var.critical_alert_sms != null ? var.critical_alert_sms : var.alert_sms) == ""
      error_message = "Expected \"\" in aws-cn (SNS sends no SMS there) for critical_alert_sms but got ${jsonencode((var.critical_alert_sms != null ? var.critical_alert_sms : var.alert_sms))}."
    }

    precondition {
      condition     = !startswith(var.aws_region, "cn-") || var.enable_codedeploy == false
      error_message = "Expected false in aws-cn (CodeDeploy's service principal differs there; `npm run release` works without CodeDeploy) for enable_codedeploy but got ${jsonencode(var.enable_codedeploy)}."
    }
  }
}

locals {
  name             = "${var.project_name}-${var.environment}"
  function_name    = "${local.name}-processor"
  has_budget       = var.monthly_budget_usd > 0
  enable_kms_key   = var.enable_kms_key || var.existing_kms_key_arn != ""
  kms_key_arn      = var.enable_kms_key ? module.encryption_key[0].key_arn : var.existing_kms_key_arn
  backfill_timeout = min(var.lambda_timeout, 65)

  emails = {
    critical    = var.critical_alert_email != null ? var.critical_alert_email : var.alert_email
    performance = var.performance_alert_email != null ? var.performance_alert_email : var.alert_email
    log         = var.log_alert_email != null ? var.log_alert_email : var.alert_email
  }
  additional_emails = {
    critical    = var.additional_critical_alert_emails != null ? var.additional_critical_alert_emails : var.additional_alert_emails
    performance = var.additional_performance_alert_emails != null ? var.additional_performance_alert_emails : var.additional_alert_emails
    log         = var.additional_log_alert_emails != null ? var.additional_log_alert_emails : var.additional_alert_emails
  }

  # Each of them stops a release and rolls it back.
  critical_alarms = var.alarm_routing == "incident" ? ["release-errors"] : ["high-error-rate", "throttles", "release-errors", "log-errors", "events-dropped", "dead-letter-errors"]
}

module "encryption_key" {
  source = "./modules/encryption_key"
  count  = var.enable_kms_key ? 1 : 0

  key_name                = local.name
  log_group_name          = var.existing_log_group_name != "" ? var.existing_log_group_name : "/aws/lambda/${local.function_name}"
  api_log_group_name      = var.enable_upload_api ? "/aws/lambda/${local.name}-uploads" : ""
  backfill_log_group_name = var.enable_backfill ? "/aws/lambda/${local.name}-backfill" : ""
  enable_budget_publisher = local.has_budget
}

module "s3_buckets" {
  source = "./modules/s3_buckets"

  upload_bucket_prefix           = "${local.name}-upload-"
  processed_bucket_prefix        = "${local.name}-processed-"
  upload_bucket_name             = var.upload_bucket_name
  processed_bucket_name          = var.processed_bucket_name
  existing_upload_bucket_name    = var.existing_upload_bucket_name
  existing_processed_bucket_name = var.existing_processed_bucket_name
  enable_versioning              = var.enable_s3_versioning
  processed_transition_days      = var.processed_transition_days
  processed_transition_class     = var.processed_transition_class
  processed_expiration_days      = var.processed_expiration_days
  enable_access_logging          = var.enable_s3_access_logging
  access_log_days                = var.s3_access_log_days
  log_bucket_prefix              = "${local.name}-logs-"
  enable_kms_key                 = local.enable_kms_key
  kms_key_arn                    = local.kms_key_arn
}

module "dead_letter_queue" {
  source = "./modules/dead_letter_queue"
  count  = var.enable_dead_letter_queue ? 1 : 0

  queue_name     = "${local.function_name}-dead-letters"
  enable_kms_key = local.enable_kms_key
  kms_key_arn    = local.kms_key_arn
}

module "metadata_table" {
  source = "./modules/metadata_table"
  count  = var.enable_metadata_table ? 1 : 0

  table_name                 = "${local.function_name}-records"
  enable_deletion_protection = var.protected
  enable_upload_index        = var.enable_upload_api
  enable_kms_key             = local.enable_kms_key
  kms_key_arn                = local.kms_key_arn
}

module "image_processor" {
  source = "./modules/image_processor"

  upload_bucket_arn           = module.s3_buckets.upload_bucket_arn
  processed_bucket_arn        = module.s3_buckets.processed_bucket_arn
  processed_bucket_id         = module.s3_buckets.processed_bucket_id
  log_level                   = var.log_level
  refusal_log_level           = var.refusal_log_level
  slo_seconds                 = var.slo_seconds
  large_image_bytes           = var.large_image_bytes
  max_image_bytes             = var.max_image_bytes
  max_image_pixels            = var.max_image_pixels
  max_image_side_px           = var.max_image_side_px
  max_image_frames            = var.max_image_frames
  keep_smaller_original       = var.keep_smaller_original
  keep_copyright              = var.keep_copyright
  enable_manifest             = var.enable_manifest
  cache_control               = var.cache_control
  variant_tags                = var.variant_tags
  encoder_effort              = var.encoder_effort
  delete_variants_with_upload = var.delete_variants_with_upload
  metric_namespace            = var.metric_namespace
  metrics_transport           = var.metrics_transport
  enable_kms_key              = local.enable_kms_key
  kms_key_arn                 = local.kms_key_arn
  enable_metadata_table       = var.enable_metadata_table
  records_table_name          = var.enable_metadata_table ? module.metadata_table[0].table_name : ""
  records_write_policy        = var.enable_metadata_table ? module.metadata_table[0].write_policy : ""
  enable_xray_tracing         = var.enable_xray_tracing
}

module "lambda_function" {
  source = "./modules/lambda_function"

  function_name                    = local.function_name
  package_path                     = var.package_path
  handler                          = module.image_processor.handler
  runtime                          = var.lambda_runtime
  architecture                     = var.lambda_architecture
  timeout                          = var.lambda_timeout
  memory_size                      = var.lambda_memory_size
  environment_variables            = module.image_processor.environment_variables
  policy_documents                 = module.image_processor.policy_documents
  application_log_level            = module.image_processor.application_log_level
  log_retention_days               = var.log_retention_days
  existing_log_group_name          = var.existing_log_group_name
  permissions_boundary_arn         = var.permissions_boundary_arn
  enable_dead_letter_queue         = var.enable_dead_letter_queue
  dead_letter_queue_arn            = var.enable_dead_letter_queue ? module.dead_letter_queue[0].queue_arn : ""
  enable_kms_key                   = local.enable_kms_key
  kms_key_arn                      = local.kms_key_arn
  enable_xray_tracing              = var.enable_xray_tracing
  enable_recursion_guard           = var.enable_recursion_guard
  reserved_concurrent_executions   = var.reserved_concurrent_executions
  retry_attempts                   = var.lambda_retry_attempts
  max_event_age_seconds            = var.lambda_max_event_age_seconds
  enable_alias                     = var.enable_release_alias
  code_signing_profile_version_arn = var.code_signing_profile_version_arn
  vpc_subnet_ids                   = var.vpc_subnet_ids
  vpc_security_group_ids           = var.vpc_security_group_ids
}

module "upload_handler" {
  source = "./modules/upload_handler"
  count  = var.enable_upload_api ? 1 : 0

  upload_bucket_id     = module.s3_buckets.upload_bucket_id
  upload_bucket_arn    = module.s3_buckets.upload_bucket_arn
  processed_bucket_arn = module.s3_buckets.processed_bucket_arn
  processed_bucket_id  = module.s3_buckets.processed_bucket_id
  records_table_name   = var.enable_metadata_table ? module.metadata_table[0].table_name : ""
  records_write_policy = var.enable_metadata_table ? module.metadata_table[0].write_policy : ""
  records_table_arn    = var.enable_metadata_table ? module.metadata_table[0].table_arn : ""
  enable_kms_key       = local.enable_kms_key
  kms_key_arn          = local.kms_key_arn
  max_image_bytes      = var.max_image_bytes
  log_level            = var.log_level
}

module "upload_function" {
  source = "./modules/lambda_function"
  count  = var.enable_upload_api ? 1 : 0

  function_name                    = "${local.name}-uploads"
  package_path                     = var.upload_api_package_path
  handler                          = module.upload_handler[0].handler
  runtime                          = var.lambda_runtime
  architecture                     = var.lambda_architecture
  timeout                          = module.upload_handler[0].timeout
  memory_size                      = module.upload_handler[0].memory_size
  environment_variables            = module.upload_handler[0].environment_variables
  policy_documents                 = module.upload_handler[0].policy_documents
  application_log_level            = module.upload_handler[0].application_log_level
  log_retention_days               = var.log_retention_days
  log_group_name                   = "/aws/lambda/${local.name}-uploads"
  role_name                        = "${local.name}-uploads-role"
  permissions_boundary_arn         = var.permissions_boundary_arn
  enable_kms_key                   = local.enable_kms_key
  kms_key_arn                      = local.kms_key_arn
  code_signing_profile_version_arn = var.code_signing_profile_version_arn
}

module "upload_api" {
  source = "./modules/upload_api"
  count  = var.enable_upload_api ? 1 : 0

  api_name            = "${local.name}-uploads"
  function_name       = module.upload_function[0].function_name
  function_invoke_arn = module.upload_function[0].function_invoke_arn
  upload_bucket_id    = module.s3_buckets.upload_bucket_id
  authorizer          = var.upload_api_authorizer
  jwt_issuer          = var.upload_api_jwt_issuer
  jwt_audience        = var.upload_api_jwt_audience
  cors_origins        = var.upload_api_cors_origins
  links_per_second    = var.upload_api_links_per_second
  reads_per_second    = var.upload_api_reads_per_second
}

module "backfill_handler" {
  source = "./modules/backfill_handler"
  count  = var.enable_backfill ? 1 : 0

  upload_bucket_arn     = module.s3_buckets.upload_bucket_arn
  processed_bucket_arn  = module.s3_buckets.processed_bucket_arn
  processed_bucket_id   = module.s3_buckets.processed_bucket_id
  log_level             = var.log_level
  slo_seconds           = var.slo_seconds
  large_image_bytes     = var.large_image_bytes
  max_image_bytes       = var.max_image_bytes
  max_image_pixels      = var.max_image_pixels
  max_image_side_px     = var.max_image_side_px
  max_image_frames      = var.max_image_frames
  keep_smaller_original = var.keep_smaller_original
  keep_copyright        = var.keep_copyright
  enable_manifest       = var.enable_manifest
  cache_control         = var.cache_control
  variant_tags          = var.variant_tags
  encoder_effort        = var.encoder_effort
  metric_namespace      = var.metric_namespace
  metrics_transport     = var.metrics_transport
  enable_kms_key        = local.enable_kms_key
  kms_key_arn           = local.kms_key_arn
  enable_metadata_table = var.enable_metadata_table
  records_table_name    = var.enable_metadata_table ? module.metadata_table[0].table_name : ""
  records_write_policy  = var.enable_metadata_table ? module.metadata_table[0].write_policy : ""
}

module "backfill_function" {
  source = "./modules/lambda_function"
  count  = var.enable_backfill ? 1 : 0

  function_name                    = "${local.name}-backfill"
  package_path                     = var.package_path
  handler                          = module.backfill_handler[0].handler
  runtime                          = var.lambda_runtime
  architecture                     = var.lambda_architecture
  timeout                          = local.backfill_timeout
  memory_size                      = var.lambda_memory_size
  environment_variables            = module.backfill_handler[0].environment_variables
  policy_documents                 = module.backfill_handler[0].policy_documents
  application_log_level            = module.backfill_handler[0].application_log_level
  log_retention_days               = var.log_retention_days
  log_group_name                   = "/aws/lambda/${local.name}-backfill"
  role_name                        = "${local.name}-backfill-function-role"
  permissions_boundary_arn         = var.permissions_boundary_arn
  enable_kms_key                   = local.enable_kms_key
  kms_key_arn                      = local.kms_key_arn
  reserved_concurrent_executions   = var.backfill_max_concurrency
  code_signing_profile_version_arn = var.code_signing_profile_version_arn
  vpc_subnet_ids                   = var.vpc_subnet_ids
  vpc_security_group_ids           = var.vpc_security_group_ids
}

module "backfill" {
  source = "./modules/backfill"
  count  = var.enable_backfill ? 1 : 0

  state_machine_name        = "${local.name}-backfill"
  role_name                 = "${local.name}-backfill-role"
  bucket_prefix             = "${local.name}-backfill-"
  function_arn              = module.backfill_function[0].function_arn
  function_timeout          = local.backfill_timeout
  max_concurrency           = var.backfill_max_concurrency
  batch_size                = var.backfill_batch_size
  slowest_image_seconds     = var.backfill_slowest_image_seconds
  tolerated_failure_percent = var.backfill_tolerated_failure_percent
  max_hours                 = var.backfill_max_hours
  keep_days                 = var.backfill_keep_days
  enable_kms_key            = local.enable_kms_key
  kms_key_arn               = local.kms_key_arn
  permissions_boundary_arn  = var.permissions_boundary_arn
}

module "sns_notifications" {
  source = "./modules/sns_notifications"

  project_name                          = var.project_name
  environment                           = var.environment
  critical_alert_email                  = local.emails.critical
  performance_alert_email               = local.emails.performance
  log_alert_email                       = local.emails.log
  additional_critical_alert_emails      = local.additional_emails.critical
  additional_performance_alert_emails   = local.additional_emails.performance
  additional_log_alert_emails           = local.additional_emails.log
  critical_alert_sms                    = var.critical_alert_sms != null ? var.critical_alert_sms : var.alert_sms
  critical_alert_https_endpoint         = var.critical_alert_https_endpoint
  existing_critical_alerts_topic_arn    = var.existing_critical_alerts_topic_arn
  existing_performance_alerts_topic_arn = var.existing_performance_alerts_topic_arn
  existing_log_alerts_topic_arn         = var.existing_log_alerts_topic_arn
  enable_budget_publisher               = local.has_budget
  budget_severity                       = "performance"
  enable_kms_key                        = local.enable_kms_key
  kms_key_arn                           = local.kms_key_arn
}

module "cloudwatch_metrics" {
  source = "./modules/cloudwatch_metrics"

  function_name                   = local.function_name
  log_group_name                  = module.lambda_function.log_group_name
  upload_log_group_name           = var.enable_upload_api ? module.upload_function[0].log_group_name : ""
  metric_namespace                = var.metric_namespace
  enable_image_metrics            = true
  enable_dashboard                = var.enable_cloudwatch_dashboard
  alarm_routing                   = var.alarm_routing
  error_threshold                 = var.error_threshold
  duration_threshold_ms           = var.duration_threshold_ms
  throttle_threshold              = var.throttle_threshold
  concurrent_executions_threshold = var.concurrent_executions_threshold
  release_error_threshold         = var.release_error_threshold
  log_error_threshold             = var.log_error_threshold
  success_rate_threshold_percent  = var.success_rate_threshold_percent
  success_rate_min_samples        = var.success_rate_min_samples
  event_age_threshold_ms          = var.event_age_threshold_ms
  memory_threshold_percent        = var.memory_threshold_percent
  lambda_memory_size              = var.lambda_memory_size
  lambda_timeout                  = var.lambda_timeout
  reserved_concurrent_executions  = var.reserved_concurrent_executions
  waiting_window_seconds          = var.waiting_window_seconds
  waiting_min_throttles           = var.waiting_min_throttles
  slo_target_percent              = var.slo_target_percent
  slo_seconds                     = var.slo_seconds
  enable_no_invocation_alarm      = var.enable_no_invocation_alarm
  enable_async_alarms             = var.enable_async_alarms
  enable_memory_alarm             = var.enable_memory_alarm
  enable_dead_letter_queue        = var.enable_dead_letter_queue
  enable_metadata_table           = var.enable_metadata_table
  enable_upload_api               = var.enable_upload_api
  enable_backfill                 = var.enable_backfill
  enable_release_alias            = var.enable_release_alias
  large_image_bytes               = var.large_image_bytes
  upload_api_id                   = var.enable_upload_api ? module.upload_api[0].api_id : ""
  runbook_base_url                = var.runbook_base_url
}

module "cloudwatch_alarms" {
  source = "./modules/cloudwatch_alarms"

  function_name                        = local.function_name
  critical_alerts_topic_arn            = module.sns_notifications.critical_alerts_topic_arn
  performance_alerts_topic_arn         = module.sns_notifications.performance_alerts_topic_arn
  log_alerts_topic_arn                 = module.sns_notifications.log_alerts_topic_arn
  metric_namespace                     = var.metric_namespace
  enable_image_metrics                 = true
  alarm_routing                        = var.alarm_routing
  error_threshold                      = var.error_threshold
  duration_threshold_ms                = var.duration_threshold_ms
  throttle_threshold                   = var.throttle_threshold
  concurrent_executions_threshold      = var.concurrent_executions_threshold
  release_error_threshold              = var.release_error_threshold
  release_error_threshold_percent      = var.release_error_threshold_percent
  release_error_min_failures           = var.release_error_min_failures
  log_error_threshold                  = var.log_error_threshold
  success_rate_threshold_percent       = var.success_rate_threshold_percent
  success_rate_min_samples             = var.success_rate_min_samples
  event_age_threshold_ms               = var.event_age_threshold_ms
  memory_threshold_percent             = var.memory_threshold_percent
  table_throttle_threshold             = var.table_throttle_threshold
  table_error_threshold                = var.table_error_threshold
  lambda_memory_size                   = var.lambda_memory_size
  lambda_timeout                       = var.lambda_timeout
  reserved_concurrent_executions       = var.reserved_concurrent_executions
  error_rate_threshold_percent         = var.error_rate_threshold_percent
  error_rate_extra_failures            = var.error_rate_extra_failures
  error_rate_min_failures              = var.error_rate_min_failures
  error_rate_window_seconds            = var.error_rate_window_seconds
  error_rate_hold_periods              = var.error_rate_hold_periods
  outage_min_failures                  = var.outage_min_failures
  limits_window_seconds                = var.limits_window_seconds
  recovery_window_seconds              = var.recovery_window_seconds
  waiting_window_seconds               = var.waiting_window_seconds
  waiting_hold_periods                 = var.waiting_hold_periods
  waiting_min_throttles                = var.waiting_min_throttles
  throttled_period_seconds             = var.throttled_period_seconds
  throttled_datapoints                 = var.throttled_datapoints
  throttled_periods                    = var.throttled_periods
  lost_images_threshold                = var.lost_images_threshold
  lost_images_window_seconds           = var.lost_images_window_seconds
  silence_periods                      = var.silence_periods
  refused_rate_threshold_percent       = var.refused_rate_threshold_percent
  refused_min_count                    = var.refused_min_count
  refused_window_seconds               = var.refused_window_seconds
  slo_target_percent                   = var.slo_target_percent
  slo_min_failures                     = var.slo_min_failures
  slo_sure_failures                    = var.slo_sure_failures
  slo_seconds                          = var.slo_seconds
  upload_api_min_requests              = var.upload_api_min_requests
  upload_api_error_threshold_percent   = var.upload_api_error_threshold_percent
  upload_api_refusal_threshold_percent = var.upload_api_refusal_threshold_percent
  upload_api_latency_threshold_ms      = var.upload_api_latency_threshold_ms
  links_unused_min_count               = var.links_unused_min_count
  links_unused_threshold_percent       = var.links_unused_threshold_percent
  backfill_min_failures                = var.backfill_min_failures
  backfill_failure_threshold_percent   = var.backfill_failure_threshold_percent
  enable_no_invocation_alarm           = var.enable_no_invocation_alarm
  enable_async_alarms                  = var.enable_async_alarms
  enable_memory_alarm                  = var.enable_memory_alarm
  enable_dead_letter_queue             = var.enable_dead_letter_queue
  enable_metadata_table                = var.enable_metadata_table
  enable_upload_api                    = var.enable_upload_api
  enable_backfill                      = var.enable_backfill
  enable_release_alias                 = var.enable_release_alias
  upload_api_id                        = var.enable_upload_api ? module.upload_api[0].api_id : ""
  backfill_state_machine_arn           = var.enable_backfill ? module.backfill[0].state_machine_arn : ""
  backfill_function_name               = var.enable_backfill ? module.backfill_function[0].function_name : ""
  function_version                     = module.lambda_function.function_version
  runbook_base_url                     = var.runbook_base_url
  alarm_help                           = var.alarm_help
  enable_saved_queries                 = var.enable_saved_queries
}

module "log_alerts" {
  source = "./modules/log_alerts"

  function_name                 = local.function_name
  log_group_name                = module.lambda_function.log_group_name
  log_alerts_topic_arn          = module.sns_notifications.log_alerts_topic_arn
  metric_namespace              = var.metric_namespace
  enable_image_metrics          = true
  alarm_routing                 = var.alarm_routing
  image_error_threshold         = var.image_error_threshold
  image_error_threshold_percent = var.image_error_threshold_percent
  large_images_threshold        = var.large_images_threshold
  enable_metadata_table         = var.enable_metadata_table
  refusal_log_level             = var.refusal_log_level
  enable_saved_queries          = var.enable_saved_queries
  queries                       = local.queries
  upload_log_group_name         = var.enable_upload_api ? module.upload_function[0].log_group_name : ""
  backfill_log_group_name       = var.enable_backfill ? module.backfill_function[0].log_group_name : ""
  backfill_queries              = var.enable_backfill ? local.backfill_queries : {}
  upload_queries                = local.upload_queries
  runbook_base_url              = var.runbook_base_url
  alarm_help                    = var.alarm_help
}

module "codedeploy" {
  source = "./modules/codedeploy"
  count  = var.enable_codedeploy ? 1 : 0

  application_name      = local.function_name
  deployment_group_name = module.lambda_function.alias_name
  role_name             = "${local.name}-releases-role"
  function_arn          = module.lambda_function.function_arn
  alias_arn             = module.lambda_function.alias_arn
  critical_alarm_names = [
    for name, alarm in merge(module.cloudwatch_alarms.alarm_names, module.log_alerts.alarm_names) :
    alarm if contains(local.critical_alarms, name)
  ]
  release_strategy         = var.release_strategy
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "cost_budget" {
  source = "./modules/cost_budget"
  count  = local.has_budget ? 1 : 0

  budget_name        = local.name
  monthly_budget_usd = var.monthly_budget_usd
  tag_value          = local.name
  topic_arn          = module.sns_notifications.budget_topic_arn
}

module "chat_channel" {
  source = "./modules/chat_channel"
  count  = var.slack_channel_id != "" ? 1 : 0

  providers = {
    aws = aws.chat
  }

  channel_name             = "${local.name}-critical-alerts-chat"
  slack_workspace_id       = var.slack_workspace_id
  slack_channel_id         = var.slack_channel_id
  topic_arns               = [module.sns_notifications.critical_alerts_topic_arn]
  permissions_boundary_arn = var.permissions_boundary_arn
}

# S3 invokes the function for each upload.
resource "aws_lambda_permission" "upload_permission" {
  statement_id   = "AllowUploadBucket"
  action         = "lambda:InvokeFunction"
  function_name  = module.lambda_function.function_name
  qualifier      = var.enable_release_alias ? module.lambda_function.alias_name : null
  principal      = "s3.amazonaws.com"
  source_arn     = module.s3_buckets.upload_bucket_arn
  source_account = data.aws_caller_identity.current.account_id
}

resource "aws_s3_bucket_notification" "upload_notification" {
  bucket = module.s3_buckets.upload_bucket_id

  lambda_function {
    lambda_function_arn = var.enable_release_alias ? module.lambda_function.alias_arn : module.lambda_function.function_arn
    events = concat(
      ["s3:ObjectCreated:*"],
      var.delete_variants_with_upload ? ["s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"] : [],
    )
  }

  # S3 checks the permission when the notification is created.
  depends_on = [aws_lambda_permission.upload_permission]
}
