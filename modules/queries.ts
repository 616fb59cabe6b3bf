/** Ledger of saved CloudWatch Logs Insights queries, and how a row becomes a query. */

import { EVENTS, type EventFields, type EventName } from "../handler/contract/events";
import { sourcesAt } from "../handler/contract/filter-pattern";
import {
  type FaultName,
  type LogSource,
  METRICS,
  type MeasuredName,
  type Metric,
  type ReportMeasure,
} from "../handler/contract/metrics";
import type { Settings } from "../handler/contract/settings";
import { alarmQueryName } from "./alarm-config";
import { singleAlarms } from "./alarm-rows";
import type { AlarmRow, AlarmValues, LogAlarmValues } from "./alarm-types";
import { type AnyMetric, isApiMetric, isBackfillMetric } from "./metrics";

interface SavedQuery {
  /** The query reads a line that is any of these. */
  readonly from: readonly [LogSource, ...LogSource[]];
  /** Commands that process these lines: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
  readonly commands: readonly string[];
  /** What the query shows. */
  readonly description: string;
}

/** @returns the names of an event's fields as keys and values: a query that uses a renamed field does not compile */
const eventFields = <E extends EventName>(event: E) =>
  Object.fromEntries(Object.keys(EVENTS[event].fields).map((field) => [field, field])) as {
    readonly [F in keyof EventFields<E>]: F;
  };

const measure = (name: ReportMeasure) => `record.metrics.${name}` as const;

const REFUSED = eventFields("image.refused");
const FAILED = eventFields("image.failed");
const PROCESSED = eventFields("image.processed");

/** Invocations that Lambda reports as failed, including those that could not log a reason. */
const FAILED_INVOCATIONS = [{ report: { status: "error" } }, { report: { status: "timeout" } }] as const;

/** Placeholder for the key in the query for one upload. */
const THE_KEY = "photos/summer.jpg";

/** Every query except those of alarms, by name without the function's name in front: add a row. */
export const QUERIES = {
  "errors-by-kind": {
    from: [...METRICS.LambdaErrors.from, ...FAILED_INVOCATIONS],
    commands: [
      `stats count(*) as lines, max(@timestamp) as newest by level, event, ${REFUSED.reason}, ${FAILED.errorName}, message.errorType, record.status, record.errorType`,
      "sort lines desc",
    ],
    description: "errors by kind, most frequent first",
  },
  "refused-by-reason": {
    from: [{ event: "image.refused" }],
    commands: [
      `stats count(*) as images, latest(${REFUSED.key}) as newest, latest(${REFUSED.detail}) as because by ${REFUSED.reason}`,
      "sort images desc",
    ],
    description: "refused uploads by reason",
  },
  "one-upload": {
    from: [
      { event: "image.received" },
      { event: "image.processed" },
      { event: "image.refused" },
      { event: "image.failed" },
      { event: "storage.denied" },
    ],
    commands: [
      `filter ${REFUSED.key} = "${THE_KEY}"`,
      `fields @timestamp, event, ${REFUSED.reason}, ${REFUSED.detail}, ${FAILED.errorName}, ${FAILED.errorMessage}, requestId`,
      "sort @timestamp asc",
    ],
    description: `everything that happened to one upload: replace ${THE_KEY} with its key`,
  },
  "slowest-images": {
    from: [{ event: "image.processed" }],
    commands: [
      `fields @timestamp, ${PROCESSED.durationMs}, ${PROCESSED.key}, ${PROCESSED.format}, ${PROCESSED.widthPx}, ${PROCESSED.heightPx}, ${PROCESSED.sizeBytes}, ${PROCESSED.outputBytes}`,
      `sort ${PROCESSED.durationMs} desc`,
      "limit 50",
    ],
    description: "the slowest images, with their sizes",
  },
  "memory-high-water": {
    from: [{ report: {}, field: "maxMemoryUsedMB" }],
    commands: [
      `stats max(${measure("maxMemoryUsedMB")}) as usedMB, max(${measure("memorySizeMB")}) as ofMB, count(*) as invocations by bin(5m)`,
    ],
    description: "maximum memory used, compared with the memory limit",
  },
  "cold-starts": {
    from: [{ report: {}, field: "initDurationMs" }],
    commands: [
      `stats count(*) as coldStarts, avg(${measure("initDurationMs")}) as meanMs, max(${measure("initDurationMs")}) as slowestMs by bin(1h)`,
    ],
    description: "number and duration of cold starts",
  },
} as const satisfies Record<string, SavedQuery>;

/** Metrics that are not made from log lines. */
type WithoutLines = Exclude<AnyMetric, MeasuredName | FaultName>;

/** The log lines that explain each of them best. */
// biome-ignore format: a ledger is read down its columns
const NEAREST_LINES = {
  Invocations:          [{ report: {} }],
  Errors:               [...METRICS.LambdaErrors.from, ...FAILED_INVOCATIONS],
  // A throttled invocation logs nothing; the ones that use up the concurrency do.
  Throttles:            [{ report: {}, field: "durationMs" }],
  Duration:             [{ report: {}, field: "durationMs" }],
  ConcurrentExecutions: [{ report: {}, field: "durationMs" }],
  // These show which uploads failed, or what the function was busy with.
  AsyncEventAge:        [{ report: {}, field: "durationMs" }],
  AsyncEventsDropped:   [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  DeadLetterErrors:     [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  ApproximateNumberOfMessagesVisible: [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  ThrottledRequests:    [{ event: "record.lost" }],
  SystemErrors:         [{ event: "record.lost" }],
  Count:                [{ event: "link.issued" }],
  "4xx":                [{ event: "request.refused" }],
  "5xx":                [{ event: "request.failed" }, ...FAILED_INVOCATIONS],
  Latency:              [{ report: {}, field: "durationMs" }],
  ExecutionsFailed:     [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  ExecutionsTimedOut:   [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  ExecutionsAborted:    [{ event: "image.received" }],
  BatchesFailed:        [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  BatchesTimedOut:      [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  BackfillFailures:     [{ event: "image.failed" }, { event: "storage.denied" }],
  BackfillSuccesses:    [{ event: "image.processed" }, { event: "image.complete" }],
  ProcessingTime:       [{ event: "image.processed", field: "durationMs" }],
  ImagesProcessed:      [{ event: "image.received" }],
  // The images that are missing from the count.
  ProcessingSuccess:    [{ event: "image.refused", refusalLogLevel: "ERROR" }, { event: "image.failed" }],
  ProcessingFailure:    [{ event: "image.refused", refusalLogLevel: "ERROR" }, { event: "image.failed" }],
} as const satisfies Record<WithoutLines, readonly [LogSource, ...LogSource[]]>;

const hasNoLines = (metric: AnyMetric): metric is WithoutLines => metric in NEAREST_LINES;

const linesOf = (metric: AnyMetric): readonly [LogSource, ...LogSource[]] =>
  hasNoLines(metric) ? NEAREST_LINES[metric] : METRICS[metric].from;

const fieldOf = (heard: LogSource): string | undefined => {
  if (!("field" in heard) || heard.field === undefined) return undefined;
  return "event" in heard ? heard.field : measure(heard.field);
};

const condition = (heard: LogSource): string => {
  if ("levels" in heard) return `level in ${JSON.stringify(heard.levels)}`;
  const value = fieldOf(heard);
  const present = value === undefined ? [] : [`${value} >= 0`];
  if ("event" in heard) return [`event = "${heard.event}"`, ...present].join(" and ");
  const { statusIsNot, ...conditions } = heard.report;
  const report = Object.entries(conditions).map(([field, text]) => `record.${field} = "${text}"`);
  const other = statusIsNot === undefined ? [] : [`record.status != "${statusIsNot}"`];
  return ['type = "platform.report"', ...report, ...other, ...present].join(" and ");
};

const filter = (from: readonly LogSource[]): string => {
  const conditions = [...new Set(from.map(condition))];
  return `filter ${conditions.length === 1 ? conditions[0] : conditions.map((each) => `(${each})`).join(" or ")}`;
};

/** The fields of such a line, without the bucket, which is always the same. */
const columns = (heard: LogSource): string[] => {
  if ("report" in heard) {
    // A timeout has no error type.
    const error = heard.report.status === "timeout" ? [] : ["record.errorType"];
    return ["record.status", ...error, measure("durationMs"), measure("maxMemoryUsedMB"), "record.requestId"];
  }
  const events = Object.entries(EVENTS).filter(([event, { level }]) =>
    "event" in heard ? event === heard.event : heard.levels.includes(level),
  );
  const fields = events.flatMap(([, event]) => Object.keys(event.fields)).filter((field) => field !== "bucket");
  // The runtime logs an uncaught error as an object in the field "message".
  const uncaught =
    "levels" in heard && heard.levels.includes("ERROR") ? ["message.errorType", "message.errorMessage"] : [];
  return ["level", "event", ...fields, ...uncaught, "requestId"];
};

const rendered = (commands: readonly string[]): string => commands.join("\n| ");

/** The first metric of a condition counts what is wrong; the others are what it is compared with. */
const watchedBy = (metric: AlarmRow["metric"]): AnyMetric[] => {
  if (typeof metric === "string") return [metric];
  const all = Object.values(metric.of);
  return metric.isCondition ? all.slice(0, 1) : all;
};

/** Refused files are failures at ERROR only. */
interface RefusalLevel {
  readonly refusal_log_level: Settings["REFUSAL_LOG_LEVEL"];
}

/** Whose log a query reads. @default the function that processes uploads */
type QueriedLog = Metric["logOf"] | "backfill";

const logOf = (name: AnyMetric): QueriedLog => {
  if (isApiMetric(name)) return "upload API";
  if (isBackfillMetric(name)) return "backfill";
  return hasNoLines(name) ? undefined : (METRICS[name] as Metric).logOf;
};

/** @returns whose log the first query of an alarm reads; undefined for that of the function that processes uploads */
export const queriedLog = ({ metric }: Pick<AlarmRow, "metric">): QueriedLog =>
  watchedBy(metric)
    .map(logOf)
    .find((log) => log !== undefined);

/** @returns the first query to run when the alarm fires: the lines that its metric counts, or the lines that explain it best */
export const alarmQuery = (
  { metric }: Pick<AlarmRow, "metric">,
  { refusal_log_level: level }: RefusalLevel,
): string => {
  const from = watchedBy(metric).flatMap((name) => sourcesAt(linesOf(name), level));
  const greatest = from.map(fieldOf).find((value) => value !== undefined);
  return rendered([
    `fields @timestamp, ${[...new Set(from.flatMap(columns))].join(", ")}`,
    filter(from),
    `sort ${greatest ?? "@timestamp"} desc`,
    "limit 100",
  ]);
};

type QueryValues = AlarmValues & LogAlarmValues & RefusalLevel;

const alarmQueries = (values: QueryValues, log: QueriedLog): Readonly<Record<string, string>> =>
  Object.fromEntries(
    singleAlarms(values)
      .filter((alarm) => queriedLog(alarm) === log)
      .map((alarm) => [alarmQueryName(alarm.name), alarmQuery(alarm, values)]),
  );

/** @returns the text of every query of an environment, by name without the function's name in front */
export const savedQueries = (values: QueryValues): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries<SavedQuery>(QUERIES).map(([name, { from, commands }]) => [
      name,
      rendered([filter(from), ...commands]),
    ]),
  ),
  ...alarmQueries(values, undefined),
});

/** @returns the same for the log of the upload API's function */
export const uploadQueries = (values: QueryValues): Readonly<Record<string, string>> =>
  alarmQueries(values, "upload API");

/** How the objects of backfills ended, hour by hour. */
const BACKFILL_OUTCOMES = rendered([
  filter(
    (
      [
        "image.processed",
        "image.complete",
        "image.refused",
        "image.superseded",
        "image.failed",
        "storage.denied",
      ] as const
    ).map((event) => ({ event })),
  ),
  "stats count(*) as objects by bin(1h), event",
]);

/** @returns the same for the log of the backfill's function */
export const backfillQueries = (values: QueryValues): Readonly<Record<string, string>> => ({
  "backfill-outcomes": BACKFILL_OUTCOMES,
  ...alarmQueries(values, "backfill"),
});
