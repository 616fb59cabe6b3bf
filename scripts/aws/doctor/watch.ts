/** Checks of what watches the pipeline: log, alarms, their metrics, and who is told. */
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
import { callRoll } from "../account-alarms";
import { logEvents, patternFor } from "../account-log";
import { type Check, deploy, doubtful, type Finding, ifThere, type Patient, right, wrong } from "./check";

const HOUR_MS = 3_600_000;

const logGroup: Check["look"] = async ({ environment, names: { logGroupName }, aws }) => {
  const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName });
  const { logGroups = [] } = await answerTo("DescribeLogGroups", aws.logs.send(command));
  const group = logGroups.find(({ logGroupName: name }) => name === logGroupName);
  if (group === undefined) return [wrong(`there is no ${logGroupName}`, deploy(environment))];
  const { retentionInDays: days } = group;
  return days === environment.log_retention_days
    ? [right(`${logGroupName} keeps lines for ${days} days`)]
    : [
        wrong(
          `${logGroupName} keeps lines for ${days ?? "unlimited"} days, not ${environment.log_retention_days}`,
          deploy(environment),
        ),
      ];
};

const alarms: Check["look"] = async ({ environment, aws }) => {
  const { alarms: found, missing } = await callRoll(aws.cloudwatch, environment);
  const ringing = found.filter(({ state }) => state === "ALARM");
  const silenced = found.filter(({ actionsEnabled }) => !actionsEnabled);
  return [
    ...(missing.length === 0 ? [] : [wrong(`missing: ${missing.join(", ")}`, deploy(environment))]),
    ...silenced.map(({ name }) => wrong(`${name} tells nobody: its actions are disabled`, deploy(environment))),
    ...ringing.map(({ name, reason }) => doubtful(`${name} rings: ${reason}`, `docs/runbooks/${name}.md`)),
    ...(missing.length + silenced.length + ringing.length === 0
      ? [right(`all ${found.length} are there and quiet`)]
      : []),
  ];
};

const isSame = ({ namespace, metricName, dimensions = {} }: MetricAddress, metric: Metric): boolean =>
  metric.Namespace === namespace &&
  metric.MetricName === metricName &&
  metric.Dimensions?.length === Object.keys(dimensions).length &&
  metric.Dimensions.every(({ Name = "", Value }) => dimensions[Name] === Value);

/** @returns the alarms of which no metric has had data for two weeks, by the metrics that have */
export const deaf = (
  { environment, names }: Pick<Patient, "environment" | "names">,
  alive: readonly Metric[],
): string[] => {
  const watched = { functionName: names.functionName, metricNamespace: environment.metric_namespace };
  const hasData = (metric: AnyMetric): boolean => alive.some((each) => isSame(metricAddress(metric, watched), each));
  return [...metricAlarms(environment), ...logAlarms(environment)]
    .filter(({ metric }) => !(typeof metric === "string" ? [metric] : Object.values(metric.of)).some(hasData))
    .map(({ name }) => name);
};

const metricsOf = async ({ aws }: Patient, Namespace: string): Promise<Metric[]> => {
  const metrics: Metric[] = [];
  for await (const { Metrics = [] } of paginateListMetrics({ client: aws.cloudwatch }, { Namespace }))
    metrics.push(...Metrics);
  return metrics;
};

const data: Check["look"] = async (patient) => {
  const { environment, names } = patient;
  const spaces = ["AWS/Lambda", "AWS/SQS", environment.metric_namespace];
  const alive = (await Promise.all(spaces.map((space) => metricsOf(patient, space)))).flat();
  const hasRun = alive.some(
    ({ MetricName, Dimensions = [] }) =>
      MetricName === "Invocations" && Dimensions.some(({ Value }) => Value === names.functionName),
  );
  if (!hasRun)
    return [
      doubtful("nothing was uploaded for two weeks: no metric has data", `npm run smoke -- ${stackName(environment)}`),
    ];
  const without = deaf(patient, alive);
  return without.length === 0
    ? [right("every alarm's metric has data")]
    : [
        doubtful(
          `no data for two weeks: ${without.join(", ")}`,
          "new metrics take minutes; after that, npm run patterns -- <env> --live",
        ),
      ];
};

/** @param subscriptions ARNs, or PendingConfirmation @returns what they say of one topic */
export const toldBy = (topic: string, subscriptions: readonly string[], isWanted: boolean): Finding => {
  const pending = subscriptions.filter((arn) => !arn.startsWith("arn:"));
  if (pending.length > 0)
    return doubtful(
      `${topic}: ${pending.length} of ${subscriptions.length} not confirmed`,
      "follow the link in the message that AWS sent to the address",
    );
  if (subscriptions.length > 0) return right(`${topic} tells ${subscriptions.length}`);
  return isWanted
    ? wrong(`${topic} tells nobody, though an address is set`, "npm run deploy -- <env>")
    : doubtful(`${topic} tells nobody`, "set alert_email in environments/<env>.local.tfvars and deploy");
};

const topicArn = async ({ aws }: Patient, name: string): Promise<string | undefined> => {
  let NextToken: string | undefined;
  do {
    const page = await answerTo("ListTopics", aws.sns.send(new ListTopicsCommand({ NextToken })));
    const arn = page.Topics?.find(({ TopicArn }) => TopicArn?.endsWith(`:${name}`))?.TopicArn;
    if (arn !== undefined) return arn;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
};

const subscriptions: Check["look"] = async (patient) => {
  const { environment, names, aws } = patient;
  const emails = emailsOf(environment);
  const topics = Object.entries(names.topics) as [keyof typeof emails, string][];
  return Promise.all(
    topics.map(async ([severity, topic]) => {
      const TopicArn = await topicArn(patient, topic);
      if (TopicArn === undefined) return wrong(`there is no ${topic}`, deploy(environment));
      const arns: string[] = [];
      for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client: aws.sns }, { TopicArn }))
        arns.push(...Subscriptions.map(({ SubscriptionArn = "" }) => SubscriptionArn));
      return toldBy(topic, arns, emails[severity] !== "");
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
        doubtful(
          "the account may send SMS to verified numbers only, for 1 USD a month",
          "verify the number, or leave the sandbox: SNS console, Text messaging",
        ),
      ]
    : [right("the account may send SMS")];
};

const dashboard: Check["look"] = async ({ environment, aws }) => {
  const { dashboardName } = naming(homeOf(environment));
  const found = await ifThere(
    answerTo("GetDashboard", aws.cloudwatch.send(new GetDashboardCommand({ DashboardName: dashboardName }))),
  );
  return found === undefined
    ? [wrong(`there is no ${dashboardName}`, deploy(environment))]
    : [right(`${dashboardName}: npm run console -- ${stackName(environment)}`)];
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
    ? [right("none in the last hour")]
    : [
        doubtful(
          `${count} in the last hour; the last: ${logLine(fieldsOf(last))}`,
          `npm run logs -- ${stackName(environment)} --errors --since 1h`,
        ),
      ];
};

const deadLetters: Check["look"] = async ({ environment, names: { deadLetterQueueName: QueueName }, aws }) => {
  const found = await ifThere(answerTo("GetQueueUrl", aws.sqs.send(new GetQueueUrlCommand({ QueueName }))));
  if (found === undefined) return [wrong(`there is no ${QueueName}`, deploy(environment))];
  const command = new GetQueueAttributesCommand({
    QueueUrl: found.QueueUrl,
    AttributeNames: ["ApproximateNumberOfMessages"],
  });
  const { Attributes } = await answerTo("GetQueueAttributes", aws.sqs.send(command));
  const count = Number(Attributes?.ApproximateNumberOfMessages);
  return count === 0
    ? [right("none wait")]
    : [doubtful(`${count} uploads were given up`, `npm run redrive -- ${stackName(environment)} --dry-run`)];
};

export const WATCH: readonly Check[] = [
  { name: "log group", look: logGroup },
  { name: "errors", look: errors },
  { name: "dead letters", appliesTo: ({ enable_dead_letter_queue }) => enable_dead_letter_queue, look: deadLetters },
  { name: "alarms", look: alarms },
  { name: "metrics", look: data },
  { name: "subscriptions", look: subscriptions },
  { name: "SMS", appliesTo: ({ critical_alert_sms }) => critical_alert_sms !== "", look: sms },
  { name: "dashboard", appliesTo: ({ enable_cloudwatch_dashboard }) => enable_cloudwatch_dashboard, look: dashboard },
];
