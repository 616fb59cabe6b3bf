/** What the monitoring of a stack makes of a stretch of time: the filters hear its lines, the alarms watch its metrics. */

import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import { compileFilter, type MetricFilter } from "../../cloudwatch/metric-filter";
import { type Datum, MetricStore } from "../../cloudwatch/metric-store";
import { type Transition, watch } from "../../cloudwatch/watch";
import type { Blueprint } from "../../sandbox/blueprint";
import type { Stretch } from "./stretch";

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

const memoryOf = <T>(memories: WeakMap<Stretch, Map<string, T>>, stretch: Stretch): Map<string, T> => {
  const memory = memories.get(stretch) ?? new Map<string, T>();
  memories.set(stretch, memory);
  return memory;
};

/** A mutant differs from the original in one filter or alarm: what the others make of a stretch is worked out once. */
const reports = new WeakMap<Stretch, Map<string, readonly Datum[]>>();
const histories = new WeakMap<Stretch, Map<string, readonly Transition[]>>();

/** @returns what the filter publishes of the lines */
export const reportOf = (filter: MetricFilter, stretch: Stretch): readonly Datum[] =>
  remembered(() => compileFilter(filter).report(stretch.lines), JSON.stringify(filter), memoryOf(reports, stretch));

type Named = Pick<Datum, "namespace" | "name">;

const isSame = (one: Named, other: Named) => one.namespace === other.namespace && one.name === other.name;

/** Filters on other log groups hear nothing of the function. */
export const filtersOf = ({ metricFilters, function: fn }: Blueprint): readonly MetricFilter[] =>
  metricFilters.filter(({ logGroup }) => logGroup === fn.logGroup);

/**
 * @returns the alarm's changes of state, in the order of time
 * @throws Error of the filters and of the alarm, for what CloudWatch would refuse
 */
export const historyOf = (
  alarm: Alarm,
  blueprint: Blueprint,
  stretch: Stretch,
  { fromMs, toMs }: Watched,
): readonly Transition[] => {
  const metrics = metricsOf(alarm);
  const filters = filtersOf(blueprint).filter(({ metric }) => metrics.some((watched) => isSame(watched, metric)));
  const work = () => {
    const store = new MetricStore();
    const published = stretch.data.filter((datum) => metrics.some((watched) => isSame(watched, datum)));
    for (const datum of [...published, ...filters.flatMap((filter) => reportOf(filter, stretch))]) store.put(datum);
    return watch([alarm], store, fromMs, toMs);
  };
  return remembered(work, JSON.stringify([alarm, filters, fromMs, toMs]), memoryOf(histories, stretch));
};
