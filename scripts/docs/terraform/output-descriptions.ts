/** What each output of the modules is: add a row for a new one. */
import { LOG_ALARM_OUTPUTS, METRIC_ALARM_OUTPUTS } from "../../../modules/original-outputs";

/** The original's outputs for one alarm each. */
const ALARMS: Readonly<Record<string, string>> = { ...METRIC_ALARM_OUTPUTS, ...LOG_ALARM_OUTPUTS };

// biome-ignore format: a ledger is read down its columns
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  alarm_arns:                   "ARN of each alarm, by the end of its name.",
  alarm_names:                  "Full name of each alarm, by the end of it.",
  alias_arn:                    'ARN of the alias, or "".',
  alias_name:                   'Name of the alias, or "".',
  all_alarm_names:              "Full names of all alarms.",
  all_log_alarm_names:          "Full names of all alarms.",
  api_id:                       "Id of the API.",
  api_url:                      "Address of the API, without a slash at the end.",
  application_log_level:        "Least severe log level that Lambda keeps.",
  application_name:             "Name of the CodeDeploy application.",
  bucket_arn:                   "ARN of the bucket for manifests and results.",
  bucket_arns:                  "ARNs of all buckets, by purpose.",
  bucket_id:                    "Name of the bucket for manifests and results.",
  budget_name:                  "Name of the budget.",
  budget_topic_arn:             "ARN of the topic that a budget may notify.",
  critical_alerts_topic_arn:    "ARN of the topic for critical alarms.",
  critical_alerts_topic_name:   "Name of the topic for critical alarms.",
  dashboard_arn:                'ARN of the dashboard, or "".',
  dashboard_name:               'Name of the dashboard, or "".',
  deployment_group_name:        "Name of the deployment group.",
  environment_variables:        "Environment variables of the function.",
  execution_arn:                "ARN for policies of callers: `execute-api:Invoke` on `<this>/*`.",
  function_arn:                 "ARN of the function.",
  function_invoke_arn:          "ARN with which API Gateway invokes the function.",
  function_name:                "Name of the function.",
  function_role_arn:            "ARN of the function's role.",
  function_role_name:           "Name of the function's role.",
  function_version:             "Version that was published last; `$LATEST` without an alias.",
  handler:                      "Entry point of the function.",
  key_arn:                      "ARN of the key.",
  log_alerts_topic_arn:         "ARN of the topic for alarms on log lines.",
  log_alerts_topic_name:        "Name of the topic for alarms on log lines.",
  log_bucket_id:                'Name of the bucket for access logs, or "".',
  log_group_arn:                "ARN of the log group.",
  log_group_name:               "Name of the log group.",
  memory_size:                  "Memory that the function needs, in MB.",
  metric_filter_names:          "Name of each metric filter, by metric.",
  metric_namespace:             "Namespace of the custom metrics.",
  performance_alerts_topic_arn: "ARN of the topic for performance alarms.",
  performance_alerts_topic_name: "Name of the topic for performance alarms.",
  policy_documents:             "What the function may do: policy documents as JSON, by name.",
  processed_bucket_arn:         "ARN of the bucket for variants.",
  processed_bucket_domain_name: "Domain name of the bucket for variants.",
  processed_bucket_id:          "Name of the bucket for variants.",
  queue_arn:                    "ARN of the queue.",
  queue_name:                   "Name of the queue.",
  queue_url:                    "URL of the queue.",
  role_arn:                     "ARN of the module's role.",
  state_machine_arn:            "ARN of the state machine.",
  table_arn:                    "ARN of the table.",
  table_name:                   "Name of the table.",
  timeout:                      "Timeout that the function needs, in seconds.",
  topic_arns:                   "ARN of each topic, by severity.",
  topic_names:                  "Name of each topic, by severity.",
  upload_bucket_arn:            "ARN of the upload bucket.",
  upload_bucket_domain_name:    "Domain name of the upload bucket.",
  upload_bucket_id:             "Name of the upload bucket.",
  write_policy:                 "Policy document for a role that writes records, as JSON.",
};

/** @returns one sentence @throws Error without a row */
export const outputDescription = (name: string): string => {
  const alarm = ALARMS[name];
  const description = alarm === undefined ? DESCRIPTIONS[name] : `ARN of the alarm \`${alarm}\`, or "".`;
  if (description === undefined)
    throw new Error(`Expected a row in scripts/docs/terraform/output-descriptions.ts for ${name} but got none`);
  return description;
};
