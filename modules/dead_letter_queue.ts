/** Where an event goes after its last attempt: a queue that keeps it until somebody sends it back to the function. */
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";

export interface DeadLetterQueueProps {
  readonly name: string;
  /** Key that the letters are encrypted with. @default a key of SQS's own */
  readonly keyArn?: string;
}

/** As long as SQS keeps anything: 14 days. */
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
