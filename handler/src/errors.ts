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

/** The object never had the ETag of its event: the event is wrong, and no retry can help. */
export class Mismatched extends Error {
  override readonly name = "Mismatched";
  readonly objectETag: string;

  constructor(eTag: string, objectETag: string, options?: ErrorOptions) {
    super(`Expected eTag ${eTag} for the object but got ${objectETag}`, options);
    this.objectETag = objectETag;
  }
}

/** A HEAD request gets NotFound, because its response has no body. */
const GONE = ["NoSuchKey", "NoSuchVersion", "NotFound"];

/** Responses with status 403 that are not denials: a retry may succeed, for example because the SDK corrects its clock. */
const TRANSIENT_403 = ["RequestTimeTooSkewed"];

/** The key that encrypts the object is disabled, pending deletion or gone: as with a denial, a person must change that. */
const UNUSABLE_KEY = /^KMS\.(Disabled|NotFound|InvalidState|KMSInvalidState|InvalidKeyUsage)/;

/**
 * @param operation name of the S3 operation, such as GetObject
 * @param thrown by the SDK
 * @returns Refusal `deleted` or `archived`, Superseded, StorageDenied, or the error itself where a retry may succeed.
 *   Error codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const storageError = (operation: string, thrown: unknown): Error => {
  const error: Error & { $metadata?: { httpStatusCode?: number } } = asError(thrown);
  if (GONE.includes(error.name))
    return new Refusal("deleted", `Expected an object for the key but got ${error.name}`, { cause: error });
  if (error.name === "InvalidObjectState")
    return new Refusal("archived", `Expected a readable object for the key but it is archived: ${oneLine(error)}`, {
      cause: error,
    });
  const status = error.$metadata?.httpStatusCode;
  if (status === 412) return new Superseded(oneLine(error), { cause: error });
  const isDenied = status === 403 && !TRANSIENT_403.includes(error.name);
  return isDenied || UNUSABLE_KEY.test(error.name) ? new StorageDenied(operation, error) : error;
};

/** @returns the thrown value as an Error */
export const asError = (thrown: unknown): Error => (types.isNativeError(thrown) ? thrown : new Error(String(thrown)));

/** @returns the message of the thrown value on one line, each sentence once, at most 300 characters */
export const oneLine = (thrown: unknown): string => {
  const { message, name } = asError(thrown);
  const lines = (message.trim() || name).split("\n").map((line) => line.replace(/\s+/g, " ").trim());
  return [...new Set(lines.filter((line) => line !== ""))].join(" ").slice(0, 300);
};

/** Messages of decoders about undamaged files: an unsupported kind, or too little memory. */
const DECODER_REASONS: readonly (readonly [message: RegExp, reason: RefusalReason])[] = [
  [/out of memory|insufficient memory|cannot allocate/i, "too-much-memory"],
  [
    /unsupported (jpeg|tiff|feature)|unsupported_feature|not (supported|implemented|configured)|old-style lzw/i,
    "unsupported-format",
  ],
];

/** @returns the refusal for an error of a decoder: `corrupt`, unless the error says that the kind is not supported */
export const decoderRefusal = (thrown: unknown): Refusal => {
  // The reason is on the following lines. All threads share libvips's list of errors, so they can be missing.
  const said = oneLine(thrown)
    .replace(/^Warning treated as error due to failOn setting/, "")
    .trim();
  const detail = said.replace(/:$/, "") || "the decoder gave no reason";
  const reason = DECODER_REASONS.find(([message]) => message.test(detail))?.[1] ?? "corrupt";
  return new Refusal(reason, detail, { cause: thrown });
};

/** @returns an error for an unexpected value: `Expected <what> for <name> but got <value>` */
export const expected = (what: string, name: string, got: unknown): Error =>
  new Error(`Expected ${what} for ${name} but got ${JSON.stringify(got) ?? "nothing"}`);
