/**
 * The messages that SNS sends to the subscribers of a topic when an alarm changes its state.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html does not show the messages:
 * subject and text of an e-mail follow alarm e-mails that people have published, without the footer for unsubscribing.
 * The text of an SMS is documented nowhere: here it is the subject of the e-mail, after the topic's display name if it has
 * one.
 */
import type { Alarm } from "./alarm";
import { type CompositeAlarm, isComposite } from "./composite-alarm";
import type { MetricStatistic } from "./metric-store";
import { smsMessages } from "./sms";
import { decimal, longDate } from "./state-reason";
import type { Transition } from "./watch";

export interface Subscription {
  readonly topicArn: string;
  /** "email", "sms" or any other protocol, which gets the text of the e-mail. */
  readonly protocol: string;
  readonly endpoint: string;
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  /** @default an SMS starts with its subject */
  readonly displayName?: string;
}

export interface Message {
  readonly atMs: number;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly alarm: string;
  readonly subject: string;
  readonly text: string;
  /** The text as it arrives: an e-mail in one piece, an SMS in as many messages as it needs. */
  readonly parts: readonly string[];
}

/** Region names in CloudWatch's e-mails. A region without a row keeps its code. */
const REGIONS: Readonly<Record<string, string>> = {
  "us-east-1": "US East (N. Virginia)",
  "us-east-2": "US East (Ohio)",
  "us-west-1": "US West (N. California)",
  "us-west-2": "US West (Oregon)",
  "ca-central-1": "Canada (Central)",
  "eu-west-1": "EU (Ireland)",
  "eu-west-2": "EU (London)",
  "eu-west-3": "EU (Paris)",
  "eu-central-1": "EU (Frankfurt)",
  "eu-north-1": "EU (Stockholm)",
  "ap-northeast-1": "Asia Pacific (Tokyo)",
  "ap-northeast-2": "Asia Pacific (Seoul)",
  "ap-southeast-1": "Asia Pacific (Singapore)",
  "ap-southeast-2": "Asia Pacific (Sydney)",
  "ap-south-1": "Asia Pacific (Mumbai)",
  "sa-east-1": "South America (Sao Paulo)",
};

/** SNS API reference, Publish: a subject is at most 100 characters. */
const MAX_SUBJECT = 100;

/** In published e-mails, longer alarm names are cut here although more characters would fit. */
const MAX_NAME = 60;

interface Place {
  readonly region: string;
  readonly account: string;
}

/** arn:aws:sns:region:account:name */
const placeOf = (topicArn: string): Place => {
  const [, , , region = "", account = ""] = topicArn.split(":");
  return { region, account };
};

const regionName = ({ region }: Place) => REGIONS[region] ?? region;

const subjectOf = ({ alarm, to }: Transition, place: Place): string => {
  const write = (name: string) => `${to}: "${name}" in ${regionName(place)}`;
  const room = MAX_SUBJECT - write("").length;
  if (alarm.name.length <= Math.min(MAX_NAME, room)) return write(alarm.name);
  return write(`${alarm.name.slice(0, Math.min(MAX_NAME, room - 3))}...`);
};

const monitored = (alarm: Alarm): string[] => {
  if (!("statistic" in alarm.watches)) {
    const returned = alarm.watches.find(({ returnData }) => returnData);
    return [
      "Monitored Metrics:",
      `- MetricExpression: ${returned?.expression ?? returned?.id ?? ""}`,
      `- MetricLabel: ${returned?.label ?? ""}`,
    ];
  }
  const { namespace, name, dimensions, periodSeconds, statistic, unit = "not specified" } = alarm.watches;
  const pairs = Object.entries(dimensions).map(([key, value]) => `[${key} = ${value}]`);
  return [
    "Monitored Metric:",
    `- MetricNamespace: ${namespace}`,
    `- MetricName: ${name}`,
    `- Dimensions: ${pairs.join(" ")}`,
    `- Period: ${periodSeconds} seconds`,
    `- Statistic: ${statistic}`,
    `- Unit: ${unit}`,
    `- TreatMissingData: ${alarm.treatMissingData ?? "missing"}`,
  ];
};

const firstMetric = ({ watches }: Alarm): MetricStatistic | undefined =>
  "statistic" in watches ? watches : watches.find(({ metric }) => metric !== undefined)?.metric;

const thresholdLine = (alarm: Alarm): string => {
  const { comparison, threshold, evaluationPeriods, datapointsToAlarm = evaluationPeriods } = alarm;
  const watched = "statistic" in alarm.watches ? "metric" : "expression";
  const share = `at least ${datapointsToAlarm} of the last ${evaluationPeriods} period(s)`;
  const seconds = `${firstMetric(alarm)?.periodSeconds ?? 0} seconds`;
  return `- The alarm is in the ALARM state when the ${watched} is ${comparison} ${decimal(threshold)} for ${share} of ${seconds}.`;
};

const actionList = (actions: readonly string[]) => actions.map((action) => `[${action}]`).join(" ");

const metricDetails = (alarm: Alarm): string[] => ["Threshold:", thresholdLine(alarm), "", ...monitored(alarm)];

/** The wording for composites is not published: these are the facts that a reader needs. */
const compositeDetails = (alarm: CompositeAlarm, childrenInAlarm: readonly string[]): string[] => [
  `Alarm Rule: ${alarm.rule}`,
  "",
  `Alarms in ALARM: ${childrenInAlarm.join(", ") || "none"}`,
];

const emailText = (transition: Transition, place: Place): string => {
  const { alarm, atMs, from, to, reason } = transition;
  const time = longDate(atMs);
  const console = `https://${place.region}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${place.region}`;
  return [
    `You are receiving this email because your Amazon CloudWatch Alarm "${alarm.name}" in the ${regionName(place)} region has entered the ${to} state, because "${reason}" at "${time}".`,
    "",
    "View this alarm in the AWS Management Console:",
    `${console}#alarmsV2:alarm/${encodeURIComponent(alarm.name)}`,
    "",
    "Alarm Details:",
    `- Name: ${alarm.name}`,
    `- Description: ${alarm.description ?? ""}`,
    `- State Change: ${from} -> ${to}`,
    `- Reason for State Change: ${reason}`,
    `- Timestamp: ${time}`,
    `- AWS Account: ${place.account}`,
    `- Alarm Arn: arn:aws:cloudwatch:${place.region}:${place.account}:alarm:${alarm.name}`,
    "",
    ...(isComposite(alarm) ? compositeDetails(alarm, transition.childrenInAlarm) : metricDetails(alarm)),
    "",
    "State Change Actions:",
    `- OK: ${actionList(alarm.okActions)}`,
    `- ALARM: ${actionList(alarm.alarmActions)}`,
    `- INSUFFICIENT_DATA: ${actionList(alarm.insufficientDataActions)}`,
  ].join("\n");
};

/**
 * One message for each subscription of each topic among the transition's actions.
 * An action that names no existing topic sends nothing: CloudWatch does not check actions either.
 */
export const notifications = (
  transition: Transition,
  topics: readonly Topic[],
  subscriptions: readonly Subscription[],
): Message[] =>
  transition.actions.flatMap((action) => {
    const topic = topics.find(({ arn }) => arn === action);
    if (topic === undefined) return [];
    const place = placeOf(topic.arn);
    const subject = subjectOf(transition, place);
    const sms = `${topic.displayName ? `${topic.displayName}> ` : ""}${subject}`;
    const email = emailText(transition, place);
    return subscriptions
      .filter(({ topicArn }) => topicArn === topic.arn)
      .map(({ protocol, endpoint }) => ({
        atMs: transition.actedAtMs ?? transition.atMs,
        topicArn: topic.arn,
        protocol,
        endpoint,
        alarm: transition.alarm.name,
        subject,
        ...(protocol === "sms" ? { text: sms, parts: smsMessages(sms) } : { text: email, parts: [email] }),
      }));
  });
