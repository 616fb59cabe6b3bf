# The whole image pipeline, called as a module.

variable "package_path" {
  description = "Zip of the function, from a release or from `npm run build`."
  type        = string
}

module "images" {
  source = "../.."

  environment  = "prod"
  package_path = var.package_path
  alert_email  = "operator@example.com"

  enable_dead_letter_queue = true
  enable_async_alarms      = true
  enable_memory_alarm      = true
}

output "upload_bucket_name" {
  value = module.images.upload_bucket_name
}

output "alarm_names" {
  value = merge(module.images.cloudwatch_alarms, module.images.log_based_alarms)
}
