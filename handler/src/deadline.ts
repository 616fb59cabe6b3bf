/** Ends the work of an invocation shortly before its timeout, so that there is time to log why. */

import { setMaxListeners } from "node:events";

/** The image was not finished in time. A retry or a higher lambda_timeout may help. */
class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

export interface Deadline {
  /** Aborted with an OutOfTime error when all work must stop. */
  readonly work: AbortSignal;
  /** Aborted later, when publishing metrics must stop, too. */
  readonly reporting: AbortSignal;
  /** Stops the timers. Call it when the invocation is over. */
  end(): void;
}

/** Time kept for reporting: one second, or a tenth of the remaining time if that is less. */
const reserveMs = (remainingMs: number): number => Math.min(1_000, remainingMs / 10);

/** @param remainingMs time until Lambda ends the invocation */
export const startDeadline = (remainingMs: number): Deadline => {
  const reserve = reserveMs(remainingMs);
  const abortAfter = (ms: number) => {
    const controller = new AbortController();
    // Node warns above ten requests that wait for one signal.
    setMaxListeners(0, controller.signal);
    const what = `Expected the image to be finished within ${Math.round(ms)} ms (shortly before the timeout) but it was not`;
    const timer = setTimeout(() => controller.abort(new OutOfTime(what)), ms);
    return { signal: controller.signal, stop: () => clearTimeout(timer) };
  };
  const [work, reporting] = [abortAfter(remainingMs - reserve), abortAfter(remainingMs - reserve / 2)];
  return {
    work: work.signal,
    reporting: reporting.signal,
    end: () => {
      work.stop();
      reporting.stop();
    },
  };
};

/**
 * Waits for work until the signal aborts, even if the work ignores the signal.
 *
 * @throws the reason of the signal, or the error of the work if it comes first
 */
export const until = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work().then(resolve, reject);
  });
