/** Checks of the monitoring: log, alarms and their metrics, dead-letter queue, subscriptions, dashboard. */
import { GetDashboardCommand, type Metric, paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  GetSMSSandboxAccountStatusCommand,
  ListTopicsCommand,
  paginateListSubscriptionsByTopic,
} from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { logAlarms, metricAlarms } from "../../../modules/alarms";
import { type AnyMetric, type MetricAddress, metricAddress } from "../../../modules/metrics";
import { homeOf, naming, stackName } from "../../../modules/naming";
import { emailsOf } from "../../../modules/stack";
import { fieldsOf, logLine } from "../../terminal/log-line";
import { answerTo } from "../account";
import { listAlarms } from "../account-alarms";
import { logEvents, patternFor } from "../account-log";
import { type Check, deploy, type Finding, ifFound, ok, problem, type Subject, warning } from "./check";

const HOUR_MS = 3_600_000;

const logGroup: Check["look"] = async ({ environment, names: { logGroupName }, aws }) => {
  const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName });
  const { logGroups = [] } = await answerTo("DescribeLogGroups", aws.logs.send(command));
  const group = logGroups.find(({ logGroupName: name }) => name === logGroupName);
  if (group === undefined) return [problem(`${logGroupName} does not exist`, deploy(environment))];
  const { retentionInDays: days } = group;
  return days === environment.log_retention_days
    ? [ok(`${logGroupName} keeps lines for ${days} days`)]
    : [
        problem(
          `${logGroupName} keeps lines for ${days ?? "unlimited"} days, not ${environment.log_retention_days}`,
          deploy(environment),
        ),
      ];
};

const alarms: Check["look"] = async ({ environment, aws }) => {
  const { alarms: found, missing } = await listAlarms(aws.cloudwatch, environment);
  const inAlarm = found.filter(({ state }) => state === "ALARM");
  const silenced = found.filter(({ actionsEnabled }) => !actionsEnabled);
  return [
    ...(missing.length === 0 ? [] : [problem(`missing: ${missing.join(", ")}`, deploy(environment))]),
    ...silenced.map(({ name }) => problem(`${name} notifies no one: its actions are disabled`, deploy(environment))),
    ...inAlarm.map(({ name, reason }) => warning(`${name} is in ALARM: ${reason}`, `docs/runbooks/${name}.md`)),
    ...(missing.length + silenced.length + inAlarm.length === 0
      ? [ok(`all ${found.length} exist and none is in ALARM`)]
      : []),
  ];
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
  return [...metricAlarms(environment), ...logAlarms(environment)]
    .filter(({ metric }) => !(typeof metric === "string" ? [metric] : Object.values(metric.of)).some(hasData))
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
          "new metrics take minutes to appear; after that, run npm run patterns -- <env> --live",
        ),
      ];
};

/** @param subscriptions ARNs, or PendingConfirmation @returns whether the topic notifies someone */
export const subscriptionFinding = (topic: string, subscriptions: readonly string[], isWanted: boolean): Finding => {
  const pending = subscriptions.filter((arn) => !arn.startsWith("arn:"));
  if (pending.length > 0)
    return warning(
      `${topic}: ${pending.length} of ${subscriptions.length} subscriptions are not confirmed`,
      "follow the link in the message that AWS sent to the address",
    );
  if (subscriptions.length > 0) return ok(`${topic} has ${subscriptions.length} confirmed subscriptions`);
  return isWanted
    ? problem(`${topic} has no subscription, although an address is set`, "npm run deploy -- <env>")
    : warning(`${topic} has no subscription`, "set alert_email in environments/<env>.local.tfvars and deploy");
};

const topicArn = async ({ aws }: Subject, name: string): Promise<string | undefined> => {
  let NextToken: string | undefined;
  do {
    const page = await answerTo("ListTopics", aws.sns.send(new ListTopicsCommand({ NextToken })));
    const arn = page.Topics?.find(({ TopicArn }) => TopicArn?.endsWith(`:${name}`))?.TopicArn;
    if (arn !== undefined) return arn;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
};

const subscriptions: Check["look"] = async (subject) => {
  const { environment, names, aws } = subject;
  const emails = emailsOf(environment);
  const topics = Object.entries(names.topics) as [keyof typeof emails, string][];
  return Promise.all(
    topics.map(async ([severity, topic]) => {
      const TopicArn = await topicArn(subject, topic);
      if (TopicArn === undefined) return problem(`${topic} does not exist`, deploy(environment));
      const arns: string[] = [];
      for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client: aws.sns }, { TopicArn }))
        arns.push(...Subscriptions.map(({ SubscriptionArn = "" }) => SubscriptionArn));
      return subscriptionFinding(topic, arns, emails[severity] !== "");
    }),
  );
};

const sms: Check["look"] = async ({ aws }) => {
  const { IsInSandbox } = await answerTo(
    "GetSMSSandboxAccountStatus",
    aws.sns.send(new GetSMSSandboxAccountStatusCommand({})),
  );
  return IsInSandbox
    ? [
        warning(
          "the account is in the SMS sandbox: SNS sends only to verified numbers",
          "verify the number, or move the account out of the sandbox (SNS console, Text messaging)",
        ),
      ]
    : [ok("the account may send SMS to any number")];
};

const dashboard: Check["look"] = async ({ environment, aws }) => {
  const { dashboardName } = naming(homeOf(environment));
  const found = await ifFound(
    answerTo("GetDashboard", aws.cloudwatch.send(new GetDashboardCommand({ DashboardName: dashboardName }))),
  );
  return found === undefined
    ? [problem(`${dashboardName} does not exist`, deploy(environment))]
    : [ok(`${dashboardName}: npm run console -- ${stackName(environment)}`)];
};

const errors: Check["look"] = async ({ environment, names: { logGroupName }, aws }) => {
  let count = 0;
  let last = "";
  const query = { pattern: patternFor({ errors: true }), sinceMs: Date.now() - HOUR_MS };
  for await (const { text } of logEvents(aws.logs, logGroupName, query)) {
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

const deadLetters: Check["look"] = async ({ environment, names: { deadLetterQueueName: QueueName }, aws }) => {
  const found = await ifFound(answerTo("GetQueueUrl", aws.sqs.send(new GetQueueUrlCommand({ QueueName }))));
  if (found === undefined) return [problem(`${QueueName} does not exist`, deploy(environment))];
  const command = new GetQueueAttributesCommand({
    QueueUrl: found.QueueUrl,
    AttributeNames: ["ApproximateNumberOfMessages"],
  });
  const { Attributes } = await answerTo("GetQueueAttributes", aws.sqs.send(command));
  const count = Number(Attributes?.ApproximateNumberOfMessages);
  return count === 0
    ? [ok("the queue is empty")]
    : [warning(`the queue holds ${count} messages`, `npm run redrive -- ${stackName(environment)} --dry-run`)];
};

export const MONITORING_CHECKS: readonly Check[] = [
  { name: "log group", look: logGroup },
  { name: "errors", look: errors },
  { name: "dead letters", appliesTo: ({ enable_dead_letter_queue }) => enable_dead_letter_queue, look: deadLetters },
  { name: "alarms", look: alarms },
  { name: "metrics", look: data },
  { name: "subscriptions", look: subscriptions },
  { name: "SMS", appliesTo: ({ critical_alert_sms }) => critical_alert_sms !== "", look: sms },
  { name: "dashboard", appliesTo: ({ enable_cloudwatch_dashboard }) => enable_cloudwatch_dashboard, look: dashboard },
];
