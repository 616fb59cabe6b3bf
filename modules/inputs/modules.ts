/** The ledgers of inputs by module, for documentation and for Terraform variables. */
import { BACKFILL } from "./backfill";
import { CLOUDWATCH_ALARMS } from "./cloudwatch_alarms";
import { CLOUDWATCH_METRICS } from "./cloudwatch_metrics";
import { CHAT_CHANNEL, CODEDEPLOY, COST_BUDGET, DEAD_LETTER_QUEUE, ENCRYPTION_KEY } from "./extra_modules";
import { IMAGE_PROCESSOR } from "./image_processor";
import type { Inputs } from "./inputs";
import { LAMBDA_FUNCTION } from "./lambda_function";
import { LOG_ALERTS } from "./log_alerts";
import { METADATA_TABLE } from "./metadata_table";
import { S3_BUCKETS } from "./s3_buckets";
import { SNS_NOTIFICATIONS } from "./sns_notifications";
import { UPLOAD_API } from "./upload_api";

/** The six modules. */
export const MODULE_INPUTS = {
  lambda_function: LAMBDA_FUNCTION,
  s3_buckets: S3_BUCKETS,
  sns_notifications: SNS_NOTIFICATIONS,
  cloudwatch_metrics: CLOUDWATCH_METRICS,
  cloudwatch_alarms: CLOUDWATCH_ALARMS,
  log_alerts: LOG_ALERTS,
  metadata_table: METADATA_TABLE,
  upload_api: UPLOAD_API,
  backfill: BACKFILL,
} as const satisfies Readonly<Record<string, Inputs>>;

/** The modules in addition to the six. */
export const EXTRA_INPUTS = {
  dead_letter_queue: DEAD_LETTER_QUEUE,
  encryption_key: ENCRYPTION_KEY,
  codedeploy: CODEDEPLOY,
  cost_budget: COST_BUDGET,
  chat_channel: CHAT_CHANNEL,
  image_processor: IMAGE_PROCESSOR,
} as const satisfies Readonly<Record<string, Inputs>>;
