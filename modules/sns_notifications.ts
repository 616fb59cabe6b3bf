/** One SNS topic for each severity, its subscriptions, and the policy that lets alarms publish to it. */
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { Severity } from "./naming";

export interface SnsNotificationsProps {
  readonly topicNames: Readonly<Record<Severity, string>>;
  /** ARNs of topics that exist already; "" creates the topic. The owner of a topic decides who may publish to it. */
  readonly existingTopicArns: Readonly<Record<Severity, string>>;
  /** E-mail address for each severity; no subscription where it is "". */
  readonly emails: Readonly<Record<Severity, string>>;
  /** More e-mail addresses for each severity. */
  readonly additionalEmails: Readonly<Record<Severity, readonly string[]>>;
  /** Phone number (E.164) that is subscribed to the critical topic, or "". */
  readonly criticalSms: string;
  /** HTTPS endpoint that is subscribed to the critical topic, or "". It must confirm the subscription by itself. */
  readonly criticalHttpsEndpoint: string;
  /** Only alarms of this account may publish. */
  readonly accountId: string;
  /** Severity whose topic AWS Budgets may publish to. @default none */
  readonly budgetTo?: Severity;
  /** KMS key that encrypts messages; its policy must let the publishing services use it. @default not encrypted */
  readonly keyArn?: string;
}

export class SnsNotifications extends Construct {
  readonly topicArns: Readonly<Record<Severity, string>>;
  /** ARN of the topic that AWS Budgets publishes to, as a reference to the policy: Terraform then creates the policy first. */
  readonly budgetTopicArn: string | undefined;

  constructor(scope: Construct, id: string, props: SnsNotificationsProps) {
    super(scope, id);
    const { topicNames, existingTopicArns, accountId, budgetTo, keyArn } = props;
    const topic = (severity: Severity): { arn: string; topicPolicy?: SnsTopicPolicy } => {
      if (existingTopicArns[severity] !== "") return { arn: existingTopicArns[severity] };
      // Don't use the AWS-managed key: CloudWatch cannot publish with it and reports no error.
      const { arn } = new SnsTopic(this, severity, { name: topicNames[severity], kmsMasterKeyId: keyArn });
      const publishers = [ALARMS, ...(severity === budgetTo ? [BUDGET] : [])];
      const policy = {
        Version: "2012-10-17",
        Statement: publishers.map((publisher) => mayPublish(publisher, accountId, arn)),
      };
      const topicPolicy = new SnsTopicPolicy(this, `${severity}_policy`, { arn, policy: JSON.stringify(policy) });
      return { arn, topicPolicy };
    };
    const topics = { critical: topic("critical"), performance: topic("performance"), log: topic("log") };
    this.topicArns = { critical: topics.critical.arn, performance: topics.performance.arn, log: topics.log.arn };
    this.budgetTopicArn = budgetTo && (topics[budgetTo].topicPolicy ?? topics[budgetTo]).arn;
    this.subscribe(props);
  }

  private subscribe({ emails, additionalEmails, criticalSms, criticalHttpsEndpoint }: SnsNotificationsProps): void {
    for (const [severity, topicArn] of Object.entries(this.topicArns) as [Severity, string][]) {
      const address = emails[severity];
      const email = (id: string, endpoint: string) =>
        new SnsTopicSubscription(this, id, { topicArn, protocol: "email", endpoint });
      if (address !== "") email(`${severity}_email`, address);
      for (const other of additionalEmails[severity])
        if (other !== address) email(`${severity}_email_${idOf(other)}`, other);
    }
    const { critical: topicArn } = this.topicArns;
    if (criticalSms !== "")
      new SnsTopicSubscription(this, "critical_sms", { topicArn, protocol: "sms", endpoint: criticalSms });
    if (criticalHttpsEndpoint !== "")
      new SnsTopicSubscription(this, "critical_https", {
        topicArn,
        protocol: "https",
        endpoint: criticalHttpsEndpoint,
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
