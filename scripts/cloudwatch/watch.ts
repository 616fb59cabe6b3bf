/** Evaluates the alarms of a stack minute by minute and lists their changes of state. */
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
  /** ARNs that CloudWatch notifies; none if the alarm's actions are disabled. */
  readonly actions: readonly string[];
}

const MINUTE_MS = 60_000;

/** Actions run when the state changes, not while it lasts: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html */
const actionsOn = (alarm: Alarm, state: AlarmState): readonly string[] => {
  if (alarm.actionsEnabled === false) return [];
  if (state === "ALARM") return alarm.alarmActions;
  return state === "OK" ? alarm.okActions : alarm.insufficientDataActions;
};

/**
 * Evaluates every alarm at each whole minute from `fromMs` to `toMs`, both included.
 * @param store is read again at each minute, so `onTransition` may add data to it
 * @param states by alarm name. `watch` updates it, so a later call can continue from it. An alarm without an entry starts
 * at INSUFFICIENT_DATA, as a new alarm does
 * @returns the transitions, oldest first
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
