/** The ledgers of inputs by module, for documentation and for Terraform variables. */
import { CLOUDWATCH_ALARMS } from "./cloudwatch_alarms";
import { CLOUDWATCH_METRICS } from "./cloudwatch_metrics";
import type { Inputs } from "./inputs";
import { LAMBDA_FUNCTION } from "./lambda_function";
import { LOG_ALERTS } from "./log_alerts";
import { METADATA_TABLE } from "./metadata_table";
import { S3_BUCKETS } from "./s3_buckets";
import { SNS_NOTIFICATIONS } from "./sns_notifications";

export const MODULE_INPUTS = {
  lambda_function: LAMBDA_FUNCTION,
  s3_buckets: S3_BUCKETS,
  sns_notifications: SNS_NOTIFICATIONS,
  cloudwatch_metrics: CLOUDWATCH_METRICS,
  cloudwatch_alarms: CLOUDWATCH_ALARMS,
  log_alerts: LOG_ALERTS,
  metadata_table: METADATA_TABLE,
} as const satisfies Readonly<Record<string, Inputs>>;
