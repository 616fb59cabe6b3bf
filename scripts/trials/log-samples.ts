/** One log line of every kind that the function's log group gets: written by the real logger, or as Lambda writes it. */

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
import { createLog } from "../../handler/src/logger";
import { RUN_TYPESCRIPT } from "../terminal/run-typescript";

export interface ProducedLine {
  /** What the line is: an event of the ledger, or what Lambda says. */
  readonly name: string;
  readonly line: string;
  /** The metrics that must hear it, by the ledgers and not by any pattern. */
  readonly heardBy: readonly MetricName[];
}

/** What a metric is made from, as one line shows it. */
interface Traits {
  readonly event?: EventName;
  readonly level?: Level;
  readonly report?: ReportCondition;
}

const hears = (heard: LogSource, { event, level, report }: Traits): boolean => {
  if ("event" in heard) return heard.event === event;
  if ("levels" in heard) return level !== undefined && heard.levels.includes(level);
  return (
    report !== undefined && Object.entries(heard.report).every(([k, v]) => report[k as keyof ReportCondition] === v)
  );
};

const hearersOf = (traits: Traits): MetricName[] =>
  (Object.entries(METRICS) as [MetricName, Metric][])
    .filter(([, { from }]) => from !== "handler" && from.some((heard) => hears(heard, traits)))
    .map(([name]) => name);

/** A file may be called anything: no filter may listen to words. */
const BAIT = "AccessDenied ERROR [CRITICAL] Task timed out, signal: killed, Large image detected.jpg";

/** The lines that the handler writes on purpose, in the order of the ledger; the caller reads them from stdout and stderr. */
const logEveryEvent = (): void => {
  const log = createLog("DEBUG", "8a2c9e2e-0000-4000-8000-000000000000");
  for (const [name, { fields }] of Object.entries(EVENTS) as [EventName, (typeof EVENTS)[EventName]][]) {
    const values = Object.entries(fields).map(([field, type]) => [field, type === "number" ? 1_000 : BAIT]);
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

const fromLambda = (): ProducedLine[] => [
  ...Object.entries(REPORTS).map(([name, report]) => ({
    name,
    line: reportLine(report),
    heardBy: hearersOf({ report }),
  })),
  // It says the same as the report that follows it, and must not be counted a second time.
  { name: "platform.runtimeDone, time limit", line: platformLine("runtimeDone", { status: "timeout" }), heardBy: [] },
  {
    name: "the runtime, an error thrown",
    line: JSON.stringify({
      level: "ERROR",
      message: { errorType: "AggregateError", errorMessage: BAIT, stackTrace: [] },
    }),
    heardBy: hearersOf({ level: "ERROR" }),
  },
  {
    name: "embedded metrics",
    line: JSON.stringify({ _aws: { CloudWatchMetrics: [] }, FunctionName: "f", ProcessingFailure: [1] }),
    heardBy: [],
  },
];

/** @returns every kind of line, those of the handler first */
export const producedLines = async (): Promise<ProducedLine[]> => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...RUN_TYPESCRIPT, __filename]);
  const fromHandler = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
  const events = Object.entries(EVENTS).map(([name, { level }]) => {
    const line = fromHandler.find((text) => JSON.parse(text).event === name);
    if (line === undefined) throw new Error(`Expected a log line for ${name} but got none`);
    return { name, line, heardBy: hearersOf({ event: name as EventName, level }) };
  });
  if (fromHandler.length !== events.length)
    throw new Error(`Expected ${events.length} lines but got ${fromHandler.length}`);
  return [...events, ...fromLambda()];
};

if (require.main === module) logEveryEvent();
