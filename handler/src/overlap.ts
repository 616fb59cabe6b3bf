/** Stores variants while later ones are still being encoded, because the time of an invocation is billed, not its CPU time. */
import { setMaxListeners } from "node:events";
import { asError } from "./errors";
import type { Encoded } from "./process";

interface Work<T> {
  /** Encodes everything; gives each variant to `onEncoded` and stops when the signal aborts. */
  readonly encode: (onEncoded: (image: Encoded) => void, signal: AbortSignal) => Promise<T>;
  /** Stores one variant, unless the signal aborts. */
  readonly store: (image: Encoded, signal: AbortSignal) => Promise<void>;
}

/**
 * @param signal stops everything
 * @returns what `encode` returns, after everything is stored
 * @throws the first error of `encode` or `store`, or the reason of the signal. Then nothing continues: the remaining
 *   variants are not encoded, and requests that are under way are cancelled.
 */
export const storeWhileEncoding = async <T>({ encode, store }: Work<T>, signal: AbortSignal): Promise<T> => {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  setMaxListeners(0, either);
  // Only the first error counts: those that follow come from cancelling.
  const fail = (error: unknown): void => failure.abort(asError(error));
  const uploads: Promise<void>[] = [];
  try {
    const made = await encode((image) => void uploads.push(store(image, either).catch(fail)), either);
    await Promise.all(uploads);
    either.throwIfAborted();
    return made;
  } catch (error) {
    fail(error);
    await Promise.all(uploads);
    throw either.reason;
  }
};
