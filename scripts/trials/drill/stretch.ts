/** What a stretch of monitored time leaves behind, and how stretches are moved in time, put together and made of others. */
import type { LogLine } from "../../cloudwatch/metric-filter";
import type { Datum } from "../../cloudwatch/metric-store";

/** Lines of the function's log group, and data that Lambda and the function published. */
export interface Stretch {
  readonly lines: readonly LogLine[];
  readonly data: readonly Datum[];
}

export const EMPTY: Stretch = { lines: [], data: [] };

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

export const shifted = ({ lines, data }: Stretch, byMs: number): Stretch => ({
  lines: moved(lines, byMs),
  data: moved(data, byMs),
});

export const merged = (stretches: readonly Stretch[]): Stretch => ({
  lines: stretches.flatMap(({ lines }) => lines),
  data: stretches.flatMap(({ data }) => data),
});

const timesOf = ({ lines, data }: Stretch): number[] => [...lines, ...data].map(({ timestampMs }) => timestampMs);

/** @returns when the first and the last of it happened; `fallbackMs` where it is empty */
export const span = (stretch: Stretch, fallbackMs: number): { readonly fromMs: number; readonly toMs: number } => {
  const times = timesOf(stretch);
  if (times.length === 0) return { fromMs: fallbackMs, toMs: fallbackMs };
  return { fromMs: times.reduce((a, b) => Math.min(a, b)), toMs: times.reduce((a, b) => Math.max(a, b)) };
};

/** @returns the stretch so that it begins at a moment */
export const startingAt = (stretch: Stretch, atMs: number): Stretch =>
  shifted(stretch, atMs - span(stretch, atMs).fromMs);

/** @returns stretches one by one, again and again, each beginning `everyMs` after the one before, up to `toMs` */
export const repeated = (stretches: readonly Stretch[], fromMs: number, toMs: number, everyMs: number): Stretch => {
  const count = Math.max(0, Math.ceil((toMs - fromMs) / everyMs));
  return merged(
    Array.from({ length: count }, (_, i) => startingAt(stretches[i % stretches.length] ?? EMPTY, fromMs + i * everyMs)),
  );
};
