/** Applies the monitoring of a stack to a timeline: metric filters to its lines, alarms to its metrics. */

import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import { alarmName, alarmsOf, parseAlarmRule } from "../../cloudwatch/alarm-rule";
import { type CompositeAlarm, isComposite } from "../../cloudwatch/composite-alarm";
import type { Delivery } from "../../cloudwatch/delivery";
import { compileFilter, type LogLine, type MetricFilter } from "../../cloudwatch/metric-filter";
import { type Datum, MetricStore, metricKey } from "../../cloudwatch/metric-store";
import { type Transition, watch } from "../../cloudwatch/watch";
import type { Blueprint } from "../../sandbox/blueprint";
import { remembered } from "./remembered";
import { dataOf, linesOf, type Timeline } from "./timeline";

export type AnyAlarm = Alarm | CompositeAlarm;

export interface Watched {
  readonly fromMs: number;
  readonly toMs: number;
}

type Lines = readonly LogLine[];

/** A mutant changes one filter or alarm; the results of the others are computed once for each timeline. */
const reports = new WeakMap<Lines, Map<string, readonly Datum[]>>();
const histories = new WeakMap<Timeline, Map<string, readonly Transition[]>>();

/** @returns the data that the filter publishes for the timeline's lines */
export const reportOf = (filter: MetricFilter, { lines }: { readonly lines: Lines }): readonly Datum[] =>
  known(
    remembered(reports, lines, () => new Map()),
    String(numberOf(filter)),
    () => compileFilter(filter).report(lines),
  );

/** Removes what was computed for a mutant; undefined while no mutant is judged. */
let forget: (() => void)[] | undefined;

/** Does something with mutants, whose results would fill the memory: they are forgotten at the end, because no other mutant needs them. */
export const forgetting = <T>(work: () => T): T => {
  const before = forget;
  forget = [];
  try {
    return work();
  } finally {
    for (const each of forget) each();
    forget = before;
  }
};

const known = <T>(memory: Map<string, T>, key: string, make: () => T): T =>
  remembered(memory, key, () => {
    forget?.push(() => memory.delete(key));
    return make();
  });

type Named = Pick<Datum, "namespace" | "name">;

const isSame = (one: Named, other: Named) => one.namespace === other.namespace && one.name === other.name;

/** @returns the log groups that functions of the stack write to */
export const logGroupsOf = ({ function: fn, otherFunctions }: Blueprint): string[] =>
  [fn, ...otherFunctions].map(({ logGroup }) => logGroup);

/** @returns the metric filters on the functions' log groups */
export const filtersOf = (blueprint: Blueprint): readonly MetricFilter[] =>
  blueprint.metricFilters.filter(({ logGroup }) => logGroupsOf(blueprint).includes(logGroup));

/** @returns the alarm and, for a composite alarm, all those that its state and its actions depend on */
export const neededBy = (alarm: AnyAlarm, { alarms, compositeAlarms }: Blueprint): AnyAlarm[] => {
  if (!isComposite(alarm)) return [alarm];
  const { rule, actionsSuppressor: suppressor } = alarm;
  const names = [...alarmsOf(parseAlarmRule(rule)), ...(suppressor === undefined ? [] : [alarmName(suppressor.alarm)])];
  const named = [...alarms, ...compositeAlarms].filter(({ name }) => names.includes(name) && name !== alarm.name);
  return [...new Set([...named.flatMap((each) => neededBy(each, { alarms, compositeAlarms } as Blueprint)), alarm])];
};

/** What the history of an alarm is computed from, besides the timeline. */
interface Needs {
  readonly alarms: readonly AnyAlarm[];
  readonly filters: readonly MetricFilter[];
  /** The same text for the same definitions. */
  readonly key: string;
}

const numbers = new Map<string, number>();
const numbered = new WeakMap<object, number>();

/** @returns the same number for values with the same contents: a short key */
const numberOf = (value: object): number =>
  remembered(numbered, value, () => remembered(numbers, JSON.stringify(value), () => numbers.size));

const metricsOfAll = (alarms: readonly AnyAlarm[]) => {
  const metrics = alarms.flatMap((each) => (isComposite(each) ? [] : metricsOf(each)));
  return [...new Map(metrics.map((metric) => [metricKey(metric), metric])).values()];
};

const needs = new WeakMap<Blueprint, Map<AnyAlarm, Needs>>();

const needsOf = (alarm: AnyAlarm, blueprint: Blueprint): Needs =>
  remembered(
    remembered(needs, blueprint, () => new Map<AnyAlarm, Needs>()),
    alarm,
    () => {
      const alarms = neededBy(alarm, blueprint);
      const metrics = metricsOfAll(alarms);
      const filters = filtersOf(blueprint).filter(({ metric }) => metrics.some((watched) => isSame(watched, metric)));
      return { alarms, filters, key: `${alarms.map(numberOf)} ${filters.map(numberOf)}` };
    },
  );

/**
 * Evaluates alarms at each time with the data that are visible by then: all that are not known yet together, because most read
 * the same metrics, and composite alarms the same alarms.
 * @returns the state changes of each alarm, oldest first
 * @throws Error for a filter or an alarm that CloudWatch would refuse
 */
export const historiesOf = (
  alarms: readonly AnyAlarm[],
  blueprint: Blueprint,
  timeline: Timeline,
  { fromMs, toMs }: Watched,
  delivery: Delivery,
): (readonly Transition[])[] => {
  const memory = remembered(histories, timeline, () => new Map<string, readonly Transition[]>());
  const keyOf = (alarm: AnyAlarm) => `${needsOf(alarm, blueprint).key} ${fromMs} ${toMs} ${delivery}`;
  const unknown = alarms.filter((alarm) => !memory.has(keyOf(alarm)));
  const needed = unknown.map((alarm) => needsOf(alarm, blueprint));
  const watched = [...new Set(needed.flatMap((each) => each.alarms))];
  const filters = new Set(needed.flatMap((each) => each.filters));

  const store = new MetricStore();
  for (const metric of metricsOfAll(watched)) for (const datum of dataOf(timeline, delivery, metric)) store.put(datum);
  const lines = filters.size > 0 ? linesOf(timeline, delivery) : [];
  for (const filter of filters) for (const datum of reportOf(filter, { lines })) store.put(datum);
  const transitions = unknown.length > 0 ? watch(watched, store, fromMs, toMs) : [];
  return alarms.map((alarm) =>
    known(memory, keyOf(alarm), () => transitions.filter((transition) => transition.alarm === alarm)),
  );
};

type Evaluated = [blueprint: Blueprint, timeline: Timeline, watched: Watched, delivery: Delivery];

/** @returns the state changes of one alarm, as `historiesOf` */
export const historyOf = (alarm: AnyAlarm, ...of: Evaluated): readonly Transition[] =>
  historiesOf([alarm], ...of)[0] ?? [];
