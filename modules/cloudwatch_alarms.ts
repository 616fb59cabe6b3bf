/** Alarms on metrics of Lambda, SQS and the function. */
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { type AlarmContext, alarmConfig, metricAlarms } from "./alarms";

export type CloudwatchAlarmsProps = AlarmContext;

export class CloudwatchAlarms extends Construct {
  /** Full names of the alarms, by name without the function's name in front. */
  readonly alarmNames: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: CloudwatchAlarmsProps) {
    super(scope, id);
    this.alarmNames = Object.fromEntries(
      metricAlarms(props.environment).map((alarm) => [
        alarm.name,
        new CloudwatchMetricAlarm(this, alarm.name, alarmConfig(alarm, props)).alarmName,
      ]),
    );
  }
}
