/** Transitions of alarms over time, and the messages that subscribers receive. */
import type { Alarm } from "../../scripts/cloudwatch/alarm";
import { type MetricStatistic, MetricStore } from "../../scripts/cloudwatch/metric-store";
import type { AlarmState } from "../../scripts/cloudwatch/missing-data";
import { notifications } from "../../scripts/cloudwatch/notifications";
import { smsMessages } from "../../scripts/cloudwatch/sms";
import { type Transition, watch } from "../../scripts/cloudwatch/watch";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
const MINUTE = 60_000;
const CRITICAL = "arn:aws:sns:us-east-1:123456789012:critical";
const LOGS = "arn:aws:sns:us-east-1:123456789012:logs";

const errors: MetricStatistic = {
  namespace: "AWS/Lambda",
  name: "Errors",
  dimensions: { FunctionName: "f", Stage: "dev" },
  statistic: "Sum",
  periodSeconds: 60,
};

const alarm: Alarm = {
  name: "f-high-error-rate",
  description: "3 or more errors in a minute",
  comparison: "GreaterThanOrEqualToThreshold",
  threshold: 3,
  evaluationPeriods: 1,
  treatMissingData: "notBreaching",
  alarmActions: [CRITICAL, LOGS],
  okActions: [CRITICAL],
  insufficientDataActions: [],
  watches: errors,
};

const storeWith = (value: number) => {
  const store = new MetricStore();
  store.put({ ...errors, unit: "Count", timestampMs: NOON + 10_000, value });
  return store;
};

const changes = (history: readonly Transition[]) =>
  history.map(({ atMs, from, to, actions }) => [(atMs - NOON) / MINUTE, from, to, actions]);

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
describe("watch", () => {
  it("reports changes only, each once", () => {
    const reported: Transition[] = [];
    const history = watch([alarm], storeWith(3), NOON, NOON + 10 * MINUTE, (transition) => reported.push(transition));
    expect(changes(history)).toEqual([
      [0, "INSUFFICIENT_DATA", "OK", [CRITICAL]],
      [1, "OK", "ALARM", [CRITICAL, LOGS]],
      [7, "ALARM", "OK", [CRITICAL]],
    ]);
    expect(reported).toEqual(history);
  });

  it("continues from the states of an earlier call", () => {
    const states = new Map<string, AlarmState>([[alarm.name, "OK"]]);
    watch([alarm], storeWith(3), NOON, NOON + MINUTE, undefined, states);
    expect(states.get(alarm.name)).toBe("ALARM");
    const later = watch([alarm], storeWith(3), NOON + 2 * MINUTE, NOON + 7 * MINUTE, undefined, states);
    expect(changes(later)).toEqual([[7, "ALARM", "OK", [CRITICAL]]]);
  });

  it("acts on nothing where actions are disabled", () => {
    const quiet = { ...alarm, actionsEnabled: false };
    const history = watch([quiet], storeWith(3), NOON, NOON + MINUTE);
    expect(changes(history)).toEqual([
      [0, "INSUFFICIENT_DATA", "OK", []],
      [1, "OK", "ALARM", []],
    ]);
  });

  it("runs the actions of INSUFFICIENT_DATA", () => {
    const one = { ...alarm, treatMissingData: "missing", insufficientDataActions: [LOGS] };
    const history = watch([one], storeWith(0), NOON, NOON + 8 * MINUTE);
    expect(changes(history)).toEqual([
      [1, "INSUFFICIENT_DATA", "OK", [CRITICAL]],
      [7, "OK", "INSUFFICIENT_DATA", [LOGS]],
    ]);
  });

  it("looks at whole minutes only", () => {
    const times = watch([alarm], storeWith(3), NOON + 1, NOON + MINUTE + 59_999).map(({ atMs }) => atMs - NOON);
    expect(times).toEqual([MINUTE]);
  });

  it("stays silent one under the threshold", () => {
    expect(watch([alarm], storeWith(2), NOON, NOON + 60 * MINUTE).map(({ to }) => to)).toEqual(["OK"]);
  });
});

const topics = [
  { arn: CRITICAL, name: "critical" },
  { arn: LOGS, name: "logs" },
];
const subscriptions = [
  { topicArn: CRITICAL, protocol: "email", endpoint: "critical@example.com" },
  { topicArn: CRITICAL, protocol: "sms", endpoint: "+15555550100" },
  { topicArn: LOGS, protocol: "email", endpoint: "logs@example.com" },
];

const fired = (changed: Partial<Alarm> = {}): Transition => {
  const [, transition] = watch([{ ...alarm, ...changed }], storeWith(4), NOON, NOON + MINUTE);
  if (transition === undefined) throw new Error("the alarm did not fire");
  return transition;
};

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
describe("notifications", () => {
  it("reach the subscribers of the notified topics and no others", () => {
    const reached = (transition: Transition) =>
      notifications(transition, topics, subscriptions).map(({ endpoint }) => endpoint);
    expect(reached(fired())).toEqual(["critical@example.com", "+15555550100", "logs@example.com"]);
    expect(reached(fired({ alarmActions: [LOGS] }))).toEqual(["logs@example.com"]);
    expect(reached(fired({ alarmActions: [`${LOGS}-gone`] }))).toEqual([]);
    expect(reached(fired({ actionsEnabled: false }))).toEqual([]);
  });

  it("e-mail the facts of the alarm", () => {
    const [message] = notifications(fired(), topics, subscriptions);
    expect(message?.subject).toBe('ALARM: "f-high-error-rate" in US East (N. Virginia)');
    expect(message?.parts).toEqual([message?.text]);
    expect(message?.text).toBe(
      `You are receiving this email because your Amazon CloudWatch Alarm "f-high-error-rate" in the US East (N. Virginia) region has entered the ALARM state, because "Threshold Crossed: 1 datapoint [4.0 (23/11/26 12:00:00)] was greater than or equal to the threshold (3.0)." at "Monday 23 November, 2026 12:01:00 UTC".

View this alarm in the AWS Management Console:
https://us-east-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=us-east-1#alarmsV2:alarm/f-high-error-rate

Alarm Details:
- Name: f-high-error-rate
- Description: 3 or more errors in a minute
- State Change: OK -> ALARM
- Reason for State Change: Threshold Crossed: 1 datapoint [4.0 (23/11/26 12:00:00)] was greater than or equal to the threshold (3.0).
- Timestamp: Monday 23 November, 2026 12:01:00 UTC
- AWS Account: 123456789012
- Alarm Arn: arn:aws:cloudwatch:us-east-1:123456789012:alarm:f-high-error-rate

Threshold:
- The alarm is in the ALARM state when the metric is GreaterThanOrEqualToThreshold 3.0 for at least 1 of the last 1 period(s) of 60 seconds.

Monitored Metric:
- MetricNamespace: AWS/Lambda
- MetricName: Errors
- Dimensions: [FunctionName = f] [Stage = dev]
- Period: 60 seconds
- Statistic: Sum
- Unit: not specified
- TreatMissingData: notBreaching

State Change Actions:
- OK: [${CRITICAL}]
- ALARM: [${CRITICAL}] [${LOGS}]
- INSUFFICIENT_DATA: `,
    );
  });

  it("e-mail the expression of an alarm on metric math", () => {
    const watches = [
      { id: "m", metric: errors },
      { id: "e", expression: "100 * m", returnData: true, label: "Percent" },
    ];
    const text = notifications(fired({ watches }), topics, subscriptions)[0]?.text.split("\n");
    expect(text?.slice(-11, -4)).toEqual([
      "Threshold:",
      "- The alarm is in the ALARM state when the expression is GreaterThanOrEqualToThreshold 3.0 for at least 1 of the last 1 period(s) of 60 seconds.",
      "",
      "Monitored Metrics:",
      "- MetricExpression: 100 * m",
      "- MetricLabel: Percent",
      "",
    ]);
  });

  it("send an SMS that is the subject, after the topic's display name", () => {
    const named = topics.map((topic) => ({ ...topic, displayName: "OPS" }));
    const texts = [topics, named].map((all) => notifications(fired(), all, subscriptions)[1]?.parts);
    expect(texts).toEqual([
      ['ALARM: "f-high-error-rate" in US East (N. Virginia)'],
      ['OPS> ALARM: "f-high-error-rate" in US East (N. Virginia)'],
    ]);
  });

  // https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
  it.each([
    [60, "x".repeat(60)],
    [61, `${"x".repeat(60)}...`],
  ])("write a name of %d characters so that the subject stays within 100", (length, written) => {
    const subject = notifications(fired({ name: "x".repeat(length) }), topics, subscriptions)[0]?.subject;
    expect(subject).toBe(`ALARM: "${written}" in US East (N. Virginia)`);
  });

  it("cut a name further where the state leaves less room", () => {
    const transition: Transition = { ...fired({ name: "x".repeat(60) }), to: "INSUFFICIENT_DATA" };
    const subject = notifications(transition, topics, subscriptions)[0]?.subject;
    expect(subject).toBe(`INSUFFICIENT_DATA: "${"x".repeat(51)}..." in US East (N. Virginia)`);
    expect(subject).toHaveLength(100);
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
describe("SMS", () => {
  const words = (length: number) => "word ".repeat(length / 5).trim();

  it.each([
    ["160 GSM characters", "x".repeat(160), [160]],
    ["one more, without a blank", "x".repeat(161), [160, 1]],
    ["words, cut between them", words(200), [159, 39]],
    ["70 other characters", "ж".repeat(70), [70]],
    ["one more of those", "ж".repeat(71), [70, 1]],
    ["GSM characters of all kinds", `@£_ !"#%&'()*+,-./0-9:;<=>?A-Za-zÄñ`.repeat(4).slice(0, 140), [140]],
    ["characters that take two places", "[".repeat(81), [80, 1]],
    ["no character", "", []],
  ])("%s", (_, text, lengths) => {
    expect(smsMessages(text).map((message) => message.length)).toEqual(lengths);
  });

  it("loses no word", () => {
    const text = Array.from({ length: 200 }, (_, index) => `w${index}`).join(" ");
    expect(smsMessages(text).join(" ")).toBe(text);
  });

  it("allows 1600 characters", () => {
    expect(smsMessages("x".repeat(1600))).toHaveLength(10);
  });

  it("refuses more than 1600 characters", () => {
    expect(() => smsMessages("x".repeat(1601))).toThrow("Expected at most 1600 characters for an SMS but got 1601");
  });
});
