/** Rows of CloudWatch. */
import { at, type Json, list, mapOf, only, renamed, same, type TemplateType } from "./words";

const NOTIFYING = {
  alarm_name: "AlarmName",
  alarm_description: "AlarmDescription",
  actions_enabled: "ActionsEnabled",
  alarm_actions: "AlarmActions",
  ok_actions: "OKActions",
  insufficient_data_actions: "InsufficientDataActions",
};

const ALARM_REFERENCES = { Ref: "alarm_name", Arn: "arn" };

const metricOf = ({ MetricStat, ...query }: Json): Json => ({
  ...renamed(query, {
    id: "Id",
    expression: "Expression",
    label: "Label",
    period: "Period",
    return_data: "ReturnData",
  }),
  ...(MetricStat !== undefined && {
    metric: only({
      ...renamed(MetricStat, {
        metric_name: "Metric.MetricName",
        namespace: "Metric.Namespace",
        period: "Period",
        stat: "Stat",
        unit: "Unit",
      }),
      dimensions: mapOf(at(MetricStat, "Metric.Dimensions"), "Name", "Value"),
    }),
  }),
});

export const MONITORING: Readonly<Record<string, TemplateType>> = {
  "AWS::CloudWatch::Alarm": {
    references: ALARM_REFERENCES,
    rows: (properties) => [
      [
        "aws_cloudwatch_metric_alarm",
        only({
          ...renamed(properties, {
            ...NOTIFYING,
            metric_name: "MetricName",
            namespace: "Namespace",
            statistic: "Statistic",
            extended_statistic: "ExtendedStatistic",
            period: "Period",
            unit: "Unit",
            comparison_operator: "ComparisonOperator",
            threshold: "Threshold",
            evaluation_periods: "EvaluationPeriods",
            datapoints_to_alarm: "DatapointsToAlarm",
            treat_missing_data: "TreatMissingData",
            evaluate_low_sample_count_percentiles: "EvaluateLowSampleCountPercentile",
          }),
          dimensions: mapOf(properties.Dimensions, "Name", "Value"),
          metric_query: properties.Metrics && list(properties.Metrics).map(metricOf),
        }),
      ],
    ],
  },
  "AWS::CloudWatch::CompositeAlarm": same(
    "aws_cloudwatch_composite_alarm",
    {
      ...NOTIFYING,
      alarm_rule: "AlarmRule",
      actions_suppressor: {
        alarm: "ActionsSuppressor",
        wait_period: "ActionsSuppressorWaitPeriod",
        extension_period: "ActionsSuppressorExtensionPeriod",
      },
    },
    ALARM_REFERENCES,
  ),
  "AWS::CloudWatch::Dashboard": same(
    "aws_cloudwatch_dashboard",
    { dashboard_name: "DashboardName", dashboard_body: "DashboardBody" },
    { Ref: "dashboard_name" },
  ),
  "AWS::Logs::LogGroup": same(
    "aws_cloudwatch_log_group",
    { name: "LogGroupName", retention_in_days: "RetentionInDays", kms_key_id: "KmsKeyId" },
    { Ref: "name" },
  ),
  "AWS::Logs::MetricFilter": {
    rows: (properties) => {
      const [transformation = {}] = list(properties.MetricTransformations);
      return [
        [
          "aws_cloudwatch_log_metric_filter",
          {
            ...renamed(properties, { name: "FilterName", log_group_name: "LogGroupName", pattern: "FilterPattern" }),
            metric_transformation: only({
              ...renamed(transformation, {
                name: "MetricName",
                namespace: "MetricNamespace",
                value: "MetricValue",
                default_value: "DefaultValue",
                unit: "Unit",
              }),
              dimensions: mapOf(transformation.Dimensions, "Key", "Value"),
            }),
          },
        ],
      ];
    },
  },
  "AWS::Logs::QueryDefinition": same("aws_cloudwatch_query_definition", {
    name: "Name",
    log_group_names: "LogGroupNames",
    query_string: "QueryString",
  }),
};
