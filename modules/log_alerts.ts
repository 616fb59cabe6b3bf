/** A metric filter that counts each fault in the log, an alarm on each count, and saved Logs Insights queries. */
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Construct } from "constructs";
import { type FaultName, METRICS, type Metric } from "../handler/contract/metrics";
import { type AlarmContext, alarmConfig } from "./alarm-config";
import { faultAlarmRows, faultLedger } from "./alarm-rows";
import type { LogAlarm } from "./alarm-types";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { LOG_ALARM_VALUES, LOG_ALERTS } from "./inputs/log_alerts";
import { distinctAlarms, knownMetrics, knownRows, LOG_ALARM_CHECKS } from "./known-rows";
import { atRefusalLevel, isImageMetric, metricFilterConfig, namespaceOf } from "./metrics";
import { LOG_ALARM_OUTPUTS, originalOutputs } from "./original-outputs";

/** @typeParam M names of the faults: an alarm on any other name does not compile */
export type LogAlertsProps<M extends string = FaultName> = Given<typeof LOG_ALERTS> & {
  /** Faults by name, each with the log lines that count. @default the faults of the image handler */
  readonly metrics?: Readonly<Record<M, Metric>>;
  /** One alarm for each fault. @default LOG_ALARMS or, by alarm_routing, INCIDENT_LOG_ALARMS */
  readonly faults?: Readonly<Record<NoInfer<M>, LogAlarm>>;
};

export class LogAlerts<M extends string = FaultName> extends Construct {
  readonly outputs: {
    /** Full names of the alarms, by name without the function's name in front. */
    readonly alarm_names: Readonly<Record<string, string>>;
    readonly alarm_arns: Readonly<Record<string, string>>;
    readonly all_log_alarm_names: readonly string[];
    readonly metric_filter_names: Readonly<Record<string, string>>;
  } & Readonly<Record<keyof typeof LOG_ALARM_OUTPUTS, string>>;

  constructor(scope: Construct, id: string, props: LogAlertsProps<M>) {
    super(scope, id);
    const values = valuesOf("log_alerts", LOG_ALERTS, props);
    const metrics: Readonly<Record<string, Metric>> = props.metrics ?? METRICS;
    const ledger: Readonly<Record<string, LogAlarm>> = props.faults ?? faultLedger(values);
    knownMetrics("log_alerts", metrics);
    knownRows("log_alerts", ledger, LOG_ALARM_CHECKS, LOG_ALARM_VALUES);
    const metricScope = {
      functionName: values.function_name,
      metricNamespace: namespaceOf(values),
      logGroupName: values.log_group_name,
    };
    const made = faultAlarmRows(values, ledger).flatMap(({ fault, ...alarm }) => {
      const row = metrics[fault];
      if (row === undefined) throw new Error(`log_alerts: Expected a metric of the ledger but got "${fault}"`);
      if (!values.enable_image_metrics && isImageMetric(row)) return [];
      const counted = atRefusalLevel(row, values.refusal_log_level);
      const filter = new CloudwatchLogMetricFilter(this, fault, metricFilterConfig(fault, counted, metricScope));
      const config = alarmConfig(alarm, contextOf(values, metricScope, metrics));
      return [{ metric: fault, filter, name: alarm.name, alarm: new CloudwatchMetricAlarm(this, alarm.name, config) }];
    });
    distinctAlarms("log_alerts", this);
    if (values.enable_saved_queries) this.saveQueries(values);
    const arns = Object.fromEntries(made.map(({ name, alarm }) => [name, alarm.arn]));
    this.outputs = {
      alarm_names: Object.fromEntries(made.map(({ name, alarm }) => [name, alarm.alarmName])),
      alarm_arns: arns,
      all_log_alarm_names: made.map(({ alarm }) => alarm.alarmName),
      metric_filter_names: Object.fromEntries(made.map(({ metric, filter }) => [metric, filter.name])),
      ...originalOutputs(LOG_ALARM_OUTPUTS, arns),
    };
  }

  /** The console shows a slash in a query's name as a folder. */
  private saveQueries(values: Values<typeof LOG_ALERTS>): void {
    for (const [id, logGroup, queries] of [
      ["query", values.log_group_name, values.queries],
      ["upload-query", values.upload_log_group_name, values.upload_queries],
      ["backfill-query", values.backfill_log_group_name, values.backfill_queries],
    ] as const)
      for (const [name, queryString] of Object.entries(queries))
        new CloudwatchQueryDefinition(this, `${id}-${name.replaceAll("/", "-")}`, {
          name: `${values.function_name}/${name}`,
          logGroupNames: [logGroup],
          queryString,
        });
  }
}

const contextOf = (
  values: Values<typeof LOG_ALERTS>,
  metricScope: Pick<AlarmContext, "functionName" | "metricNamespace">,
  metrics: Readonly<Record<string, Metric>>,
): AlarmContext => ({
  ...metricScope,
  topicArns: { log: values.log_alerts_topic_arn },
  metrics,
  help: values.alarm_help,
  savedQueries: values.enable_saved_queries,
  runbookBaseUrl: values.runbook_base_url,
});
