# Development: the defaults. docs/configuration.md lists every variable, its allowed values and its default.

environment = "dev"
aws_region  = "us-east-1"

# "DEBUG" also logs each S3 request.
log_level          = "INFO"
log_retention_days = 7

# Addresses are not committed. Set alert_email in environments/dev.local.tfvars, which Git ignores and which overrides
# this file, or set TF_VAR_alert_email in the shell, which applies where both files leave it unset.
# alert_email = "operator@example.com"
# alert_sms   = "+15555550100"
