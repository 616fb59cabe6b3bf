/** Rows of CloudWatch. */
import { block, blocks, type Fields, number, pairs, to } from "../fields";
import { LOG_GROUP_ARN, type References, type Row } from "./row";

const alarmFields: Fields = {
  alarm_name: to("AlarmName"),
  alarm_description: to("AlarmDescription"),
  actions_enabled: to("ActionsEnabled"),
  alarm_actions: to("AlarmActions"),
  ok_actions: to("OKActions"),
  insufficient_data_actions: to("InsufficientDataActions"),
};

const metricFields: Fields = {
  metric_name: to("MetricName"),
  namespace: to("Namespace"),
  dimensions: pairs("Dimensions", "Name", "Value"),
};

const alarmReferences: References = { id: "${@}", alarm_name: "${@}", arn: "${@.Arn}" };

export const MONITORING = {
  aws_cloudwatch_composite_alarm: {
    how: "same",
    type: "AWS::CloudWatch::CompositeAlarm",
    tags: "list",
    references: alarmReferences,
    fields: {
      ...alarmFields,
      alarm_rule: to("AlarmRule"),
      actions_suppressor: block({
        alarm: to("ActionsSuppressor"),
        wait_period: number("ActionsSuppressorWaitPeriod"),
        extension_period: number("ActionsSuppressorExtensionPeriod"),
      }),
    },
  },
  aws_cloudwatch_dashboard: {
    how: "same",
    type: "AWS::CloudWatch::Dashboard",
    references: {
      dashboard_name: "${@}",
      dashboard_arn: "arn:${AWS::Partition}:cloudwatch::${AWS::AccountId}:dashboard/${@}",
    },
    fields: { dashboard_name: to("DashboardName"), dashboard_body: to("DashboardBody") },
  },
  aws_cloudwatch_log_group: {
    how: "same",
    type: "AWS::Logs::LogGroup",
    tags: "list",
    // Arn of CloudFormation ends in `:*`, that of Terraform does not.
    references: { id: "${@}", name: "${@}", arn: `${LOG_GROUP_ARN}\${@}` },
    fields: { name: to("LogGroupName"), retention_in_days: number("RetentionInDays"), kms_key_id: to("KmsKeyId") },
  },
  aws_cloudwatch_log_metric_filter: {
    how: "same",
    type: "AWS::Logs::MetricFilter",
    idEnd: "Filter",
    fields: {
      name: to("FilterName"),
      log_group_name: to("LogGroupName"),
      pattern: to("FilterPattern"),
      metric_transformation: blocks("MetricTransformations", {
        name: to("MetricName"),
        namespace: to("MetricNamespace"),
        value: to("MetricValue"),
        default_value: number("DefaultValue"),
        unit: to("Unit"),
        dimensions: pairs("Dimensions", "Key", "Value"),
      }),
    },
  },
  aws_cloudwatch_metric_alarm: {
    how: "same",
    type: "AWS::CloudWatch::Alarm",
    tags: "list",
    references: alarmReferences,
    fields: {
      ...alarmFields,
      ...metricFields,
      statistic: to("Statistic"),
      extended_statistic: to("ExtendedStatistic"),
      period: number("Period"),
      unit: to("Unit"),
      comparison_operator: to("ComparisonOperator"),
      threshold: number("Threshold"),
      evaluation_periods: number("EvaluationPeriods"),
      datapoints_to_alarm: number("DatapointsToAlarm"),
      treat_missing_data: to("TreatMissingData"),
      evaluate_low_sample_count_percentiles: to("EvaluateLowSampleCountPercentile"),
      metric_query: blocks("Metrics", {
        id: to("Id"),
        expression: to("Expression"),
        label: to("Label"),
        period: number("Period"),
        return_data: to("ReturnData"),
        metric: block({
          metric_name: to("MetricStat.Metric.MetricName"),
          namespace: to("MetricStat.Metric.Namespace"),
          dimensions: pairs("MetricStat.Metric.Dimensions", "Name", "Value"),
          period: number("MetricStat.Period"),
          stat: to("MetricStat.Stat"),
          unit: to("MetricStat.Unit"),
        }),
      }),
    },
  },
  aws_cloudwatch_query_definition: {
    how: "same",
    type: "AWS::Logs::QueryDefinition",
    fields: { name: to("Name"), log_group_names: to("LogGroupNames"), query_string: to("QueryString") },
  },
} as const satisfies Readonly<Record<string, Row>>;
