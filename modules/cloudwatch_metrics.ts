/** A filter for each measure that is made from log lines, and the dashboard that shows them all. */
import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { Construct } from "constructs";
import { METRICS, type MeasuredName, type Metric } from "../handler/contract/metrics";
import { dashboardBody } from "./dashboard";
import { metricFilterConfig } from "./metrics";
import { homeOf, naming } from "./naming";
import type { Environment } from "./variables";

export interface CloudwatchMetricsProps {
  readonly environment: Environment;
  readonly functionName: string;
  /** The log group to read; a reference, so that it exists before its filters. */
  readonly logGroupName: string;
}

const isMeasured = (entry: [string, Metric]): entry is [MeasuredName, Metric] =>
  entry[1].kind === "measure" && entry[1].from !== "handler";

export class CloudwatchMetrics extends Construct {
  /** The dashboard of all regions, which is in the first; undefined where enable_cloudwatch_dashboard is off. */
  readonly dashboard: { readonly name: string; readonly region: string } | undefined;

  constructor(scope: Construct, id: string, { environment, functionName, logGroupName }: CloudwatchMetricsProps) {
    super(scope, id);
    const watched = { functionName, metricNamespace: environment.metric_namespace, logGroupName };
    for (const [metric] of Object.entries<Metric>(METRICS).filter(isMeasured)) {
      new CloudwatchLogMetricFilter(this, metric, metricFilterConfig(metric, watched));
    }
    if (!environment.enable_cloudwatch_dashboard) return;
    const home = homeOf(environment);
    const { dashboardName } = naming(home);
    const isHere = home.aws_region === environment.aws_region;
    this.dashboard = { name: isHere ? this.show(dashboardName, environment) : dashboardName, region: home.aws_region };
  }

  private show(dashboardName: string, environment: Environment): string {
    const body = JSON.stringify(dashboardBody(environment));
    return new CloudwatchDashboard(this, "dashboard", { dashboardName, dashboardBody: body }).dashboardName;
  }
}
