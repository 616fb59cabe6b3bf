/**
 * Evaluates the alarms of a stack over time and lists their changes of state and the actions that run.
 *
 * This is the entry of the room for a simulation:
 *
 *     const store = new MetricStore();
 *     const { step, stepMs } = createWatch([...alarms, ...compositeAlarms], store);
 *     for (let atMs = fromMs; atMs <= toMs; atMs += stepMs) {
 *       store.put({ ...metric, unit: "Count", timestampMs, visibleMs: visibleAt("lambdaMetric", sentMs, "typical"), value: 1 });
 *       const { transitions, acted } = step(atMs);
 *       for (const transition of acted) inbox.push(...notifications(transition, topics, subscriptions));
 *     }
 *
 * `compileFilter` (metric-filter.ts) and `embeddedMetrics` turn log lines into data; one AggregatedDatum stands for many data of
 * a minute. `watch` runs over a span whose data are in the store already.
 */
import { type Alarm, type AlarmActions, type Datapoint, evaluate, evaluationStepMs, stateAt } from "./alarm";
import { ruleHolds } from "./alarm-rule";
import {
  type CompiledComposite,
  type CompositeAlarm,
  compileComposites,
  isComposite,
  type SuppressedBy,
  type SuppressionTimer,
  suppressionTimer,
} from "./composite-alarm";
import type { MetricStore } from "./metric-store";
import type { AlarmState } from "./missing-data";
import { longDate } from "./state-reason";

/** An alarm's change from one state to another. */
export interface Transition {
  readonly alarm: Alarm | CompositeAlarm;
  readonly atMs: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  /** Of the evaluation range, newest first; none for a composite alarm. */
  readonly datapoints: readonly Datapoint[];
  /** Names of the alarms in a composite's rule that were in ALARM; none for a metric alarm. */
  readonly childrenInAlarm: readonly string[];
  /** ARNs that CloudWatch notifies. None while the actions are suppressed, and none if the alarm's actions are disabled. */
  readonly actions: readonly string[];
  /** When the actions ran. @default they have not run */
  readonly actedAtMs?: number;
  /** What holds the actions back. @default nothing does */
  readonly suppressedBy?: SuppressedBy;
}

/** A transition whose actions may still have to run. */
type OpenTransition = { -readonly [K in keyof Transition]: Transition[K] };

/** What happened at one time. */
interface Step {
  readonly transitions: readonly Transition[];
  /** Transitions whose actions ran now, at once or after a wait or extension period. */
  readonly acted: readonly Transition[];
}

export interface Watch {
  /**
   * Evaluates the alarms that are due, with the data visible by then: at whole minutes, and at whole 10 s those with a period
   * under a minute. Call it with ascending times; other times evaluate nothing.
   * @throws Error of `evaluate`
   */
  readonly step: (atMs: number) => Step;
  /** Milliseconds between two steps: 60 000, or 10 000 if an alarm has a period under a minute. */
  readonly stepMs: number;
  /** The state of each alarm by its name. */
  readonly states: ReadonlyMap<string, AlarmState>;
}

const MINUTE_MS = 60_000;

/** Actions run when the state changes, not while it lasts: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html */
const actionsOn = (alarm: AlarmActions, state: AlarmState): readonly string[] => {
  if (alarm.actionsEnabled === false) return [];
  if (state === "ALARM") return alarm.alarmActions;
  return state === "OK" ? alarm.okActions : alarm.insufficientDataActions;
};

const act = (transition: OpenTransition, atMs: number): OpenTransition => {
  transition.actions = actionsOn(transition.alarm, transition.to);
  transition.suppressedBy = undefined;
  if (transition.actions.length > 0) transition.actedAtMs = atMs;
  return transition;
};

interface WatchedComposite extends CompiledComposite {
  /** @default actions are never suppressed */
  readonly timer?: SuppressionTimer<OpenTransition>;
}

/** As in the events that CloudWatch documents for composites, with the alarm's name for its ARN. */
const compositeReason = (children: readonly string[], changed: readonly Transition[], atMs: number): string => {
  const cause = changed.find(({ alarm }) => children.includes(alarm.name));
  if (cause === undefined) return `The rule was evaluated at ${longDate(atMs)}`;
  return `${cause.alarm.name} transitioned to ${cause.to} at ${longDate(cause.atMs)}`;
};

/**
 * @param alarms metric and composite alarms; a composite may name any other of them
 * @param store is read at each step, so data can be put into it between steps
 * @param states by alarm name. It is updated, so a later watch can continue from it. An alarm without an entry starts at
 * INSUFFICIENT_DATA, as a new alarm does
 * @throws Error of `compileComposites`
 */
export const createWatch = (
  alarms: readonly (Alarm | CompositeAlarm)[],
  store: MetricStore,
  states: Map<string, AlarmState> = new Map(),
): Watch => {
  const names = new Set(alarms.map(({ name }) => name));
  const metricAlarms = alarms.filter((alarm): alarm is Alarm => !isComposite(alarm));
  const composites = compileComposites(alarms.filter(isComposite), names).map((composite): WatchedComposite => {
    const { actionsSuppressor } = composite.alarm;
    return { ...composite, timer: actionsSuppressor && suppressionTimer(actionsSuppressor) };
  });
  const steps = metricAlarms.map((alarm) => ({ alarm, everyMs: evaluationStepMs(alarm) }));
  const stepMs = Math.min(MINUTE_MS, ...steps.map(({ everyMs }) => everyMs));
  const stateOf = (name: string): AlarmState => states.get(name) ?? "INSUFFICIENT_DATA";

  const metricTransition = (alarm: Alarm, atMs: number): OpenTransition | undefined => {
    const from = stateOf(alarm.name);
    const to = stateAt(alarm, store, atMs, from);
    if (to === from) {
      states.set(alarm.name, to);
      return undefined;
    }
    const { reason, datapoints } = evaluate(alarm, store, atMs, from);
    states.set(alarm.name, to);
    return { alarm, atMs, from, to, reason, datapoints, childrenInAlarm: [], actions: [] };
  };

  const compositeTransition = (
    { alarm, rule, children }: CompiledComposite,
    atMs: number,
    changed: readonly Transition[],
  ): OpenTransition | undefined => {
    const from = stateOf(alarm.name);
    const to: AlarmState = ruleHolds(rule, stateOf) ? "ALARM" : "OK";
    states.set(alarm.name, to);
    if (to === from) return undefined;
    const reason = compositeReason(children, changed, atMs);
    const childrenInAlarm = children.filter((child) => stateOf(child) === "ALARM");
    return { alarm, atMs, from, to, reason, datapoints: [], childrenInAlarm, actions: [] };
  };

  const dueActions = (byMs: number): OpenTransition[] =>
    composites.flatMap(({ timer }) => {
      const due = timer?.due(byMs);
      return due === undefined ? [] : [act(due.change, due.atMs)];
    });

  const step = (atMs: number): Step => {
    const transitions: OpenTransition[] = [];
    const acted = dueActions(atMs - 1);
    const actNow = (transition: OpenTransition) => acted.push(act(transition, atMs));
    for (const { alarm, everyMs } of steps) {
      const transition = atMs % everyMs === 0 ? metricTransition(alarm, atMs) : undefined;
      if (transition === undefined) continue;
      transitions.push(transition);
      actNow(transition);
    }
    for (const composite of composites) {
      const { timer, suppressor } = composite;
      const transition = compositeTransition(composite, atMs, transitions);
      if (transition !== undefined) transitions.push(transition);
      timer?.update(atMs, suppressor !== undefined && stateOf(suppressor) === "ALARM", transition);
      if (transition === undefined) continue;
      if (timer === undefined) actNow(transition);
      else transition.suppressedBy = timer.suppressedBy();
    }
    acted.push(...dueActions(atMs));
    return { transitions, acted: acted.filter(({ actions }) => actions.length > 0) };
  };

  return { step, stepMs, states };
};

/**
 * Evaluates every alarm from `fromMs` to `toMs`, both included, once a minute, or every 10 s if its period is under a minute.
 * @param alarms, store, states as for `createWatch`
 * @param onTransition is called at once, so it may put data into the store; actions that are suppressed then can still follow
 * @returns the transitions, oldest first
 * @throws Error of `evaluate` and `createWatch`
 */
export const watch = (
  alarms: readonly (Alarm | CompositeAlarm)[],
  store: MetricStore,
  fromMs: number,
  toMs: number,
  onTransition: (transition: Transition) => void = () => {},
  states?: Map<string, AlarmState>,
): Transition[] => {
  const { step, stepMs } = createWatch(alarms, store, states);
  const history: Transition[] = [];
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= toMs; atMs += stepMs) {
    for (const transition of step(atMs).transitions) {
      history.push(transition);
      onTransition(transition);
    }
  }
  return history;
};
