# Production.

environment = "prod"
aws_region  = "us-east-1"

lambda_memory_size = 1769 # one full vCPU
log_retention_days = 30

# Metrics made from log lines have no dimension. In one account, only the namespace separates environments.
metric_namespace = "ImageProcessor/Lambda/prod"

# Metrics embedded in the log: no PutMetricData request for each invocation, and no permission for it.
metrics_transport = "emf"

# One incident, one page: docs/alarms.md. Only the sender can fix a refused file, so it is not an error here.
alarm_routing     = "incident"
refusal_log_level = "WARN"

# Uploads arrive all day here. Windows and thresholds of the alarms follow from this rate; `npm run synth` prints them.
uploads_per_month          = 1000000
enable_no_invocation_alarm = true

# Lambda drops an event after one hour at the latest. The dead-letter queue keeps it for `npm run redrive`, and alarms fire.
enable_dead_letter_queue     = true
enable_async_alarms          = true
lambda_max_event_age_seconds = 3600

# A record of each upload, for `npm run images`.
enable_metadata_table = true

# Clients upload directly to S3, by links that an API issues. They sign their requests with AWS credentials and need
# `execute-api:Invoke`, so no address of a token issuer is needed here.
enable_upload_api     = true
upload_api_authorizer = "iam"

# Old objects can be processed with `npm run backfill`, by a separate function. 10 batches at once are reserved for it, so the
# account needs a quota for them in addition to the 100 below.
enable_backfill = true

# Fires before invocations run out of memory.
enable_memory_alarm = true

# Saves the common queries, and the first query for each alarm, in Logs Insights.
enable_saved_queries = true

# Alarms and the dashboard link to their pages of docs/runbooks, which are published here.
runbook_base_url = "https://example.com/image-processor/runbooks"

# A deployment publishes a version; `npm run release -- prod` moves traffic to it. CodeDeploy sends it 10 % of the uploads
# first, and rolls back if `release-errors` fires.
enable_release_alias = true
enable_codedeploy    = true
release_strategy     = "Canary10Percent10Minutes"

# Guaranteed to this function. If the account's quota is still 10, this must be -1.
reserved_concurrent_executions = 100

# Traces show how long download, variants and uploads take.
enable_xray_tracing = true

enable_recursion_guard = true

# Addresses are not committed. Set critical_alert_email, performance_alert_email and log_alert_email (or alert_email for
# all three) and critical_alert_sms in environments/prod.local.tfvars, or as TF_VAR_<name>.

# Tags for billing. Activate CostCenter, Owner and Budget as cost allocation tags; the bill and the budget need them.
cost_center        = "images"
owner              = "platform"
monthly_budget_usd = 200
enable_cost_widget = true

# Encryption with a KMS key of the stack, and access logs of both buckets.
enable_kms_key           = true
enable_s3_access_logging = true
