/** The outputs of the root module: the stack's own, as expressions. */

import { outputsOf } from "../../../modules/stack-outputs";
import type { Environment } from "../../../modules/variables";

type OutputName = keyof ReturnType<typeof outputsOf>;

/** @returns the output of a module that is there only with a switch */
const optional = (name: string, part: string, flag = `enable_${name}`) =>
  `var.${flag} ? module.${name}[0].${part} : ""`;

/** The value of each output of the stack. */
const VALUES: Readonly<Record<OutputName, string>> = {
  upload_bucket_name: "module.s3_buckets.upload_bucket_id",
  upload_bucket_arn: "module.s3_buckets.upload_bucket_arn",
  processed_bucket_name: "module.s3_buckets.processed_bucket_id",
  processed_bucket_arn: "module.s3_buckets.processed_bucket_arn",
  lambda_function_name: "module.lambda_function.function_name",
  lambda_function_arn: "module.lambda_function.function_arn",
  lambda_log_group_name: "module.lambda_function.log_group_name",
  dead_letter_queue_name: optional("dead_letter_queue", "queue_name"),
  dead_letter_queue_url: optional("dead_letter_queue", "queue_url"),
  dead_letter_queue_arn: optional("dead_letter_queue", "queue_arn"),
  metadata_table_name: optional("metadata_table", "table_name"),
  metadata_table_arn: optional("metadata_table", "table_arn"),
  upload_api_url: optional("upload_api", "api_url"),
  upload_api_id: optional("upload_api", "api_id"),
  upload_api_execution_arn: optional("upload_api", "execution_arn"),
  upload_function_name: optional("upload_function", "function_name", "enable_upload_api"),
  backfill_state_machine_arn: optional("backfill", "state_machine_arn"),
  backfill_bucket_name: optional("backfill", "bucket_id"),
  backfill_function_name: optional("backfill_function", "function_name", "enable_backfill"),
  critical_alerts_topic_arn: "module.sns_notifications.critical_alerts_topic_arn",
  performance_alerts_topic_arn: "module.sns_notifications.performance_alerts_topic_arn",
  log_alerts_topic_arn: "module.sns_notifications.log_alerts_topic_arn",
  cloudwatch_dashboard_name: "module.cloudwatch_metrics.dashboard_name",
  cloudwatch_dashboard_url:
    'module.cloudwatch_metrics.dashboard_name == "" ? "" : "https://${var.aws_region}.${local.console}/cloudwatch/home?region=${var.aws_region}#dashboards:name=${module.cloudwatch_metrics.dashboard_name}"',
  cloudwatch_dashboard_arn: "module.cloudwatch_metrics.dashboard_arn",
  metric_namespace: "var.metric_namespace",
  cloudwatch_alarms: "module.cloudwatch_alarms.alarm_names",
  log_based_alarms: "module.log_alerts.alarm_names",
  alarm_arns: "merge(module.cloudwatch_alarms.alarm_arns, module.log_alerts.alarm_arns)",
  metric_filter_names: "merge(module.cloudwatch_metrics.metric_filter_names, module.log_alerts.metric_filter_names)",
  topic_names: "module.sns_notifications.topic_names",
  aws_region: "var.aws_region",
  upload_command_example: '"aws s3 cp photo.jpg s3://${module.s3_buckets.upload_bucket_id}/"',
  view_logs_command: '"aws logs tail ${module.lambda_function.log_group_name} --follow --region ${var.aws_region}"',
  test_alarm_command:
    '"aws cloudwatch set-alarm-state --alarm-name ${module.cloudwatch_alarms.alarm_names["high-error-rate"]} --state-value ALARM --state-reason \\"Testing\\" --region ${var.aws_region}"',
  sns_subscription_note:
    'length(compact(concat(values(local.emails), flatten(values(local.additional_emails))))) == 0 ? "No e-mail address receives notifications. Set alert_email for ${var.environment} and deploy again." : "AWS sends a confirmation to each e-mail address. Notifications arrive only after you follow its link."',
};

/** Descriptions come from the stack's outputs; the values there are not used. */
const described = (absent: readonly unknown[]): Record<string, [description: string, value: unknown]> => {
  const anything: object = new Proxy(
    {},
    { get: (_, name) => (name === Symbol.iterator ? undefined : "x"), ownKeys: () => [] },
  );
  const environment = {
    regions: [],
    aws_region: "us-east-1",
    project_name: "x",
    environment: "x",
    additional_critical_alert_emails: [],
    additional_performance_alert_emails: [],
    additional_log_alert_emails: [],
  };
  const modules = new Proxy({}, { get: (_, name) => (absent.includes(name) ? undefined : anything) });
  return outputsOf(environment as unknown as Environment, modules as never);
};

/** The outputs that every stack has; plain Terraform has the others always. */
const EVERYWHERE = described(["records", "uploadApi", "backfill"]);

/** Name, description and value of each output. @throws Error where the stack has an output without a row here */
export const ROOT_OUTPUTS = Object.entries(described([])).map(([name, [description]]) => {
  const value = VALUES[name];
  if (value === undefined)
    throw new Error(`Expected a row in scripts/docs/terraform/root-outputs.ts for the output ${name} but got none`);
  return [name, name in EVERYWHERE ? description : `${description}, or ""`, value] as const;
});
