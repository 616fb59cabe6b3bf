/** A CloudWatch on this machine that keeps alarms and their history, for the tests of `npm run alarms`. */
import { ServiceError, startAwsJson } from "./aws-json";

export const TOPIC = "arn:aws:sns:us-east-1:000000000000:log-alerts";
export const SUCCESS = `Successfully executed action ${TOPIC}`;
export const FAILURE = `Failed to execute action ${TOPIC}. Received error: "not authorized to perform: SNS:Publish"`;

export interface Alarm {
  readonly AlarmName: string;
  readonly StateValue: string;
  readonly StateReason: string;
  /** Seconds since 1970, as the protocol has it. */
  readonly StateTransitionedTimestamp: number;
  readonly ActionsEnabled: boolean;
  readonly AlarmActions: readonly string[];
}

/** Since when alarms are in the state in which they are put here. */
export const SINCE = new Date("2026-01-01T00:00:00Z");

export const quiet = (AlarmName: string, changed: Partial<Alarm> = {}): Alarm => ({
  AlarmName,
  StateValue: "OK",
  StateReason: "no datapoints",
  StateTransitionedTimestamp: SINCE.getTime() / 1000,
  ActionsEnabled: true,
  AlarmActions: [TOPIC],
  ...changed,
});

interface Behaviour {
  /** What the history tells of each change to ALARM. @default that the action succeeded */
  readonly actions?: readonly string[];
  /** What CloudWatch makes of the alarm right after it was set to ALARM. @default it is not evaluated */
  readonly evaluation?: Partial<Alarm>;
  /** How often the history can be read; then access is denied. @default always */
  readonly looks?: number;
}

interface Item {
  readonly AlarmName: string;
  readonly HistoryItemType: "Action";
  readonly HistorySummary: string;
  readonly Timestamp: number;
}

/** It tells of an older action, too. Its clock moves a second with each item, from a time long ago. */
export const startCloudWatch = async (
  alarms: readonly Alarm[],
  { actions = [SUCCESS], evaluation = {}, looks = Number.POSITIVE_INFINITY }: Behaviour = {},
) => {
  const kept = new Map(alarms.map((alarm) => [alarm.AlarmName, alarm]));
  const history: Item[] = [];
  const note = (AlarmName: string, HistorySummary: string) =>
    history.push({ AlarmName, HistoryItemType: "Action", HistorySummary, Timestamp: 1_000_000 + history.length });
  for (const { AlarmName } of alarms) note(AlarmName, "Failed to execute action of last year");
  let looked = 0;

  const server = await startAwsJson({
    DescribeAlarms: ({ AlarmNamePrefix, AlarmNames }) => ({
      MetricAlarms: [...kept.values()].filter(({ AlarmName }) =>
        AlarmNames === undefined
          ? AlarmName.startsWith(String(AlarmNamePrefix))
          : (AlarmNames as string[]).includes(AlarmName),
      ),
    }),
    SetAlarmState: ({ AlarmName, StateValue, StateReason }) => {
      const name = String(AlarmName);
      const set = {
        ...quiet(name),
        ...kept.get(name),
        StateValue: String(StateValue),
        StateReason: String(StateReason),
      };
      if (StateValue !== "ALARM") kept.set(name, set);
      else {
        kept.set(name, { ...set, ...evaluation });
        for (const summary of actions) note(name, summary);
      }
      return {};
    },
    DescribeAlarmHistory: ({ AlarmName, ScanBy, MaxRecords, StartDate }) => {
      looked += 1;
      if (looked > looks) throw new ServiceError("AccessDenied", "not authorized to perform: DescribeAlarmHistory");
      const items = history.filter((item) => item.AlarmName === AlarmName && item.Timestamp >= Number(StartDate ?? 0));
      const ordered = ScanBy === "TimestampDescending" ? items.toReversed() : items;
      return { AlarmHistoryItems: ordered.slice(0, Number(MaxRecords ?? 100)) };
    },
  });
  /** @returns every state that was set, with its reason */
  const settings = (): unknown[] =>
    server.calls
      .filter(({ operation }) => operation === "SetAlarmState")
      .map(({ input }) => [input.StateValue, input.StateReason]);
  return { ...server, settings };
};
