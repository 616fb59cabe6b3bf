/** Lambda on this machine: takes the events of one function, runs them, and tries again what fails. */
import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { FunctionBlueprint } from "./blueprint";
import type { Dimensions } from "./cloudwatch/metric-store";
import type { End } from "./execution-environment";
import { isLetThrough, type LogLine, type PlatformEvent, platformLine } from "./function-log";
import type { UnpackedFunction } from "./function-package";
import { createPool } from "./pool";

export interface LambdaOptions {
  readonly function: FunctionBlueprint;
  readonly unpacked: UnpackedFunction;
  /** Variables beside those that Lambda sets: where the local services listen. @default none */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** How many processes run at a time; further invocations wait for one, and count as running. @default one per CPU, at most 4 */
  readonly processes?: number;
  /** Pauses before the second and third attempt; Lambda's own are a minute and two. @default 100 and 200 */
  readonly retryDelaysMs?: readonly number[];
  /** Pause after the first throttle, doubled by each further one up to 300 times; Lambda's own is a second. @default 50 */
  readonly throttleDelayMs?: number;
  /** Time that log lines and metrics are given, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  readonly onLogLine: (line: LogLine) => void;
  /** Called for every datum of the namespace AWS/Lambda. */
  readonly onMetric: (datum: LambdaDatum) => void;
}

/** Metrics of the namespace AWS/Lambda that are made here, and their units. */
// biome-ignore format: a ledger is read down its columns
export const LAMBDA_METRICS = {
  Invocations:          "Count",
  Errors:               "Count",
  Throttles:            "Count",
  ConcurrentExecutions: "Count",
  AsyncEventsReceived:  "Count",
  AsyncEventsDropped:   "Count",
  AsyncEventAge:        "Milliseconds",
  Duration:             "Milliseconds",
} as const satisfies Record<string, "Count" | "Milliseconds">;

/** Those that belong to an invocation, and so to the version that it executed. */
const EXECUTED: readonly string[] = ["Invocations", "Errors", "Duration"] satisfies (keyof typeof LAMBDA_METRICS)[];

/**
 * @returns the sets of dimensions under each of which Lambda publishes a metric: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 */
export const dimensionsOf = ({ name: FunctionName, alias }: FunctionBlueprint, metric: string): Dimensions[] => {
  if (alias === undefined) return [{ FunctionName }];
  const Resource = `${FunctionName}:${alias.name}`;
  const executed = EXECUTED.includes(metric) ? [{ FunctionName, Resource, ExecutedVersion: alias.version }] : [];
  return [{ FunctionName }, { FunctionName, Resource }, ...executed];
};

export interface LambdaDatum {
  readonly name: keyof typeof LAMBDA_METRICS;
  readonly unit: string;
  readonly value: number;
  readonly timestampMs: number;
}

/** What became of one event. */
export interface Outcome {
  /** The same for every attempt. */
  readonly requestId: string;
  /** Of the last attempt; "dropped" if there was none. */
  readonly status: End["status"] | "dropped";
  readonly errorType?: string;
  readonly attempts: number;
  /** How often the event was sent away because the function's concurrency was exhausted. */
  readonly throttles: number;
  /** `record` of the `platform.report` of each attempt. */
  readonly reports: readonly PlatformEvent["record"][];
}

export interface Lambda {
  /** Takes an event as S3 delivers it. Never rejects. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
  invoke(event: unknown): Promise<Outcome>;
  /** Loads the handler before there is an event. */
  warm(): Promise<void>;
  /** For the end of this program itself: kills all processes without waiting. */
  kill(): void;
  stop(): Promise<void>;
}

const MAX_THROTTLE_FACTOR = 300;

export const createLambda = (options: LambdaOptions): Lambda => {
  const {
    function: fn,
    now = Date.now,
    onLogLine,
    onMetric,
    retryDelaysMs = [100, 200],
    throttleDelayMs = 50,
  } = options;
  const stopped = new AbortController();
  let running = 0;

  const pool = createPool({
    function: fn,
    unpacked: options.unpacked,
    endpoints: options.endpoints ?? {},
    processes: options.processes ?? Math.min(availableParallelism(), 4),
    now,
    onLine: (text, requestId) => {
      if (isLetThrough(text, fn)) onLogLine({ text, timestampMs: now(), requestId });
    },
    onPlatformEvent: (event, requestId) => {
      const text = platformLine(event, fn, now());
      if (text !== undefined) onLogLine({ text, timestampMs: now(), requestId });
    },
  });

  const measure = (name: LambdaDatum["name"], value: number, timestampMs = now()) =>
    onMetric({ name, unit: LAMBDA_METRICS[name], value, timestampMs });

  const pause = (delayMs: number) => sleep(delayMs, undefined, { signal: stopped.signal }).catch(() => {});

  /** Counts the event as running, once there is room. @returns how often there was none, and whether there ever was */
  const admit = async (acceptedAt: number): Promise<{ throttles: number; isAdmitted: boolean }> => {
    const limit = fn.reservedConcurrency ?? Number.POSITIVE_INFINITY;
    for (let throttles = 0; !stopped.signal.aborted; throttles += 1) {
      const isAdmitted = running < limit;
      measure("Throttles", isAdmitted ? 0 : 1);
      if (isAdmitted) {
        running += 1;
        measure("ConcurrentExecutions", running);
        return { throttles, isAdmitted };
      }
      const ageMs = performance.now() - acceptedAt;
      // A function that is switched off by a reservation of 0 gets no second try.
      if (limit === 0 || ageMs > fn.maximumEventAgeSeconds * 1000) return { throttles: throttles + 1, isAdmitted };
      await pause(throttleDelayMs * Math.min(2 ** throttles, MAX_THROTTLE_FACTOR));
    }
    return { throttles: 0, isAdmitted: false };
  };

  const attempt = async (requestId: string, event: unknown) => {
    const { end, startedMs, report } = await pool.run(requestId, event).finally(() => {
      running -= 1;
    });
    // A success is an error count of zero, and all are dated by the start of the invocation:
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    measure("Invocations", 1, startedMs);
    measure("Errors", end.status === "success" ? 0 : 1, startedMs);
    measure("Duration", end.durationMs, startedMs);
    return { end, report };
  };

  const invoke = async (event: unknown): Promise<Outcome> => {
    const acceptedAt = performance.now();
    const reports: PlatformEvent["record"][] = [];
    let outcome: Outcome = { requestId: randomUUID(), status: "dropped", attempts: 0, throttles: 0, reports };
    measure("AsyncEventsReceived", 1);
    while (outcome.attempts <= fn.maximumRetryAttempts) {
      const { throttles, isAdmitted } = await admit(acceptedAt);
      outcome = { ...outcome, throttles: outcome.throttles + throttles };
      if (!isAdmitted) break;
      measure("AsyncEventAge", performance.now() - acceptedAt);
      const { end, report } = await attempt(outcome.requestId, event);
      reports.push(report.record);
      outcome = { ...outcome, status: end.status, errorType: end.errorType, attempts: outcome.attempts + 1 };
      if (end.status === "success") return outcome;
      await pause(retryDelaysMs[outcome.attempts - 1] ?? 0);
    }
    measure("AsyncEventsDropped", 1);
    return outcome;
  };

  return {
    invoke,
    warm: pool.warm,
    kill: pool.kill,
    stop: async () => {
      stopped.abort();
      await pool.stop();
    },
  };
};
