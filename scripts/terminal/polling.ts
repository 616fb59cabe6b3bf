/** Polls until a value is there. */
import { setTimeout as sleep } from "node:timers/promises";

export interface PollOptions {
  /** Pause between two calls of `look`. */
  readonly intervalMs: number;
  /** @default no limit */
  readonly limitMs?: number;
  /** Ends the polling, after a call of `look` that is in progress. @default nothing does */
  readonly signal?: AbortSignal;
}

/**
 * Calls `look` until it returns a value. The last call is made when the time is up.
 * @returns what `look` returned; undefined where the time was up or the signal aborted first
 * @throws what `look` throws
 */
export const poll = async <T>(
  look: () => Promise<T | undefined> | T | undefined,
  { intervalMs, limitMs = Number.POSITIVE_INFINITY, signal }: PollOptions,
): Promise<T | undefined> => {
  const endsAt = performance.now() + limitMs;
  while (!signal?.aborted) {
    const leftMs = endsAt - performance.now();
    const found = await look();
    if (found !== undefined || leftMs <= 0) return found;
    await sleep(Math.min(intervalMs, leftMs), undefined, { signal }).catch(() => {});
  }
  return undefined;
};
