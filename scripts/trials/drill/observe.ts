/** Applies the monitoring of a stack to a timeline: metric filters to its lines, alarms to its metrics. */

import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import type { Delivery } from "../../cloudwatch/delivery";
import { compileFilter, type MetricFilter } from "../../cloudwatch/metric-filter";
import { type Datum, MetricStore } from "../../cloudwatch/metric-store";
import { type Transition, watch } from "../../cloudwatch/watch";
import type { Blueprint } from "../../sandbox/blueprint";
import { type DeliveredTimeline, deliver, type Timeline } from "./timeline";

export interface Watched {
  readonly fromMs: number;
  readonly toMs: number;
}

const remembered = <T>(make: () => T, key: string, memory: Map<string, T>): T => {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
};

type Lines = Pick<DeliveredTimeline, "lines">;

const memoryOf = <T>(memories: WeakMap<Lines, Map<string, T>>, timeline: Lines): Map<string, T> => {
  const memory = memories.get(timeline) ?? new Map<string, T>();
  memories.set(timeline, memory);
  return memory;
};

/** A mutant changes one filter or alarm; the results of the others are computed once for each timeline. */
const reports = new WeakMap<Lines, Map<string, readonly Datum[]>>();
const histories = new WeakMap<Lines, Map<string, readonly Transition[]>>();

/** @returns the data that the filter publishes for the timeline's lines */
export const reportOf = (filter: MetricFilter, timeline: Lines): readonly Datum[] =>
  remembered(() => compileFilter(filter).report(timeline.lines), JSON.stringify(filter), memoryOf(reports, timeline));

type Named = Pick<Datum, "namespace" | "name">;

const isSame = (one: Named, other: Named) => one.namespace === other.namespace && one.name === other.name;

/** @returns the metric filters on the function's log group */
export const filtersOf = ({ metricFilters, function: fn }: Blueprint): readonly MetricFilter[] =>
  metricFilters.filter(({ logGroup }) => logGroup === fn.logGroup);

/**
 * Evaluates an alarm at each time with the data that are visible by then.
 * @returns the alarm's state changes, oldest first
 * @throws Error for a filter or an alarm that CloudWatch would refuse
 */
export const historyOf = (
  alarm: Alarm,
  blueprint: Blueprint,
  timeline: Timeline,
  { fromMs, toMs }: Watched,
  delivery: Delivery,
): readonly Transition[] => {
  const seen = deliver(timeline, delivery);
  const metrics = metricsOf(alarm);
  const filters = filtersOf(blueprint).filter(({ metric }) => metrics.some((watched) => isSame(watched, metric)));
  const work = () => {
    const store = new MetricStore();
    const published = seen.data.filter((datum) => metrics.some((watched) => isSame(watched, datum)));
    for (const datum of [...published, ...filters.flatMap((filter) => reportOf(filter, seen))]) store.put(datum);
    return watch([alarm], store, fromMs, toMs);
  };
  return remembered(work, JSON.stringify([alarm, filters, fromMs, toMs]), memoryOf(histories, seen));
};
