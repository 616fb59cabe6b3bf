/** Timelines of log lines and metric data, and how to shift, merge and repeat them. */
import type { Delivery } from "../../cloudwatch/delivery";
import type { LogLine } from "../../cloudwatch/metric-filter";
import type { Datum } from "../../cloudwatch/metric-store";
import { type Sent, type SentDatum, visibleMsOf } from "../../sandbox/sent";

export type SentLine = LogLine & Sent;

/** Lines of the function's log group, and data that services and the function published. */
export interface Timeline {
  readonly lines: readonly SentLine[];
  readonly data: readonly SentDatum[];
}

/** A timeline with the times from which CloudWatch can see each line and datum. */
export interface DeliveredTimeline {
  readonly lines: readonly LogLine[];
  readonly data: readonly Datum[];
}

export const EMPTY: Timeline = { lines: [], data: [] };

export const MINUTE_MS = 60_000;

type Timed = Sent & { readonly timestampMs: number };

const moved = <T extends Timed>(items: readonly T[], byMs: number): T[] =>
  items.map((item) => ({
    ...item,
    timestampMs: item.timestampMs + byMs,
    sentMs: item.sentMs + byMs,
    ...(item.activeSinceMs !== undefined && { activeSinceMs: item.activeSinceMs + byMs }),
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

/** @returns the timeline of an invocation that takes `lastsMs`: what Lambda sends at its end is sent later */
export const lasting = ({ lines, data }: Timeline, lastsMs: number): Timeline => ({
  lines,
  data: data.map((datum) =>
    datum.channel === "lambdaMetric" ? { ...datum, sentMs: datum.timestampMs + lastsMs } : datum,
  ),
});

/** @returns the timeline as a queue publishes it that was never idle */
export const fromActiveQueue = ({ lines, data }: Timeline): Timeline => ({
  lines,
  data: data.map(({ activeSinceMs: _, ...datum }) => datum),
});

/** @returns the time from which everything in the timeline is visible; `fallbackMs` if it is empty */
export const visibleFromMs = ({ lines, data }: Timeline, delivery: Delivery, fallbackMs: number): number =>
  [...lines, ...data].reduce((latestMs, each) => Math.max(latestMs, visibleMsOf(each, delivery)), fallbackMs);

const delivered = new WeakMap<Timeline, Map<Delivery, DeliveredTimeline>>();

/** @returns the timeline as CloudWatch sees it */
export const deliver = (timeline: Timeline, delivery: Delivery): DeliveredTimeline => {
  const known = delivered.get(timeline) ?? new Map<Delivery, DeliveredTimeline>();
  delivered.set(timeline, known);
  const made = known.get(delivery) ?? {
    lines: timeline.lines.map((line) => ({ ...line, visibleMs: visibleMsOf(line, delivery) })),
    data: timeline.data.map((datum) => ({ ...datum, visibleMs: visibleMsOf(datum, delivery) })),
  };
  known.set(delivery, made);
  return made;
};
