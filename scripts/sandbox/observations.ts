/** What the parts of a sandbox log and measure, and when alarms can see it. */
import type { ChannelName, Delivery } from "../cloudwatch/delivery";
import { embeddedMetrics, validationErrors } from "../cloudwatch/embedded-metrics";
import { type Datum, MetricStore } from "../cloudwatch/metric-store";
import type { Blueprint, FunctionBlueprint } from "./blueprint";
import type { LogLine } from "./function-log";
import { dimensionsOf, type LambdaDatum } from "./lambda";
import type { LogGroups } from "./operations";
import { type SentDatum, visibleMsOf } from "./sent";

export interface ObservationsOptions {
  readonly blueprint: Blueprint;
  readonly now: () => number;
  /** @default alarms can see data and lines at once */
  readonly delivery: Delivery | undefined;
  /** How many lines of each group are kept, at least. */
  readonly history: number;
  readonly onLogLine: ((line: LogLine) => void) | undefined;
  readonly onDatum: ((datum: SentDatum) => void) | undefined;
}

export interface Observations {
  readonly logGroups: LogGroups;
  readonly metrics: MetricStore;
  publish(datum: SentDatum): void;
  /** Publishes a datum that the function has dated by the real clock. */
  publishOwn(datum: Datum, channel: ChannelName): void;
  /** Keeps a line, and publishes the metrics embedded in it. */
  hear(line: LogLine, fn: FunctionBlueprint): void;
  /** Publishes a datum that Lambda sends about a function. */
  measure(datum: LambdaDatum, fn: FunctionBlueprint): void;
}

/** Adds an entry, and forgets old ones in batches. */
export const keep = <T>(entries: T[], entry: T, atLeast: number): void => {
  entries.push(entry);
  if (entries.length > 1.1 * atLeast) entries.splice(0, entries.length - atLeast);
};

export const createObservations = (options: ObservationsOptions): Observations => {
  const { blueprint, now, delivery, history } = options;
  const logGroups = new Map<string, LogLine[]>();
  for (const { logGroup } of [blueprint.function, ...blueprint.otherFunctions]) logGroups.set(logGroup, []);
  const metrics = new MetricStore();

  const publish = (datum: SentDatum) => {
    const { channel, sentMs, activeSinceMs, requestId, ...published } = datum;
    metrics.put({ ...published, ...(delivery && { visibleMs: visibleMsOf(datum, delivery) }) });
    options.onDatum?.(datum);
  };
  const publishOwn = (datum: Datum, channel: ChannelName) => {
    const sentMs = now();
    publish({ ...datum, timestampMs: datum.timestampMs + sentMs - Date.now(), channel, sentMs });
  };
  return {
    ...{ logGroups, metrics, publish, publishOwn },
    hear: (written, { logGroup }) => {
      const sent = { channel: "filterMetric", sentMs: written.timestampMs } as const;
      const line = { ...written, ...(delivery && { visibleMs: visibleMsOf(sent, delivery) }) };
      keep(logGroups.get(logGroup) ?? [], line, history);
      const embedded = embeddedMetrics(line.text);
      for (const datum of embedded.data) publishOwn(datum, "embeddedMetric");
      const errors = validationErrors(embedded, logGroup, line.timestampMs);
      if (errors !== undefined) publish({ ...errors, channel: "embeddedMetric", sentMs: line.timestampMs });
      options.onLogLine?.(line);
    },
    measure: (datum, fn) => {
      for (const dimensions of dimensionsOf(fn, datum.name))
        publish({ namespace: "AWS/Lambda", dimensions, channel: "lambdaMetric", ...datum });
    },
  };
};
