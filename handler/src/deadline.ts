/** The end of an invocation's time, kept early enough that there is time to say so before Lambda kills the process. */

/** The time was up before the image was done: a retry, or a higher lambda_timeout, may heal it. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

export interface Deadline {
  /** Aborted by an OutOfTime when all work must stop. */
  readonly work: AbortSignal;
  /** Aborted later, when even what has happened cannot be told to CloudWatch any more. */
  readonly reporting: AbortSignal;
  /** To be called when the invocation is over. */
  end(): void;
}

/** How much of the time is not for work: a second, or a tenth where that is less. */
const reserveMs = (remainingMs: number): number => Math.min(1_000, remainingMs / 10);

/** @param remainingMs until Lambda kills the process */
export const startDeadline = (remainingMs: number): Deadline => {
  const reserve = reserveMs(remainingMs);
  const abortAfter = (ms: number) => {
    const controller = new AbortController();
    const what = `Expected the image to be done after ${Math.round(ms)} ms, shortly before the time limit, but it was not`;
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
 * Waits for work no longer than until the signal, whether the work listens to it or not.
 *
 * @throws the signal's reason; whatever the work throws before
 */
export const until = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work().then(resolve, reject);
  });
