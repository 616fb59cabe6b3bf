/** The outputs of the stack. */
import { homeOf, naming } from "./naming";
import { consoleUrl } from "./partitions";
import { addressesOf } from "./stack-inputs";
import type { Environment } from "./variables";

type ByName = Readonly<Record<string, string>>;

/** Outputs of the modules that become outputs of the stack. */
interface ModuleOutputs {
  readonly buckets: Readonly<
    Record<"upload_bucket_id" | "upload_bucket_arn" | "processed_bucket_id" | "processed_bucket_arn", string>
  >;
  readonly deadLetters: Readonly<Record<"queue_name" | "queue_url" | "queue_arn", string>> | undefined;
  readonly records: Readonly<Record<"table_name" | "table_arn", string>> | undefined;
  readonly uploadApi: Readonly<Record<"api_id" | "api_url" | "execution_arn" | "function_name", string>> | undefined;
  readonly backfill: Readonly<Record<"state_machine_arn" | "bucket_id" | "function_name", string>> | undefined;
  readonly lambda: Readonly<Record<"function_name" | "function_arn" | "log_group_name", string>>;
  readonly topics: Readonly<
    Record<"critical_alerts_topic_arn" | "performance_alerts_topic_arn" | "log_alerts_topic_arn", string>
  > & { readonly topic_names: ByName };
  readonly metrics: Readonly<Record<"dashboard_name" | "dashboard_arn", string>> & {
    readonly metric_filter_names: ByName;
  };
  readonly alarms: { readonly alarm_names: ByName; readonly alarm_arns: ByName };
  readonly logAlerts: {
    readonly alarm_names: ByName;
    readonly alarm_arns: ByName;
    readonly metric_filter_names: ByName;
  };
}

/** @returns description and value of each output, by name */
export const outputsOf = (
  environment: Environment,
  { buckets, deadLetters, records, uploadApi, backfill, lambda, topics, metrics, alarms, logAlerts }: ModuleOutputs,
): Record<string, [description: string, value: string | ByName]> => {
  const { aws_region: region } = environment;
  const { dashboardName } = naming(homeOf(environment));
  const dashboard = environment.enable_cloudwatch_dashboard ? metrics.dashboard_name || dashboardName : NOTHING;
  return {
    upload_bucket_name: ["Bucket for uploads", buckets.upload_bucket_id],
    upload_bucket_arn: ["ARN of the upload bucket", buckets.upload_bucket_arn],
    processed_bucket_name: ["Bucket for variants", buckets.processed_bucket_id],
    processed_bucket_arn: ["ARN of the bucket for variants", buckets.processed_bucket_arn],
    lambda_function_name: ["Name of the function", lambda.function_name],
    lambda_function_arn: ["ARN of the function", lambda.function_arn],
    lambda_log_group_name: ["Name of the function's log group", lambda.log_group_name],
    dead_letter_queue_name: ['Name of the dead-letter queue, or ""', deadLetters?.queue_name ?? NOTHING],
    dead_letter_queue_url: ['URL of the dead-letter queue, or ""', deadLetters?.queue_url ?? NOTHING],
    dead_letter_queue_arn: ['ARN of the dead-letter queue, or ""', deadLetters?.queue_arn ?? NOTHING],
    ...(records && {
      metadata_table_name: ["Name of the table with a record of each upload", records.table_name],
      metadata_table_arn: ["ARN of that table", records.table_arn],
    }),
    ...(uploadApi && {
      upload_api_url: ["Address of the upload API", uploadApi.api_url],
      upload_api_id: ["Id of the upload API", uploadApi.api_id],
      upload_api_execution_arn: [
        "ARN for policies of callers: execute-api:Invoke on <this>/*",
        uploadApi.execution_arn,
      ],
      upload_function_name: ["Name of the upload API's function", uploadApi.function_name],
    }),
    ...(backfill && {
      backfill_state_machine_arn: ["ARN of the state machine of backfills", backfill.state_machine_arn],
      backfill_bucket_name: ["Bucket for manifests and results of backfills", backfill.bucket_id],
      backfill_function_name: ["Name of the function of backfills", backfill.function_name],
    }),
    critical_alerts_topic_arn: ["ARN of the topic for critical alarms", topics.critical_alerts_topic_arn],
    performance_alerts_topic_arn: ["ARN of the topic for performance alarms", topics.performance_alerts_topic_arn],
    log_alerts_topic_arn: ["ARN of the topic for alarms on log lines", topics.log_alerts_topic_arn],
    cloudwatch_dashboard_name: ['Name of the dashboard, or ""', dashboard],
    cloudwatch_dashboard_url: [
      'Address of the dashboard in the AWS console, or ""',
      dashboard === NOTHING
        ? NOTHING
        : consoleUrl(homeOf(environment).aws_region, "cloudwatch", `dashboards:name=${dashboard}`),
    ],
    cloudwatch_dashboard_arn: ['ARN of the dashboard, or ""', metrics.dashboard_arn],
    metric_namespace: ["Namespace of the custom metrics", environment.metric_namespace],
    cloudwatch_alarms: ["Names of the alarms on metrics, by short name", alarms.alarm_names],
    log_based_alarms: ["Names of the alarms on log lines, by short name", logAlerts.alarm_names],
    alarm_arns: ["ARNs of all alarms, by short name", { ...alarms.alarm_arns, ...logAlerts.alarm_arns }],
    metric_filter_names: [
      "Names of the metric filters, by metric",
      { ...metrics.metric_filter_names, ...logAlerts.metric_filter_names },
    ],
    topic_names: ["Names of the topics, by severity", topics.topic_names],
    aws_region: ["Region of the stack", region],
    upload_command_example: ["Command that uploads a photo", `aws s3 cp photo.jpg s3://${buckets.upload_bucket_id}/`],
    view_logs_command: [
      "Command that follows the log",
      `aws logs tail ${lambda.log_group_name} --follow --region ${region}`,
    ],
    test_alarm_command: [
      "Command that tests whether notifications reach you",
      `aws cloudwatch set-alarm-state --alarm-name ${alarms.alarm_names["high-error-rate"]} --state-value ALARM --state-reason "Testing" --region ${region}`,
    ],
    sns_subscription_note: ["What you still have to do for notifications", subscriptionNote(environment)],
  };
};

/** "" and not null: after applying, `cdktf deploy` fails on null with "Cannot convert undefined or null to object". */
const NOTHING = "";

const subscriptionNote = (environment: Environment): string => {
  const emails = Object.values(addressesOf(environment)).flat();
  return emails.length === 0
    ? `No e-mail address receives notifications. Set alert_email for ${environment.environment} and deploy again.`
    : "AWS sends a confirmation to each e-mail address. Notifications arrive only after you follow its link.";
};
