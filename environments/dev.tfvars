# Development: the defaults. Every variable, what it allows and its default are listed in README.md.

environment = "dev"
aws_region  = "us-east-1"

# Everything down to single storage requests is logged with "DEBUG".
log_level          = "INFO"
log_retention_days = 7

# Who is told of alarms is not committed: set alert_email in environments/dev.local.tfvars, which git ignores and which
# overrides this file, or TF_VAR_alert_email in the shell, which fills what both files leave unset.
# alert_email = "operator@example.com"
# alert_sms   = "+15555550100"
