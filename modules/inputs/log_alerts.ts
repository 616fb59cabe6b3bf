/** Inputs of the module `log_alerts`. */
import { z } from "zod";
import { COUNT, FLAG, TOPIC_ARN } from "../checks";
import { CLOUDWATCH_ALARMS } from "./cloudwatch_alarms";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

const QUERIES = { what: "texts of queries, by name", check: z.record(z.string().min(1), z.string().min(1)) };

/** Thresholds: rows of the ledger of alarms refer to them by name. */
// biome-ignore format: a ledger is read down its columns
export const LOG_ALARM_VALUES = {
  image_error_threshold:  { ...COUNT, default: 3, description: "Refused or failed images in 5 minutes that trigger `image-processing-errors`." },
  large_images_threshold: { ...COUNT, default: 5, description: "Large images in 5 minutes that trigger `large-images`." },
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const LOG_ALERTS = {
  function_name:        COMMON.function_name,
  log_group_name:       COMMON.log_group_name,
  log_alerts_topic_arn: { ...TOPIC_ARN,            description: "Topic for alarms on log lines." },
  metric_namespace:     COMMON.metric_namespace,
  enable_image_metrics: COMMON.enable_image_metrics,
  ...LOG_ALARM_VALUES,
  enable_saved_queries: { ...FLAG, default: false, description: "Saves the queries in CloudWatch Logs Insights." },
  queries:              { ...QUERIES, default: {}, description: "Text of each saved query, by name." },
  runbook_base_url:     COMMON.runbook_base_url,
  alarm_help:           CLOUDWATCH_ALARMS.alarm_help,
} as const satisfies Inputs;
