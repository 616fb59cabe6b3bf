/** A filter for each measure that is made from log lines, and the dashboard that shows them all. */
import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { Construct } from "constructs";
import { METRICS, type MeasuredName, type Metric } from "../handler/contract/metrics";
import { dashboardBody } from "./dashboard";
import { metricFilterConfig } from "./metrics";
import type { Names } from "./naming";
import type { Environment } from "./variables";

export interface CloudwatchMetricsProps {
  readonly environment: Environment;
  readonly names: Names;
  /** The log group to read; a reference, so that it exists before its filters. */
  readonly logGroupName: string;
}

const isMeasured = (entry: [string, Metric]): entry is [MeasuredName, Metric] =>
  entry[1].kind === "measure" && entry[1].from !== "handler";

export class CloudwatchMetrics extends Construct {
  /** Undefined where enable_cloudwatch_dashboard is off. */
  readonly dashboardName: string | undefined;

  constructor(scope: Construct, id: string, { environment, names, logGroupName }: CloudwatchMetricsProps) {
    super(scope, id);
    const watched = { functionName: names.functionName, metricNamespace: environment.metric_namespace, logGroupName };
    for (const [metric] of Object.entries<Metric>(METRICS).filter(isMeasured)) {
      new CloudwatchLogMetricFilter(this, metric, metricFilterConfig(metric, watched));
    }
    if (!environment.enable_cloudwatch_dashboard) return;
    this.dashboardName = new CloudwatchDashboard(this, "dashboard", {
      dashboardName: names.dashboardName,
      dashboardBody: JSON.stringify(dashboardBody(environment, names)),
    }).dashboardName;
  }
}
