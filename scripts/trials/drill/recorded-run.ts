/** One real run of the function with an injected fault: a sandbox whose API calls and clock the drill controls. */
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiCall, type ApiRefusal, FUNCTION_ACCESS_KEY_ID } from "../../sandbox/api-call";
import type { AskApi } from "../../sandbox/api-client";
import type { Blueprint } from "../../sandbox/blueprint";
import { type Clock, createClock } from "../../sandbox/clock";
import type { CallSteps } from "../../sandbox/executions";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox";
import type { SentDatum } from "../../sandbox/sent";
import { MINUTE_MS, type Timeline } from "./timeline";

/** Start of every run: 20 seconds after a full minute. */
export const FAULT_AT_MS = Date.UTC(2026, 0, 1, 12, 0, 20);

export interface Conditions {
  readonly blueprint: Blueprint;
  /** Milliseconds of drill time for each real millisecond. @default 1 */
  readonly scale?: number;
  /** Longest duration of an invocation, in milliseconds of drill time. @default the timeout of the blueprint, at scale */
  readonly limitMs?: number;
  /** Number of failed attempts after which the fault ends and retries succeed. @default 1 */
  readonly faults?: number;
  /** The fault never ends. @default it ends after `faults` failed attempts */
  readonly isPermanent?: true;
  /** Real milliseconds before a retry. @default 50, or 1500 if several uploads must fail before the first retry */
  readonly retryDelayMs?: number;
  /** Delays or refuses a call of the function during the fault. @default calls succeed */
  readonly onCall?: (call: ApiCall) => Promise<ApiRefusal | undefined>;
}

/** What a scenario can do during its run. */
export interface FaultRun {
  readonly clock: Clock;
  readonly blueprint: Blueprint;
  upload(key: string, bytes: Uint8Array): Promise<void>;
  /** Sends a request to the stack's HTTP API. */
  ask: AskApi;
  readonly uploadBucket: string;
  /** Stores an object in any bucket. */
  store(bucket: string, key: string, bytes: Uint8Array): Promise<void>;
  /** Calls an operation of Step Functions. */
  steps: CallSteps;
  /** Resolves when all invocations have ended. */
  settled(): Promise<unknown>;
  /** Resolves when `count` uploads have reached the function. */
  delivered(count: number): Promise<void>;
  /** Resolves when Lambda throttles an event the next time. */
  throttled(): Promise<void>;
}

export interface Recording extends Timeline {
  /** API calls of the functions. */
  readonly calls: readonly ApiCall[];
  /** Real duration of the run. */
  readonly wallMs: number;
}

const EMPTY_RUN = { lines: [], data: [], calls: [], wallMs: 0 } as const satisfies Recording;

/** @returns the recording of a run in which nothing happens */
export const emptyRun = (): Recording => EMPTY_RUN;

/** Longer than the metrics of a queue that was idle take to appear. */
const QUEUE_FULL_MINUTES = 30;

/** Lambda retries after one minute: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = MINUTE_MS;

/** @returns how an invocation ended ("success", "error", "timeout") if the log line is its `platform.report` */
export const reportStatus = (text: string): string | undefined =>
  text.includes('"platform.report"') ? JSON.parse(text).record.status : undefined;

const hasFailed = (text: string): boolean => (reportStatus(text) ?? "success") !== "success";

/** First pause before Lambda tries a throttled event again. */
const THROTTLE_DELAY_MS = 10;

/** The longest pause after throttles is 300 times the first; longer pauses are those of Step Functions before it retries a batch. */
const LONGEST_WAIT_MS = 300 * THROTTLE_DELAY_MS;

/** How often a run is recorded until no client of the function times out. */
const RECORDINGS = 5;

/** No scenario delays an answer until a client gives up: this machine was too busy to answer. */
const wasDisturbed = ({ lines }: Recording): boolean => lines.some(({ message }) => message.includes('"TimeoutError"'));

const isTable = ({ action }: ApiCall): boolean => action.startsWith("dynamodb:");

/**
 * The local table is much slower than DynamoDB. On a busy machine it may need longer than the second that the function
 * waits; without a fault of the table, such a line says nothing about the stack.
 */
const isLateRecord = (text: string): boolean => {
  if (!text.includes('"record.lost"')) return false;
  const { event, errorName } = JSON.parse(text);
  return event === "record.lost" && ["TooSlow", "TimeoutError"].includes(errorName);
};

/**
 * Runs the function and records its log, metrics and API calls from the first upload to the end of the last invocation.
 * Repeats the run if the machine was too busy to answer the function in time.
 */
export const record = async (
  conditions: Conditions,
  run: (faultRun: FaultRun) => Promise<void>,
): Promise<Recording> => {
  let recording = await recordOnce(conditions, run);
  for (let count = 1; count < RECORDINGS && wasDisturbed(recording); count += 1) {
    recording = await recordOnce(conditions, run);
  }
  return recording;
};

const recordOnce = async (conditions: Conditions, run: (faultRun: FaultRun) => Promise<void>): Promise<Recording> => {
  const { blueprint, scale = 1, faults = 1, isPermanent = false, onCall } = conditions;
  const { retryDelayMs = faults === 1 ? 50 : 1_500 } = conditions;
  const { limitMs = blueprint.function.timeoutSeconds * scale * 1_000 } = conditions;
  const clock = createClock(FAULT_AT_MS, scale);
  const startedAt = performance.now();
  const calls: ApiCall[] = [];
  let failures = 0;
  let tableFaults = 0;
  let uploads = 0;
  let onUpload = () => {};
  let onThrottle = () => {};
  const data: SentDatum[] = [];

  const sandbox: Sandbox = await startSandbox({
    blueprint,
    processes: 2,
    throttleDelayMs: THROTTLE_DELAY_MS,
    now: clock.now,
    wait: async (delayMs, signal) => {
      if (delayMs <= LONGEST_WAIT_MS) return sleep(delayMs, undefined, { signal });
      clock.skip(delayMs);
    },
    // Retries come after milliseconds, not minutes: the clock skips the difference.
    retryDelaysMs: [retryDelayMs, retryDelayMs],
    intercept: async (call) => {
      if (!call.caller.startsWith(FUNCTION_ACCESS_KEY_ID)) return undefined;
      calls.push(call);
      const answer = isPermanent || failures < faults ? onCall?.(call) : undefined;
      if (isTable(call)) answer?.then((refusal) => (tableFaults += refusal === undefined ? 0 : 1));
      return answer;
    },
    onLogLine: ({ text }) => {
      if (!hasFailed(text)) return;
      failures += 1;
      if (failures >= faults) clock.skip(RETRY_AFTER_MS);
    },
    onDatum: (datum) => {
      data.push(datum);
      if (datum.name === "Throttles" && datum.value > 0) onThrottle();
    },
    onObjectCreated: ({ bucket }) => {
      if (bucket !== sandbox.uploadBucket) return;
      uploads += 1;
      onUpload();
    },
  });
  try {
    const before = sandbox.logs.length;
    await run({
      clock,
      blueprint,
      upload: async (key, bytes) => {
        clock.start();
        await sandbox.upload(key, bytes);
      },
      ask: (...request) => {
        clock.start();
        return sandbox.ask(...request);
      },
      uploadBucket: sandbox.uploadBucket,
      store: sandbox.store,
      steps: sandbox.steps,
      settled: sandbox.settled,
      delivered: (count) =>
        new Promise((resolve) => {
          onUpload = () => {
            // The sandbox invokes the function right after this callback.
            if (uploads >= count) setImmediate(resolve);
          };
          onUpload();
        }),
      throttled: () =>
        new Promise((resolve) => {
          onThrottle = resolve;
        }),
    });
    await sandbox.settled();
    await watchQueue(sandbox, clock);
    const isReal = ({ text }: { readonly text: string }) => tableFaults > 0 || !isLateRecord(text);
    const written = [...sandbox.logGroups.values()].flatMap((lines) =>
      lines === sandbox.logs ? lines.slice(before) : lines,
    );
    const lines = written
      .filter(isReal)
      .sort((one, other) => one.timestampMs - other.timestampMs)
      .map(({ text, timestampMs, logGroup }) => {
        return { message: text, timestampMs, logGroup, channel: "filterMetric", sentMs: timestampMs } as const;
      });
    const published = data.filter(isPublished).map((datum) => atDrillTime(datum, scale, limitMs));
    return { lines, data: published, calls, wallMs: performance.now() - startedAt };
  } finally {
    await sandbox.stop();
  }
};

/** A queue with messages publishes its metric every minute, until an operator empties it. */
const watchQueue = async (sandbox: Sandbox, clock: Clock): Promise<void> => {
  if ((await sandbox.deadLetters()).length === 0) return;
  for (let minute = 0; minute < QUEUE_FULL_MINUTES; minute += 1) {
    clock.skip(MINUTE_MS);
    await sandbox.measureQueue();
  }
  clock.skip(MINUTE_MS);
  await sandbox.purgeQueue();
};

/** SQS publishes nothing for an idle queue. */
const isPublished = ({ namespace, activeSinceMs }: SentDatum): boolean =>
  namespace !== "AWS/SQS" || activeSinceMs !== undefined;

/** Lambda measures durations with the real clock: converts them to drill time. An invocation never outlasts the timeout. */
const atDrillTime = (datum: SentDatum, scale: number, limitMs: number): SentDatum => {
  if (datum.namespace !== "AWS/Lambda") return datum;
  const sentMs = Math.min(datum.sentMs, datum.timestampMs + limitMs);
  return { ...datum, sentMs, ...(datum.name === "Duration" && { value: Math.min(datum.value * scale, limitMs) }) };
};
