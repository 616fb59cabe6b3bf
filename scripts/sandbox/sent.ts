/** Data and log lines with the way in which they reach CloudWatch: when they are sent, and when CloudWatch can see them. */
import { type ChannelName, type Delivery, visibleAt } from "../cloudwatch/delivery";
import type { Datum } from "../cloudwatch/metric-store";

export interface Sent {
  readonly channel: ChannelName;
  /** Milliseconds since 1970; for Lambda's own metrics the end of the invocation. */
  readonly sentMs: number;
  /** First use of a queue that was idle: its metrics arrive late until it is known to be active. @default it was active */
  readonly activeSinceMs?: number;
  /** The invocation that it is about. @default none in particular */
  readonly requestId?: string;
}

export type SentDatum = Datum & Sent;

/** @returns the time from which CloudWatch can see it, in milliseconds since 1970 */
export const visibleMsOf = ({ channel, sentMs, activeSinceMs }: Sent, delivery: Delivery): number =>
  Math.max(
    visibleAt(channel, sentMs, delivery),
    activeSinceMs === undefined ? 0 : visibleAt("idleQueueMetric", activeSinceMs, delivery),
  );
