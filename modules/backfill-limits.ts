/** How a batch of a backfill, its attempts and their pauses fit into the time that Step Functions and Lambda give them. */
import { divide, isReference, largest, roundDown, smallest } from "./arithmetic";

/** An Express workflow ends after five minutes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const EXPRESS_SECONDS = 300;

/** Retries after these errors. With full jitter, each pause is drawn between 0 and its longest. */
interface Retry {
  readonly errors: readonly string[];
  readonly retries: number;
  readonly firstSeconds: number;
  readonly backoff: number;
  readonly maxSeconds: number;
}

/** The first row with the error counts. Step Functions counts the retries of each row on their own. */
export const RETRIES = [
  {
    // Lambda throttles, or fails itself: invocations of a batch that was aborted use reserved concurrency until they end.
    // https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
    errors: [
      ...["Lambda.TooManyRequestsException", "Lambda.ServiceException"],
      ...["Lambda.AWSLambdaException", "Lambda.SdkClientException"],
    ],
    ...{ retries: 8, firstSeconds: 2, backoff: 2, maxSeconds: 15 },
  },
  // What is stored is skipped, so each attempt has less to do.
  { errors: ["States.ALL"], retries: 2, firstSeconds: 5, backoff: 2, maxSeconds: 10 },
] as const satisfies readonly Retry[];

const [, FAILED] = RETRIES;

const pauseSeconds = ({ retries, firstSeconds, backoff, maxSeconds }: Retry): number =>
  Array.from({ length: retries }, (_, i) => Math.min(firstSeconds * backoff ** i, maxSeconds)).reduce(
    (sum, seconds) => sum + seconds,
    0,
  );

const PAUSE_SECONDS = RETRIES.reduce((sum, each) => sum + pauseSeconds(each), 0);

/** The longest timeout with which all attempts of a batch, and the longest pauses, end within an Express workflow. */
export const MAX_TIMEOUT_SECONDS = Math.floor((EXPRESS_SECONDS - PAUSE_SECONDS) / (FAILED.retries + 1));

/** @param liveSeconds timeout of the function of live uploads @returns timeout of the function of a backfill */
export const backfillTimeout = (liveSeconds: number): number => smallest(liveSeconds, MAX_TIMEOUT_SECONDS);

interface Limited {
  readonly batch_size: number;
  readonly slowest_image_seconds: number;
  /** Of the function, in seconds. */
  readonly timeout: number;
}

/** @returns objects of a batch: as many of the slowest as fit into the timeout, at most `batch_size` and at least one */
export const objectsPerBatch = ({ batch_size, slowest_image_seconds, timeout }: Limited): number =>
  largest(1, smallest(batch_size, roundDown(divide(timeout, slowest_image_seconds))));

/** @returns objects of a batch in an environment */
export const backfillBatch = (environment: {
  readonly backfill_batch_size: number;
  readonly backfill_slowest_image_seconds: number;
  readonly lambda_timeout: number;
}): number =>
  objectsPerBatch({
    batch_size: environment.backfill_batch_size,
    slowest_image_seconds: environment.backfill_slowest_image_seconds,
    timeout: backfillTimeout(environment.lambda_timeout),
  });

/** @returns whether the slowest image fits into the timeout; true where that is known to Terraform only */
export const fitsTimeout = ({ slowest_image_seconds, timeout }: Omit<Limited, "batch_size">): boolean =>
  isReference(slowest_image_seconds, timeout) || slowest_image_seconds <= timeout;
