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
  remembered(
    remembered(reports, lines, () => new Map()),
    JSON.stringify(filter),
    () => compileFilter(filter).report(lines),
  );

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

/**
 * Evaluates an alarm at each time with the data that are visible by then.
 * @returns the alarm's state changes, oldest first
 * @throws Error for a filter or an alarm that CloudWatch would refuse
 */
export const historyOf = (
  alarm: AnyAlarm,
  blueprint: Blueprint,
  timeline: Timeline,
  { fromMs, toMs }: Watched,
  delivery: Delivery,
): readonly Transition[] => {
  const alarms = neededBy(alarm, blueprint);
  const metrics = alarms.flatMap((each) => (isComposite(each) ? [] : metricsOf(each)));
  const filters = filtersOf(blueprint).filter(({ metric }) => metrics.some((watched) => isSame(watched, metric)));
  const work = () => {
    const store = new MetricStore();
    const read = new Map(metrics.map((metric) => [metricKey(metric), metric]));
    for (const metric of read.values()) for (const datum of dataOf(timeline, delivery, metric)) store.put(datum);
    const lines = filters.length > 0 ? linesOf(timeline, delivery) : [];
    for (const filter of filters) for (const datum of reportOf(filter, { lines })) store.put(datum);
    return watch(alarms, store, fromMs, toMs).filter((transition) => transition.alarm === alarm);
  };
  const key = JSON.stringify([alarms, filters, fromMs, toMs, delivery]);
  return remembered(
    remembered(histories, timeline, () => new Map()),
    key,
    work,
  );
};
