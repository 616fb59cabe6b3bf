/** The dead-letter queue of a simulated month. */
import type { Gauges } from "./telemetry";

export interface Queue {
  add(minute: number, messages: number): void;
  /** What SQS publishes in the minute. */
  gauge(minute: number): Gauges["queued"];
}

/** How long after the last message the operator empties the queue. */
const REDRIVE_AFTER_MINUTES = 180;
/** SQS takes a queue for idle after six hours without use. */
const IDLE_AFTER_MINUTES = 360;
/** Longer than metrics of a queue that was idle can be late. */
const ACTIVE_AFTER_MINUTES = 60;

export const createQueue = (): Queue => {
  let messages = 0;
  let lastMinute = -Infinity;
  let activeSinceMinute = -Infinity;
  return {
    add: (minute, count) => {
      if (minute - lastMinute > IDLE_AFTER_MINUTES) activeSinceMinute = minute;
      messages += count;
      lastMinute = minute;
    },
    gauge: (minute) => {
      if (minute - lastMinute > REDRIVE_AFTER_MINUTES) messages = 0;
      if (minute - lastMinute > IDLE_AFTER_MINUTES) return undefined;
      const isActive = minute - activeSinceMinute > ACTIVE_AFTER_MINUTES;
      return { messages, ...(!isActive && { activeSinceMinute }) };
    },
  };
};
