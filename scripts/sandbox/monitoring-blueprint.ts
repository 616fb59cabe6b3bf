/** Reads the metric filters and alarms of a synthesized stack. */
import type { Alarm } from "../cloudwatch/alarm";
import type { CompositeAlarm } from "../cloudwatch/composite-alarm";
import type { MetricFilter } from "../cloudwatch/metric-filter";
import { METRIC, parsed, type Row } from "./stack-resources";

export const metricFilterOf = (row: Row<"aws_cloudwatch_log_metric_filter">): MetricFilter => {
  const { default_value: defaultValue, ...metric } = row.metric_transformation;
  return { name: row.name, logGroup: row.log_group_name, pattern: row.pattern, metric: { ...metric, defaultValue } };
};

export const compositeAlarmOf = (row: Row<"aws_cloudwatch_composite_alarm">): CompositeAlarm => ({
  name: row.alarm_name,
  description: row.alarm_description,
  rule: row.alarm_rule,
  actionsEnabled: row.actions_enabled,
  alarmActions: row.alarm_actions,
  okActions: row.ok_actions,
  insufficientDataActions: row.insufficient_data_actions,
  actionsSuppressor: row.actions_suppressor && {
    alarm: row.actions_suppressor.alarm,
    waitSeconds: row.actions_suppressor.wait_period,
    extensionSeconds: row.actions_suppressor.extension_period,
  },
});

export const alarmOf = (row: Row<"aws_cloudwatch_metric_alarm">): Alarm => ({
  name: row.alarm_name,
  description: row.alarm_description,
  comparison: row.comparison_operator,
  threshold: row.threshold,
  evaluationPeriods: row.evaluation_periods,
  datapointsToAlarm: row.datapoints_to_alarm,
  treatMissingData: row.treat_missing_data,
  evaluateLowSampleCountPercentiles: row.evaluate_low_sample_count_percentiles,
  actionsEnabled: row.actions_enabled,
  alarmActions: row.alarm_actions,
  okActions: row.ok_actions,
  insufficientDataActions: row.insufficient_data_actions,
  watches:
    row.metric_query.length === 0
      ? parsed(
          METRIC,
          { ...row, stat: row.statistic ?? row.extended_statistic },
          `aws_cloudwatch_metric_alarm ${row.alarm_name}`,
        )
      : row.metric_query.map(({ id, metric, expression, return_data: returnData, label }) => ({
          id,
          metric,
          expression,
          returnData,
          label,
        })),
});
