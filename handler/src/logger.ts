/** Writes the log: one flat JSON line for each event of the ledger, and nothing else. */
import { Logger } from "@aws-lambda-powertools/logger";
import { EVENTS, type EventFields, type EventName, LEVELS, type Level } from "../contract/events";
import { METRICS, type Metric } from "../contract/metrics";
import type { Settings } from "../contract/settings";

/** The function's name: the service in every line, and the dimension of every custom metric. */
export const FUNCTION_NAME = process.env.AWS_LAMBDA_FUNCTION_NAME ?? "unknown";

/** Writes a line of the ledger, if its level asks for it or a metric hears it. */
export type Log = <E extends EventName>(event: E, fields: EventFields<E>) => void;

// Which lines are written is decided below. Powertools itself must let all of them pass: it takes AWS_LAMBDA_LOG_LEVEL,
// which Lambda sets, for its own level whatever the constructor says, and prints a warning if the two differ.
const logger = new Logger({
  serviceName: FUNCTION_NAME,
  logLevel: (process.env.AWS_LAMBDA_LOG_LEVEL ?? "DEBUG") as Level,
});

/** Whether a metric is made from lines of this event: if they were not written, its alarm would be deaf. */
const feedsMetric = (event: EventName): boolean =>
  Object.values<Metric>(METRICS).some(
    ({ from }) =>
      from !== "handler" &&
      from.some((source) =>
        "event" in source ? source.event === event : "levels" in source && source.levels.includes(EVENTS[event].level),
      ),
  );

const LOWEST: Readonly<Record<Settings["LOG_LEVEL"], Level>> = {
  DEBUG: "DEBUG",
  INFO: "INFO",
  WARNING: "WARN",
  ERROR: "ERROR",
};

/**
 * @param logLevel least serious level written; lines that a metric is made from are always written
 * @param requestId of the invocation, put into every line
 */
export const createLog = (logLevel: Settings["LOG_LEVEL"], requestId?: string): Log => {
  const lowest = LEVELS.indexOf(LOWEST[logLevel]);
  return (event, fields) => {
    const { level, message } = EVENTS[event];
    if (LEVELS.indexOf(level) < lowest && !feedsMetric(event)) return;
    const method = level.toLowerCase() as Lowercase<Level>;
    logger[method](message, { event, requestId, ...fields });
  };
};
