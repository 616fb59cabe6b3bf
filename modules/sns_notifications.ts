/** One topic for each severity, who is told by it, and the policy that lets alarms speak. */
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { Severity } from "./naming";

export interface SnsNotificationsProps {
  readonly topicNames: Readonly<Record<Severity, string>>;
  /** E-mail address for each severity; nobody is told where it is "". */
  readonly emails: Readonly<Record<Severity, string>>;
  /** Phone (E.164) that is told of critical alarms too, or "". */
  readonly criticalSms: string;
  /** The only account whose alarms may publish. */
  readonly accountId: string;
}

export class SnsNotifications extends Construct {
  readonly topicArns: Readonly<Record<Severity, string>>;

  constructor(scope: Construct, id: string, { topicNames, emails, criticalSms, accountId }: SnsNotificationsProps) {
    super(scope, id);
    const topic = (severity: Severity): string => {
      // Not encrypted: with the AWS-managed key, CloudWatch could not publish and would not say so.
      const { arn } = new SnsTopic(this, severity, { name: topicNames[severity] });
      new SnsTopicPolicy(this, `${severity}_policy`, { arn, policy: JSON.stringify(alarmsOf(accountId, arn)) });
      this.subscribe(`${severity}_email`, arn, "email", emails[severity]);
      return arn;
    };
    this.topicArns = { critical: topic("critical"), performance: topic("performance"), log: topic("log") };
    this.subscribe("critical_sms", this.topicArns.critical, "sms", criticalSms);
  }

  private subscribe(id: string, topicArn: string, protocol: "email" | "sms", endpoint: string): void {
    if (endpoint !== "") new SnsTopicSubscription(this, id, { topicArn, protocol, endpoint });
  }
}

const alarmsOf = (accountId: string, topicArn: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "AlarmsOfThisAccount",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ],
});
