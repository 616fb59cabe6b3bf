/** Looks at something again and again until it is as wanted. */
import { setTimeout as sleep } from "node:timers/promises";

export interface PollOptions {
  /** Pause between two looks. */
  readonly intervalMs: number;
  /** @default no limit */
  readonly limitMs?: number;
  /** Ends the polling at once; a look that is under way is awaited. @default nothing does */
  readonly signal?: AbortSignal;
}

/**
 * Calls `look` until it returns something. The last look is made when the time is up.
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
