/** The lines of an environment file that switch everything on. */

/** Everything at once that goes together; `enable_replication` is refused. */
export const ALL_ON = `
  alert_email                   = "operator@example.com"
  additional_alert_emails       = ["night@example.com"]
  alert_sms                     = "+15555550100"
  critical_alert_https_endpoint = "https://example.com/hook"
  slack_workspace_id            = "T0123456789"
  slack_channel_id              = "C0123456789"
  enable_kms_key                = true
  enable_s3_access_logging      = true
  enable_dead_letter_queue      = true
  enable_async_alarms           = true
  enable_memory_alarm           = true
  enable_saved_queries          = true
  enable_xray_tracing           = true
  enable_recursion_guard        = true
  enable_metadata_table         = true
  enable_upload_api             = true
  upload_api_authorizer         = "jwt"
  upload_api_jwt_issuer         = "https://login.example.com"
  upload_api_jwt_audience       = ["uploads"]
  upload_api_cors_origins       = ["https://app.example.com"]
  enable_backfill               = true
  enable_release_alias          = true
  enable_codedeploy             = true
  release_strategy              = "Canary10Percent10Minutes"
  delete_variants_with_upload   = true
  processed_transition_days     = 60
  processed_expiration_days     = 90
  monthly_budget_usd            = 10
  reserved_concurrent_executions = 100
  vpc_subnet_ids                = ["subnet-0123456789abcdef0"]
  vpc_security_group_ids        = ["sg-0123456789abcdef0"]
  permissions_boundary_arn      = "arn:aws:iam::123456789012:policy/boundary"
`;
