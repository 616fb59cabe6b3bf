/** The lines of a function's log group: Lambda's own lines, and which lines of the function pass the log level. */
import type { FunctionBlueprint } from "./blueprint";
import type { End } from "./execution-environment";

export interface LogLine {
  /** The line as stored in the log group. */
  readonly text: string;
  /** When CloudWatch Logs received it, in milliseconds since 1970. */
  readonly timestampMs: number;
  /** When metric filters' data for the line are visible to alarms. @default at once */
  readonly visibleMs?: number;
  /** Name of the log group. */
  readonly logGroup: string;
  /** @default the line was written while the function was loading */
  readonly requestId?: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

const rank = (level: unknown): number => LEVELS.indexOf(typeof level === "string" ? level.toUpperCase() : "");

type LogSettings = Pick<FunctionBlueprint, "logFormat" | "applicationLogLevel">;

/** RFC 3339, as Lambda asks for it. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Lambda filters JSON lines by their key `level`. A line counts as INFO if it has no level, a
 * level that Lambda does not know, or no valid `timestamp` (same page as above). Text format is not filtered.
 */
export const passesLogLevel = (text: string, { logFormat, applicationLogLevel }: LogSettings): boolean => {
  if (logFormat !== "JSON") return true;
  const { level: name, timestamp } = fieldsIn(text);
  const isDated = typeof timestamp === "string" && TIMESTAMP.test(timestamp) && !Number.isNaN(Date.parse(timestamp));
  const level = isDated ? rank(name) : -1;
  return (level < 0 ? rank("INFO") : level) >= rank(applicationLogLevel);
};

const fieldsIn = (text: string): { readonly level?: unknown; readonly timestamp?: unknown } => {
  if (!text.startsWith("{")) return {};
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

/** One event of the platform: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
export interface PlatformEvent {
  readonly type: string;
  readonly record: Readonly<Record<string, unknown>>;
  /** The system log level that Lambda assigns to the event; source: see LEVELS. */
  readonly level: string;
}

/** @returns the line, or undefined if the function's system log level excludes it */
export const platformLine = (
  { type, record, level }: PlatformEvent,
  { logFormat, systemLogLevel }: FunctionBlueprint,
  timeMs: number,
): string | undefined =>
  logFormat === "JSON" && rank(level) >= rank(systemLogLevel)
    ? JSON.stringify({ time: new Date(timeMs).toISOString(), type, record })
    : undefined;

/** @returns the version that uploads invoke */
export const versionOf = ({ alias }: FunctionBlueprint): string => alias?.version ?? "$LATEST";

export const initStart = (fn: FunctionBlueprint): PlatformEvent => ({
  type: "platform.initStart",
  level: "INFO",
  record: {
    initializationType: "on-demand",
    phase: "init",
    runtimeVersion: fn.runtime,
    functionName: fn.name,
    functionVersion: versionOf(fn),
    instanceMaxMemory: fn.memoryMb * 1024 ** 2,
  },
});

export const initReport = (init: End): PlatformEvent => ({
  type: "platform.initReport",
  level: init.status === "success" ? "DEBUG" : "WARN",
  record: {
    initializationType: "on-demand",
    phase: "init",
    ...verdictOf(init),
    metrics: { durationMs: milliseconds(init.durationMs) },
  },
});

export const start = (requestId: string, fn: FunctionBlueprint): PlatformEvent => ({
  type: "platform.start",
  level: "INFO",
  record: { requestId, version: versionOf(fn) },
});

export const runtimeDone = (requestId: string, end: End): PlatformEvent => ({
  type: "platform.runtimeDone",
  level: end.status === "success" ? "DEBUG" : "WARN",
  record: { requestId, ...verdictOf(end), metrics: { durationMs: milliseconds(end.durationMs) } },
});

/** @param init initialization of the environment, if this is its first invocation */
export const report = (requestId: string, end: End, fn: FunctionBlueprint, init?: End): PlatformEvent => ({
  type: "platform.report",
  level: end.status === "success" ? "INFO" : "WARN",
  record: {
    requestId,
    ...verdictOf(end),
    metrics: {
      durationMs: milliseconds(end.durationMs),
      billedDurationMs: Math.ceil(end.durationMs + (init?.durationMs ?? 0)),
      memorySizeMB: fn.memoryMb,
      maxMemoryUsedMB: end.maxMemoryUsedMb,
      ...(init === undefined ? {} : { initDurationMs: milliseconds(init.durationMs) }),
    },
  },
});

/** The report names runtime errors only, never errors that the handler throws. */
const verdictOf = ({ status, errorType }: End) => ({
  status,
  ...(errorType?.startsWith("Runtime.") ? { errorType } : {}),
});

const milliseconds = (value: number): number => Number(value.toFixed(3));
