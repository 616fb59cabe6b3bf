/** The custom metrics of the pipeline, and what each is made from. */
import type { EventName, NumericField, TextField } from "./events";

/** One kind of log line that a metric hears: an event of the ledger, lines of some levels, or Lambda's own report. */
export type LogSource =
  | {
      readonly [E in EventName]: {
        readonly event: E;
        readonly field?: NumericField<E>;
        /** Dimensions of the metric by the fields that give their values. @default none */
        readonly dimensions?: Readonly<Record<string, TextField<E>>>;
      };
    }[EventName]
  | { readonly levels: readonly string[] }
  | { readonly report: ReportCondition; readonly field?: ReportMeasure };

/** Which `platform.report` lines are meant; an empty condition means all of them. */
export interface ReportCondition {
  readonly status?: "success" | "error" | "timeout";
  readonly errorType?: string;
}

/** Numbers under `record.metrics` of a `platform.report` line (Lambda telemetry schema, ReportMetrics). */
export type ReportMeasure = "durationMs" | "billedDurationMs" | "memorySizeMB" | "maxMemoryUsedMB" | "initDurationMs";

/** Units as CloudWatch spells them. */
export type Unit = "Count" | "Milliseconds" | "Bytes" | "Megabytes";

export interface Metric {
  /** A measure is charted and belongs to `cloudwatch_metrics`; a fault must have an alarm and belongs to `log_alerts`. */
  readonly kind: "measure" | "fault";
  readonly unit: Unit;
  /** "handler": published with the dimension FunctionName. Otherwise the log lines of which any one counts. */
  readonly from: "handler" | readonly [LogSource, ...LogSource[]];
  /** What a person who sees the number should know. */
  readonly about: string;
}

/** Every custom metric: add a row. A measure needs a widget (`modules/dashboard.ts`), a fault an alarm (`modules/alarms.ts`). */
export const METRICS = {
  ProcessingTime: {
    kind: "measure",
    unit: "Milliseconds",
    from: "handler",
    about: "from the start of the download to the last encoded variant, per image that was encoded",
  },
  ImagesProcessed: {
    kind: "measure",
    unit: "Count",
    from: "handler",
    about: "images taken up, whatever became of them",
  },
  ProcessingSuccess: { kind: "measure", unit: "Count", from: "handler", about: "images whose variants are all stored" },
  ProcessingFailure: { kind: "measure", unit: "Count", from: "handler", about: "images refused or failed" },
  LambdaErrors: {
    kind: "measure",
    unit: "Count",
    from: [{ levels: ["ERROR", "CRITICAL", "FATAL"] }],
    about: "log lines at ERROR or above, the runtime's own included",
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
    about: "from the start of the download to the last stored variant, per image that succeeded",
  },
  SuccessfulProcesses: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "image.processed" }],
    about: "images whose variants are all stored, counted from the log",
  },
  RefusedImages: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "image.refused", dimensions: { Reason: "reason" } }],
    about: "uploads refused for good, by the dimension Reason",
  },
  S3AccessDenied: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "storage.denied" }],
    about: "requests that S3 denied",
  },
  MemoryUsedMB: {
    kind: "measure",
    unit: "Megabytes",
    from: [{ report: {}, field: "maxMemoryUsedMB" }],
    about: "high-water mark of the execution environment, per invocation",
  },
  MetricsLost: {
    kind: "measure",
    unit: "Count",
    from: [{ event: "metrics.lost" }],
    about: "invocations whose custom metrics could not be published: the four above are too low then",
  },
  TimeoutErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ report: { status: "timeout" } }],
    about: "invocations ended by lambda_timeout",
  },
  MemoryErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ report: { errorType: "Runtime.OutOfMemory" } }],
    about: "invocations ended by lambda_memory_size",
  },
  ImageProcessingErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ event: "image.refused" }, { event: "image.failed" }],
    about: "images that ended without variants",
  },
  S3PermissionErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ event: "storage.denied" }],
    about: "requests that S3 denied: the role or a bucket policy is wrong",
  },
  CriticalErrors: {
    kind: "fault",
    unit: "Count",
    from: [{ levels: ["CRITICAL", "FATAL"] }, { report: { errorType: "Runtime.ExitError" } }],
    about: "the function cannot work at all: settings refused, or its process died",
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

/** Metrics the handler itself publishes. */
export type HandlerMetricName = Where<{ from: "handler" }>;

/** Measures made from log lines: `cloudwatch_metrics` makes one filter of each. */
export type MeasuredName = Where<{ kind: "measure"; from: readonly LogSource[] }>;

/** Faults: `log_alerts` makes one filter and one alarm of each. */
export type FaultName = Where<{ kind: "fault" }>;
