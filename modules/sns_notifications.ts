/** One SNS topic for each severity, its subscriptions, and the policy that lets alarms publish to it. */
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { lastPart } from "./arithmetic";
import { accountOf } from "./caller";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { SNS_NOTIFICATIONS } from "./inputs/sns_notifications";
import type { Severity } from "./naming";

export type SnsNotificationsProps = Given<typeof SNS_NOTIFICATIONS>;

type SnsValues = Values<typeof SNS_NOTIFICATIONS>;

interface Topic {
  readonly arn: string;
  readonly name: string;
  /** ARN of the topic as a reference to its policy. @default the topic exists already */
  readonly policyArn?: string;
}

export class SnsNotifications extends Construct {
  readonly outputs: { readonly [S in Severity as `${S}_alerts_topic_arn` | `${S}_alerts_topic_name`]: string } & {
    readonly topic_arns: Readonly<Record<Severity, string>>;
    readonly topic_names: Readonly<Record<Severity, string>>;
    /** Topic that AWS Budgets publishes to, as a reference to its policy: Terraform then creates the policy first. */
    readonly budget_topic_arn: string;
  };

  constructor(scope: Construct, id: string, props: SnsNotificationsProps) {
    super(scope, id);
    const given = valuesOf("sns_notifications", SNS_NOTIFICATIONS, props);
    const values = { ...given, account_id: accountOf(this, given) };
    const critical = this.topic("critical", values);
    const performance = this.topic("performance", values);
    const log = this.topic("log", values);
    const topics: Readonly<Record<Severity, Topic>> = { critical, performance, log };
    this.subscribe(topics, values);
    const budget = topics[values.budget_severity];
    this.outputs = {
      critical_alerts_topic_arn: critical.arn,
      critical_alerts_topic_name: critical.name,
      performance_alerts_topic_arn: performance.arn,
      performance_alerts_topic_name: performance.name,
      log_alerts_topic_arn: log.arn,
      log_alerts_topic_name: log.name,
      topic_arns: { critical: critical.arn, performance: performance.arn, log: log.arn },
      topic_names: { critical: critical.name, performance: performance.name, log: log.name },
      budget_topic_arn: budget.policyArn ?? budget.arn,
    };
  }

  private topic(severity: Severity, values: SnsValues): Topic {
    const existing = values[`existing_${severity}_alerts_topic_arn`];
    if (existing !== "") return { arn: existing, name: lastPart(existing) };
    const { arn, name } = new SnsTopic(this, severity, {
      name: `${values.project_name}-${values.environment}-${severity}-alerts`,
      // Don't use the AWS-managed key: CloudWatch cannot publish with it and reports no error.
      kmsMasterKeyId: values.enable_kms_key ? values.kms_key_arn : undefined,
    });
    const forBudget = values.enable_budget_publisher && severity === values.budget_severity;
    const policy = {
      Version: "2012-10-17",
      Statement: [ALARMS, ...(forBudget ? [BUDGET] : [])].map((each) => mayPublish(each, values.account_id, arn)),
    };
    const topicPolicy = new SnsTopicPolicy(this, `${severity}_policy`, { arn, policy: JSON.stringify(policy) });
    return { arn, name, policyArn: topicPolicy.arn };
  }

  private subscribe(topics: Readonly<Record<Severity, Topic>>, values: SnsValues): void {
    for (const [severity, { arn: topicArn }] of Object.entries(topics) as [Severity, Topic][]) {
      const address = values[`${severity}_alert_email`];
      const email = (id: string, endpoint: string) =>
        new SnsTopicSubscription(this, id, { topicArn, protocol: "email", endpoint });
      if (address !== "") email(`${severity}_email`, address);
      for (const other of values[`additional_${severity}_alert_emails`])
        if (other !== address) email(`${severity}_email_${idOf(other)}`, other);
    }
    const { arn: topicArn } = topics.critical;
    const { critical_alert_sms: sms, critical_alert_https_endpoint: https } = values;
    if (sms !== "") new SnsTopicSubscription(this, "critical_sms", { topicArn, protocol: "sms", endpoint: sms });
    if (https !== "")
      new SnsTopicSubscription(this, "critical_https", {
        topicArn,
        protocol: "https",
        endpoint: https,
        endpointAutoConfirms: true,
      });
  }
}

/** Part of a construct id that depends on the address only: adding or removing another address does not change it. */
const idOf = (address: string): string =>
  address.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`);

const ALARMS = { sid: "AlarmsOfThisAccount", service: "cloudwatch.amazonaws.com" };
const BUDGET = { sid: "BudgetOfThisAccount", service: "budgets.amazonaws.com" };

const mayPublish = ({ sid, service }: typeof ALARMS, accountId: string, topicArn: string) => ({
  Sid: sid,
  Effect: "Allow",
  Principal: { Service: service },
  Action: "sns:Publish",
  Resource: topicArn,
  Condition: { StringEquals: { "aws:SourceAccount": accountId } },
});
