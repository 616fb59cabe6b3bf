/** A metric filter for each measure that comes from log lines, and the dashboard that charts all measures. */
import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { Construct } from "constructs";
import { METRICS, type Metric } from "../handler/contract/metrics";
import { regionOf } from "./caller";
import { dashboardBody } from "./dashboard";
import type { DashboardStack } from "./dashboard-charts";
import { CLOUDWATCH_METRICS } from "./inputs/cloudwatch_metrics";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { knownMetrics } from "./known-rows";
import { isImageMetric, metricFilterConfig, namespaceOf } from "./metrics";

export type CloudwatchMetricsProps = Given<typeof CLOUDWATCH_METRICS> & {
  /** Custom metrics by name; faults belong to `log_alerts`. @default the metrics of the image handler */
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** What the dashboard shows: one entry for each region. @default this function */
  readonly stacks?: readonly [DashboardStack, ...DashboardStack[]];
};

export class CloudwatchMetrics extends Construct {
  readonly outputs: {
    /** "" without a dashboard. */
    readonly dashboard_name: string;
    readonly dashboard_arn: string;
    readonly metric_namespace: string;
    /** Names of the filters, by metric. */
    readonly metric_filter_names: Readonly<Record<string, string>>;
  };

  constructor(scope: Construct, id: string, props: CloudwatchMetricsProps) {
    super(scope, id);
    const values = valuesOf("cloudwatch_metrics", CLOUDWATCH_METRICS, props);
    const metricScope = { functionName: values.function_name, metricNamespace: namespaceOf(values) };
    const metrics: Readonly<Record<string, Metric>> = props.metrics ?? METRICS;
    knownMetrics("cloudwatch_metrics", metrics);
    const filters = Object.entries(metrics)
      .filter(([, { kind, from }]) => kind === "measure" && from !== "handler")
      .filter(([, row]) => values.enable_image_metrics || !isImageMetric(row))
      .filter(([, { enabledBy }]) => enabledBy === undefined || values[enabledBy])
      .map(([name, row]) => {
        const logGroupName = row.logOf === undefined ? values.log_group_name : values.upload_log_group_name;
        const config = metricFilterConfig(name, row, { ...metricScope, logGroupName });
        return [name, new CloudwatchLogMetricFilter(this, name, config)] as const;
      });
    const dashboard = values.enable_dashboard
      ? new CloudwatchDashboard(this, "dashboard", {
          dashboardName: values.dashboard_name || `${values.function_name}-monitoring`,
          dashboardBody: JSON.stringify(dashboardBody(props.stacks ?? [defaultStack(values, regionOf(this, values))])),
        })
      : undefined;
    this.outputs = {
      dashboard_name: dashboard?.dashboardName ?? "",
      dashboard_arn: dashboard?.dashboardArn ?? "",
      metric_namespace: metricScope.metricNamespace,
      metric_filter_names: Object.fromEntries(filters.map(([name, filter]) => [name, filter.name])),
    };
  }
}

const defaultStack = (values: Values<typeof CLOUDWATCH_METRICS>, region: string): DashboardStack => ({
  values: { ...values, aws_region: region, metric_namespace: namespaceOf(values) },
  names: {
    functionName: values.function_name,
    logGroupName: values.log_group_name,
    aliasName: values.alias_name,
    ...(values.upload_api_id !== "" && { uploadApiId: values.upload_api_id }),
  },
  showsRegion: false,
  showsImages: values.enable_image_metrics,
});
