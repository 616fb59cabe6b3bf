/** Alarms in the console: how they begin, what a period is called, and which of them say that all is well. */
import type { Alarm } from "../../scripts/cloudwatch/alarm";
import type { CompositeAlarm } from "../../scripts/cloudwatch/composite-alarm";
import { MetricStore } from "../../scripts/cloudwatch/metric-store";
import { createMonitoring } from "../../scripts/console/monitoring";
import type { Blueprint } from "../../scripts/sandbox/blueprint";

const AT_MS = Date.UTC(2026, 0, 1, 12);
const MINUTE_MS = 60_000;
const TOPIC = "arn:aws:sns:us-east-1:1:shop-dev-alerts";

const alarm = (name: string, periodSeconds: number): Alarm => ({
  ...{ name: `shop-dev-processor-${name}`, comparison: "LessThanThreshold", threshold: 1, evaluationPeriods: 1 },
  ...{ alarmActions: [TOPIC], okActions: [TOPIC], insufficientDataActions: [], treatMissingData: "breaching" },
  watches: { namespace: "Shop", name: "Sales", dimensions: {}, statistic: "Sum", periodSeconds },
});

const page: CompositeAlarm = {
  ...{ name: "shop-dev-processor-page", alarmActions: [TOPIC], okActions: [TOPIC], insufficientDataActions: [] },
  rule: "ALARM(shop-dev-processor-silence) AND NOT ALARM(shop-dev-processor-recovered)",
  actionsSuppressor: { alarm: "shop-dev-processor-lull", waitSeconds: 120, extensionSeconds: 120 },
};

const monitoring = (metrics = new MetricStore()) =>
  createMonitoring(
    {
      function: { name: "shop-dev-processor" },
      alarms: [alarm("silence", 60), alarm("recovered", 7_200), { ...alarm("lull", 420), treatMissingData: "ignore" }],
      compositeAlarms: [page],
      metricFilters: [],
      topics: [{ arn: TOPIC, name: "shop-dev-alerts" }],
      subscriptions: [{ topicArn: TOPIC, protocol: "email", endpoint: "you@example.com" }],
    } as unknown as Blueprint,
    metrics,
    AT_MS,
  );

const sell = (metrics: MetricStore, atMs: number) =>
  metrics.put({ namespace: "Shop", name: "Sales", dimensions: {}, unit: "Count", timestampMs: atMs, value: 1 });

describe("the alarms of an environment that starts", () => {
  it("have a state, and notify no one of it, not even after a wait period", () => {
    const { alarms, step } = monitoring();
    const states = alarms().map(({ short, state }) => [short, state]);
    const messages = Array.from({ length: 10 }, (_, i) => step(AT_MS + i * MINUTE_MS).messages).flat();

    expect(states).toEqual([
      ["page", "OK"],
      ["silence", "ALARM"],
      ["recovered", "ALARM"],
      ["lull", "INSUFFICIENT_DATA"],
    ]);
    expect(messages).toEqual([]);
  });

  it("notify of what changes later", () => {
    const metrics = new MetricStore();
    const { step } = monitoring(metrics);
    sell(metrics, AT_MS);
    const { messages } = step(AT_MS + MINUTE_MS);

    expect(messages.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^OK: "shop-dev-processor-silence"/),
      expect.stringMatching(/^OK: "shop-dev-processor-recovered"/),
      expect.stringMatching(/^OK: "shop-dev-processor-lull"/),
    ]);
  });

  it("say which of them are in ALARM while all is well", () => {
    const signs = monitoring()
      .alarms()
      .filter(({ isSignOfHealth }) => isSignOfHealth);

    expect(signs.map(({ short }) => short)).toEqual(["recovered"]);
  });

  it("call periods by their longest whole unit", () => {
    const conditions = monitoring()
      .alarms()
      .map(({ condition }) => condition);

    expect(conditions).toEqual(["", "< 1 in 1 minute", "< 1 in 2 hours", "< 1 in 7 minutes"]);
  });
});
