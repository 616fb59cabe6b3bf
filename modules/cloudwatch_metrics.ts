/** A metric filter for each measure that comes from log lines, and the dashboard that charts all measures. */
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
  /** The log group to read. Pass a reference, so that Terraform creates the group before its filters. */
  readonly logGroupName: string;
}

const isMeasured = (entry: [string, Metric]): entry is [MeasuredName, Metric] =>
  entry[1].kind === "measure" && entry[1].from !== "handler";

export class CloudwatchMetrics extends Construct {
  /** The dashboard of all regions. It is created in the first region. Undefined where enable_cloudwatch_dashboard is off. */
  readonly dashboard: { readonly name: string; readonly region: string } | undefined;

  constructor(scope: Construct, id: string, { environment, functionName, logGroupName }: CloudwatchMetricsProps) {
    super(scope, id);
    const metricScope = { functionName, metricNamespace: environment.metric_namespace, logGroupName };
    for (const [metric] of Object.entries<Metric>(METRICS).filter(isMeasured)) {
      new CloudwatchLogMetricFilter(this, metric, metricFilterConfig(metric, metricScope));
    }
    if (!environment.enable_cloudwatch_dashboard) return;
    const home = homeOf(environment);
    const { dashboardName } = naming(home);
    const isHere = home.aws_region === environment.aws_region;
    this.dashboard = {
      name: isHere ? this.createDashboard(dashboardName, environment) : dashboardName,
      region: home.aws_region,
    };
  }

  private createDashboard(dashboardName: string, environment: Environment): string {
    const body = JSON.stringify(dashboardBody(environment));
    return new CloudwatchDashboard(this, "dashboard", { dashboardName, dashboardBody: body }).dashboardName;
  }
}
