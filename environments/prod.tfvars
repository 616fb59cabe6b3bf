# Production.

environment = "prod"
aws_region  = "us-east-1"

lambda_memory_size = 1769 # one whole vCPU
log_retention_days = 30

# Metrics made from log lines carry no dimension: in one account, environments are told apart by namespace only.
metric_namespace = "ImageProcessor/Lambda/prod"

# Embedded in the log: no PutMetricData request for each invocation, and no permission for it.
metrics_transport = "emf"

# Uploads come all day: silence is an alarm, after three periods of five minutes and those that CloudWatch looks at beside.
enable_no_invocation_alarm = true

# Nothing is lost: what Lambda gives up, after an hour at the latest, is kept for npm run redrive, and somebody is told.
enable_dead_letter_queue     = true
enable_async_alarms          = true
lambda_max_event_age_seconds = 3600

# Before invocations run out of memory, somebody is told.
enable_memory_alarm = true

# What an operator asks of the log, and the first query of each alarm, are at hand in Logs Insights.
enable_saved_queries = true

# Each alarm's description, and the dashboard, link to its page of docs/runbooks, as it is published here.
runbook_base_url = "https://example.com/image-processor/runbooks"

# A deployment publishes a version, and `npm run release -- prod` puts it into service: CodeDeploy gives it a tenth of the
# uploads first, and takes it back when a critical alarm goes off.
enable_release_alias = true
enable_codedeploy    = true
release_strategy     = "Canary10Percent5Minutes"

# Other functions of the account cannot take these away. An account whose quota is still 10 has to leave it at -1.
reserved_concurrent_executions = 100

# Where the time of an image goes: downloads, variants and uploads are subsegments of its trace.
enable_xray_tracing = true

enable_recursion_guard = true

# Who is told of alarms is not committed: set critical_alert_email, performance_alert_email and log_alert_email (or
# alert_email for all three) and critical_alert_sms in environments/prod.local.tfvars, or as TF_VAR_<name>.

# Who pays: these have to be activated as cost allocation tags, as has the tag Budget, before bill and budget know them.
cost_center        = "images"
owner              = "platform"
monthly_budget_usd = 200
enable_cost_widget = true

# Everything at rest is encrypted with a key that this account rules over, and every request to a bucket written down.
enable_kms_key           = true
enable_s3_access_logging = true
