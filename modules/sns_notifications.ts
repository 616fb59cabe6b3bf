/** One SNS topic for each severity, its subscriptions, and the policy that lets alarms publish to it. */
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { Severity } from "./naming";

export interface SnsNotificationsProps {
  readonly topicNames: Readonly<Record<Severity, string>>;
  /** E-mail address for each severity; no subscription where it is "". */
  readonly emails: Readonly<Record<Severity, string>>;
  /** Phone number (E.164) that is subscribed to the critical topic, or "". */
  readonly criticalSms: string;
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
    const { topicNames, emails, criticalSms, accountId, budgetTo, keyArn } = props;
    const topic = (severity: Severity) => {
      // Don't use the AWS-managed key: CloudWatch cannot publish with it and reports no error.
      const { arn } = new SnsTopic(this, severity, { name: topicNames[severity], kmsMasterKeyId: keyArn });
      const publishers = [ALARMS, ...(severity === budgetTo ? [BUDGET] : [])];
      const policy = {
        Version: "2012-10-17",
        Statement: publishers.map((publisher) => mayPublish(publisher, accountId, arn)),
      };
      const topicPolicy = new SnsTopicPolicy(this, `${severity}_policy`, { arn, policy: JSON.stringify(policy) });
      this.subscribe(`${severity}_email`, arn, "email", emails[severity]);
      return { arn, topicPolicy };
    };
    const topics = { critical: topic("critical"), performance: topic("performance"), log: topic("log") };
    this.topicArns = { critical: topics.critical.arn, performance: topics.performance.arn, log: topics.log.arn };
    this.budgetTopicArn = budgetTo && topics[budgetTo].topicPolicy.arn;
    this.subscribe("critical_sms", this.topicArns.critical, "sms", criticalSms);
  }

  private subscribe(id: string, topicArn: string, protocol: "email" | "sms", endpoint: string): void {
    if (endpoint !== "") new SnsTopicSubscription(this, id, { topicArn, protocol, endpoint });
  }
}

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
