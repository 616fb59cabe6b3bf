/** Checks of how alarms reach people: topics and their subscriptions, SMS, and the runbooks that alarms link to. */
import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CheckIfPhoneNumberIsOptedOutCommand,
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  GetSubscriptionAttributesCommand,
  ListSMSSandboxPhoneNumbersCommand,
  ListTopicsCommand,
  paginateListSubscriptionsByTopic,
} from "@aws-sdk/client-sns";
import { runbookUrl } from "../../../modules/alarm-config";
import { logAlarms } from "../../../modules/alarm-rows";
import { isExampleAddress } from "../../../modules/example-address";
import { naming, type Severity } from "../../../modules/naming";
import type { Environment } from "../../../modules/variables";
import { answerTo } from "../account";
import { type Check, deploy, type Finding, ok, problem, type Subject, warning } from "./check";

/** @returns undefined if the topic does not exist; an existing topic of another account is not listed */
export const topicArn = async ({ environment, aws }: Subject, severity: Severity): Promise<string | undefined> => {
  const existing = environment[`existing_${severity}_alerts_topic_arn`];
  if (existing !== "") return existing;
  const name = naming(environment).topics[severity];
  let NextToken: string | undefined;
  do {
    const page = await answerTo("ListTopics", aws.sns.send(new ListTopicsCommand({ NextToken })));
    const arn = page.Topics?.find(({ TopicArn }) => TopicArn?.endsWith(`:${name}`))?.TopicArn;
    if (arn !== undefined) return arn;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
};

export interface Recipient {
  /** email, sms, https … */
  readonly protocol: string;
  readonly endpoint: string;
}

/** A subscription as SNS lists it. */
export interface Subscription extends Recipient {
  /** Its ARN, or PendingConfirmation, or Deleted. */
  readonly arn: string;
  readonly hasFilterPolicy: boolean;
}

/** @returns the addresses that the environment's variables set for a topic */
export const recipientsOf = (environment: Environment, severity: Severity): Recipient[] => {
  const emails = [environment[`${severity}_alert_email`], ...environment[`additional_${severity}_alert_emails`]];
  const { critical_alert_sms, critical_alert_https_endpoint } = environment;
  return [
    ...[...new Set(emails)].map((endpoint) => ({ protocol: "email", endpoint })),
    ...(severity === "critical"
      ? [
          { protocol: "sms", endpoint: critical_alert_sms },
          { protocol: "https", endpoint: critical_alert_https_endpoint },
        ]
      : []),
  ].filter(({ endpoint }) => endpoint !== "");
};

/** Enough of an address to recognize it, and not more: "o…@example.com", "…0100". */
const masked = (endpoint: string): string =>
  endpoint.includes("@") ? endpoint.replace(/^(.).*@/, "$1…@") : `…${endpoint.slice(-4)}`;

const titled = ({ protocol, endpoint }: Recipient): string => `${protocol} ${masked(endpoint)}`;

/** What to do where a recipient has to confirm, by protocol. */
const CONFIRM: Readonly<Record<string, string>> = {
  email:
    "open the message from AWS Notifications and confirm the subscription; it expires after 2 days, then deploy again",
};

const subscriptionFinding = (topic: string, subscription: Subscription, environment: Environment): Finding => {
  const { protocol, arn, hasFilterPolicy } = subscription;
  const who = `${topic}: ${titled(subscription)}`;
  if (arn === "PendingConfirmation")
    return problem(`${who} is not confirmed and receives nothing`, CONFIRM[protocol] ?? "confirm the subscription");
  if (arn === "Deleted")
    return problem(`${who} was unsubscribed and receives nothing`, `ask its owner, then ${deploy(environment)}`);
  if (!arn.startsWith("arn:"))
    return problem(
      `${who} has the unknown state ${JSON.stringify(arn)}`,
      "look at the subscription in the SNS console",
    );
  if (hasFilterPolicy)
    return warning(`${who} has a filter policy: some notifications do not pass it`, deploy(environment));
  return ok(`${who} is confirmed`);
};

/** @returns a finding for each subscription, and for each address of the variables that has none */
export const topicFindings = (
  topic: string,
  subscriptions: readonly Subscription[],
  recipients: readonly Recipient[],
  environment: Environment,
): Finding[] => {
  const isSubscribed = ({ protocol, endpoint }: Recipient) =>
    subscriptions.some((each) => each.protocol === protocol && each.endpoint === endpoint);
  const missing = recipients.filter((recipient) => !isSubscribed(recipient));
  if (subscriptions.length + recipients.length === 0)
    return [
      warning(
        `${topic} has no subscription, so its notifications reach no one`,
        `set alert_email in environments/${environment.environment}.local.tfvars and deploy`,
      ),
    ];
  return [
    ...subscriptions.map((subscription) => subscriptionFinding(topic, subscription, environment)),
    ...missing.map((recipient) => problem(`${topic}: ${titled(recipient)} is not subscribed`, deploy(environment))),
  ];
};

const subscriptionsOf = async ({ aws }: Subject, TopicArn: string): Promise<Subscription[]> => {
  const listed: Subscription[] = [];
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client: aws.sns }, { TopicArn }))
    for (const { SubscriptionArn: arn = "", Protocol: protocol = "", Endpoint: endpoint = "" } of Subscriptions) {
      const command = new GetSubscriptionAttributesCommand({ SubscriptionArn: arn });
      const { Attributes = {} } = arn.startsWith("arn:")
        ? await answerTo("GetSubscriptionAttributes", aws.sns.send(command))
        : {};
      const isPending = Attributes.PendingConfirmation === "true";
      const hasFilterPolicy = !["", "{}"].includes(Attributes.FilterPolicy ?? "");
      listed.push({ arn: isPending ? "PendingConfirmation" : arn, protocol, endpoint, hasFilterPolicy });
    }
  return listed;
};

const subscriptions: Check["look"] = async (subject) => {
  const { environment, names } = subject;
  const topics = Object.entries(names.topics) as [Severity, string][];
  const found = await Promise.all(
    topics.map(async ([severity, topic]) => {
      const arn = await topicArn(subject, severity);
      if (arn === undefined) return [problem(`${topic} does not exist`, deploy(environment))];
      const listed = await answerTo("ListSubscriptionsByTopic", subscriptionsOf(subject, arn));
      return topicFindings(topic, listed, recipientsOf(environment, severity), environment);
    }),
  );
  return found.flat();
};

/** What an account may spend on SMS in a month, in US dollars, until AWS raises it: https://docs.aws.amazon.com/sns/latest/dg/channels-sms-awssupport-spend-threshold.html */
const DEFAULT_SMS_LIMIT_USD = 1;

/** @param spentUsd since the month began */
export const spendFinding = (limitUsd: number, spentUsd: number): Finding => {
  const remedy = "ask for a higher limit in Service Quotas: Amazon SNS, Account spend threshold (SMS)";
  const what = `${spentUsd.toFixed(2)} of ${limitUsd} USD are spent on SMS this month`;
  if (spentUsd >= limitUsd) return problem(`${what}: SNS sends no more`, remedy);
  if (limitUsd <= DEFAULT_SMS_LIMIT_USD || spentUsd > 0.8 * limitUsd)
    return warning(`${what}: SNS stops sending at the limit`, remedy);
  return ok(what);
};

const sandboxFinding = async ({ environment, aws }: Subject): Promise<Finding> => {
  const answer = aws.sns.send(new GetSMSSandboxAccountStatusCommand({}));
  const { IsInSandbox } = await answerTo("GetSMSSandboxAccountStatus", answer);
  if (!IsInSandbox) return ok("the account may send SMS to any number");
  const list = aws.sns.send(new ListSMSSandboxPhoneNumbersCommand({}));
  const { PhoneNumbers = [] } = await answerTo("ListSMSSandboxPhoneNumbers", list);
  const isVerified = PhoneNumbers.some(
    ({ PhoneNumber, Status }) => PhoneNumber === environment.critical_alert_sms && Status === "Verified",
  );
  return isVerified
    ? ok("the account is in the SMS sandbox, and the number is verified")
    : problem(
        "the account is in the SMS sandbox, and the number is not verified: SNS sends no SMS to it",
        "verify the number, or move the account out of the sandbox (SNS console, Text messaging)",
      );
};

/** https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html */
const spentThisMonth = async ({ aws }: Subject): Promise<number> => {
  const now = new Date();
  const command = new GetMetricStatisticsCommand({
    Namespace: "AWS/SNS",
    MetricName: "SMSMonthToDateSpentUSD",
    StartTime: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)),
    EndTime: now,
    Period: 86_400,
    Statistics: ["Maximum"],
  });
  const { Datapoints = [] } = await answerTo("GetMetricStatistics", aws.cloudwatch.send(command));
  return Math.max(0, ...Datapoints.map(({ Maximum = 0 }) => Maximum));
};

const optOutFinding = async ({ environment, aws }: Subject): Promise<Finding[]> => {
  const { critical_alert_sms: phoneNumber } = environment;
  const command = new CheckIfPhoneNumberIsOptedOutCommand({ phoneNumber });
  const { isOptedOut } = await answerTo("CheckIfPhoneNumberIsOptedOut", aws.sns.send(command));
  return isOptedOut
    ? [problem(`${masked(phoneNumber)} has opted out of SMS`, "opt it in again: SNS console, Text messaging")]
    : [];
};

const sms: Check["look"] = async (subject) => {
  const { attributes = {} } = await answerTo(
    "GetSMSAttributes",
    subject.aws.sns.send(new GetSMSAttributesCommand({ attributes: ["MonthlySpendLimit"] })),
  );
  const limitUsd = Number(attributes.MonthlySpendLimit ?? DEFAULT_SMS_LIMIT_USD);
  return [
    await sandboxFinding(subject),
    spendFinding(limitUsd, await spentThisMonth(subject)),
    ...(await optOutFinding(subject)),
  ];
};

const TIME_LIMIT_MS = 5_000;

/** Only the status matters: a page behind a login answers with a redirect or 401. */
const statusOf = async (url: string): Promise<number> => {
  const response = await fetch(url, { method: "GET", redirect: "manual", signal: AbortSignal.timeout(TIME_LIMIT_MS) });
  await response.body?.cancel();
  return response.status;
};

/** @param status asks for the page @default with an HTTP request from this machine */
export const runbookFinding = async (environment: Environment, status = statusOf): Promise<Finding> => {
  const { runbook_base_url: base } = environment;
  const remedy = 'publish docs/runbooks there, or set runbook_base_url to the right address or to ""';
  if (base === "") return ok("alarms link to no runbook (runbook_base_url is not set)");
  if (isExampleAddress(base)) return warning(`alarms link to ${base}, which is an example address`, remedy);
  const url = runbookUrl(environment, logAlarms(environment)[0]?.name ?? "") ?? base;
  const got = await status(url).catch((error: Error) => error);
  if (typeof got !== "number") return warning(`${url} does not answer from this machine (${got.message})`, remedy);
  return got === 404 || got === 410 || got >= 500
    ? problem(`${url} answers with HTTP ${got}`, remedy)
    : ok(`${url} exists (HTTP ${got})`);
};

export const NOTIFICATION_CHECKS: readonly Check[] = [
  { name: "subscriptions", look: subscriptions },
  { name: "SMS", appliesTo: ({ critical_alert_sms }) => critical_alert_sms !== "", look: sms },
  { name: "runbooks", look: async ({ environment }) => [await runbookFinding(environment)] },
];
