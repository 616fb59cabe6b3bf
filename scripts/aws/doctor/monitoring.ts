/** Checks of the monitoring: log and errors in it, dead-letter queue, alarms and their metrics, dashboard. */
import { GetDashboardCommand, type Metric, paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { compositeAlarms, healthAlarms, isOfApi, singleAlarms } from "../../../modules/alarm-rows";
import type { AlarmRow } from "../../../modules/alarm-types";
import {
  type AnyMetric,
  isBackfillMetric,
  isTableMetric,
  type MetricAddress,
  metricAddress,
} from "../../../modules/metrics";
import { homeOf, naming, stackName } from "../../../modules/naming";
import { fieldsOf, logLine } from "../../terminal/log-line";
import { answerTo, ifFound } from "../account";
import { type AccountAlarm, listAlarms } from "../account-alarms";
import { logEvents, logGroupOf, patternFor } from "../account-log";
import { messagesIn, queueUrlOf } from "../dead-letters";
import { type Check, deploy, type Finding, ok, problem, type Subject, warning } from "./check";

const HOUR_MS = 3_600_000;

const logGroup: Check["look"] = async ({ environment, names: { logGroupName }, aws }) => {
  const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName });
  const { logGroups = [] } = await answerTo("DescribeLogGroups", aws.logs.send(command));
  const group = logGroups.find(({ logGroupName: name }) => name === logGroupName);
  if (group === undefined) return [problem(`${logGroupName} does not exist`, deploy(environment))];
  const { retentionInDays: days } = group;
  // The owner of an existing log group decides how long it keeps lines.
  const isRight = days === environment.log_retention_days || environment.existing_log_group_name !== "";
  return isRight
    ? [ok(`${logGroupName} keeps lines for ${days ?? "unlimited"} days`)]
    : [
        problem(
          `${logGroupName} keeps lines for ${days ?? "unlimited"} days, not ${environment.log_retention_days}`,
          deploy(environment),
        ),
      ];
};

const errors: Check["look"] = async ({ environment, aws }) => {
  let count = 0;
  let last = "";
  const query = { pattern: patternFor({ errors: true }), sinceMs: Date.now() - HOUR_MS };
  for await (const { text } of logEvents(logGroupOf(aws.logs, environment), query)) {
    count += 1;
    last = text;
  }
  return count === 0
    ? [ok("none in the last hour")]
    : [
        warning(
          `${count} in the last hour; the last: ${logLine(fieldsOf(last))}`,
          `npm run logs -- ${stackName(environment)} --errors --since 1h`,
        ),
      ];
};

const deadLetters: Check["look"] = async ({ environment, names: { deadLetterQueueName }, aws }) => {
  const url = await ifFound(queueUrlOf(aws.sqs, deadLetterQueueName));
  if (url === undefined) return [problem(`${deadLetterQueueName} does not exist`, deploy(environment))];
  const count = await messagesIn(aws.sqs, url);
  return count === 0
    ? [ok("the queue is empty")]
    : [warning(`the queue holds ${count} messages`, `npm run redrive -- ${stackName(environment)} --dry-run`)];
};

/** What is wrong with an alarm as the account has it. */
const alarmFindings = (
  { name, state, reason, actionsEnabled, threshold, notifies }: AccountAlarm,
  { environment, names }: Subject,
): Finding[] => {
  const row = [...singleAlarms(environment), ...compositeAlarms(environment)].find((each) => each.name === name);
  if (row === undefined) return [];
  const isBad = state === "ALARM" && !healthAlarms(environment).includes(name);
  const topic = row.severity === "none" ? undefined : names.topics[row.severity];
  return [
    ...(actionsEnabled ? [] : [problem(`${name} notifies no one: its actions are disabled`, deploy(environment))]),
    ...(topic === undefined || notifies.some((arn) => arn.endsWith(`:${topic}`))
      ? []
      : [problem(`${name} does not notify ${topic}`, deploy(environment))]),
    ...("rule" in row || threshold === row.threshold
      ? []
      : [problem(`${name} has the threshold ${threshold} instead of ${row.threshold}`, deploy(environment))]),
    ...(isBad ? [warning(`${name} is in ALARM: ${reason}`, `docs/runbooks/${row.runbook ?? name}.md`)] : []),
  ];
};

const alarms: Check["look"] = async (subject) => {
  const { environment, aws } = subject;
  const { alarms: found, missing } = await listAlarms(aws.cloudwatch, environment);
  const findings = [
    ...(missing.length === 0 ? [] : [problem(`missing: ${missing.join(", ")}`, deploy(environment))]),
    ...found.flatMap((alarm) => alarmFindings(alarm, subject)),
  ];
  return findings.length > 0 ? findings : [ok(`all ${found.length} exist and none is in ALARM`)];
};

const isSame = ({ namespace, metricName, dimensions = {} }: MetricAddress, metric: Metric): boolean =>
  metric.Namespace === namespace &&
  metric.MetricName === metricName &&
  metric.Dimensions?.length === Object.keys(dimensions).length &&
  metric.Dimensions.every(({ Name = "", Value }) => dimensions[Name] === Value);

/** @param alive the metrics that had data within two weeks @returns the alarms that have no such metric */
export const alarmsWithoutData = (
  { environment, names }: Pick<Subject, "environment" | "names">,
  alive: readonly Metric[],
): string[] => {
  const watched = { functionName: names.functionName, metricNamespace: environment.metric_namespace };
  const hasData = (metric: AnyMetric): boolean => alive.some((each) => isSame(metricAddress(metric, watched), each));
  const metricsOf = ({ metric }: AlarmRow) => (typeof metric === "string" ? [metric] : Object.values(metric.of));
  // DynamoDB publishes nothing while no request is refused, API Gateway nothing without requests, a backfill nothing without runs.
  const isSilent = (alarm: AlarmRow) =>
    isOfApi(alarm) || metricsOf(alarm).some((metric) => isTableMetric(metric) || isBackfillMetric(metric));
  return singleAlarms(environment)
    .filter((alarm) => !isSilent(alarm) && !metricsOf(alarm).some(hasData))
    .map(({ name }) => name);
};

const metricsOf = async ({ aws }: Subject, Namespace: string): Promise<Metric[]> => {
  const metrics: Metric[] = [];
  for await (const { Metrics = [] } of paginateListMetrics({ client: aws.cloudwatch }, { Namespace }))
    metrics.push(...Metrics);
  return metrics;
};

const data: Check["look"] = async (subject) => {
  const { environment, names } = subject;
  const spaces = ["AWS/Lambda", "AWS/SQS", environment.metric_namespace];
  const alive = (await Promise.all(spaces.map((space) => metricsOf(subject, space)))).flat();
  const hasRun = alive.some(
    ({ MetricName, Dimensions = [] }) =>
      MetricName === "Invocations" && Dimensions.some(({ Value }) => Value === names.functionName),
  );
  if (!hasRun)
    return [
      warning(
        "no metric has data: nothing was uploaded within two weeks",
        `npm run smoke -- ${stackName(environment)}`,
      ),
    ];
  const without = alarmsWithoutData(subject, alive);
  return without.length === 0
    ? [ok("the metric of every alarm has data")]
    : [
        warning(
          `no data within two weeks: ${without.join(", ")}`,
          `new metrics take minutes to appear; after that, run npm run patterns -- ${stackName(environment)} --live`,
        ),
      ];
};

const dashboard: Check["look"] = async ({ environment, aws }) => {
  // The stack in the first region has the dashboard of all regions.
  const home = homeOf(environment);
  const { dashboardName } = naming(home);
  const command = new GetDashboardCommand({ DashboardName: dashboardName });
  const found = await ifFound(answerTo("GetDashboard", aws.cloudwatch.send(command)));
  return found?.DashboardBody === undefined || found.DashboardName !== dashboardName
    ? [problem(`${dashboardName} does not exist`, deploy(home))]
    : [ok(`${dashboardName}: npm run links -- ${stackName(environment)}`)];
};

export const MONITORING_CHECKS: readonly Check[] = [
  { name: "log group", look: logGroup },
  { name: "errors", look: errors },
  { name: "dead letters", appliesTo: ({ enable_dead_letter_queue }) => enable_dead_letter_queue, look: deadLetters },
  { name: "alarms", look: alarms },
  { name: "metrics", look: data },
  { name: "dashboard", appliesTo: ({ enable_cloudwatch_dashboard }) => enable_cloudwatch_dashboard, look: dashboard },
];
