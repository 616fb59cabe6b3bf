# Staging: like production, but without the alarm on missing uploads, and with a shorter log retention.

environment = "staging"
aws_region  = "us-east-1"

lambda_memory_size = 1769 # one full vCPU
log_retention_days = 14

# Metrics made from log lines have no dimension. In one account, only the namespace separates environments.
metric_namespace = "ImageProcessor/Lambda/staging"

# As in production, so that a rehearsal here shows what happens there.
alarm_routing                = "incident"
refusal_log_level            = "WARN"
enable_dead_letter_queue     = true
enable_async_alarms          = true
lambda_max_event_age_seconds = 3600
enable_memory_alarm          = true

# Saves the common queries, and the first query for each alarm, in Logs Insights.
enable_saved_queries = true

# Addresses are not committed: see environments/dev.tfvars.
