/** The lines of a function's log group: Lambda's own lines, and which lines of the function pass the log level. */
import type { FunctionBlueprint } from "./blueprint";
import type { End } from "./execution-environment";

export interface LogLine {
  /** The line as stored in the log group. */
  readonly text: string;
  /** When CloudWatch Logs received it, in milliseconds since 1970. */
  readonly timestampMs: number;
  /** @default the line was written while the function was loading */
  readonly requestId?: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

const rank = (level: unknown): number => LEVELS.indexOf(typeof level === "string" ? level.toUpperCase() : "");

/**
 * Lambda filters JSON lines by their key `level`. A line without a known level counts as INFO (same page as above).
 * Text format is not filtered.
 */
export const passesLogLevel = (text: string, { logFormat, applicationLogLevel }: FunctionBlueprint): boolean => {
  if (logFormat !== "JSON") return true;
  const level = rank(levelOf(text));
  return (level < 0 ? rank("INFO") : level) >= rank(applicationLogLevel);
};

/** @returns `level` of a JSON line; undefined for any other line */
export const levelOf = (text: string): unknown => {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text).level;
  } catch {
    return undefined;
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
