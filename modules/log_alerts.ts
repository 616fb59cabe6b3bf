/** A metric filter that counts each fault in the log, an alarm on each count, and saved Logs Insights queries. */
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Construct } from "constructs";
import { type AlarmContext, alarmConfig, logAlarms } from "./alarms";
import { metricFilterConfig } from "./metrics";
import { savedQueries } from "./queries";

export interface LogAlertsProps extends AlarmContext {
  readonly logGroupName: string;
}

export class LogAlerts extends Construct {
  /** Full names of the alarms, by name without the function's name in front. */
  readonly alarmNames: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: LogAlertsProps) {
    super(scope, id);
    const metricScope = { ...props, metricNamespace: props.environment.metric_namespace };
    this.alarmNames = Object.fromEntries(
      logAlarms(props.environment).map((alarm) => {
        new CloudwatchLogMetricFilter(this, alarm.metric, metricFilterConfig(alarm.metric, metricScope));
        return [alarm.name, new CloudwatchMetricAlarm(this, alarm.name, alarmConfig(alarm, props)).alarmName];
      }),
    );
    if (props.environment.enable_saved_queries) this.saveQueries(props);
  }

  /** The console shows a slash in a query's name as a folder. */
  private saveQueries({ environment, functionName, logGroupName }: LogAlertsProps): void {
    for (const [name, queryString] of Object.entries(savedQueries(environment)))
      new CloudwatchQueryDefinition(this, `query-${name.replaceAll("/", "-")}`, {
        name: `${functionName}/${name}`,
        logGroupNames: [logGroupName],
        queryString,
      });
  }
}
