/**
 * How long it takes until CloudWatch can see a datum: one row for each way in which data reach it.
 *
 * A datum has the time that it is about (`timestampMs`) and the time from which an alarm can see it (`visibleMs`). The two
 * differ most for Lambda's own metrics: they are about the start of an invocation and are sent after its end.
 */

export const DELIVERIES = ["typical", "worst"] as const;

/** Which delays a simulation uses. */
export type Delivery = (typeof DELIVERIES)[number];

/** Shortest and longest delay in seconds, after the end of the minute in which the datum was sent. */
export type Delay = readonly [shortest: number, longest: number];

interface Channel extends Readonly<Record<Delivery, Delay>> {
  /** When the datum is sent. */
  readonly sent: string;
  /** Where the delays come from; "assumed" if they are not documented or measured. */
  readonly source: string;
}

/** Every way by which data reach CloudWatch: add a row. */
// biome-ignore format: a ledger is read down its columns
export const CHANNELS = {
  lambdaMetric: {
    sent: "at the end of the invocation, about its start: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    typical: [60, 180], worst: [180, 300],
    source: "assumed; public reports of missed Lambda errors (mapbox/cloudfriend 70, guardian/mobile-n10n 303) fit a few minutes",
  },
  filterMetric: {
    sent: "when CloudWatch Logs ingests the line",
    typical: [60, 180], worst: [180, 300],
    source: "assumed, as for Lambda's metrics",
  },
  embeddedMetric: {
    sent: "when CloudWatch Logs ingests the line",
    typical: [60, 180], worst: [180, 300],
    source: "assumed, as for filter metrics",
  },
  putMetricData: {
    sent: "by the call",
    typical: [60, 120], worst: [120, 300],
    source: "assumed",
  },
  activeQueueMetric: {
    sent: "once a minute: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html",
    typical: [60, 120], worst: [120, 300],
    source: "assumed",
  },
  tableMetric: {
    sent: "once a minute: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html",
    typical: [60, 120], worst: [120, 300],
    source: "assumed",
  },
  apiMetric: {
    sent: "once a minute: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html",
    typical: [60, 120], worst: [120, 300],
    source: "assumed",
  },
  statesMetric: {
    sent: "when an execution begins or ends: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
    typical: [60, 120], worst: [120, 300],
    source: "assumed",
  },
  idleQueueMetric: {
    sent: "once a minute, from the first use of a queue that was idle for six hours",
    typical: [60, 900], worst: [900, 900],
    source: "up to 15 minutes, by the same page of SQS; the shortest delay is assumed",
  },
} as const satisfies Record<string, Channel>;

export type ChannelName = keyof typeof CHANNELS;

const MINUTE_MS = 60_000;

/**
 * @param sentMs when the datum is sent, in milliseconds since 1970; for Lambda's own metrics the end of the invocation
 * @param share where the delay lies between the shortest (0) and the longest (1), for simulations that draw it at random
 * @returns the datum's `visibleMs`
 */
export const visibleAt = (channel: ChannelName, sentMs: number, delivery: Delivery, share = 1): number => {
  const [shortest, longest]: Delay = CHANNELS[channel][delivery];
  const minuteEndMs = (Math.floor(sentMs / MINUTE_MS) + 1) * MINUTE_MS;
  return minuteEndMs + Math.round((shortest + (longest - shortest) * share) * 1000);
};
