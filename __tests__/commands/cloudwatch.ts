/** A CloudWatch server that keeps alarms and their history, for the tests of `npm run alarms`. */
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

/** Time of the last change of state of each alarm at the start. */
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
  /** Entries of the history after each change to ALARM. @default one successful action */
  readonly actions?: readonly string[];
  /** Result of an evaluation right after the alarm was set to ALARM. @default no evaluation */
  readonly evaluation?: Partial<Alarm>;
  /** How often the history can be read before access is denied. @default always */
  readonly reads?: number;
}

interface Item {
  readonly AlarmName: string;
  readonly HistoryItemType: "Action";
  readonly HistorySummary: string;
  readonly Timestamp: number;
}

/** The history begins with an older action. Its clock starts in 1970 and advances a second with each item. */
export const startCloudWatch = async (
  alarms: readonly Alarm[],
  { actions = [SUCCESS], evaluation = {}, reads = Number.POSITIVE_INFINITY }: Behaviour = {},
) => {
  const kept = new Map(alarms.map((alarm) => [alarm.AlarmName, alarm]));
  const history: Item[] = [];
  const note = (AlarmName: string, HistorySummary: string) =>
    history.push({ AlarmName, HistoryItemType: "Action", HistorySummary, Timestamp: 1_000_000 + history.length });
  for (const { AlarmName } of alarms) note(AlarmName, "Failed to execute action of last year");
  let readCount = 0;

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
      readCount += 1;
      if (readCount > reads) throw new ServiceError("AccessDenied", "not authorized to perform: DescribeAlarmHistory");
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
