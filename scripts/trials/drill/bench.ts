/** One real run of the function under a fault: the sandbox of a stack, with its calls and its clock in the drill's hands. */
import { type ApiCall, type ApiRefusal, FUNCTION_ACCESS_KEY_ID } from "../../sandbox/api-call";
import type { Blueprint } from "../../sandbox/blueprint";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox";
import { type Clock, createClock } from "./clock";
import { MINUTE_MS, type Stretch } from "./stretch";

/** When every run begins, 20 seconds into a minute. */
export const FAULT_AT_MS = Date.UTC(2026, 0, 1, 12, 0, 20);

export interface Conditions {
  readonly blueprint: Blueprint;
  /** Milliseconds of the drill's time for each real one. @default 1 */
  readonly scale?: number;
  /** Failed attempts until the fault is mended and retries succeed. @default 1 */
  readonly faults?: number;
  /** The fault is never mended. @default it is, after so many failed attempts */
  readonly isForGood?: true;
  /** Real time until a failed attempt is tried again. @default 50, or 1500 where several uploads are to meet the fault */
  readonly retryDelayMs?: number;
  /** What becomes of a call of the function while the fault lasts. @default it is carried out */
  readonly onCall?: (call: ApiCall) => Promise<ApiRefusal | undefined>;
}

export interface Bench {
  readonly clock: Clock;
  readonly blueprint: Blueprint;
  upload(key: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when everything is over that the uploads brought about. */
  settled(): Promise<unknown>;
  /** Resolves when so many uploads have reached the function. */
  delivered(count: number): Promise<void>;
}

export interface Recording extends Stretch {
  /** What the function asked of AWS. */
  readonly calls: readonly ApiCall[];
  /** Real time that the run took. */
  readonly wallMs: number;
}

const SILENT = { lines: [], data: [], calls: [], wallMs: 0 } as const satisfies Recording;

/** Nothing happens, and leaves nothing behind. */
export const silence = (): Recording => SILENT;

/** Lambda tries again after one minute, https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER_MS = MINUTE_MS;

const hasFailed = (text: string): boolean => {
  if (!text.includes('"platform.report"')) return false;
  return JSON.parse(text).record.status !== "success";
};

/** Runs the function for real, from the first upload to the last line. */
export const record = async (conditions: Conditions, run: (bench: Bench) => Promise<void>): Promise<Recording> => {
  const { blueprint, scale = 1, faults = 1, isForGood = false, onCall } = conditions;
  const { retryDelayMs = faults === 1 ? 50 : 1_500 } = conditions;
  const clock = createClock(FAULT_AT_MS, scale);
  const startedAt = performance.now();
  const calls: ApiCall[] = [];
  let failures = 0;
  let uploads = 0;
  let onUpload = () => {};

  const sandbox: Sandbox = await startSandbox({
    blueprint,
    processes: 2,
    throttleDelayMs: 10,
    now: clock.now,
    // The minutes between the attempts are skipped; several uploads are to meet the fault before the first comes again.
    retryDelaysMs: [retryDelayMs, retryDelayMs],
    intercept: async (call) => {
      if (call.caller !== FUNCTION_ACCESS_KEY_ID) return undefined;
      calls.push(call);
      return isForGood || failures < faults ? onCall?.(call) : undefined;
    },
    onLogLine: ({ text }) => {
      if (!hasFailed(text)) return;
      failures += 1;
      if (failures >= faults) clock.skip(RETRY_AFTER_MS);
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
        await sandbox.measureQueue();
        await sandbox.upload(key, bytes);
      },
      settled: sandbox.settled,
      delivered: (count) =>
        new Promise((resolve) => {
          onUpload = () => {
            // The function takes it up in the same turn, right after this.
            if (uploads >= count) setImmediate(resolve);
          };
          onUpload();
        }),
    });
    await sandbox.settled();
    const lines = sandbox.logs.slice(before).map(({ text, timestampMs }) => ({ message: text, timestampMs }));
    const data = sandbox.metrics.data().map((datum) => lifelike(datum, scale));
    return { lines, data, calls, wallMs: performance.now() - startedAt };
  } finally {
    await sandbox.stop();
  }
};

/** Lambda's durations are measured by the real clock, whatever the scale. */
const lifelike = (datum: ReturnType<Sandbox["metrics"]["data"]>[number], scale: number) =>
  datum.namespace === "AWS/Lambda" && datum.name === "Duration" ? { ...datum, value: datum.value * scale } : datum;
