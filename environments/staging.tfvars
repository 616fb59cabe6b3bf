# Staging: as production, but quiet at night and kept for a shorter time.

environment = "staging"
aws_region  = "us-east-1"

lambda_memory_size = 1769 # one whole vCPU
log_retention_days = 14

# Metrics made from log lines carry no dimension: in one account, environments are told apart by namespace only.
metric_namespace = "ImageProcessor/Lambda/staging"

# Who is told of alarms is not committed: see environments/dev.tfvars.
