/** The limits that the batches of a backfill have to fit into. */

/** An Express workflow ends after five minutes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const EXPRESS_SECONDS = 300;

/** Retries of a batch that failed: what is stored is skipped, so each has less to do. */
export const RETRY = { retries: 2, firstSeconds: 5, backoff: 2, maxSeconds: 10 } as const;

/** The longest pauses between the attempts. With full jitter they are shorter. */
const PAUSE_SECONDS = Array.from({ length: RETRY.retries }, (_, i) =>
  Math.min(RETRY.firstSeconds * RETRY.backoff ** i, RETRY.maxSeconds),
).reduce((sum, seconds) => sum + seconds, 0);

/** The longest timeout with which all attempts of a batch end within an Express workflow. */
const MAX_TIMEOUT_SECONDS = Math.floor((EXPRESS_SECONDS - PAUSE_SECONDS) / (RETRY.retries + 1));

interface Limited {
  readonly batch_size: number;
  readonly slowest_image_seconds: number;
  /** Of the function, in seconds. */
  readonly timeout: number;
}

/** What does not fit, as in "Expected <what> for <name> but got <value>". */
interface Misfit {
  readonly of: "timeout" | "batch_size";
  readonly what: string;
  readonly got: number;
}

/** @param names of both variables, for the sentence @returns undefined if everything fits */
export const misfitOf = (
  { batch_size, slowest_image_seconds, timeout }: Limited,
  names: { readonly slowest: string; readonly timeout: string },
): Misfit | undefined => {
  if (timeout > MAX_TIMEOUT_SECONDS)
    return {
      of: "timeout",
      what: `at most ${MAX_TIMEOUT_SECONDS} seconds (the ${RETRY.retries + 1} attempts of a batch must end within the ${EXPRESS_SECONDS} s of an Express workflow)`,
      got: timeout,
    };
  const fits = Math.floor(timeout / slowest_image_seconds);
  return batch_size <= fits
    ? undefined
    : {
        of: "batch_size",
        what: `at most ${fits} (so many images of ${names.slowest}, ${slowest_image_seconds} s, fit into ${names.timeout}, ${timeout} s)`,
        got: batch_size,
      };
};
