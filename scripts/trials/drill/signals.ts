/** Which recorded lines and data an alarm counts, and stretches made of exactly so many of them. */

import type { Alarm } from "../../cloudwatch/alarm";
import { compileFilter } from "../../cloudwatch/metric-filter";
import type { MetricStatistic } from "../../cloudwatch/metric-store";
import type { Blueprint } from "../../sandbox/blueprint";
import { filtersOf, reportOf } from "./observe";
import { EMPTY, merged, type Stretch, startingAt } from "./stretch";
import { type Address, keyOf } from "./widgets";

/** A filter's metric may have no dimensions to tell. */
const isMetric = (watched: MetricStatistic, metric: Omit<Address, "dimensions"> & Partial<Address>): boolean =>
  keyOf(watched) === keyOf({ dimensions: {}, ...metric });

/** The single metric of an alarm; none where it is metric math. */
export const metricOf = ({ watches }: Alarm): MetricStatistic | undefined =>
  "statistic" in watches ? watches : undefined;

/** @returns each line or datum of the recording that the alarm counts, as a stretch of its own */
export const signalsOf = (alarm: Alarm, blueprint: Blueprint, recording: Stretch): Stretch[] => {
  const watched = metricOf(alarm);
  if (watched === undefined) return [];
  const filters = filtersOf(blueprint).filter(({ metric }) => isMetric(watched, metric));
  if (filters.length > 0 && watched.statistic !== "Sum") {
    const measured = filters.flatMap((filter) => reportOf(filter, recording)).filter(({ value }) => value > 0);
    return measured.map((datum) => ({ lines: [], data: [datum] }));
  }
  if (filters.length > 0) {
    const compiled = filters.map(compileFilter);
    const heard = recording.lines.filter((line) => compiled.some(({ match }) => match(line).isMatch));
    return heard.map((line) => ({ lines: [line], data: [] }));
  }
  const counted = recording.data.filter((datum) => isMetric(watched, datum) && datum.value > 0);
  return counted.map((datum) => ({ lines: [], data: [datum] }));
};

/** @returns so many signals, evenly from the one moment to the other; the recorded ones in turn */
export const spread = (signals: readonly Stretch[], count: number, fromMs: number, toMs: number): Stretch =>
  merged(
    Array.from({ length: count }, (_, i) => {
      const atMs = count === 1 ? toMs : fromMs + ((toMs - fromMs) * i) / (count - 1);
      return startingAt(signals[i % signals.length] ?? EMPTY, atMs);
    }),
  );

/** @returns the strongest of the signals with another value: a gauge cannot be made to show exactly its threshold */
export const retouched = (signals: readonly Stretch[], value: number): Stretch => {
  const strongest = signals
    .flatMap(({ data }) => data)
    .reduce((one, other) => (other.value > one.value ? other : one), { value: 0 } as Stretch["data"][number]);
  return strongest.value === 0 ? EMPTY : { lines: [], data: [{ ...strongest, value }] };
};
