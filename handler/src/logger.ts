/** Writes the events of the ledger to the log, one flat JSON line each. */
import { Logger } from "@aws-lambda-powertools/logger";
import { EVENTS, type EventFields, type EventName, LEVELS, type Level } from "../contract/events";
import { METRICS, type Metric } from "../contract/metrics";
import type { Settings } from "../contract/settings";

/** Name of the function: the service in every log line and the dimension of every custom metric. */
export const FUNCTION_NAME = process.env.AWS_LAMBDA_FUNCTION_NAME ?? "unknown";

/** Writes a line for an event if its level is high enough or a metric is made from it. */
export type Log = <E extends EventName>(event: E, fields: EventFields<E>) => void;

// `createLog` decides which lines are written, so Powertools must not filter. Powertools prefers AWS_LAMBDA_LOG_LEVEL
// (set by Lambda) to the level given here and warns if they differ.
const logger = new Logger({
  serviceName: FUNCTION_NAME,
  logLevel: (process.env.AWS_LAMBDA_LOG_LEVEL ?? "DEBUG") as Level,
});

/** Whether a metric is made from this event. Such lines are always written; otherwise its alarm could never fire. */
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

type LevelSettings = Pick<Settings, "LOG_LEVEL" | "REFUSAL_LOG_LEVEL">;

const levelOf = (event: EventName, settings: LevelSettings): Level => {
  const row = EVENTS[event];
  return "levelFrom" in row ? settings[row.levelFrom] : row.level;
};

/**
 * @param settings the least severe level to write, although lines that feed a metric are always written; the level of refusals
 * @param requestId of the invocation, added to every line
 */
export const createLog = (settings: LevelSettings, requestId?: string): Log => {
  const lowest = LEVELS.indexOf(LOWEST[settings.LOG_LEVEL]);
  return (event, fields) => {
    const { message } = EVENTS[event];
    const level = levelOf(event, settings);
    if (LEVELS.indexOf(level) < lowest && !feedsMetric(event)) return;
    const method = level.toLowerCase() as Lowercase<Level>;
    logger[method](message, { event, requestId, ...fields });
  };
};
