/** Timelines of log lines and metric data, and how to shift, merge and repeat them. */
import type { LogLine } from "../../cloudwatch/metric-filter";
import type { Datum } from "../../cloudwatch/metric-store";

/** Lines of the function's log group, and data that services and the function published. */
export interface Timeline {
  readonly lines: readonly LogLine[];
  readonly data: readonly Datum[];
}

export const EMPTY: Timeline = { lines: [], data: [] };

export const MINUTE_MS = 60_000;

const moved = <T extends { readonly timestampMs: number; readonly visibleMs?: number }>(
  items: readonly T[],
  byMs: number,
): T[] =>
  items.map((item) => ({
    ...item,
    timestampMs: item.timestampMs + byMs,
    ...(item.visibleMs !== undefined && { visibleMs: item.visibleMs + byMs }),
  }));

const shifted = ({ lines, data }: Timeline, byMs: number): Timeline => ({
  lines: moved(lines, byMs),
  data: moved(data, byMs),
});

export const merged = (timelines: readonly Timeline[]): Timeline => ({
  lines: timelines.flatMap(({ lines }) => lines),
  data: timelines.flatMap(({ data }) => data),
});

const timesOf = ({ lines, data }: Timeline): number[] => [...lines, ...data].map(({ timestampMs }) => timestampMs);

/** @returns time of the first and the last item; `fallbackMs` if it is empty */
export const span = (timeline: Timeline, fallbackMs: number): { readonly fromMs: number; readonly toMs: number } => {
  const times = timesOf(timeline);
  if (times.length === 0) return { fromMs: fallbackMs, toMs: fallbackMs };
  return { fromMs: times.reduce((a, b) => Math.min(a, b)), toMs: times.reduce((a, b) => Math.max(a, b)) };
};

/** @returns the timeline, shifted so that it begins at `atMs` */
export const startingAt = (timeline: Timeline, atMs: number): Timeline =>
  shifted(timeline, atMs - span(timeline, atMs).fromMs);

/** @returns the timelines in a cycle, one every `everyMs` from `fromMs` until `toMs` */
export const repeated = (timelines: readonly Timeline[], fromMs: number, toMs: number, everyMs: number): Timeline => {
  const count = Math.max(0, Math.ceil((toMs - fromMs) / everyMs));
  return merged(
    Array.from({ length: count }, (_, i) => startingAt(timelines[i % timelines.length] ?? EMPTY, fromMs + i * everyMs)),
  );
};
