# Staging: as production, but quiet at night and kept for a shorter time.

environment = "staging"
aws_region  = "us-east-1"

lambda_memory_size = 1769 # one whole vCPU
log_retention_days = 14

# Metrics made from log lines carry no dimension: in one account, environments are told apart by namespace only.
metric_namespace = "ImageProcessor/Lambda/staging"

# As in production, so that what is rehearsed there is what happens here.
enable_dead_letter_queue     = true
enable_async_alarms          = true
lambda_max_event_age_seconds = 3600
enable_memory_alarm          = true

# What an operator asks of the log, and the first query of each alarm, are at hand in Logs Insights.
enable_saved_queries = true

# Who is told of alarms is not committed: see environments/dev.tfvars.
