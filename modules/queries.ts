/** Saved queries of CloudWatch Logs Insights: what an operator asks of the log, and how a row becomes a query. */
import { EVENTS, type EventFields, type EventName } from "../handler/contract/events";
import {
  type FaultName,
  type LogSource,
  METRICS,
  type MeasuredName,
  type ReportMeasure,
} from "../handler/contract/metrics";
import { type AlarmRow, logAlarms, metricAlarms } from "./alarms";
import type { AnyMetric } from "./metrics";
import type { Environment } from "./variables";

interface SavedQuery {
  /** The kinds of line of which it reads any. */
  readonly from: readonly [LogSource, ...LogSource[]];
  /** What is done with them, command by command: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
  readonly commands: readonly string[];
  readonly about: string;
}

/** @returns an event's fields by their names, so that a query with one that was renamed does not compile */
const fieldsOf = <E extends EventName>(event: E) =>
  Object.fromEntries(Object.keys(EVENTS[event].fields).map((field) => [field, field])) as {
    readonly [F in keyof EventFields<E>]: F;
  };

const measure = (name: ReportMeasure) => `record.metrics.${name}` as const;

const REFUSED = fieldsOf("image.refused");
const FAILED = fieldsOf("image.failed");
const PROCESSED = fieldsOf("image.processed");

/** Invocations that Lambda itself reports as gone wrong; some of them could not log why. */
const FAILED_INVOCATIONS = [{ report: { status: "error" } }, { report: { status: "timeout" } }] as const;

/** What a query about one upload is given in place of its key. */
const THE_KEY = "photos/summer.jpg";

/** Every query that is not an alarm's, by the end of its name: add a row. */
export const QUERIES = {
  "errors-by-kind": {
    from: [...METRICS.LambdaErrors.from, ...FAILED_INVOCATIONS],
    commands: [
      `stats count(*) as lines, max(@timestamp) as newest by level, event, ${REFUSED.reason}, ${FAILED.errorName}, message.errorType, record.status, record.errorType`,
      "sort lines desc",
    ],
    about: "what goes wrong, and how often",
  },
  "refused-by-reason": {
    from: [{ event: "image.refused" }],
    commands: [
      `stats count(*) as images, latest(${REFUSED.key}) as newest, latest(${REFUSED.detail}) as because by ${REFUSED.reason}`,
      "sort images desc",
    ],
    about: "why uploads are refused",
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
    about: `what became of one upload: put its key in the place of ${THE_KEY}`,
  },
  "slowest-images": {
    from: [{ event: "image.processed" }],
    commands: [
      `fields @timestamp, ${PROCESSED.durationMs}, ${PROCESSED.key}, ${PROCESSED.format}, ${PROCESSED.widthPx}, ${PROCESSED.heightPx}, ${PROCESSED.sizeBytes}, ${PROCESSED.outputBytes}`,
      `sort ${PROCESSED.durationMs} desc`,
      "limit 50",
    ],
    about: "the images that took longest, with their sizes",
  },
  "memory-high-water": {
    from: [{ report: {}, field: "maxMemoryUsedMB" }],
    commands: [
      `stats max(${measure("maxMemoryUsedMB")}) as usedMB, max(${measure("memorySizeMB")}) as ofMB, count(*) as invocations by bin(5m)`,
    ],
    about: "how near invocations come to their memory",
  },
  "cold-starts": {
    from: [{ report: {}, field: "initDurationMs" }],
    commands: [
      `stats count(*) as coldStarts, avg(${measure("initDurationMs")}) as meanMs, max(${measure("initDurationMs")}) as slowestMs by bin(1h)`,
    ],
    about: "how often the function starts anew, and how long that takes",
  },
} as const satisfies Record<string, SavedQuery>;

/** Metrics that no line makes. */
type Lineless = Exclude<AnyMetric, MeasuredName | FaultName>;

/** The lines that tell most about each of them. */
// biome-ignore format: a ledger is read down its columns
const NEAREST_LINES = {
  Invocations:          [{ report: {} }],
  Errors:               [...METRICS.LambdaErrors.from, ...FAILED_INVOCATIONS],
  // What is turned away logs nothing: those that hold the concurrency do.
  Throttles:            [{ report: {}, field: "durationMs" }],
  Duration:             [{ report: {}, field: "durationMs" }],
  ConcurrentExecutions: [{ report: {}, field: "durationMs" }],
  // They say which uploads were tried in vain, or what the function was busy with meanwhile.
  AsyncEventAge:        [{ report: {}, field: "durationMs" }],
  AsyncEventsDropped:   [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  DeadLetterErrors:     [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  ApproximateNumberOfMessagesVisible: [{ event: "image.failed" }, ...FAILED_INVOCATIONS],
  ProcessingTime:       [{ event: "image.processed", field: "durationMs" }],
  ImagesProcessed:      [{ event: "image.received" }],
  // Those that are missing in it.
  ProcessingSuccess:    [{ event: "image.refused" }, { event: "image.failed" }],
  ProcessingFailure:    [{ event: "image.refused" }, { event: "image.failed" }],
} as const satisfies Record<Lineless, readonly [LogSource, ...LogSource[]]>;

const isLineless = (metric: AnyMetric): metric is Lineless => metric in NEAREST_LINES;

const linesOf = (metric: AnyMetric): readonly LogSource[] =>
  isLineless(metric) ? NEAREST_LINES[metric] : METRICS[metric].from;

const fieldOf = (heard: LogSource): string | undefined => {
  if (!("field" in heard) || heard.field === undefined) return undefined;
  return "event" in heard ? heard.field : measure(heard.field);
};

const condition = (heard: LogSource): string => {
  if ("levels" in heard) return `level in ${JSON.stringify(heard.levels)}`;
  const value = fieldOf(heard);
  const present = value === undefined ? [] : [`${value} >= 0`];
  if ("event" in heard) return [`event = "${heard.event}"`, ...present].join(" and ");
  const report = Object.entries(heard.report).map(([field, text]) => `record.${field} = "${text}"`);
  return ['type = "platform.report"', ...report, ...present].join(" and ");
};

const filter = (from: readonly LogSource[]): string => {
  const conditions = [...new Set(from.map(condition))];
  return `filter ${conditions.length === 1 ? conditions[0] : conditions.map((each) => `(${each})`).join(" or ")}`;
};

/** What a line of this kind has to tell, its bucket left out, which is always the same. */
const columns = (heard: LogSource): string[] => {
  if ("report" in heard) {
    // A time limit is no error that had a type.
    const error = heard.report.status === "timeout" ? [] : ["record.errorType"];
    return ["record.status", ...error, measure("durationMs"), measure("maxMemoryUsedMB"), "record.requestId"];
  }
  const events = Object.entries(EVENTS).filter(([event, { level }]) =>
    "event" in heard ? event === heard.event : heard.levels.includes(level),
  );
  const fields = events.flatMap(([, event]) => Object.keys(event.fields)).filter((field) => field !== "bucket");
  // An error that nobody caught is an object in the message of the runtime's own line.
  const uncaught =
    "levels" in heard && heard.levels.includes("ERROR") ? ["message.errorType", "message.errorMessage"] : [];
  return ["level", "event", ...fields, ...uncaught, "requestId"];
};

const rendered = (commands: readonly string[]): string => commands.join("\n| ");

/** @returns the query with which to begin when the alarm goes off: the lines that it hears, or those nearest to its metric */
export const alarmQuery = ({ metric }: Pick<AlarmRow, "metric">): string => {
  const from = (typeof metric === "string" ? [metric] : Object.values(metric.of)).flatMap(linesOf);
  const greatest = from.map(fieldOf).find((value) => value !== undefined);
  return rendered([
    `fields @timestamp, ${[...new Set(from.flatMap(columns))].join(", ")}`,
    filter(from),
    `sort ${greatest ?? "@timestamp"} desc`,
    "limit 100",
  ]);
};

/** @returns the end of the name of an alarm's query */
export const alarmQueryName = (alarm: string): string => `alarms/${alarm}`;

/** @returns the text of every query of an environment, by the end of its name */
export const savedQueries = (environment: Environment): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries<SavedQuery>(QUERIES).map(([name, { from, commands }]) => [
      name,
      rendered([filter(from), ...commands]),
    ]),
  ),
  ...Object.fromEntries(
    [...metricAlarms(environment), ...logAlarms(environment)].map((alarm) => [
      alarmQueryName(alarm.name),
      alarmQuery(alarm),
    ]),
  ),
});
