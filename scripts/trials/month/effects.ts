/** What one outcome does to the metrics that a stack's alarms watch, worked out from its recording and the stack's own filters. */
import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import type { ChannelName } from "../../cloudwatch/delivery";
import { compileFilter, type MetricFilter } from "../../cloudwatch/metric-filter";
import type { Dimensions, MetricName } from "../../cloudwatch/metric-store";
import type { Blueprint } from "../../sandbox/blueprint";
import type { SentDatum } from "../../sandbox/sent";
import type { Recording } from "../drill/recorded-run";
import { OUTCOME_NAMES, type OutcomeName, type Recordings } from "./outcomes";

/** Start or end of an attempt; the same for what takes no time. */
type Moment = "start" | "end";

/** One datum that each occurrence of an outcome adds. */
export interface Effect {
  /** Index in `Effects.metrics`. */
  readonly metric: number;
  /** The time that the datum is about. */
  readonly about: Moment;
  /** When it is sent. */
  readonly sent: Moment;
  readonly channel: ChannelName;
  readonly value: number;
  /** What the simulation knows better than the recording, because a recording takes no minutes. @default the recorded value */
  readonly scaled?: "age" | "duration";
  /** Whether only attempts of the newest version have it. */
  readonly isOfNewest: boolean;
}

/** A metric that alarms watch. */
interface WatchedMetric extends MetricName {
  /** Datum of a minute with log lines but no match. @default none */
  readonly defaultValue?: number;
}

export interface Effects {
  readonly metrics: readonly WatchedMetric[];
  readonly byOutcome: Readonly<Record<OutcomeName, readonly Effect[]>>;
  /** Outcomes that write log lines. */
  readonly logged: readonly OutcomeName[];
  /** Indices of metrics that the simulation computes by itself, from how many attempts run at a time and how full the queue is. */
  readonly concurrency: readonly number[];
  readonly queue: readonly number[];
}

/** Metrics of the end of an event: Lambda gives it up. */
const OF_THE_END: readonly string[] = ["AsyncEventsDropped", "DeadLetterErrors"];
const CONCURRENCY = "ConcurrentExecutions";
const QUEUE_NAMESPACE = "AWS/SQS";

const keyOf = ({ namespace, name, dimensions }: Omit<MetricName, "unit">): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);

const isOfVersionIn = (dimensions: Dimensions): boolean => "ExecutedVersion" in dimensions;

/** Whether an alarm watches a single version of the function. */
export const isOfVersion = (alarm: Alarm): boolean =>
  metricsOf(alarm).every(({ dimensions }) => isOfVersionIn(dimensions));

/** Which data of a recording belong to the outcome itself. */
const belongs = (outcome: OutcomeName): ((datum: SentDatum) => boolean) => {
  if (outcome === "givenUp" || outcome === "lost") return ({ name }) => OF_THE_END.includes(name);
  if (outcome === "throttled") return ({ name, value }) => name === "Throttles" && value > 0;
  return ({ name, namespace, value }) => namespace !== QUEUE_NAMESPACE && !(OF_THE_END.includes(name) && value > 0);
};

/** A throttled event is throttled repeatedly: keep the first datum of each metric. */
const firstOfEach = (data: readonly SentDatum[]): SentDatum[] => [
  ...new Map(data.toReversed().map((datum) => [keyOf(datum), datum])).values(),
];

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

const MINUTE_MS = 60_000;

/** An invocation that took less than a few seconds took no minute. */
const spanOf = ({ data }: Recording): Span | undefined => {
  const invocation = data.find(({ name }) => name === "Invocations");
  if (invocation === undefined || invocation.sentMs - invocation.timestampMs < MINUTE_MS / 2) return undefined;
  return { startMs: invocation.timestampMs, endMs: invocation.sentMs };
};

const momentOf = (atMs: number, span: Span | undefined): Moment =>
  span !== undefined && atMs - span.startMs < (span.endMs - span.startMs) / 2 ? "start" : "end";

const SCALED: Readonly<Record<string, Effect["scaled"]>> = { AsyncEventAge: "age", Duration: "duration" };

/** The recorded data and the data that the stack's filters make of the recorded lines. */
const dataOf = (outcome: OutcomeName, recording: Recording, filters: readonly MetricFilter[]): SentDatum[] => {
  const own = recording.data.filter(belongs(outcome));
  const data = outcome === "throttled" ? firstOfEach(own) : own;
  if (!writesLines(outcome)) return data;
  const compiled = filters.map(compileFilter);
  const counted = recording.lines.flatMap(({ channel, sentMs, ...line }) =>
    compiled.flatMap(({ match }) => match(line).datum ?? []).map((datum) => ({ ...datum, channel, sentMs })),
  );
  return [...data, ...counted];
};

/** The lines of these recordings are those of attempts, which have separate recordings. */
const WITHOUT_LINES: readonly OutcomeName[] = ["givenUp", "lost", "throttled", "switchedOff"];

const writesLines = (outcome: OutcomeName): boolean => !WITHOUT_LINES.includes(outcome);

/** The metrics that alarms of a stack watch, with the default values of its filters. */
const watchedBy = ({ alarms, metricFilters }: Blueprint): Map<string, number | undefined> =>
  new Map(
    alarms.flatMap(metricsOf).map((metric) => {
      const filter = metricFilters.find((each) => each.metric.dimensions === undefined && isMadeBy(metric, each));
      return [keyOf(metric), filter?.metric.defaultValue] as const;
    }),
  );

const isMadeBy = (metric: Omit<MetricName, "unit">, filter: MetricFilter): boolean =>
  keyOf(metric) === keyOf({ ...filter.metric, dimensions: {} });

/**
 * @param recordings of the stack's function; outcomes that were not recorded have no effects
 * @throws Error for a filter that CloudWatch would refuse
 */
export const effectsOf = (blueprint: Blueprint, recordings: Recordings): Effects => {
  const watched = watchedBy(blueprint);
  const filters = blueprint.metricFilters.filter(({ logGroup }) => logGroup === blueprint.function.logGroup);
  const metrics: WatchedMetric[] = [];
  const indices = new Map<string, number>();
  const indexOf = (datum: SentDatum): number => {
    const key = keyOf(datum);
    const known = indices.get(key);
    if (known !== undefined) return known;
    const { namespace, name, dimensions, unit } = datum;
    const defaultValue = watched.get(key);
    indices.set(key, metrics.length);
    return metrics.push({ namespace, name, dimensions, unit, ...(defaultValue !== undefined && { defaultValue }) }) - 1;
  };
  const effectsOfOutcome = (outcome: OutcomeName): Effect[] => {
    const recording = recordings[outcome];
    if (recording === undefined) return [];
    const span = spanOf(recording);
    return dataOf(outcome, recording, filters)
      .filter((datum) => watched.has(keyOf(datum)) && datum.name !== CONCURRENCY)
      .map((datum) => ({
        metric: indexOf(datum),
        about: momentOf(datum.timestampMs, span),
        sent: momentOf(datum.sentMs, span),
        channel: datum.channel,
        value: datum.value,
        ...(SCALED[datum.name] && { scaled: SCALED[datum.name] }),
        isOfNewest: isOfVersionIn(datum.dimensions),
      }));
  };
  const byOutcome = Object.fromEntries(OUTCOME_NAMES.map((name) => [name, effectsOfOutcome(name)]));
  const published = Object.values(recordings).flatMap(({ data }) => data);
  const computed = (isOne: (datum: SentDatum) => boolean): number[] => [
    ...new Set(published.filter((datum) => isOne(datum) && watched.has(keyOf(datum))).map(indexOf)),
  ];
  return {
    metrics,
    byOutcome: byOutcome as Record<OutcomeName, Effect[]>,
    logged: OUTCOME_NAMES.filter(writesLines),
    concurrency: computed(({ name }) => name === CONCURRENCY),
    queue: computed(({ namespace }) => namespace === QUEUE_NAMESPACE),
  };
};
