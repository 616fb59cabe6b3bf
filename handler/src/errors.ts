/** The errors that decide what becomes of an image. */
import { types } from "node:util";
import type { RefusalReason } from "../contract/events";

/** The upload can never become variants: logged, counted, and not tried again. The message is the detail for the log. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }
}

/** S3 denied a request: a role or a policy must change before a retry can succeed. */
export class StorageDenied extends Error {
  override readonly name = "StorageDenied";
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(oneLine(cause), { cause });
    this.operation = operation;
  }
}

/** The object was replaced since its event. What replaced it has an event of its own, so nothing is left to do. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

const GONE = ["NoSuchKey", "NoSuchVersion"];

/**
 * @param operation as S3 names it, such as GetObject
 * @param thrown by the SDK
 * @returns what it means for the image: Refusal `deleted`, Superseded, StorageDenied, or the error itself, which a retry
 *   may heal.
 *   Error codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const storageError = (operation: string, thrown: unknown): Error => {
  const error: Error & { $metadata?: { httpStatusCode?: number } } = asError(thrown);
  if (GONE.includes(error.name))
    return new Refusal("deleted", `Expected an object for the key but got ${error.name}`, { cause: error });
  const status = error.$metadata?.httpStatusCode;
  if (status === 412) return new Superseded(oneLine(error), { cause: error });
  return status === 403 ? new StorageDenied(operation, error) : error;
};

/** @returns whatever was thrown, as an Error */
export const asError = (thrown: unknown): Error => (types.isNativeError(thrown) ? thrown : new Error(String(thrown)));

/** @returns the message of whatever was thrown, on one line of at most 300 characters */
export const oneLine = (thrown: unknown): string => {
  const { message, name } = asError(thrown);
  return (message || name).replace(/\s+/g, " ").trim().slice(0, 300);
};

/** @returns the error that is thrown where something else came than what has to */
export const expected = (what: string, name: string, got: unknown): Error =>
  new Error(`Expected ${what} for ${name} but got ${JSON.stringify(got) ?? "nothing"}`);
