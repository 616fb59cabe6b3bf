/** The errors that decide how an image is reported and whether it is retried. */
import { types } from "node:util";
import type { RefusalReason } from "../contract/events";

/** The upload can never be processed: it is logged and counted, but not retried. The message is the detail in the log. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }
}

/** S3 denied a request. A role or policy must change before a retry can succeed. */
export class StorageDenied extends Error {
  override readonly name = "StorageDenied";
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(oneLine(cause), { cause });
    this.operation = operation;
  }
}

/** The object was replaced after its event. The new object has its own event, so there is nothing to do. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

const GONE = ["NoSuchKey", "NoSuchVersion"];

/**
 * @param operation name of the S3 operation, such as GetObject
 * @param thrown by the SDK
 * @returns Refusal `deleted`, Superseded, StorageDenied, or the error itself where a retry may succeed.
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

/** @returns the thrown value as an Error */
export const asError = (thrown: unknown): Error => (types.isNativeError(thrown) ? thrown : new Error(String(thrown)));

/** @returns the message of the thrown value on one line, at most 300 characters */
export const oneLine = (thrown: unknown): string => {
  const { message, name } = asError(thrown);
  return (message || name).replace(/\s+/g, " ").trim().slice(0, 300);
};

/** @returns an error for an unexpected value: `Expected <what> for <name> but got <value>` */
export const expected = (what: string, name: string, got: unknown): Error =>
  new Error(`Expected ${what} for ${name} but got ${JSON.stringify(got) ?? "nothing"}`);
