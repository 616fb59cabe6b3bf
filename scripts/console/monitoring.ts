/** The stack's metric filters and alarms over local time, and the messages that its topics send. */
import { type Alarm, metricsOf } from "../cloudwatch/alarm";
import { healthAlarmsOf } from "../cloudwatch/alarm-rule";
import { type CompositeAlarm, compileComposites, isComposite } from "../cloudwatch/composite-alarm";
import { type CompiledFilter, compileFilter, type LogLine as FilteredLine } from "../cloudwatch/metric-filter";
import type { MetricStore } from "../cloudwatch/metric-store";
import type { AlarmState } from "../cloudwatch/missing-data";
import { type Message, notifications } from "../cloudwatch/notifications";
import { createWatch, type Transition } from "../cloudwatch/watch";
import type { Blueprint } from "../sandbox/blueprint";
import { shortNames } from "./names";
import type { AlarmView, FilterMatch, Mail, StateChange } from "./protocol";

/** Changes of state that are kept for each alarm. */
const CHANGES = 100;

const MINUTE_MS = 60_000;

export interface Monitoring {
  /** Adds the data that the metric filters make from a line to the metrics. @returns the filters that match it */
  add(line: FilteredLine): FilterMatch[];
  /** Evaluates all alarms. @returns what changed, and the messages that were sent */
  step(atMs: number): { readonly changed: readonly string[]; readonly messages: readonly Omit<Mail, "id">[] };
  alarms(): AlarmView[];
  alarmNamed(name: string): Alarm | undefined;
}

const watchesOf = ({ watches }: Alarm): string => {
  if ("statistic" in watches) return `${watches.statistic} of ${watches.name}`;
  const returned = watches.find(({ returnData }) => returnData);
  return returned?.label ?? returned?.expression ?? "";
};

const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: "≥",
  GreaterThanThreshold: ">",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** Units of periods, the longest first. */
const UNITS = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
] as const;

const inWords = (seconds: number): string => {
  const [length, unit] = UNITS.find(([each]) => seconds % each === 0) ?? [1, "second"];
  const count = seconds / length;
  return `${count} ${count === 1 ? unit : `${unit}s`}`;
};

const conditionOf = (alarm: Alarm): string => {
  const { comparison, threshold, evaluationPeriods, datapointsToAlarm = evaluationPeriods } = alarm;
  const limit = `${COMPARISONS[comparison] ?? comparison} ${threshold}`;
  const period = inWords(metricsOf(alarm)[0]?.periodSeconds ?? 60);
  if (evaluationPeriods === 1) return `${limit} in ${period}`;
  return `${limit} in ${datapointsToAlarm} of ${evaluationPeriods} periods of ${period}`;
};

/** Data of the filters at once, and their default values at the end of a minute. */
const createFilters = ({ metricFilters }: Blueprint, metrics: MetricStore) => {
  const filters = metricFilters.map((filter) => ({ ...filter, compiled: compileFilter(filter) }));
  const minutes = new Map<number, { readonly lines: FilteredLine[]; readonly matched: Set<CompiledFilter> }>();
  return {
    add: (line: FilteredLine): FilterMatch[] => {
      const minute = Math.floor(line.timestampMs / MINUTE_MS);
      const seen = minutes.get(minute) ?? { lines: [], matched: new Set() };
      minutes.set(minute, seen);
      seen.lines.push(line);
      return filters.flatMap(({ name, metric, compiled }) => {
        const { isMatch, datum } = compiled.match(line);
        if (!isMatch) return [];
        seen.matched.add(compiled);
        if (datum !== undefined) metrics.put(datum);
        return [{ filter: name, metric: metric.name, ...(datum && { value: datum.value, unit: datum.unit }) }];
      });
    },
    endMinutes: (beforeMs: number) => {
      for (const [minute, { lines, matched }] of minutes) {
        if ((minute + 1) * MINUTE_MS > beforeMs) continue;
        minutes.delete(minute);
        const unmatched = filters.filter(({ compiled }) => !matched.has(compiled));
        for (const datum of unmatched.flatMap(({ compiled }) => compiled.report(lines))) metrics.put(datum);
      }
    },
  };
};

/**
 * @param nowMs the alarms are as if the stack had been deployed for some time: their first change of state notifies no one
 * @throws the errors of `createWatch`
 */
export const createMonitoring = (blueprint: Blueprint, metrics: MetricStore, nowMs: number): Monitoring => {
  const { topics, subscriptions } = blueprint;
  const all: readonly (Alarm | CompositeAlarm)[] = [...blueprint.compositeAlarms, ...blueprint.alarms];
  const { short, topicName } = shortNames(blueprint);
  const states = new Map<string, AlarmState>();
  const first = createWatch(all, metrics, states).step(Math.floor(nowMs / MINUTE_MS) * MINUTE_MS);
  // Another watch: the actions of the first changes may be waiting in the one that found them.
  const { step } = createWatch(all, metrics, states);
  const { add, endMinutes } = createFilters(blueprint, metrics);
  const names = new Set(all.map(({ name }) => name));
  const composites = compileComposites(blueprint.compositeAlarms, names);
  const children = new Map(composites.map((composite) => [composite.alarm.name, composite.children]));
  const signsOfHealth = new Set(composites.flatMap(({ rule }) => healthAlarmsOf(rule)));
  const changes = new Map<string, StateChange[]>(all.map(({ name }) => [name, []]));
  /** The change that each transition was recorded as: its actions can run later. */
  const recorded = new WeakMap<Transition, StateChange>();

  const record = (transition: Transition): void => {
    const { alarm, atMs, to, reason, actions, suppressedBy } = transition;
    const change = { atMs, state: to, reason, topics: actions.map(topicName), ...(suppressedBy && { suppressedBy }) };
    recorded.set(transition, change);
    const known = changes.get(alarm.name) ?? [];
    changes.set(alarm.name, [...known, change].slice(-CHANGES));
  };

  /** Actions that were suppressed have run by now. */
  const acted = (transition: Transition): void => {
    const change = recorded.get(transition);
    if (change === undefined) return;
    const { suppressedBy: _, ...rest } = change;
    const updated = { ...rest, topics: transition.actions.map(topicName) };
    recorded.set(transition, updated);
    const known = changes.get(transition.alarm.name) ?? [];
    changes.set(
      transition.alarm.name,
      known.map((each) => (each === change ? updated : each)),
    );
  };

  const mailOf = ({ parts, topicArn, text: _, ...message }: Message): Omit<Mail, "id"> => ({
    ...message,
    alarm: short(message.alarm),
    topic: topicName(topicArn),
    parts,
  });

  const viewOf = (alarm: Alarm | CompositeAlarm): AlarmView => ({
    name: alarm.name,
    short: short(alarm.name),
    description: alarm.description ?? "",
    state: states.get(alarm.name) ?? "INSUFFICIENT_DATA",
    isSignOfHealth: signsOfHealth.has(alarm.name),
    changes: changes.get(alarm.name) ?? [],
    children: (children.get(alarm.name) ?? []).map(short),
    topics: alarm.alarmActions.map(topicName),
    recipients: subscriptions
      .filter(({ topicArn }) => alarm.alarmActions.includes(topicArn))
      .map(({ protocol, endpoint }) => `${protocol} ${endpoint}`),
    ...(isComposite(alarm)
      ? { rule: alarm.rule, watches: "other alarms", condition: "" }
      : { watches: watchesOf(alarm), condition: conditionOf(alarm), threshold: alarm.threshold }),
  });

  for (const transition of first.transitions) record({ ...transition, actions: [], suppressedBy: undefined });

  return {
    add,
    step: (atMs) => {
      endMinutes(atMs);
      const done = step(atMs);
      for (const transition of done.transitions) record(transition);
      for (const transition of done.acted) acted(transition);
      const messages = done.acted.flatMap((transition) => notifications(transition, topics, subscriptions));
      return { changed: done.transitions.map(({ alarm }) => short(alarm.name)), messages: messages.map(mailOf) };
    },
    alarms: () => all.map(viewOf),
    alarmNamed: (name) => blueprint.alarms.find((alarm) => short(alarm.name) === name),
  };
};
