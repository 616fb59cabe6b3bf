/** Local Lambda: invokes one function for its events, with Lambda's throttling, retries and dead-letter queue. */
import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Dimensions } from "../cloudwatch/metric-store";
import { FUNCTION_ACCESS_KEY_ID } from "./api-call";
import type { FunctionBlueprint } from "./blueprint";
import type { DeadLetter } from "./dead-letters";
import type { End } from "./execution-environment";
import { errorMessage, errorPayload } from "./function-error";
import { type LogLine, type PlatformEvent, passesLogLevel, platformLine } from "./function-log";
import type { UnpackedFunction } from "./function-package";
import { createPool } from "./pool";

export interface LambdaOptions {
  readonly function: FunctionBlueprint;
  readonly unpacked: UnpackedFunction;
  /** Additional environment variables: the endpoints of the local services. @default none */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Port on which the function waits for a debugger. Use it with one process. @default no debugger */
  readonly inspectPort?: number;
  /** Key id with which the function signs its calls. @default that of the function that uploads invoke */
  readonly accessKeyId?: string;
  /** Maximum number of parallel processes. Further invocations wait, and count as running. @default one per CPU, at most 4 */
  readonly processes?: number;
  /** Delays before the second and third attempt; on Lambda, one minute and two. @default 100 and 200 */
  readonly retryDelaysMs?: readonly number[];
  /** Delay after the first throttle, doubled after each further one up to 300 times the first; on Lambda, one second. @default 50 */
  readonly throttleDelayMs?: number;
  /** Clock for log lines, metrics and event age, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** How the delays before retries pass. It may reject once the signal is aborted. @default in real time */
  readonly wait?: Wait;
  /** Called when an attempt begins, and again with `end` when it is over. @default not at all */
  readonly onAttempt?: (attempt: Attempt) => void;
  /** Sends an event to the dead-letter queue after its last attempt failed; rejects if the queue refuses it. @default the function has no dead-letter queue */
  readonly sendDeadLetter?: (deadLetter: DeadLetter) => Promise<void>;
  readonly onLogLine: (line: LogLine) => void;
  /** Called for every datum of the namespace AWS/Lambda. */
  readonly onMetric: (datum: LambdaDatum) => void;
}

/** Metrics of the namespace AWS/Lambda that the sandbox publishes, and their units. */
// biome-ignore format: a ledger is read down its columns
export const LAMBDA_METRICS = {
  Invocations:          "Count",
  Errors:               "Count",
  Throttles:            "Count",
  ConcurrentExecutions: "Count",
  AsyncEventsReceived:  "Count",
  AsyncEventsDropped:   "Count",
  AsyncEventAge:        "Milliseconds",
  DeadLetterErrors:     "Count",
  Duration:             "Milliseconds",
} as const satisfies Record<string, "Count" | "Milliseconds">;

/** Metrics of an invocation, which Lambda also publishes for the executed version. */
const EXECUTED: readonly string[] = ["Invocations", "Errors", "Duration"] satisfies (keyof typeof LAMBDA_METRICS)[];

/**
 * @returns every set of dimensions under which Lambda publishes a metric: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
 */
export const dimensionsOf = ({ name: FunctionName, alias }: FunctionBlueprint, metric: string): Dimensions[] => {
  if (alias === undefined) return [{ FunctionName }];
  const Resource = `${FunctionName}:${alias.name}`;
  const executed = EXECUTED.includes(metric) ? [{ FunctionName, Resource, ExecutedVersion: alias.version }] : [];
  return [{ FunctionName }, { FunctionName, Resource }, ...executed];
};

/** Resolves after a delay. */
export type Wait = (delayMs: number, signal: AbortSignal) => Promise<unknown>;

/** One attempt to process an event. */
export interface Attempt {
  readonly requestId: string;
  readonly event: unknown;
  /** From 1. */
  readonly number: number;
  readonly startedMs: number;
  /** @default the attempt is running */
  readonly end?: {
    readonly atMs: number;
    readonly status: End["status"];
    /** Text for people. @default the attempt succeeded */
    readonly errorMessage?: string;
    readonly durationMs: number;
    readonly maxMemoryUsedMb: number;
  };
}

export interface LambdaDatum {
  readonly name: keyof typeof LAMBDA_METRICS;
  readonly unit: string;
  readonly value: number;
  readonly timestampMs: number;
  /** When Lambda sends it: for metrics of an invocation, its end. */
  readonly sentMs: number;
  /** @default it belongs to no attempt */
  readonly requestId?: string;
}

/** The result of one event. */
export interface Outcome {
  /** The same for every attempt. */
  readonly requestId: string;
  /** Status of the last attempt; "dropped" if there was no attempt. */
  readonly status: End["status"] | "dropped";
  readonly errorType?: string;
  /** Text for people. @default the last attempt succeeded */
  readonly errorMessage?: string;
  readonly attempts: number;
  /** How often Lambda throttled the event. */
  readonly throttles: number;
  /** `record` of the `platform.report` of each attempt. */
  readonly reports: readonly PlatformEvent["record"][];
}

/** The response to a synchronous invocation. */
export interface Answer {
  readonly requestId: string;
  readonly status: End["status"] | "throttled";
  /** Result or error, as JSON. */
  readonly payload: string;
}

export interface Lambda {
  /** Invokes the function asynchronously, as S3 does. Never rejects. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
  invoke(event: unknown): Promise<Outcome>;
  /** Invokes the function synchronously, without retries. Never rejects. https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html */
  call(event: unknown): Promise<Answer>;
  /** Loads the handler in advance. */
  warm(): Promise<void>;
  /** Changes the configuration, also for the retries of earlier events. Attempts that are running end as they began. */
  update(fn: FunctionBlueprint): void;
  /** Kills all processes without waiting; call it when this program exits. */
  kill(): void;
  stop(): Promise<void>;
}

const realTime: Wait = (delayMs, signal) => sleep(delayMs, undefined, { signal });

const MAX_THROTTLE_FACTOR = 300;

/** HTTP status in the dead-letter queue message after a failed attempt, and without any attempt. */
const ERROR_CODES = { failed: 200, throttled: 429 };
const RATE_EXCEEDED = "Rate Exceeded.";

export const createLambda = (options: LambdaOptions): Lambda => {
  const { now = Date.now, onLogLine, onMetric, retryDelaysMs = [100, 200], throttleDelayMs = 50 } = options;
  const { wait = realTime, onAttempt = () => {} } = options;
  let fn = options.function;
  const stopped = new AbortController();
  // Each event that waits for a retry listens; there may be many.
  setMaxListeners(0, stopped.signal);
  let running = 0;

  const pool = createPool({
    function: options.function,
    unpacked: options.unpacked,
    endpoints: options.endpoints ?? {},
    inspectPort: options.inspectPort,
    accessKeyId: options.accessKeyId ?? FUNCTION_ACCESS_KEY_ID,
    processes: options.processes ?? Math.min(availableParallelism(), 4),
    now,
    onLine: (text, requestId) => {
      if (passesLogLevel(text, fn)) onLogLine({ text, timestampMs: now(), logGroup: fn.logGroup, requestId });
    },
    onPlatformEvent: (event, requestId) => {
      const text = platformLine(event, fn, now());
      if (text !== undefined) onLogLine({ text, timestampMs: now(), logGroup: fn.logGroup, requestId });
    },
  });

  const measure = (
    name: LambdaDatum["name"],
    value: number,
    timestampMs = now(),
    sentMs = timestampMs,
    requestId?: string,
  ) => onMetric({ name, unit: LAMBDA_METRICS[name], value, timestampMs, sentMs, ...(requestId && { requestId }) });

  const pause = (delayMs: number) => wait(delayMs, stopped.signal).catch(() => {});

  /** Counts an event as running if concurrency is available. */
  const enter = (): boolean => {
    const isAdmitted = running < Math.min(fn.reservedConcurrency ?? Infinity, fn.freeConcurrency ?? Infinity);
    measure("Throttles", isAdmitted ? 0 : 1);
    if (!isAdmitted) return false;
    running += 1;
    measure("ConcurrentExecutions", running);
    return true;
  };

  const isTooOld = (acceptedMs: number): boolean => now() - acceptedMs > fn.maximumEventAgeSeconds * 1000;

  /** Waits for concurrency. @returns how often the event was throttled, and whether it may run */
  const admit = async (acceptedMs: number): Promise<{ throttles: number; isAdmitted: boolean }> => {
    for (let throttles = 0; !stopped.signal.aborted; throttles += 1) {
      if (enter()) return { throttles, isAdmitted: true };
      // Reserved concurrency 0 switches the function off: no retry.
      if (fn.reservedConcurrency === 0 || isTooOld(acceptedMs)) return { throttles: throttles + 1, isAdmitted: false };
      await pause(throttleDelayMs * Math.min(2 ** throttles, MAX_THROTTLE_FACTOR));
    }
    return { throttles: 0, isAdmitted: false };
  };

  const attempt = async (requestId: string, event: unknown, number: number) => {
    const begun = { requestId, event, number, startedMs: now() };
    onAttempt(begun);
    const { end, startedMs, endedMs, report } = await pool.run(requestId, event).finally(() => {
      running -= 1;
    });
    // A success publishes 0 errors. All three are dated at the start of the invocation and sent after its end:
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    measure("Invocations", 1, startedMs, endedMs, requestId);
    measure("Errors", end.status === "success" ? 0 : 1, startedMs, endedMs, requestId);
    measure("Duration", end.durationMs, startedMs, endedMs, requestId);
    const { status, durationMs, maxMemoryUsedMb } = end;
    const message = errorMessage(end, requestId, fn);
    onAttempt({
      ...begun,
      startedMs,
      end: { atMs: endedMs, status, errorMessage: message, durationMs, maxMemoryUsedMb },
    });
    return { end, endedMs, report };
  };

  const giveUp = async ({ requestId, attempts, errorMessage = RATE_EXCEEDED }: Outcome, event: unknown) => {
    measure("AsyncEventsDropped", 1);
    if (options.sendDeadLetter === undefined) return;
    const errorCode = attempts > 0 ? ERROR_CODES.failed : ERROR_CODES.throttled;
    const failures = await options.sendDeadLetter({ requestId, errorCode, errorMessage, event }).then(
      () => 0,
      () => 1,
    );
    measure("DeadLetterErrors", failures);
  };

  const invoke = async (event: unknown): Promise<Outcome> => {
    const acceptedMs = now();
    const reports: PlatformEvent["record"][] = [];
    let outcome: Outcome = { requestId: randomUUID(), status: "dropped", attempts: 0, throttles: 0, reports };
    measure("AsyncEventsReceived", 1);
    while (outcome.attempts <= fn.maximumRetryAttempts && !isTooOld(acceptedMs)) {
      const { throttles, isAdmitted } = await admit(acceptedMs);
      outcome = { ...outcome, throttles: outcome.throttles + throttles };
      if (!isAdmitted) break;
      const admittedMs = now();
      const { end, endedMs, report } = await attempt(outcome.requestId, event, outcome.attempts + 1);
      // Assumed: sent with the other metrics of the invocation.
      measure("AsyncEventAge", admittedMs - acceptedMs, admittedMs, endedMs);
      reports.push(report.record);
      const { status, errorType } = end;
      outcome = { ...outcome, status, errorType, attempts: outcome.attempts + 1 };
      outcome = { ...outcome, errorMessage: errorMessage(end, outcome.requestId, fn) };
      if (status === "success") {
        // Not documented; it makes Sum and SampleCount differ, so that a mutant which confuses them fails.
        measure("AsyncEventsDropped", 0);
        return outcome;
      }
      await pause(retryDelaysMs[outcome.attempts - 1] ?? 0);
    }
    if (!stopped.signal.aborted) await giveUp(outcome, event);
    return outcome;
  };

  const call = async (event: unknown): Promise<Answer> => {
    const requestId = randomUUID();
    if (!enter()) return { requestId, status: "throttled", payload: JSON.stringify({ message: RATE_EXCEEDED }) };
    const { end } = await attempt(requestId, event, 1);
    return { requestId, status: end.status, payload: end.payload ?? errorPayload(end, requestId, fn) };
  };

  return {
    invoke,
    call,
    warm: pool.warm,
    update: (changed) => {
      fn = changed;
      pool.update(changed);
    },
    kill: pool.kill,
    stop: async () => {
      stopped.abort();
      await pool.stop();
    },
  };
};
