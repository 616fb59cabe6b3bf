/** How the root module connects the modules: what it passes beside variables of the same name. */
import type { CalledName } from "./modules";

/** One `module` block: arguments as expressions. Inputs that are also variables of the root are passed without a row. */
interface Call {
  /** @default the module is always there */
  readonly when?: string;
  readonly provider?: string;
  readonly arguments: Readonly<Record<string, string>>;
}

const KMS = { enable_kms_key: "local.enable_kms_key", kms_key_arn: "local.kms_key_arn" };

const LOG_GROUP = "module.lambda_function.log_group_name";

const topic = (severity: string) => `module.sns_notifications.${severity}_alerts_topic_arn`;

/** In the order of the file: add a row for a new module. */
// biome-ignore format: a ledger is read down its columns
export const CALLS = {
  encryption_key: {
    when: "var.enable_kms_key",
    arguments: {
      key_name: "local.name",
      log_group_name: 'var.existing_log_group_name != "" ? var.existing_log_group_name : "/aws/lambda/${local.function_name}"',
      enable_budget_publisher: "local.has_budget",
    },
  },
  s3_buckets: {
    arguments: {
      ...KMS,
      upload_bucket_prefix: '"${local.name}-upload-"',
      processed_bucket_prefix: '"${local.name}-processed-"',
      log_bucket_prefix: '"${local.name}-logs-"',
      enable_versioning: "var.enable_s3_versioning",
      enable_access_logging: "var.enable_s3_access_logging",
      access_log_days: "var.s3_access_log_days",
    },
  },
  dead_letter_queue: {
    when: "var.enable_dead_letter_queue",
    arguments: { ...KMS, queue_name: '"${local.function_name}-dead-letters"' },
  },
  image_processor: {
    arguments: {
      upload_bucket_arn: "module.s3_buckets.upload_bucket_arn",
      processed_bucket_arn: "module.s3_buckets.processed_bucket_arn",
      processed_bucket_id: "module.s3_buckets.processed_bucket_id",
      ...KMS,
    },
  },
  lambda_function: {
    arguments: {
      ...KMS,
      function_name: "local.function_name",
      runtime: "var.lambda_runtime",
      architecture: "var.lambda_architecture",
      timeout: "var.lambda_timeout",
      memory_size: "var.lambda_memory_size",
      retry_attempts: "var.lambda_retry_attempts",
      max_event_age_seconds: "var.lambda_max_event_age_seconds",
      enable_alias: "var.enable_release_alias",
      handler: "module.image_processor.handler",
      environment_variables: "module.image_processor.environment_variables",
      policy_documents: "module.image_processor.policy_documents",
      application_log_level: "module.image_processor.application_log_level",
      dead_letter_queue_arn: 'var.enable_dead_letter_queue ? module.dead_letter_queue[0].queue_arn : ""',
    },
  },
  sns_notifications: {
    arguments: {
      ...KMS,
      critical_alert_email: "local.emails.critical",
      performance_alert_email: "local.emails.performance",
      log_alert_email: "local.emails.log",
      additional_critical_alert_emails: "local.additional_emails.critical",
      additional_performance_alert_emails: "local.additional_emails.performance",
      additional_log_alert_emails: "local.additional_emails.log",
      critical_alert_sms: "var.critical_alert_sms != null ? var.critical_alert_sms : var.alert_sms",
      enable_budget_publisher: "local.has_budget",
      budget_severity: '"performance"',
    },
  },
  cloudwatch_metrics: {
    arguments: {
      function_name: "local.function_name",
      log_group_name: LOG_GROUP,
      enable_image_metrics: "true",
      enable_dashboard: "var.enable_cloudwatch_dashboard",
    },
  },
  cloudwatch_alarms: {
    arguments: {
      function_name: "local.function_name",
      critical_alerts_topic_arn: topic("critical"),
      performance_alerts_topic_arn: topic("performance"),
      log_alerts_topic_arn: topic("log"),
      enable_image_metrics: "true",
      function_version: "module.lambda_function.function_version",
    },
  },
  log_alerts: {
    arguments: {
      function_name: "local.function_name",
      log_group_name: LOG_GROUP,
      log_alerts_topic_arn: topic("log"),
      enable_image_metrics: "true",
      queries: "local.queries",
    },
  },
  codedeploy: {
    when: "var.enable_codedeploy",
    arguments: {
      application_name: "local.function_name",
      deployment_group_name: "module.lambda_function.alias_name",
      role_name: '"${local.name}-releases-role"',
      function_arn: "module.lambda_function.function_arn",
      alias_arn: "module.lambda_function.alias_arn",
      critical_alarm_names: `[\n    for name, alarm in merge(module.cloudwatch_alarms.alarm_names, module.log_alerts.alarm_names) :\n    alarm if contains(local.critical_alarms, name)\n  ]`,
    },
  },
  cost_budget: {
    when: "local.has_budget",
    arguments: {
      budget_name: "local.name",
      tag_value: "local.name",
      topic_arn: "module.sns_notifications.budget_topic_arn",
    },
  },
  chat_channel: {
    when: 'var.slack_channel_id != ""',
    provider: "aws.chat",
    arguments: {
      channel_name: '"${local.name}-critical-alerts-chat"',
      topic_arns: `[${topic("critical")}]`,
    },
  },
} as const satisfies Readonly<Record<CalledName, Call>>;

export type AnyCall = Call;
