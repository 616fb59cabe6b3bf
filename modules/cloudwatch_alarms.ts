/** Alarms on metrics of Lambda, SQS, DynamoDB and the function. */
import { CloudwatchCompositeAlarm } from "@cdktf/provider-aws/lib/cloudwatch-composite-alarm";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { METRICS, type Metric, type MetricName } from "../handler/contract/metrics";
import { type AlarmContext, alarmConfig, compositeConfig, namedBy } from "./alarm-config";
import { alarmRows, compositeLedger, compositeRows, metricLedger } from "./alarm-rows";
import type { CompositeAlarm, MetricAlarm } from "./alarm-types";
import { ALARM_VALUES, CLOUDWATCH_ALARMS } from "./inputs/cloudwatch_alarms";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import {
  allowedWindows,
  COMPOSITE_ALARM_CHECKS,
  distinctAlarms,
  knownMetrics,
  knownNames,
  knownRows,
  METRIC_ALARM_CHECKS,
} from "./known-rows";
import {
  type ApiMetricName,
  type BackfillMetricName,
  type LambdaMetricName,
  namespaceOf,
  type QueueMetricName,
  type TableMetricName,
} from "./metrics";
import { METRIC_ALARM_OUTPUTS, originalOutputs } from "./original-outputs";

/** @typeParam M names of the custom metrics: an alarm on any other name does not compile */
export type CloudwatchAlarmsProps<M extends string = MetricName> = Given<typeof CLOUDWATCH_ALARMS> & {
  /** Custom metrics by name. @default the metrics of the image handler */
  readonly metrics?: Readonly<Record<M, Metric>>;
  /** Alarms by name. @default METRIC_ALARMS or, by alarm_routing, INCIDENT_ALARMS; extend it with `{ ...METRIC_ALARMS, "queue-depth": { … } }` */
  readonly alarms?: Readonly<
    Record<
      string,
      MetricAlarm<
        NoInfer<M> | LambdaMetricName | QueueMetricName | TableMetricName | ApiMetricName | BackfillMetricName
      >
    >
  >;
  /** Composite alarms by name. @default none or, by alarm_routing, COMPOSITE_ALARMS */
  readonly composites?: Readonly<Record<string, CompositeAlarm>>;
};

export class CloudwatchAlarms<M extends string = MetricName> extends Construct {
  readonly outputs: {
    /** Full names of the alarms, by name without the function's name in front. */
    readonly alarm_names: Readonly<Record<string, string>>;
    readonly alarm_arns: Readonly<Record<string, string>>;
    readonly all_alarm_names: readonly string[];
  } & Readonly<Record<keyof typeof METRIC_ALARM_OUTPUTS, string>>;

  constructor(scope: Construct, id: string, props: CloudwatchAlarmsProps<M>) {
    super(scope, id);
    const values = valuesOf("cloudwatch_alarms", CLOUDWATCH_ALARMS, props);
    requireImageMetrics(values);
    const { metrics = METRICS, alarms: ledger = metricLedger(values), composites = compositeLedger(values) } = props;
    knownMetrics("cloudwatch_alarms", metrics);
    knownRows("cloudwatch_alarms", ledger, METRIC_ALARM_CHECKS, ALARM_VALUES);
    knownRows("cloudwatch_alarms", composites, COMPOSITE_ALARM_CHECKS, ALARM_VALUES, Object.keys(ledger));
    knownNames("cloudwatch_alarms", composites, Object.keys(ledger));
    const only = values.enable_image_metrics ? undefined : "metrics of AWS services";
    const rows = alarmRows(values, ledger, only);
    allowedWindows("cloudwatch_alarms", rows);
    const compositeAlarms = compositeRows(
      composites,
      rows.map(({ name }) => name),
    );
    const context = { ...contextOf(values, metrics), isNamed: namedBy(compositeAlarms) };
    const made: Record<string, CloudwatchMetricAlarm | CloudwatchCompositeAlarm> = {};
    for (const row of rows) made[row.name] = new CloudwatchMetricAlarm(this, row.name, alarmConfig(row, context));
    for (const row of compositeAlarms)
      made[row.name] = new CloudwatchCompositeAlarm(this, row.name, compositeConfig(row, context, made));
    distinctAlarms("cloudwatch_alarms", this);
    const alarms = Object.entries(made);
    const arns = Object.fromEntries(alarms.map(([name, { arn }]) => [name, arn]));
    this.outputs = {
      alarm_names: Object.fromEntries(alarms.map(([name, { alarmName }]) => [name, alarmName])),
      alarm_arns: arns,
      all_alarm_names: alarms.map(([, { alarmName }]) => alarmName),
      ...originalOutputs(METRIC_ALARM_OUTPUTS, arns),
    };
  }
}

type AlarmsValues = Values<typeof CLOUDWATCH_ALARMS>;

const requireImageMetrics = ({ alarm_routing, enable_image_metrics }: AlarmsValues): void => {
  if (alarm_routing === "each" || enable_image_metrics) return;
  throw new Error(
    'cloudwatch_alarms: Expected "each" for alarm_routing but got "incident": its alarms need enable_image_metrics',
  );
};

const topicsOf = (values: AlarmsValues): AlarmContext["topicArns"] => {
  const { critical_alerts_topic_arn: critical, performance_alerts_topic_arn: performance } = values;
  const log = values.log_alerts_topic_arn || (values.alarm_routing === "incident" ? performance : "");
  return { critical, performance, ...(log !== "" && { log }) };
};

const contextOf = (values: AlarmsValues, metrics: Readonly<Record<string, Metric>>): AlarmContext => ({
  functionName: values.function_name,
  metricNamespace: namespaceOf(values),
  topicArns: topicsOf(values),
  metrics,
  ...(values.dead_letter_queue_name !== "" && { deadLetterQueueName: values.dead_letter_queue_name }),
  ...(values.records_table_name !== "" && { recordsTableName: values.records_table_name }),
  ...(values.upload_api_id !== "" && { uploadApiId: values.upload_api_id }),
  ...(values.backfill_state_machine_arn !== "" && {
    backfill: { stateMachineArn: values.backfill_state_machine_arn, functionName: values.backfill_function_name },
  }),
  newest: { aliasName: values.alias_name, version: values.function_version },
  help: values.alarm_help,
  savedQueries: values.enable_saved_queries,
  runbookBaseUrl: values.runbook_base_url,
});
