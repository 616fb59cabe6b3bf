/** The dead-letter queue: Lambda sends an event here after the last attempt, and it stays until it is redriven. */
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import { DEAD_LETTER_QUEUE } from "./inputs/extra_modules";
import { type Given, valuesOf } from "./inputs/inputs";

export type DeadLetterQueueProps = Given<typeof DEAD_LETTER_QUEUE>;

/** 14 days: the maximum that SQS allows. */
const RETENTION_SECONDS = 14 * 24 * 3600;

export class DeadLetterQueue extends Construct {
  readonly outputs: { readonly queue_name: string; readonly queue_url: string; readonly queue_arn: string };

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    const values = valuesOf("dead_letter_queue", DEAD_LETTER_QUEUE, props);
    const { url, arn } = new SqsQueue(this, "queue", {
      name: values.queue_name,
      messageRetentionSeconds: RETENTION_SECONDS,
      ...(values.enable_kms_key ? { kmsMasterKeyId: values.kms_key_arn } : { sqsManagedSseEnabled: true }),
    });
    new SqsQueuePolicy(this, "policy", {
      queueUrl: url,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [tlsOnly(arn)] }),
    });
    this.outputs = { queue_name: values.queue_name, queue_url: url, queue_arn: arn };
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
