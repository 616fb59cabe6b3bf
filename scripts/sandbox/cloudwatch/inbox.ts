/** What people get when an alarm changes its state: the messages of SNS topics to their subscribers. */

export interface Subscription {
  readonly topicArn: string;
  /** "email" and "sms" are delivered; of any other protocol the JSON text is kept. */
  readonly protocol: string;
  readonly endpoint: string;
}
