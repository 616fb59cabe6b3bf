/** Which recorded lines and data an alarm counts, and timelines made of exactly so many of them. */

import type { Alarm, MetricStatistic } from "../../cloudwatch/alarm";
import { compileFilter } from "../../cloudwatch/metric-filter";
import type { Blueprint } from "../../sandbox/blueprint";
import { filtersOf, reportOf } from "./observe";
import { EMPTY, merged, startingAt, type Timeline } from "./timeline";
import { type Address, keyOf } from "./widgets";

/** A filter's metric may have no dimensions to tell. */
const isMetric = (watched: MetricStatistic, metric: Omit<Address, "dimensions"> & Partial<Address>): boolean =>
  keyOf(watched) === keyOf({ dimensions: {}, ...metric });

/** The single metric of an alarm; none where it is metric math. */
export const metricOf = ({ watches }: Alarm): MetricStatistic | undefined =>
  "statistic" in watches ? watches : undefined;

/** @returns each line or datum of the recording that the alarm counts, as a timeline of its own */
export const signalsOf = (alarm: Alarm, blueprint: Blueprint, recording: Timeline): Timeline[] => {
  const watched = metricOf(alarm);
  if (watched === undefined) return [];
  const filters = filtersOf(blueprint).filter(({ metric }) => isMetric(watched, metric));
  if (filters.length > 0 && watched.statistic !== "Sum") {
    const measured = filters.flatMap((filter) => reportOf(filter, recording)).filter(({ value }) => value > 0);
    return measured.map((datum) => ({ lines: [], data: [datum] }));
  }
  if (filters.length > 0) {
    const compiled = filters.map(compileFilter);
    const heard = recording.lines.filter((line) => compiled.some(({ hear }) => hear(line).isMatch));
    return heard.map((line) => ({ lines: [line], data: [] }));
  }
  const counted = recording.data.filter((datum) => isMetric(watched, datum) && datum.value > 0);
  return counted.map((datum) => ({ lines: [], data: [datum] }));
};

/** @returns so many signals, evenly from the one moment to the other; the recorded ones in turn */
export const spread = (signals: readonly Timeline[], count: number, fromMs: number, toMs: number): Timeline =>
  merged(
    Array.from({ length: count }, (_, i) => {
      const atMs = count === 1 ? toMs : fromMs + ((toMs - fromMs) * i) / (count - 1);
      return startingAt(signals[i % signals.length] ?? EMPTY, atMs);
    }),
  );

/** @returns the strongest of the signals with another value: a gauge cannot be made to show exactly its threshold */
export const retouched = (signals: readonly Timeline[], value: number): Timeline => {
  const strongest = signals
    .flatMap(({ data }) => data)
    .reduce((one, other) => (other.value > one.value ? other : one), { value: 0 } as Timeline["data"][number]);
  return strongest.value === 0 ? EMPTY : { lines: [], data: [{ ...strongest, value }] };
};
