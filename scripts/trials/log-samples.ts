/** Log samples: one line of every kind in the function's log group, written by the real logger or as Lambda writes it. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { EVENTS, type EventFields, type EventName, type Level } from "../../handler/contract/events";
import {
  type LogSource,
  METRICS,
  type Metric,
  type MetricName,
  type ReportCondition,
} from "../../handler/contract/metrics";
import type { Settings } from "../../handler/contract/settings";
import { createLog } from "../../handler/src/logger";
import { RUN_TYPESCRIPT } from "../terminal/run-typescript";

export interface LogSample {
  /** Event of the ledger, or kind of Lambda line. */
  readonly name: string;
  readonly line: string;
  /** Metrics that must count the line according to the ledgers, independent of filter patterns. */
  readonly countedBy: readonly MetricName[];
}

type RefusalLogLevel = Settings["REFUSAL_LOG_LEVEL"];

/** The properties of a line that decide which metrics count it. */
interface Traits {
  readonly refusalLogLevel: RefusalLogLevel;
  readonly event?: EventName;
  readonly level?: Level;
  readonly report?: ReportCondition;
}

const isCounted = (source: LogSource, { event, level, report, refusalLogLevel }: Traits): boolean => {
  if ("event" in source)
    return source.event === event && (source.refusalLogLevel ?? refusalLogLevel) === refusalLogLevel;
  if ("levels" in source) return level !== undefined && source.levels.includes(level);
  const { statusIsNot, ...conditions } = source.report;
  return (
    report !== undefined &&
    report.status !== statusIsNot &&
    Object.entries(conditions).every(([k, v]) => report[k as keyof ReportCondition] === v)
  );
};

const metricsCounting = (traits: Traits): MetricName[] =>
  (Object.entries(METRICS) as [MetricName, Metric][])
    .filter(([, { from }]) => from !== "handler" && from.some((source) => isCounted(source, traits)))
    .map(([name]) => name);

/** A file name with words that a filter on plain text would match. */
const MISLEADING = "AccessDenied ERROR [CRITICAL] Task timed out, signal: killed, Large image detected.jpg";

/** Writes every event of the ledger, in order, to stdout and stderr, where the caller reads them. */
const logEveryEvent = (refusalLogLevel: RefusalLogLevel): void => {
  const settings = { LOG_LEVEL: "DEBUG", REFUSAL_LOG_LEVEL: refusalLogLevel } as const;
  const log = createLog(settings, "8a2c9e2e-0000-4000-8000-000000000000");
  for (const [name, { fields }] of Object.entries(EVENTS) as [EventName, (typeof EVENTS)[EventName]][]) {
    const values = Object.entries(fields).map(([field, type]) => [field, type === "number" ? 1_000 : MISLEADING]);
    log(name, Object.fromEntries(values) as EventFields<EventName>);
  }
};

const platformLine = (type: string, record: object): string =>
  JSON.stringify({
    time: "2026-01-01T00:00:00.000Z",
    type: `platform.${type}`,
    record: { requestId: "8a2c9e2e", ...record },
  });

/** Shapes: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
const REPORTS: Readonly<Record<string, ReportCondition>> = {
  "platform.report, success": { status: "success" },
  "platform.report, an error thrown": { status: "error", errorType: "AggregateError" },
  "platform.report, time limit": { status: "timeout" },
  "platform.report, out of memory": { status: "error", errorType: "Runtime.OutOfMemory" },
  "platform.report, process died": { status: "error", errorType: "Runtime.ExitError" },
};

const reportLine = (report: ReportCondition): string =>
  platformLine("report", {
    ...report,
    metrics: {
      durationMs: 812.5,
      billedDurationMs: 813,
      memorySizeMB: 1024,
      maxMemoryUsedMB: 231,
      initDurationMs: 212.4,
    },
  });

const fromLambda = (refusalLogLevel: RefusalLogLevel): LogSample[] => [
  ...Object.entries(REPORTS).map(([name, report]) => ({
    name,
    line: reportLine(report),
    countedBy: metricsCounting({ report, refusalLogLevel }),
  })),
  // The platform.report after it has the same status: counting both would count the time-out twice.
  { name: "platform.runtimeDone, time limit", line: platformLine("runtimeDone", { status: "timeout" }), countedBy: [] },
  {
    name: "the runtime, an error thrown",
    line: JSON.stringify({
      level: "ERROR",
      message: { errorType: "AggregateError", errorMessage: MISLEADING, stackTrace: [] },
    }),
    countedBy: metricsCounting({ level: "ERROR", refusalLogLevel }),
  },
  {
    name: "embedded metrics",
    line: JSON.stringify({ _aws: { CloudWatchMetrics: [] }, FunctionName: "f", ProcessingFailure: [1] }),
    countedBy: [],
  },
];

const written = new Map<RefusalLogLevel, Promise<string>>();

/** Once for each level: a separate process writes the lines, and they are always the same. */
const writtenByLogger = (refusalLogLevel: RefusalLogLevel): Promise<string> => {
  const command = [...RUN_TYPESCRIPT, __filename, refusalLogLevel];
  const text =
    written.get(refusalLogLevel) ??
    promisify(execFile)(process.execPath, command).then(({ stdout, stderr }) => `${stdout}${stderr}`);
  written.set(refusalLogLevel, text);
  return text;
};

/** @returns every kind of line; the handler's lines come first */
export const logSamples = async (refusalLogLevel: RefusalLogLevel = "ERROR"): Promise<LogSample[]> => {
  const fromHandler = (await writtenByLogger(refusalLogLevel)).split("\n").filter((line) => line !== "");
  const events = Object.entries(EVENTS).map(([name, row]) => {
    const { level } = row;
    const line = fromHandler.find((text) => JSON.parse(text).event === name);
    if (line === undefined) throw new Error(`Expected a log line for ${name} but got none`);
    const traits = { event: name as EventName, level: "levelFrom" in row ? refusalLogLevel : level, refusalLogLevel };
    return { name, line, countedBy: metricsCounting(traits) };
  });
  if (fromHandler.length !== events.length)
    throw new Error(`Expected ${events.length} lines but got ${fromHandler.length}`);
  return [...events, ...fromLambda(refusalLogLevel)];
};

if (require.main === module) logEveryEvent(process.argv[2] as RefusalLogLevel);
