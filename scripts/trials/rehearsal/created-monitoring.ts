/** Compares the monitoring in an account after an apply with that of the stack. */
import {
  DescribeAlarmsCommand,
  type Dimension,
  GetDashboardCommand,
  type MetricAlarm,
  type MetricDataQuery,
  type MetricStat,
} from "@aws-sdk/client-cloudwatch";
import { DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ListSubscriptionsCommand, ListTopicsCommand } from "@aws-sdk/client-sns";
import type { Look } from "./finding";

const byName = <T extends { readonly name: string }>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));

const filters: Look = async ({ logs }, { blueprint }) => {
  const { metricFilters = [] } = await logs.send(
    new DescribeMetricFiltersCommand({ logGroupName: blueprint.function.logGroup }),
  );
  const got = metricFilters.map(({ filterName = "", filterPattern, logGroupName, metricTransformations }) => {
    const [metric] = metricTransformations ?? [];
    return {
      name: filterName,
      logGroup: logGroupName,
      pattern: filterPattern,
      metric: [metric?.metricNamespace, metric?.metricName, metric?.metricValue, metric?.unit, metric?.defaultValue],
      dimensions: metric?.dimensions,
    };
  });
  const expected = blueprint.metricFilters.map(({ name, logGroup, pattern, metric }) => ({
    name,
    logGroup,
    pattern,
    metric: [metric.namespace, metric.name, metric.value, metric.unit, metric.defaultValue],
    dimensions: metric.dimensions,
  }));
  return [{ title: `metric filters: all ${expected.length}`, expected: byName(expected), got: byName(got) }];
};

/** CloudWatch does not keep the order of metric queries. */
const byId = (queries: readonly MetricDataQuery[] | undefined): MetricDataQuery[] =>
  [...(queries ?? [])].sort((a, b) => ((a.Id ?? "") < (b.Id ?? "") ? -1 : 1));

const dimensionsOf = (dimensions: readonly Dimension[] | undefined) =>
  Object.fromEntries((dimensions ?? []).map(({ Name = "", Value }) => [Name, Value]));

const statistic = (stat: MetricStat) => ({
  namespace: stat.Metric?.Namespace,
  name: stat.Metric?.MetricName,
  dimensions: dimensionsOf(stat.Metric?.Dimensions),
  statistic: stat.Stat,
  periodSeconds: stat.Period,
});

const watched = (alarm: MetricAlarm) =>
  alarm.MetricName
    ? statistic({
        Metric: { Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions },
        Stat: alarm.Statistic ?? alarm.ExtendedStatistic,
        Period: alarm.Period,
      })
    : byId(alarm.Metrics).map(({ Id, MetricStat, Expression, ReturnData }) => ({
        id: Id,
        ...(MetricStat && { metric: statistic(MetricStat) }),
        ...(Expression && { expression: Expression }),
        returnData: ReturnData,
      }));

const alarms: Look = async ({ cloudwatch }, { blueprint }) => {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  const got = MetricAlarms.map((alarm) => ({
    name: alarm.AlarmName ?? "",
    comparison: alarm.ComparisonOperator as string | undefined,
    threshold: alarm.Threshold,
    periods: [alarm.DatapointsToAlarm, alarm.EvaluationPeriods],
    missing: alarm.TreatMissingData,
    actions: [alarm.ActionsEnabled, alarm.AlarmActions, alarm.OKActions],
    watches: watched(alarm),
  }));
  const expected = blueprint.alarms.map((alarm) => ({
    name: alarm.name,
    comparison: alarm.comparison,
    threshold: alarm.threshold,
    periods: [alarm.datapointsToAlarm, alarm.evaluationPeriods],
    missing: alarm.treatMissingData,
    actions: [alarm.actionsEnabled ?? true, alarm.alarmActions, alarm.okActions],
    watches: "namespace" in alarm.watches ? alarm.watches : [...alarm.watches].sort((a, b) => (a.id < b.id ? -1 : 1)),
  }));
  // An alarm has either one metric or queries; both compare as JSON.
  const plain = (rows: readonly { name: string }[]) =>
    JSON.parse(JSON.stringify(byName(rows), (key, value) => (key === "label" ? undefined : value)));
  return [{ title: `alarms: all ${expected.length}`, expected: plain(expected), got: plain(got) }];
};

const dashboard: Look = async ({ cloudwatch }, { blueprint }) => {
  const bodies = blueprint.dashboards.map(({ name }) =>
    cloudwatch.send(new GetDashboardCommand({ DashboardName: name })),
  );
  const got = (await Promise.all(bodies)).map(({ DashboardBody = "null" }) => JSON.parse(DashboardBody));
  return [
    { title: "dashboard: body", expected: blueprint.dashboards.map(({ body }) => body), got },
    {
      title: "dashboard: names the deployed function",
      expected: true,
      got: JSON.stringify(got).includes(`"FunctionName","${blueprint.function.name}"`),
    },
  ];
};

const subscriptions: Look = async ({ sns }, { blueprint }) => {
  const [{ Topics = [] }, { Subscriptions = [] }] = await Promise.all([
    sns.send(new ListTopicsCommand({})),
    sns.send(new ListSubscriptionsCommand({})),
  ]);
  return [
    {
      title: `topics: all ${blueprint.topics.length}`,
      expected: blueprint.topics.map(({ arn }) => arn).sort(),
      got: Topics.map(({ TopicArn }) => TopicArn).sort(),
    },
    {
      title: `subscriptions: all ${blueprint.subscriptions.length}`,
      expected: blueprint.subscriptions.map((row) => `${row.topicArn} ${row.protocol} ${row.endpoint}`).sort(),
      got: Subscriptions.map((row) => `${row.TopicArn} ${row.Protocol} ${row.Endpoint}`).sort(),
    },
  ];
};

/** All comparisons: add a function. */
export const MONITORING_LOOKS: readonly Look[] = [filters, alarms, dashboard, subscriptions];
