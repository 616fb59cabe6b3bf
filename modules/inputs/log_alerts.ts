/** Inputs of the module `log_alerts`. */
import { z } from "zod";
import { COUNT, FLAG, PERCENT, TOPIC_ARN, text } from "../checks";
import { ALARM_VALUES, CLOUDWATCH_ALARMS } from "./cloudwatch_alarms";
import { COMMON } from "./common";
import { IMAGE_PROCESSOR } from "./image_processor";
import type { Inputs } from "./inputs";

const LOG_GROUP = text('the name of a log group, or ""', /^[\w.\-/#]{0,512}$/);
const QUERIES = { what: "texts of queries, by name", check: z.record(z.string().min(1), z.string().min(1)) };

/** Thresholds: rows of the ledger of alarms refer to them by name. */
// biome-ignore format: a ledger is read down its columns
export const LOG_ALARM_VALUES = {
  alarm_routing:          ALARM_VALUES.alarm_routing,
  image_error_threshold:  { ...COUNT, default: 3, description: "Failed images in 5 minutes that trigger `image-processing-errors`. Refused ones count, too, where refusal_log_level is ERROR." },
  image_error_threshold_percent: { ...PERCENT, default: 10, description: "Failed images in percent of all that trigger `image-processing-errors`, with alarm_routing incident." },
  large_images_threshold: { ...COUNT, default: 5, description: "Large images in 5 minutes that trigger `large-images`." },
  enable_metadata_table:  { ...FLAG, default: false, description: "Creates the alarm `records-lost`." },
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const LOG_ALERTS = {
  function_name:        COMMON.function_name,
  log_group_name:       COMMON.log_group_name,
  log_alerts_topic_arn: { ...TOPIC_ARN,            description: "Topic for alarms on log lines." },
  metric_namespace:     COMMON.metric_namespace,
  enable_image_metrics: COMMON.enable_image_metrics,
  ...LOG_ALARM_VALUES,
  refusal_log_level:    IMAGE_PROCESSOR.refusal_log_level,
  enable_saved_queries: { ...FLAG, default: false, description: "Saves the queries in CloudWatch Logs Insights." },
  queries:              { ...QUERIES, default: {}, description: "Text of each saved query, by name." },
  upload_log_group_name: { ...LOG_GROUP, default: "", description: "Log group of the upload API's function, for upload_queries." },
  backfill_log_group_name: { ...LOG_GROUP, default: "", description: "Log group of the backfill's function, for backfill_queries." },
  backfill_queries:     { ...QUERIES, default: {}, description: "Text of each saved query of that log group, by name." },
  upload_queries:       { ...QUERIES, default: {}, description: "Text of each saved query of that log group, by name." },
  runbook_base_url:     COMMON.runbook_base_url,
  alarm_help:           CLOUDWATCH_ALARMS.alarm_help,
} as const satisfies Inputs;
