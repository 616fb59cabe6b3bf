/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html */
import type { Alarm } from "../../scripts/cloudwatch/alarm";
import type { ActionsSuppressor, CompositeAlarm } from "../../scripts/cloudwatch/composite-alarm";
import { MetricStore } from "../../scripts/cloudwatch/metric-store";
import type { AlarmState } from "../../scripts/cloudwatch/missing-data";
import { notifications } from "../../scripts/cloudwatch/notifications";
import { createWatch, type Transition, watch } from "../../scripts/cloudwatch/watch";
import { alarmOnAMinute, metricNamed } from "./alarm-on-a-minute";

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
const MINUTE = 60_000;
const TOPIC = "arn:aws:sns:us-east-1:123456789012:pages";
const OK_TOPIC = "arn:aws:sns:us-east-1:123456789012:over";

/** In ALARM exactly in the minutes in which its metric of the same name is 1. */
const metricAlarm = (name: string): Alarm => alarmOnAMinute({ name, watches: metricNamed(name) });

const composite = (changes: Partial<CompositeAlarm> = {}): CompositeAlarm => ({
  name: "page",
  rule: "ALARM(fault)",
  alarmActions: [TOPIC],
  okActions: [OK_TOPIC],
  insufficientDataActions: [],
  ...changes,
});

/** A store in which the alarms are in ALARM at the given minutes, up to minute 20. */
const storeOf = (minutesInAlarm: Readonly<Record<string, readonly number[]>>) => {
  const store = new MetricStore();
  for (const [name, minutes] of Object.entries(minutesInAlarm)) {
    for (let minute = 0; minute <= 20; minute += 1) {
      const value = minutes.includes(minute) ? 1 : 0;
      store.put({
        namespace: "N",
        name,
        dimensions: {},
        unit: "Count",
        timestampMs: NOON + (minute - 1) * MINUTE,
        value,
      });
    }
  }
  return store;
};

const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

const minuteOf = (atMs: number) => (atMs - NOON) / MINUTE;

/** Minute and state of each time that the actions of the page ran. */
const actedIn = (alarms: readonly (Alarm | CompositeAlarm)[], store: MetricStore, toMinute = 20) => {
  const states = new Map<string, AlarmState>(alarms.map(({ name }) => [name, "OK"]));
  const { step } = createWatch(alarms, store, states);
  const acted: Transition[] = [];
  for (let minute = 0; minute <= toMinute; minute += 1) acted.push(...step(NOON + minute * MINUTE).acted);
  return acted.map(({ actedAtMs = 0, to, actions }) => [
    minuteOf(actedAtMs),
    to,
    actions.map((arn) => arn.split(":").at(-1)),
  ]);
};

const suppressed = (
  minutesInAlarm: Readonly<Record<string, readonly number[]>>,
  changes: Partial<ActionsSuppressor> = {},
) => {
  const actionsSuppressor = { alarm: "deploying", waitSeconds: 120, extensionSeconds: 180, ...changes };
  const alarms = [composite({ actionsSuppressor }), metricAlarm("fault"), metricAlarm("deploying")];
  return actedIn(alarms, storeOf({ fault: [], deploying: [], ...minutesInAlarm }));
};

describe("state", () => {
  it("follows the rule, in the minute in which an alarm changes", () => {
    const alarms = [composite(), metricAlarm("fault")];
    const history = watch(alarms, storeOf({ fault: [3, 4] }), NOON, NOON + 8 * MINUTE);
    expect(
      history
        .filter(({ alarm }) => alarm.name === "page")
        .map(({ atMs, from: was, to, reason, childrenInAlarm, actions }) => [
          minuteOf(atMs),
          was,
          to,
          reason,
          childrenInAlarm,
          actions,
        ]),
    ).toEqual([
      [
        0,
        "INSUFFICIENT_DATA",
        "OK",
        "fault transitioned to OK at Monday 23 November, 2026 12:00:00 UTC",
        [],
        [OK_TOPIC],
      ],
      [3, "OK", "ALARM", "fault transitioned to ALARM at Monday 23 November, 2026 12:03:00 UTC", ["fault"], [TOPIC]],
      [5, "ALARM", "OK", "fault transitioned to OK at Monday 23 November, 2026 12:05:00 UTC", [], [OK_TOPIC]],
    ]);
  });

  it("of a rule without alarms is known from the first evaluation", () => {
    const [transition] = watch([composite({ rule: "TRUE" })], new MetricStore(), NOON, NOON);
    expect([transition?.to, transition?.reason]).toEqual([
      "ALARM",
      "The rule was evaluated at Monday 23 November, 2026 12:00:00 UTC",
    ]);
  });

  it("of a composite over composites is known in the same minute, in any order of the list", () => {
    const alarms = [
      composite({ rule: "ALARM(service-down)" }),
      composite({ name: "service-down", rule: "NOT OK(fault)" }),
      metricAlarm("fault"),
    ];
    const history = watch(alarms, storeOf({ fault: [3] }), NOON, NOON + 3 * MINUTE);
    expect(history.filter(({ to }) => to === "ALARM").map(({ alarm, atMs }) => [alarm.name, minuteOf(atMs)])).toEqual([
      ["fault", 3],
      ["service-down", 3],
      ["page", 3],
    ]);
  });

  it("runs no actions that are disabled", () => {
    const alarms = [composite({ actionsEnabled: false }), metricAlarm("fault")];
    expect(actedIn(alarms, storeOf({ fault: [3] }))).toEqual([]);
  });

  it.each([
    ['Expected the name of an alarm in composite alarm page but got "gone"', [composite({ rule: "ALARM(gone)" })]],
    [
      'Expected the name of an alarm in composite alarm page but got "gone"',
      [composite({ rule: "TRUE", actionsSuppressor: { alarm: "gone", waitSeconds: 1, extensionSeconds: 1 } })],
    ],
    [
      "Expected no cycle of composite alarms but got page -> other -> page",
      [composite({ rule: "ALARM(other)" }), composite({ name: "other", rule: "OK(page)" })],
    ],
    ["Expected no cycle of composite alarms but got page -> page", [composite({ rule: "ALARM(page)" })]],
  ])("is refused: %s", (message, alarms) => {
    expect(() => createWatch(alarms, new MetricStore())).toThrow(message);
  });
});

// The page's examples: a wait period of 2 minutes, an extension period of 3.
describe("suppressed actions", () => {
  it("run after the wait period if the suppressor stays OK (example 1)", () => {
    expect(suppressed({ fault: from(2, 20) })).toEqual([[4, "ALARM", ["pages"]]]);
  });

  it("do not run while the suppressor is in ALARM since the wait period (example 2)", () => {
    expect(suppressed({ fault: from(2, 20), deploying: from(3, 20) })).toEqual([]);
  });

  it("do not run if the suppressor goes to ALARM at the end of the wait period", () => {
    expect(suppressed({ fault: from(2, 20), deploying: from(4, 20) })).toEqual([]);
  });

  it("run for the later state if it changes within the wait period (example 3)", () => {
    expect(suppressed({ fault: [2] })).toEqual([[5, "OK", ["over"]]]);
  });

  it("do not run if the suppressor is in ALARM already (example 4)", () => {
    expect(suppressed({ fault: from(2, 20), deploying: from(1, 20) })).toEqual([]);
  });

  it("run after the extension period if the state lasts (example 5)", () => {
    expect(suppressed({ fault: from(2, 20), deploying: from(3, 5) })).toEqual([[9, "ALARM", ["pages"]]]);
  });

  it("wait anew if the state changes within the extension period (example 6)", () => {
    expect(suppressed({ fault: from(2, 6), deploying: from(3, 5) })).toEqual([[9, "OK", ["over"]]]);
  });

  it("do not run within the extension period if the suppressor goes to ALARM again", () => {
    expect(suppressed({ fault: from(2, 20), deploying: [3, 4, 5, 7, 8] })).toEqual([[12, "ALARM", ["pages"]]]);
  });

  it("do not run again after the suppressor, if they ran before it", () => {
    expect(suppressed({ fault: from(2, 20), deploying: from(8, 10) })).toEqual([[4, "ALARM", ["pages"]]]);
  });

  it("run at the end of a period that ends between two evaluations", () => {
    expect(suppressed({ fault: from(2, 20) }, { waitSeconds: 90 })).toEqual([[3.5, "ALARM", ["pages"]]]);
  });

  it("run at once without a wait period", () => {
    expect(suppressed({ fault: from(2, 20) }, { waitSeconds: 0 })).toEqual([[2, "ALARM", ["pages"]]]);
  });

  it("are part of the transition once they have run, and what holds them back until then", () => {
    const actionsSuppressor = { alarm: "deploying", waitSeconds: 120, extensionSeconds: 180 };
    const alarms = [composite({ actionsSuppressor }), metricAlarm("fault"), metricAlarm("deploying")];
    const { step } = createWatch(alarms, storeOf({ fault: from(2, 20), deploying: [3] }));
    const seen: unknown[] = [];
    let page: Transition | undefined;
    for (let minute = 0; minute <= 7; minute += 1) {
      const { transitions } = step(NOON + minute * MINUTE);
      page = transitions.find(({ alarm, to }) => alarm.name === "page" && to === "ALARM") ?? page;
      if (minute >= 2) seen.push([page?.suppressedBy, page?.actions.length]);
    }
    expect(seen[0]).toEqual(["WaitPeriod", 0]);
    expect(seen.at(-1)).toEqual([undefined, 1]);
    expect(page?.actedAtMs).toBe(NOON + 7 * MINUTE);
  });
});

it("dates a message by the time at which the actions ran", () => {
  const actionsSuppressor = { alarm: "deploying", waitSeconds: 120, extensionSeconds: 180 };
  const alarms = [composite({ actionsSuppressor }), metricAlarm("fault"), metricAlarm("deploying")];
  const states = new Map<string, AlarmState>(alarms.map(({ name }) => [name, "OK"]));
  const { step } = createWatch(alarms, storeOf({ fault: from(2, 20), deploying: [] }), states);
  const acted = from(0, 6).flatMap((minute) => step(NOON + minute * MINUTE).acted);
  const topics = [{ arn: TOPIC, name: "pages" }];
  const subscriptions = [{ topicArn: TOPIC, protocol: "sms", endpoint: "+15555550100" }];
  const messages = acted.flatMap((transition) => notifications(transition, topics, subscriptions));
  expect(messages.map(({ atMs, subject }) => [minuteOf(atMs), subject])).toEqual([
    [4, 'ALARM: "page" in US East (N. Virginia)'],
  ]);
});

it("e-mails the alarms that are in ALARM, when the actions run", () => {
  const { step } = createWatch(
    [
      composite({ rule: "ALARM(fault) OR ALARM(other)", description: "Images fail" }),
      metricAlarm("fault"),
      metricAlarm("other"),
    ],
    storeOf({ fault: [3], other: [3] }),
  );
  const acted = from(0, 3).flatMap((minute) => step(NOON + minute * MINUTE).acted);
  const topics = [{ arn: TOPIC, name: "pages" }];
  const [message] = acted.flatMap((transition) =>
    notifications(transition, topics, [{ topicArn: TOPIC, protocol: "email", endpoint: "oncall@example.com" }]),
  );
  expect(message?.subject).toBe('ALARM: "page" in US East (N. Virginia)');
  expect(message?.atMs).toBe(NOON + 3 * MINUTE);
  expect(message?.text.split("\n").slice(-9)).toEqual([
    "",
    "Alarm Rule: ALARM(fault) OR ALARM(other)",
    "",
    "Alarms in ALARM: fault, other",
    "",
    "State Change Actions:",
    `- OK: [${OK_TOPIC}]`,
    `- ALARM: [${TOPIC}]`,
    "- INSUFFICIENT_DATA: ",
  ]);
});
