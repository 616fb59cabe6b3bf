/** Inputs of the module `cloudwatch_metrics`. */
import { FLAG, text } from "../checks";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

const DASHBOARD = text('a dashboard name: letters, digits, - and _, or ""', /^[\w-]{0,255}$/);

// biome-ignore format: a ledger is read down its columns
export const CLOUDWATCH_METRICS = {
  function_name:    COMMON.function_name,
  log_group_name:   COMMON.log_group_name,
  metric_namespace: COMMON.metric_namespace,
  aws_region:       COMMON.aws_region,
  enable_image_metrics: COMMON.enable_image_metrics,
  enable_dashboard: { ...FLAG,      default: true, description: "Creates the dashboard." },
  dashboard_name:   { ...DASHBOARD, default: "",   description: "Name of the dashboard. Default: `<function_name>-monitoring`." },
} as const satisfies Inputs;
