/** A filter that counts each fault in the log, and an alarm on each count. */
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { type AlarmContext, alarmConfig, logAlarms } from "./alarms";
import { metricFilterConfig } from "./metrics";

export interface LogAlertsProps extends AlarmContext {
  readonly logGroupName: string;
}

export class LogAlerts extends Construct {
  /** Full names of the alarms, by the end of each. */
  readonly alarmNames: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: LogAlertsProps) {
    super(scope, id);
    const watched = { ...props, metricNamespace: props.environment.metric_namespace };
    this.alarmNames = Object.fromEntries(
      logAlarms(props.environment).map((alarm) => {
        new CloudwatchLogMetricFilter(this, alarm.metric, metricFilterConfig(alarm.metric, watched));
        return [alarm.name, new CloudwatchMetricAlarm(this, alarm.name, alarmConfig(alarm, props)).alarmName];
      }),
    );
  }
}
