/** Inputs of the module `cloudwatch_metrics`. */
import { FLAG, text } from "../checks";
import { ALARM_VALUES, CLOUDWATCH_ALARMS } from "./cloudwatch_alarms";
import { COMMON } from "./common";
import { IMAGE_PROCESSOR } from "./image_processor";
import type { Inputs } from "./inputs";
import { LOG_ALARM_VALUES, LOG_ALERTS } from "./log_alerts";

const DASHBOARD = text('a dashboard name: letters, digits, - and _, or ""', /^[\w-]{0,255}$/);

/** What the dashboard shows beside the metrics: thresholds as lines, and widgets that a switch adds. */
const DASHBOARD_VALUES = {
  ...ALARM_VALUES,
  ...LOG_ALARM_VALUES,
  large_image_bytes: IMAGE_PROCESSOR.large_image_bytes,
  alias_name: CLOUDWATCH_ALARMS.alias_name,
  upload_api_id: CLOUDWATCH_ALARMS.upload_api_id,
  runbook_base_url: COMMON.runbook_base_url,
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const CLOUDWATCH_METRICS = {
  function_name:    COMMON.function_name,
  log_group_name:   COMMON.log_group_name,
  upload_log_group_name: LOG_ALERTS.upload_log_group_name,
  metric_namespace: COMMON.metric_namespace,
  aws_region:       COMMON.aws_region,
  enable_image_metrics: COMMON.enable_image_metrics,
  enable_dashboard: { ...FLAG,      default: true, description: "Creates the dashboard." },
  dashboard_name:   { ...DASHBOARD, default: "",   description: "Name of the dashboard. Default: `<function_name>-monitoring`." },
  ...DASHBOARD_VALUES,
} as const satisfies Inputs;
