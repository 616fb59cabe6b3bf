/** How the root module connects the modules: what it passes beside variables of the same name. */
import { BACKFILL_VALUES } from "../../../modules/inputs/backfill";
import type { Inputs } from "../../../modules/inputs/inputs";
import { UPLOAD_API_VALUES } from "../../../modules/inputs/upload_api";
import type { ModuleName } from "./modules";

/** One `module` block: arguments as expressions. */
interface Call {
  /** @default the module of the same name */
  readonly module?: ModuleName;
  /** @default the module is always there */
  readonly when?: string;
  readonly provider?: string;
  /** Inputs that are passed without a row, as variables of the root with the same name. @default all that are variables of the root */
  readonly inherits?: readonly string[];
  readonly arguments: Readonly<Record<string, string>>;
}

const KMS = { enable_kms_key: "local.enable_kms_key", kms_key_arn: "local.kms_key_arn" };

const LOG_GROUP = "module.lambda_function.log_group_name";

const UPLOADS_LOG_GROUP = '"/aws/lambda/${local.name}-uploads"';

const BACKFILL_LOG_GROUP = '"/aws/lambda/${local.name}-backfill"';

/** @returns an attribute of a module that is there only with a switch */
const output = (name: string, attribute: string, flag = `enable_${name}`) =>
  `var.${flag} ? module.${name}[0].${attribute} : ""`;

const BUCKETS = {
  upload_bucket_arn: "module.s3_buckets.upload_bucket_arn",
  processed_bucket_arn: "module.s3_buckets.processed_bucket_arn",
  processed_bucket_id: "module.s3_buckets.processed_bucket_id",
};

const RECORDS = {
  records_table_name: output("metadata_table", "table_name"),
  records_write_policy: output("metadata_table", "write_policy"),
};

/** What the three functions share. */
const EVERY_FUNCTION = {
  module: "lambda_function",
  inherits: ["log_retention_days", "permissions_boundary_arn", "code_signing_profile_version_arn"],
} as const;

const handledBy = (handler: string) =>
  Object.fromEntries(
    ["handler", "environment_variables", "policy_documents", "application_log_level"].map((name) => [
      name,
      `module.${handler}.${name}`,
    ]),
  );

const UPLOADS = {
  log_group_name: output("upload_function", "log_group_name", "enable_upload_api"),
  api_id: output("upload_api", "api_id"),
};

/** Settings that an environment has with the module's name in front. */
const prefixed = (module: string, ledger: Inputs) =>
  Object.fromEntries(Object.keys(ledger).map((name) => [name, `var.${module}_${name}`]));

const topic = (severity: string) => `module.sns_notifications.${severity}_alerts_topic_arn`;

/** In the order of the file: add a row for a new module. */
// biome-ignore format: a ledger is read down its columns
export const CALLS = {
  encryption_key: {
    when: "var.enable_kms_key",
    arguments: {
      key_name: "local.name",
      log_group_name: 'var.existing_log_group_name != "" ? var.existing_log_group_name : "/aws/lambda/${local.function_name}"',
      api_log_group_name: `var.enable_upload_api ? ${UPLOADS_LOG_GROUP} : ""`,
      backfill_log_group_name: `var.enable_backfill ? ${BACKFILL_LOG_GROUP} : ""`,
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
  metadata_table: {
    when: "var.enable_metadata_table",
    arguments: {
      ...KMS,
      table_name: '"${local.function_name}-records"',
      enable_deletion_protection: "var.protected",
      enable_upload_index: "var.enable_upload_api",
    },
  },
  image_processor: {
    arguments: { ...BUCKETS, ...RECORDS, ...KMS },
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
      ...handledBy("image_processor"),
      dead_letter_queue_arn: output("dead_letter_queue", "queue_arn"),
    },
  },
  upload_handler: {
    when: "var.enable_upload_api",
    arguments: {
      ...BUCKETS,
      upload_bucket_id: "module.s3_buckets.upload_bucket_id",
      ...RECORDS,
      records_table_arn: output("metadata_table", "table_arn"),
      ...KMS,
    },
  },
  upload_function: {
    ...EVERY_FUNCTION,
    when: "var.enable_upload_api",
    arguments: {
      ...KMS,
      function_name: '"${local.name}-uploads"',
      log_group_name: UPLOADS_LOG_GROUP,
      role_name: '"${local.name}-uploads-role"',
      package_path: "var.upload_api_package_path",
      runtime: "var.lambda_runtime",
      architecture: "var.lambda_architecture",
      timeout: "module.upload_handler[0].timeout",
      memory_size: "module.upload_handler[0].memory_size",
      ...handledBy("upload_handler[0]"),
    },
  },
  upload_api: {
    when: "var.enable_upload_api",
    arguments: {
      api_name: '"${local.name}-uploads"',
      function_name: "module.upload_function[0].function_name",
      function_invoke_arn: "module.upload_function[0].function_invoke_arn",
      upload_bucket_id: "module.s3_buckets.upload_bucket_id",
      ...prefixed("upload_api", UPLOAD_API_VALUES),
    },
  },
  backfill_handler: {
    when: "var.enable_backfill",
    arguments: { ...BUCKETS, ...RECORDS, ...KMS },
  },
  backfill_function: {
    ...EVERY_FUNCTION,
    inherits: [...EVERY_FUNCTION.inherits, "vpc_subnet_ids", "vpc_security_group_ids", "package_path"],
    when: "var.enable_backfill",
    arguments: {
      ...KMS,
      function_name: '"${local.name}-backfill"',
      log_group_name: BACKFILL_LOG_GROUP,
      role_name: '"${local.name}-backfill-function-role"',
      runtime: "var.lambda_runtime",
      architecture: "var.lambda_architecture",
      timeout: "local.backfill_timeout",
      memory_size: "var.lambda_memory_size",
      reserved_concurrent_executions: "var.backfill_max_concurrency",
      ...handledBy("backfill_handler[0]"),
    },
  },
  backfill: {
    when: "var.enable_backfill",
    arguments: {
      ...KMS,
      state_machine_name: '"${local.name}-backfill"',
      role_name: '"${local.name}-backfill-role"',
      bucket_prefix: '"${local.name}-backfill-"',
      function_arn: "module.backfill_function[0].function_arn",
      function_timeout: "local.backfill_timeout",
      ...prefixed("backfill", BACKFILL_VALUES),
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
      upload_log_group_name: UPLOADS.log_group_name,
      upload_api_id: UPLOADS.api_id,
    },
  },
  cloudwatch_alarms: {
    arguments: {
      function_name: "local.function_name",
      critical_alerts_topic_arn: topic("critical"),
      performance_alerts_topic_arn: topic("performance"),
      log_alerts_topic_arn: topic("log"),
      enable_image_metrics: "true",
      upload_api_id: UPLOADS.api_id,
      backfill_state_machine_arn: output("backfill", "state_machine_arn"),
      backfill_function_name: output("backfill_function", "function_name", "enable_backfill"),
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
      upload_log_group_name: UPLOADS.log_group_name,
      upload_queries: "local.upload_queries",
      backfill_log_group_name: output("backfill_function", "log_group_name", "enable_backfill"),
      backfill_queries: "var.enable_backfill ? local.backfill_queries : {}",
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
} as const satisfies Readonly<Record<ModuleName | "upload_function" | "backfill_function", Call>>;

export type CallName = keyof typeof CALLS;

/** @returns the module that a call calls */
export const calledBy = (name: CallName): ModuleName => {
  const { module }: Call = CALLS[name];
  return module ?? (name as ModuleName);
};

export type AnyCall = Call;
