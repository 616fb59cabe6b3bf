/** The custom metrics of the pipeline and their sources. */
import type { EventName, NumericField, TextField } from "./events";
import type { Settings } from "./settings";

/** Log lines that a metric is made from: an event of the ledger, all lines of some levels, or Lambda's report of an invocation. */
export type LogSource =
  | {
      readonly [E in EventName]: {
        readonly event: E;
        readonly field?: NumericField<E>;
        /** Counts the event only where REFUSAL_LOG_LEVEL has this value. @default always */
        readonly refusalLogLevel?: Settings["REFUSAL_LOG_LEVEL"];
        /** Dimensions of the metric, each with the field that holds its value. @default none */
        readonly dimensions?: Readonly<Record<string, TextField<E>>>;
      };
    }[EventName]
  | { readonly levels: readonly string[] }
  | { readonly report: ReportCondition; readonly field?: ReportMeasure };

/** Selects `platform.report` lines; an empty condition selects all. */
export interface ReportCondition {
  readonly status?: "success" | "error" | "timeout";
  readonly statusIsNot?: "success";
  readonly errorType?: string;
}

/** Numbers under `record.metrics` of a `platform.report` line (Lambda telemetry schema, ReportMetrics). */
export type ReportMeasure = "durationMs" | "billedDurationMs" | "memorySizeMB" | "maxMemoryUsedMB" | "initDurationMs";

/** Units as CloudWatch spells them. */
export type Unit = "Count" | "Milliseconds" | "Bytes" | "Megabytes";

export interface Metric {
  /** A measure is charted (module `cloudwatch_metrics`); a fault must have an alarm (module `log_alerts`). */
  readonly kind: "measure" | "fault";
  readonly unit: Unit;
  /** "handler": the handler publishes it, with the dimension FunctionName. Otherwise its log sources; a line from any of them counts. */
  readonly from: "handler" | readonly [LogSource, ...LogSource[]];
  /** Whose log has the lines. @default the function that processes uploads */
  readonly logOf?: "upload API";
  /** Flag that switches the metric on. @default it always exists */
  readonly enabledBy?: "enable_upload_api";
  /** What the number means. */
  readonly about: string;
}

/** Every custom metric. To add one, add a row; a measure also needs a widget (`modules/dashboard.ts`), a fault an alarm (`modules/alarms.ts`). */
export const METRICS = {
  ProcessingTime: {
    kind: "measure",
    unit: "Milliseconds",
    from: "handler",
    about: "time from the start of the download to the last encoded variant, for each encoded image",
  },
  ImagesProcessed: {
    kind: "measure",
    unit: "Count",
    from: "handler",
    about: "images received, whether they succeeded or not",
  },
  ProcessingSuccess: { kind: "measure", unit: "Count", from: "handler", about: "images whose variants are all stored" },
  ProcessingFailure: {
    kind: "measure",
    unit: "Count",
    from: "handler",
    about: "images that failed; also refused ones where refusal_log_level is ERROR",
  },
  LambdaErrors: {
    kind: "measure",
    unit: "Count",
    from: [{ levels: ["ERROR", "CRITICAL", "FATAL"] }],
    about: "log lines at ERROR or above, including those of the Lambda runtime",
  },
  ImageSizeBytes: {
    kind: "measure",
    unit: "Bytes",
    from: [{ event: "image.received", field: "sizeBytes" }],
    about: "size of each upload",
  },
  ImageProcessingTime: {
    kind: "measure",
    unit: "Milliseconds",
    from: [{ event: "image.processed", field: "durationMs" }],
    about: "time from the start of the download to the last stored variant, for each successful image",
  },
  SuccessfulProcesses: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "image.processed" }],
    about: "images whose variants are all stored, counted from log lines",
  },
  RefusedImages: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "image.refused", dimensions: { Reason: "reason" } }],
    about: "permanently refused uploads, with the dimension Reason",
  },
  AllRefusedImages: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "image.refused" }],
    about: "permanently refused uploads, for every reason",
  },
  SupersededImages: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "image.superseded" }],
    about: "uploads that were replaced before they could be read",
  },
  LateImages: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "image.late" }],
    about: "images whose variants are stored later than slo_seconds after the upload",
  },
  Attempts: {
    kind: "measure",
    unit: "Count",
    from: [{ report: {} }],
    about: "invocations that have ended, at the time of their end",
  },
  FailedAttempts: {
    kind: "measure",
    unit: "Count",
    from: [{ report: { statusIsNot: "success" } }],
    about: "invocations that have ended without success, at the time of their end",
  },
  S3AccessDenied: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "storage.denied" }],
    about: "requests denied by S3",
  },
  MemoryUsedMB: {
    kind: "measure",
    unit: "Megabytes",
    from: [{ report: {}, field: "maxMemoryUsedMB" }],
    about: "peak memory of the execution environment, for each invocation",
  },
  MetricsLost: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "metrics.lost" }],
    about:
      "invocations whose custom metrics could not be published; ImagesProcessed, ProcessingSuccess, ProcessingFailure and ProcessingTime are then too low",
  },
  LinksIssued: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "link.issued" }],
    logOf: "upload API",
    enabledBy: "enable_upload_api",
    about: "upload links that the upload API issued",
  },
  LinksUsed: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "link.used" }],
    enabledBy: "enable_upload_api",
    about: "uploads by such a link, counted at each attempt",
  },
  TimeoutErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ report: { status: "timeout" } }],
    about: "invocations that ran into lambda_timeout",
  },
  MemoryErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ report: { errorType: "Runtime.OutOfMemory" } }],
    about: "invocations that ran out of memory (lambda_memory_size)",
  },
  ImageProcessingErrors: {
    kind: "fault",
    unit: "Count",
    from: [
      { event: "image.refused", refusalLogLevel: "ERROR" },
      { event: "image.failed" },
      { event: "image.mismatched" },
    ],
    about: "images that failed; also refused ones where refusal_log_level is ERROR",
  },
  S3PermissionErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ event: "storage.denied" }],
    about: "requests denied by S3: a role or bucket policy is wrong",
  },
  CriticalErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ levels: ["CRITICAL", "FATAL"] }, { report: { errorType: "Runtime.ExitError" } }],
    about: "no image can be processed: the settings are invalid, or the process died",
  },
  RecordsLost: {
    kind: "fault",
    unit: "Count",
    from: [{ event: "record.lost" }],
    about: "uploads whose record in the metadata table is missing or out of date",
  },
  LargeImages: {
    kind: "fault",
    unit: "Count",
    from: [{ event: "image.large" }],
    about: "uploads larger than large_image_bytes",
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

type Where<C> = { [M in MetricName]: (typeof METRICS)[M] extends C ? M : never }[MetricName];

/** Metrics that the handler publishes. */
export type HandlerMetricName = Where<{ from: "handler" }>;

/** Measures made from log lines: `cloudwatch_metrics` creates a metric filter for each. */
export type MeasuredName = Where<{ kind: "measure"; from: readonly LogSource[] }>;

/** Faults: `log_alerts` creates a metric filter and an alarm for each. */
export type FaultName = Where<{ kind: "fault" }>;
