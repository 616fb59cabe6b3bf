/** Timelines of log lines and metric data, and how to shift, merge and repeat them. */
import type { Delivery } from "../../cloudwatch/delivery";
import type { LogLine } from "../../cloudwatch/metric-filter";
import { type Datum, type MetricName, metricKey } from "../../cloudwatch/metric-store";
import { type Sent, type SentDatum, visibleMsOf } from "../../sandbox/sent";
import { remembered } from "./remembered";

export type SentLine = LogLine & Sent;

/** Lines of the function's log group, and data that services and the function published. */
export interface Timeline {
  readonly lines: readonly SentLine[];
  readonly data: readonly SentDatum[];
}

export const EMPTY: Timeline = { lines: [], data: [] };

export const MINUTE_MS = 60_000;

type Timed = Sent & { readonly timestampMs: number };

const moved = <T extends Timed>(items: readonly T[], byMs: number): T[] =>
  items.map((item) => {
    const { activeSinceMs } = item;
    const later = { ...item, timestampMs: item.timestampMs + byMs, sentMs: item.sentMs + byMs };
    return activeSinceMs === undefined ? later : { ...later, activeSinceMs: activeSinceMs + byMs };
  });

const shifted = ({ lines, data }: Timeline, byMs: number): Timeline => ({
  lines: moved(lines, byMs),
  data: moved(data, byMs),
});

const concatenated = (parts: readonly Timeline[]): Timeline => ({
  lines: parts.flatMap(({ lines }) => lines),
  data: parts.flatMap(({ data }) => data),
});

/** What a merged timeline consists of: hours of traffic that many timelines share are then delivered once. */
const partsOf = new WeakMap<Timeline, readonly Timeline[]>();

export const merged = (timelines: readonly Timeline[]): Timeline => {
  const made = concatenated(timelines);
  partsOf.set(made, timelines);
  return made;
};

/** @returns time of the first and the last item; `fallbackMs` if it is empty */
export const span = (timeline: Timeline, fallbackMs: number): { readonly fromMs: number; readonly toMs: number } => {
  let [fromMs, toMs] = [Infinity, -Infinity];
  for (const items of [timeline.lines, timeline.data]) {
    for (const { timestampMs } of items) {
      if (timestampMs < fromMs) fromMs = timestampMs;
      if (timestampMs > toMs) toMs = timestampMs;
    }
  }
  return fromMs === Infinity ? { fromMs: fallbackMs, toMs: fallbackMs } : { fromMs, toMs };
};

/** @returns the timeline, shifted so that it begins at `atMs` */
export const startingAt = (timeline: Timeline, atMs: number): Timeline =>
  shifted(timeline, atMs - span(timeline, atMs).fromMs);

/** @returns the timelines in a cycle, one every `everyMs` from `fromMs` until `toMs` */
export const repeated = (timelines: readonly Timeline[], fromMs: number, toMs: number, everyMs: number): Timeline => {
  const count = Math.max(0, Math.ceil((toMs - fromMs) / everyMs));
  return concatenated(
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

const deliveredLines = new WeakMap<Timeline, Map<Delivery, readonly LogLine[]>>();
const deliveredData = new WeakMap<Timeline, Map<string, readonly Datum[]>>();

const leavesOf = (timeline: Timeline): readonly Timeline[] =>
  partsOf.get(timeline)?.flatMap((part) => leavesOf(part)) ?? [timeline];

const delivered = <T extends Sent>(items: readonly T[], delivery: Delivery) =>
  items.map((item) => ({ ...item, visibleMs: visibleMsOf(item, delivery) }));

/** @returns the lines with the times from which CloudWatch can see them; the same array for the same timeline */
export const linesOf = (timeline: Timeline, delivery: Delivery): readonly LogLine[] => {
  const parts = partsOf.get(timeline);
  const make = () =>
    parts === undefined ? delivered(timeline.lines, delivery) : parts.flatMap((part) => linesOf(part, delivery));
  return remembered(
    remembered(deliveredLines, timeline, () => new Map()),
    delivery,
    make,
  );
};

/** @returns the data of one metric, with the times from which CloudWatch can see them */
export const dataOf = (timeline: Timeline, delivery: Delivery, metric: Omit<MetricName, "unit">): readonly Datum[] => {
  const key = metricKey(metric);
  return leavesOf(timeline).flatMap((leaf) =>
    remembered(
      remembered(deliveredData, leaf, () => new Map()),
      `${delivery} ${key}`,
      () =>
        delivered(
          leaf.data.filter((datum) => metricKey(datum) === key),
          delivery,
        ),
    ),
  );
};
