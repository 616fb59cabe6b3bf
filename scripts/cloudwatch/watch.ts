/** The alarms of a stack over a stretch of time: every minute, as CloudWatch does, and what changed. */
import { type Alarm, type Datapoint, evaluate } from "./alarm";
import type { MetricStore } from "./metric-store";
import type { AlarmState } from "./missing-data";

/** An alarm's change from one state to another. */
export interface Transition {
  readonly alarm: Alarm;
  readonly atMs: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly datapoints: readonly Datapoint[];
  /** ARNs that are told; none where the alarm's actions are disabled. */
  readonly actions: readonly string[];
}

const MINUTE_MS = 60_000;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html: on a change of state, never while it lasts. */
const actionsOn = (alarm: Alarm, state: AlarmState): readonly string[] => {
  if (alarm.actionsEnabled === false) return [];
  if (state === "ALARM") return alarm.alarmActions;
  return state === "OK" ? alarm.okActions : alarm.insufficientDataActions;
};

/**
 * Evaluates every alarm at each whole minute from `fromMs` to `toMs`, both included.
 * @param store read at each of those minutes as it is then: `onTransition` may add to it
 * @param states of alarms by name, kept up to date so that a later call can go on; an alarm that is not in it starts at
 * INSUFFICIENT_DATA as a new alarm does
 * @returns the transitions, in the order of time
 * @throws Error of `evaluate`
 */
export const watch = (
  alarms: readonly Alarm[],
  store: MetricStore,
  fromMs: number,
  toMs: number,
  onTransition: (transition: Transition) => void = () => {},
  states: Map<string, AlarmState> = new Map(),
): Transition[] => {
  const history: Transition[] = [];
  for (let atMs = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS; atMs <= toMs; atMs += MINUTE_MS) {
    for (const alarm of alarms) {
      const from = states.get(alarm.name) ?? "INSUFFICIENT_DATA";
      const { state: to, reason, datapoints } = evaluate(alarm, store, atMs, from);
      states.set(alarm.name, to);
      if (to === from) continue;
      const transition = { alarm, atMs, from, to, reason, datapoints, actions: actionsOn(alarm, to) };
      history.push(transition);
      onTransition(transition);
    }
  }
  return history;
};
