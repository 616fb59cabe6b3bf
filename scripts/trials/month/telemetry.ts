/** Sends the effects of a simulated minute to the local CloudWatch, as sums of the minute. */
import { type ChannelName, type Delivery, visibleAt } from "../../cloudwatch/delivery";
import type { MetricStore } from "../../cloudwatch/metric-store";
import type { StatisticSet } from "../../cloudwatch/statistics";
import type { Effect, Effects } from "./effects";
import type { OutcomeName } from "./outcomes";
import { drawsFor } from "./random";

/** Equal outcomes of one minute. */
export interface Occurrence {
  readonly outcome: OutcomeName;
  readonly count: number;
  /** Minute in which the attempts began; they end, or what takes no time happens, in the minute that is played. */
  readonly startMinute: number;
  /** Age of the event at the start of the attempt. @default 0 */
  readonly ageMs?: number;
  /** Longest duration of the attempts. @default as recorded */
  readonly durationMs?: number;
  /** Whether the attempts ran the newest version of the function. @default they did */
  readonly isOfOlder?: true;
}

export interface Telemetry {
  /** Takes what ends in the minute. */
  ended(occurrence: Occurrence): void;
  /** Takes the beginning of what lasts longer than the minute. */
  started(occurrence: Occurrence): void;
  /** Sends what happened in the minute. */
  send(minute: number, gauges: Gauges): void;
}

export interface Gauges {
  /** Most attempts that ran at a time. */
  readonly concurrency: number;
  /** Messages in the dead-letter queue. @default the queue is idle and publishes nothing */
  readonly queued?: { readonly messages: number; readonly activeSinceMinute?: number };
  /** By how many minutes everything reaches CloudWatch later than usual. */
  readonly lateMinutes: number;
}

export const MINUTE_MS = 60_000;

class Total implements StatisticSet {
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;

  add(value: number, count: number): void {
    this.count += count;
    this.sum += value * count;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }
}

/** Data of one metric in one minute that are sent together. */
interface Batch {
  readonly metric: number;
  readonly minute: number;
  readonly channel: ChannelName;
  readonly total: Total;
}

/**
 * @param seed of the delays
 * @param epochMs time of minute 0
 */
export const createTelemetry = (
  effects: Effects,
  store: MetricStore,
  delivery: Delivery,
  seed: string,
  epochMs: number,
): Telemetry => {
  const { metrics } = effects;
  const logged = new Set<OutcomeName>(effects.logged);
  const defaults = metrics.flatMap(({ defaultValue }, metric) => (defaultValue === undefined ? [] : [metric]));
  let batches = new Map<number, Batch>();
  let hasLines = false;

  const batchOf = (metric: number, minute: number, channel: ChannelName): Batch => {
    // A long attempt is about an earlier minute; few minutes back fit between the metrics' numbers.
    const key = minute * 1_000 + metric;
    const known = batches.get(key);
    if (known !== undefined) return known;
    const made = { metric, minute, channel, total: new Total() };
    batches.set(key, made);
    return made;
  };

  const valueIn = ({ scaled, value }: Effect, { ageMs = 0, durationMs = value }: Occurrence): number =>
    scaled === "age" ? ageMs : scaled === "duration" ? durationMs : value;

  const add = (occurrence: Occurrence, moment: "start" | "end", minute: number): void => {
    for (const effect of effects.byOutcome[occurrence.outcome]) {
      if (effect.sent !== moment) continue;
      if (effect.isOfNewest && occurrence.isOfOlder) continue;
      const about = effect.about === "start" ? occurrence.startMinute : minute;
      batchOf(effect.metric, about, effect.channel).total.add(valueIn(effect, occurrence), occurrence.count);
    }
  };

  let playing = 0;
  const writers = metrics.map((metric) => store.writer(metric));
  const put = (metric: number, minute: number, statistics: StatisticSet, visibleMs: number): void =>
    writers[metric]?.(statistics, epochMs + minute * MINUTE_MS, visibleMs);
  const gauge = (value: number) => ({ count: 1, sum: value, min: value, max: value });

  return {
    ended: (occurrence) => {
      if (occurrence.count === 0) return;
      hasLines ||= logged.has(occurrence.outcome);
      add(occurrence, "end", playing);
    },
    started: (occurrence) => {
      if (occurrence.count > 0) add(occurrence, "start", playing);
    },
    send: (minute, { concurrency, queued, lateMinutes }) => {
      const draws = drawsFor(seed, "delivery", minute);
      const shares = { lambdaMetric: draws.uniform(), filterMetric: draws.uniform() };
      const visible = (channel: ChannelName, sentMinute = minute): number => {
        const share = channel === "lambdaMetric" ? shares.lambdaMetric : shares.filterMetric;
        return visibleAt(channel, epochMs + (sentMinute + lateMinutes) * MINUTE_MS, delivery, share);
      };
      for (const metric of hasLines ? defaults : []) {
        const { total } = batchOf(metric, minute, "filterMetric");
        if (total.count === 0) total.add(metrics[metric]?.defaultValue ?? 0, 1);
      }
      for (const { metric, minute: about, channel, total } of batches.values())
        put(metric, about, total, visible(channel));
      for (const metric of effects.concurrency) put(metric, minute, gauge(concurrency), visible("lambdaMetric"));
      for (const metric of queued === undefined ? [] : effects.queue) {
        const since = queued?.activeSinceMinute;
        const late = since === undefined ? 0 : visible("idleQueueMetric", since);
        put(metric, minute, gauge(queued?.messages ?? 0), Math.max(visible("activeQueueMetric"), late));
      }
      batches = new Map();
      hasLines = false;
      playing = minute + 1;
    },
  };
};
