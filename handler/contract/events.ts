/** The events that the handler logs, and the reasons for which it refuses an upload. */

/** Reasons for a permanent refusal. To add one, add a row and throw a `Refusal` with it. */
export const REFUSALS = {
  empty: "the object is empty",
  "not-an-image": "the file does not start like any known image format",
  "unsupported-format": "a format, or a kind of an accepted format, that is not supported",
  corrupt: "truncated or damaged, so the picture cannot be decoded exactly",
  "too-many-bytes": "the file has more bytes than MAX_IMAGE_BYTES",
  "too-many-pixels": "width x height exceeds MAX_IMAGE_PIXELS",
  "side-too-long": "the width or the height exceeds MAX_IMAGE_SIDE_PX",
  "too-many-frames": "more frames or pages than MAX_IMAGE_FRAMES (only the first is ever processed)",
  "decompression-bomb":
    "decoding would cost far more than the picture needs, for example hundreds of scans or tens of megabytes of text",
  "too-much-memory": "decoding would need more memory than the function has",
  deleted: "the object was deleted before it could be read",
  archived: "the object is in an archive storage class and must be restored before it can be read",
} as const satisfies Record<string, string>;

export type RefusalReason = keyof typeof REFUSALS;

/** Log levels, least severe first, spelled as the logger prints them. */
export const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"] as const;

export type Level = (typeof LEVELS)[number];

type Field = "text" | "number";

interface LogEvent {
  /** Severity. At WARN or above, a metric must be made from the event; otherwise the producer test fails. */
  readonly level: Level;
  /** Setting that replaces the level. @default the level is always the same */
  readonly levelFrom?: "REFUSAL_LOG_LEVEL";
  /** One sentence for the reader of the log. */
  readonly message: string;
  /** Fields of the line, besides those that the logger adds to each line (level, message, timestamp, service, requestId). */
  readonly fields: Readonly<Record<string, Field>>;
}

/**
 * Every event that the handler logs. To add one, add a row named noun.past-participle.
 * Each line is one flat JSON object; metric filters select it by `$.event`, the name of the row.
 */
export const EVENTS = {
  "image.received": {
    level: "INFO",
    message: "Image received",
    fields: { bucket: "text", key: "text", sizeBytes: "number" },
  },
  "image.large": {
    level: "WARN",
    message: "Image is larger than LARGE_IMAGE_BYTES",
    fields: { bucket: "text", key: "text", sizeBytes: "number", limitBytes: "number" },
  },
  "image.processed": {
    level: "INFO",
    message: "All variants are stored",
    fields: {
      bucket: "text",
      key: "text",
      format: "text",
      declaredFormat: "text",
      widthPx: "number",
      heightPx: "number",
      sizeBytes: "number",
      outputBytes: "number",
      variants: "number",
      kept: "text",
      reduced: "text",
      durationMs: "number",
    },
  },
  "image.complete": {
    level: "INFO",
    message: "All variants were stored already",
    fields: { bucket: "text", key: "text", variants: "number" },
  },
  "image.late": {
    level: "INFO",
    message: "All variants are stored, but later after the upload than SLO_SECONDS",
    fields: { bucket: "text", key: "text", sinceUploadMs: "number", limitSeconds: "number" },
  },
  "image.refused": {
    level: "ERROR",
    levelFrom: "REFUSAL_LOG_LEVEL",
    message: "The image is refused; it will not be retried",
    fields: { bucket: "text", key: "text", reason: "text", detail: "text" },
  },
  "image.superseded": {
    level: "INFO",
    message: "The object was replaced before it could be read; the new object has its own event",
    fields: { bucket: "text", key: "text", eTag: "text" },
  },
  "image.mismatched": {
    level: "WARN",
    message: "The object does not have the ETag of its event, although it was not replaced since; it is not processed",
    fields: { bucket: "text", key: "text", eTag: "text", objectETag: "text" },
  },
  "variants.deleted": {
    level: "INFO",
    message: "The upload was deleted; its variants are deleted, too",
    fields: { bucket: "text", key: "text", variants: "number" },
  },
  "image.failed": {
    level: "ERROR",
    message: "The image could not be processed; the invocation fails so that Lambda retries it",
    fields: { bucket: "text", key: "text", errorName: "text", errorMessage: "text" },
  },
  "storage.denied": {
    level: "ERROR",
    message: "S3 denied a request of the function; the invocation fails so that Lambda retries it",
    fields: { bucket: "text", key: "text", operation: "text", errorMessage: "text" },
  },
  "metrics.lost": {
    level: "WARN",
    message: "Custom metrics could not be published; images are not affected",
    fields: { errorName: "text", errorMessage: "text" },
  },
  "record.lost": {
    level: "WARN",
    message: "The record of an upload could not be written; the image is not affected",
    fields: { key: "text", version: "text", state: "text", errorName: "text", errorMessage: "text" },
  },
  "link.issued": {
    level: "INFO",
    message: "An upload link was issued",
    fields: { bucket: "text", key: "text" },
  },
  "link.used": {
    level: "INFO",
    message: "An upload link was used",
    fields: { bucket: "text", key: "text" },
  },
  "request.refused": {
    level: "INFO",
    message: "A request to the upload API is refused; the client has to change it",
    fields: { operation: "text", statusCode: "number", problem: "text" },
  },
  "request.failed": {
    level: "ERROR",
    message: "A request to the upload API failed; the client can repeat it",
    fields: { operation: "text", errorName: "text", errorMessage: "text" },
  },
  "settings.refused": {
    level: "CRITICAL",
    message: "The environment variables of the function are invalid; no image can be processed",
    fields: { problem: "text" },
  },
  "event.unknown": {
    level: "ERROR",
    message: "The event, or a part of it, is not an S3 event; no retry can help",
    fields: { problem: "text" },
  },
  "record.ignored": {
    level: "DEBUG",
    message: "This record needs no work",
    fields: { why: "text" },
  },
} as const satisfies Record<string, LogEvent>;

export type EventName = keyof typeof EVENTS;

/** The fields of a line of this event, with the types of their values. */
export type EventFields<E extends EventName> = {
  readonly [F in keyof (typeof EVENTS)[E]["fields"]]: (typeof EVENTS)[E]["fields"][F] extends "number"
    ? number
    : string;
};

type FieldOf<E extends EventName, T extends Field> = {
  [F in keyof (typeof EVENTS)[E]["fields"]]: (typeof EVENTS)[E]["fields"][F] extends T ? F : never;
}[keyof (typeof EVENTS)[E]["fields"]] &
  string;

/** Names of the numeric fields of an event: a metric can take its value from them. */
export type NumericField<E extends EventName> = FieldOf<E, "number">;

/** Names of the text fields of an event: a metric can use them as dimensions. */
export type TextField<E extends EventName> = FieldOf<E, "text">;
