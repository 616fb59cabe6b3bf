/** Series of metrics and alarms over the last periods, as CloudWatch shows them at a local time. */
import { type Alarm, metricsOf } from "../cloudwatch/alarm";
import { type MetricQuery, querySeries } from "../cloudwatch/metric-queries";
import type { MetricStatistic, MetricStore } from "../cloudwatch/metric-store";
import type { Chart, Series } from "./protocol";

/** @returns starts of the periods from `sinceMs` to `endMs`, aligned to the period, the current one included */
export const periodsOf = (sinceMs: number, endMs: number, periodSeconds: number): number[] => {
  const periodMs = periodSeconds * 1_000;
  const firstMs = Math.floor(sinceMs / periodMs) * periodMs;
  const count = Math.floor((endMs - firstMs) / periodMs) + 1;
  return Array.from({ length: count }, (_, i) => firstMs + i * periodMs);
};

const fetchFrom = (store: MetricStore, startsMs: readonly number[], visibleByMs: number) => (metric: MetricStatistic) =>
  startsMs.map((startMs) => store.statistic({ ...metric, startMs, visibleByMs }));

const holes = (values: readonly (number | undefined)[]): (number | null)[] => values.map((value) => value ?? null);

export const metricSeries = (
  store: MetricStore,
  metric: MetricStatistic,
  startsMs: readonly number[],
  visibleByMs: number,
): (number | null)[] => holes(fetchFrom(store, startsMs, visibleByMs)(metric));

/** @returns the values of the row with `returnData`, or why there are none */
export const expressionSeries = (
  store: MetricStore,
  rows: readonly MetricQuery[],
  periodSeconds: number,
  startsMs: readonly number[],
  visibleByMs: number,
): Pick<Series, "values" | "problem"> => {
  try {
    const compute = querySeries("", rows, periodSeconds);
    return { values: holes(compute(startsMs, fetchFrom(store, startsMs, visibleByMs))) };
  } catch (error) {
    return { values: startsMs.map(() => null), problem: (error as Error).message };
  }
};

/** Between two points of a chart: periods that are longer overlap, as in the evaluations of an alarm. */
const MAX_STEP_SECONDS = 300;

/**
 * @returns what an alarm watches since `sinceMs`, with its threshold; periods end at the last whole minute, as in an evaluation.
 * A period that is longer than the step between two points is drawn where its last step begins.
 */
export const alarmChart = (alarm: Alarm, store: MetricStore, sinceMs: number, nowMs: number): Chart => {
  const periodSeconds = metricsOf(alarm)[0]?.periodSeconds ?? 60;
  const stepMs = Math.min(periodSeconds, MAX_STEP_SECONDS) * 1_000;
  const endMs = Math.floor(nowMs / 60_000) * 60_000;
  const points = Math.max(1, Math.floor((endMs - sinceMs) / stepMs));
  const drawnMs = Array.from({ length: points }, (_, i) => endMs - (points - i) * stepMs);
  const startsMs = drawnMs.map((atMs) => atMs + stepMs - periodSeconds * 1_000);
  const { watches, threshold } = alarm;
  const drawn =
    "statistic" in watches
      ? { values: metricSeries(store, watches, startsMs, nowMs) }
      : expressionSeries(store, watches, periodSeconds, startsMs, nowMs);
  const label =
    "statistic" in watches
      ? `${watches.statistic} of ${watches.name}`
      : (watches.find(({ returnData }) => returnData)?.label ?? "expression");
  return {
    startsMs: drawnMs,
    series: [{ label, axis: "left", ...drawn }],
    lines: [{ label: "threshold", value: threshold, axis: "left" }],
    minLeft: 0,
    isStacked: false,
  };
};
