/** Alarms on metrics of Lambda, SQS and the function. */
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { METRICS, type Metric, type MetricName } from "../handler/contract/metrics";
import { alarmConfig } from "./alarm-config";
import { alarmRows } from "./alarm-rows";
import type { MetricAlarm } from "./alarm-types";
import { METRIC_ALARMS } from "./alarms";
import { CLOUDWATCH_ALARMS } from "./inputs/cloudwatch_alarms";
import { type Given, valuesOf } from "./inputs/inputs";
import { knownRows, METRIC_ALARM_KEYS } from "./known-rows";
import { type LambdaMetricName, namespaceOf, type QueueMetricName } from "./metrics";

/** @typeParam M names of the custom metrics: an alarm on any other name does not compile */
export type CloudwatchAlarmsProps<M extends string = MetricName> = Given<typeof CLOUDWATCH_ALARMS> & {
  /** Custom metrics by name. @default the metrics of the image handler */
  readonly metrics?: Readonly<Record<M, Metric>>;
  /** Alarms by name. @default METRIC_ALARMS; extend it with `{ ...METRIC_ALARMS, "queue-depth": { … } }` */
  readonly alarms?: Readonly<Record<string, MetricAlarm<NoInfer<M> | LambdaMetricName | QueueMetricName>>>;
};

export class CloudwatchAlarms<M extends string = MetricName> extends Construct {
  readonly outputs: {
    /** Full names of the alarms, by name without the function's name in front. */
    readonly alarm_names: Readonly<Record<string, string>>;
    readonly alarm_arns: Readonly<Record<string, string>>;
    readonly all_alarm_names: readonly string[];
  };

  constructor(scope: Construct, id: string, props: CloudwatchAlarmsProps<M>) {
    super(scope, id);
    const values = valuesOf("cloudwatch_alarms", CLOUDWATCH_ALARMS, props);
    const { metrics = METRICS, alarms: ledger = METRIC_ALARMS } = props;
    knownRows("cloudwatch_alarms", ledger, METRIC_ALARM_KEYS);
    const context = {
      functionName: values.function_name,
      metricNamespace: namespaceOf(values),
      topicArns: { critical: values.critical_alerts_topic_arn, performance: values.performance_alerts_topic_arn },
      values,
      metrics,
      ...(values.dead_letter_queue_name !== "" && { deadLetterQueueName: values.dead_letter_queue_name }),
      newest: { aliasName: values.alias_name, version: values.function_version },
      help: values.alarm_help,
      savedQueries: values.enable_saved_queries,
      runbookBaseUrl: values.runbook_base_url,
    };
    const only = values.enable_image_metrics ? undefined : "metrics of Lambda and SQS";
    const alarms = alarmRows(values, ledger, only).map(
      (alarm) => [alarm.name, new CloudwatchMetricAlarm(this, alarm.name, alarmConfig(alarm, context))] as const,
    );
    this.outputs = {
      alarm_names: Object.fromEntries(alarms.map(([name, { alarmName }]) => [name, alarmName])),
      alarm_arns: Object.fromEntries(alarms.map(([name, { arn }]) => [name, arn])),
      all_alarm_names: alarms.map(([, { alarmName }]) => alarmName),
    };
  }
}
