/** The log lines the handler writes on purpose, and the reasons for which it refuses an upload. */

/** Why an upload is refused for good: add a row, and `input.ts` or `process.ts` throws it. */
export const REFUSALS = {
  empty: "the object has no bytes",
  "not-an-image": "the first bytes are those of no image format",
  "unsupported-format": "an image, but not JPEG, PNG, WebP, BMP or TIFF",
  corrupt: "truncated, or damaged beyond exact decoding",
  "too-many-bytes": "the file is larger than MAX_IMAGE_BYTES",
  "too-many-pixels": "width x height is more than MAX_IMAGE_PIXELS",
  "side-too-long": "width or height is more than MAX_IMAGE_SIDE_PX",
  "too-many-frames": "it has more frames or pages than MAX_IMAGE_FRAMES; the first is the one that is processed",
  "decompression-bomb":
    "it would unpack to far more than a picture needs: hundreds of scans, or texts of tens of megabytes",
  deleted: "the object was gone before it could be read",
} as const satisfies Record<string, string>;

export type RefusalReason = keyof typeof REFUSALS;

/** Levels a ledger line may have, least serious first; spelled as the logger prints them. */
export const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"] as const;

export type Level = (typeof LEVELS)[number];

type Field = "text" | "number";

interface LogEvent {
  /** How serious the line is. A line at WARN or above must be heard by a metric, or the producer test fails. */
  readonly level: Level;
  /** One sentence for the person who reads the log. */
  readonly message: string;
  /** Every field of the line, beside those that the logger adds to each (level, message, timestamp, service, requestId). */
  readonly fields: Readonly<Record<string, Field>>;
}

/**
 * Every line the handler writes on purpose: add a row, named noun.past-participle.
 * Each is one flat JSON object; `$.event` carries the row's name, and metric filters select on it.
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
      durationMs: "number",
    },
  },
  "image.refused": {
    level: "ERROR",
    message: "Image is refused and will not be tried again",
    fields: { bucket: "text", key: "text", reason: "text", detail: "text" },
  },
  "image.superseded": {
    level: "INFO",
    message: "Object was replaced before it could be read; what replaced it has an event of its own",
    fields: { bucket: "text", key: "text", eTag: "text" },
  },
  "image.failed": {
    level: "ERROR",
    message: "Image could not be processed now; the invocation fails so that it is tried again",
    fields: { bucket: "text", key: "text", errorName: "text", errorMessage: "text" },
  },
  "storage.denied": {
    level: "ERROR",
    message: "S3 denies the function what it needs; the invocation fails so that it is tried again",
    fields: { bucket: "text", key: "text", operation: "text", errorMessage: "text" },
  },
  "metrics.lost": {
    level: "WARN",
    message: "Custom metrics could not be published; the images are not affected",
    fields: { errorName: "text", errorMessage: "text" },
  },
  "settings.refused": {
    level: "CRITICAL",
    message: "The function's environment is not valid; nothing can be processed",
    fields: { problem: "text" },
  },
  "record.ignored": {
    level: "DEBUG",
    message: "Nothing to do for this record",
    fields: { why: "text" },
  },
} as const satisfies Record<string, LogEvent>;

export type EventName = keyof typeof EVENTS;

/** The fields that a line of this event carries, with the types of their values. */
export type EventFields<E extends EventName> = {
  readonly [F in keyof (typeof EVENTS)[E]["fields"]]: (typeof EVENTS)[E]["fields"][F] extends "number"
    ? number
    : string;
};

type FieldOf<E extends EventName, T extends Field> = {
  [F in keyof (typeof EVENTS)[E]["fields"]]: (typeof EVENTS)[E]["fields"][F] extends T ? F : never;
}[keyof (typeof EVENTS)[E]["fields"]] &
  string;

/** The names of this event's numeric fields: those that a metric can take its value from. */
export type NumericField<E extends EventName> = FieldOf<E, "number">;

/** The names of this event's texts: those that a metric can be divided by. */
export type TextField<E extends EventName> = FieldOf<E, "text">;
