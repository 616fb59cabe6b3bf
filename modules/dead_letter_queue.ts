/** The dead-letter queue: Lambda sends an event here after the last attempt, and it stays until it is redriven. */
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";

export interface DeadLetterQueueProps {
  readonly name: string;
  /** KMS key that encrypts the messages. @default a key owned by SQS */
  readonly keyArn?: string;
}

/** 14 days: the maximum that SQS allows. */
const RETENTION_SECONDS = 14 * 24 * 3600;

export class DeadLetterQueue extends Construct {
  readonly queueName: string;
  readonly queueUrl: string;
  readonly queueArn: string;

  constructor(scope: Construct, id: string, { name, keyArn }: DeadLetterQueueProps) {
    super(scope, id);
    const { url, arn } = new SqsQueue(this, "queue", {
      name,
      messageRetentionSeconds: RETENTION_SECONDS,
      ...(keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: keyArn }),
    });
    new SqsQueuePolicy(this, "policy", {
      queueUrl: url,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [tlsOnly(arn)] }),
    });
    this.queueName = name;
    this.queueUrl = url;
    this.queueArn = arn;
  }
}

const tlsOnly = (queueArn: string) => ({
  Sid: "DenyWithoutTls",
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:*",
  Resource: queueArn,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
