/** The recorded lines and data that an alarm counts, and timelines with an exact number of them. */

import type { Alarm } from "../../cloudwatch/alarm";
import { compileFilter } from "../../cloudwatch/metric-filter";
import type { MetricStatistic } from "../../cloudwatch/metric-store";
import type { Blueprint } from "../../sandbox/blueprint";
import { filtersOf, reportOf } from "./observe";
import { EMPTY, merged, startingAt, type Timeline } from "./timeline";
import { type Address, keyOf } from "./widgets";

/** A filter's metric can have no dimensions. */
const isMetric = (watched: MetricStatistic, metric: Omit<Address, "dimensions"> & Partial<Address>): boolean =>
  keyOf(watched) === keyOf({ dimensions: {}, ...metric });

/** @returns the single metric of an alarm; undefined for metric math */
export const metricOf = ({ watches }: Alarm): MetricStatistic | undefined =>
  "statistic" in watches ? watches : undefined;

/** @returns each line or datum of the recording that the alarm counts, as one timeline each */
export const signalsOf = (alarm: Alarm, blueprint: Blueprint, recording: Timeline): Timeline[] => {
  const watched = metricOf(alarm);
  if (watched === undefined) return [];
  const filters = filtersOf(blueprint).filter(({ metric }) => isMetric(watched, metric));
  if (filters.length > 0 && watched.statistic !== "Sum") {
    const measured = filters.flatMap((filter) => reportOf(filter, recording)).filter(({ value }) => value > 0);
    return measured.map((datum) => ({
      lines: [],
      data: [{ ...datum, channel: "filterMetric", sentMs: datum.timestampMs }],
    }));
  }
  if (filters.length > 0) {
    const compiled = filters.map(compileFilter);
    const matched = recording.lines.filter((line) => compiled.some(({ match }) => match(line).isMatch));
    return matched.map((line) => ({ lines: [line], data: [] }));
  }
  const counted = recording.data.filter((datum) => isMetric(watched, datum) && datum.value > 0);
  return counted.map((datum) => ({ lines: [], data: [datum] }));
};

/** @returns `count` signals at equal intervals from `fromMs` to `toMs`; cycles through the recorded ones */
export const spread = (signals: readonly Timeline[], count: number, fromMs: number, toMs: number): Timeline =>
  merged(
    Array.from({ length: count }, (_, i) => {
      const atMs = count === 1 ? toMs : fromMs + ((toMs - fromMs) * i) / (count - 1);
      return startingAt(signals[i % signals.length] ?? EMPTY, atMs);
    }),
  );

/** @returns the largest datum of the signals with its value replaced: a run cannot produce an exact gauge value */
export const withValue = (signals: readonly Timeline[], value: number): Timeline => {
  const strongest = signals
    .flatMap(({ data }) => data)
    .reduce((one, other) => (other.value > one.value ? other : one), { value: 0 } as Timeline["data"][number]);
  return strongest.value === 0 ? EMPTY : { lines: [], data: [{ ...strongest, value }] };
};
