/** What the server sends to the page: the shapes of its answers and events. */

export interface ClockState {
  /** Local time, in milliseconds since 1970. */
  readonly nowMs: number;
  /** What was asked for: 1 or 60. */
  readonly speed: number;
  /** Local milliseconds for each real one at the moment: 1 while an invocation runs. */
  readonly scale: number;
  /** Attempts that are running. */
  readonly running: number;
  /** What is left of a jump that waits for running invocations. */
  readonly jumpMs: number;
}

export interface Variant {
  readonly name: string;
  readonly key: string;
  readonly contentType: string;
  /** @default it is no picture that can be measured */
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly sizeBytes: number;
  /** From the upload to the stored variant, in real time. */
  readonly afterMs: number;
}

export interface AttemptView {
  readonly requestId: string;
  readonly number: number;
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly status?: string;
  readonly error?: string;
  readonly durationMs?: number;
  readonly memoryMb?: number;
}

/** "queued" before the first attempt, "waiting" between two; "refused" and "failed" for good. */
export type UploadState = "queued" | "running" | "waiting" | "done" | "refused" | "failed" | "ignored";

/** Who uploaded an object: the page, a fault, healthy traffic, or a client of the S3 endpoint. */
export type Uploader = "page" | "fault" | "traffic" | "S3";

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Local time of the upload. */
  readonly atMs: number;
  readonly by: Uploader;
  readonly state: UploadState;
  /** Why it was refused or has failed. */
  readonly reason?: string;
  /** Whether browsers can show the upload itself. */
  readonly isShown: boolean;
  readonly attempts: readonly AttemptView[];
  readonly variants: readonly Variant[];
}

/** A metric filter that matches a line, and the datum that it makes. */
export interface FilterMatch {
  readonly filter: string;
  readonly metric: string;
  readonly value?: number;
  readonly unit?: string;
}

export interface Line {
  readonly id: number;
  readonly atMs: number;
  /** Of another function of the stack. @default that of the function that processes uploads */
  readonly logGroup?: string;
  readonly requestId?: string;
  readonly level: string;
  /** Its event, its type, or what it says. */
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly filterMatches: readonly FilterMatch[];
  /** When alarms can see the data of its filters. */
  readonly visibleMs?: number;
}

/** A datum that belongs to an invocation and comes from no line. */
export interface ServiceDatum {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** What it is about, and when it is sent: metrics of an invocation are about its start. */
  readonly atMs: number;
  readonly sentMs: number;
  readonly visibleMs?: number;
}

export interface Trace {
  readonly upload: Upload;
  readonly event: string;
  readonly lines: readonly Line[];
  readonly data: readonly ServiceDatum[];
}

export interface Mail {
  readonly id: number;
  readonly atMs: number;
  readonly protocol: string;
  readonly endpoint: string;
  readonly alarm: string;
  readonly topic: string;
  readonly subject: string;
  readonly parts: readonly string[];
}

export interface StateChange {
  readonly atMs: number;
  readonly state: string;
  readonly reason: string;
  readonly topics: readonly string[];
  readonly suppressedBy?: string;
}

export interface AlarmView {
  readonly name: string;
  /** Without the function's name. */
  readonly short: string;
  readonly description: string;
  readonly state: string;
  /** Whether ALARM means that all is well: rules of composite alarms ask for its absence only. */
  readonly isSignOfHealth: boolean;
  readonly changes: readonly StateChange[];
  /** For a metric alarm: what it watches, in words, and when it fires. */
  readonly watches: string;
  readonly condition: string;
  readonly threshold?: number;
  /** For a composite alarm: its rule and the alarms that the rule names. */
  readonly rule?: string;
  readonly children: readonly string[];
  /** Short names of the topics to notify of ALARM. */
  readonly topics: readonly string[];
  readonly recipients: readonly string[];
}

export interface FaultView {
  readonly id: string;
  readonly cause: string;
  /** Short names of alarms of the stack that fire when it lasts, parents included. */
  readonly fires: readonly string[];
  /** Alarms that fire, too, unless many other uploads succeed. */
  readonly firesAlone: readonly string[];
  /** How many files it uploads at a time. */
  readonly uploads: number;
  /** How many requests it sends to the upload API. */
  readonly requests: number;
  /** Time between two rounds of uploads. @default it uploads once */
  readonly everyMinutes?: number;
  /** What people should know about it. @default nothing */
  readonly note?: string;
  /** When it was broken the last time. @default never */
  readonly sinceMs?: number;
  /** When it was healed. @default it is still broken, or never was */
  readonly healedMs?: number;
  /** Alarms of `fires` that have gone to ALARM since it was broken. */
  readonly fired: readonly string[];
}

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly axis: "left" | "right";
  /** Why it is not drawn. */
  readonly problem?: string;
}

export interface Chart {
  readonly startsMs: readonly number[];
  readonly series: readonly Series[];
  readonly lines: readonly { readonly label: string; readonly value: number; readonly axis: "left" | "right" }[];
  readonly minLeft?: number;
  readonly minRight?: number;
  readonly isStacked: boolean;
}

export interface Widget {
  readonly kind: string;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly chart?: Chart;
  readonly markdown?: string;
  /** Short names. */
  readonly alarms?: readonly string[];
  readonly query?: string;
  /** Columns and rows of a log widget, newest first. */
  readonly table?: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
  /** Why it is not drawn. */
  readonly problem?: string;
}

export interface DashboardView {
  readonly name: string;
  readonly widgets: readonly Widget[];
}

/** The upload API on this machine. */
export interface UploadApiView {
  readonly url: string;
  /** Who may call it: NONE, AWS_IAM or JWT. */
  readonly authorization: string;
  readonly routes: readonly { readonly route: string; readonly perSecond?: number; readonly burst?: number }[];
}

/** A request that the upload API has answered. */
export interface RequestView {
  readonly id: number;
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

/** The backfill of this machine. */
export interface BackfillView {
  readonly stateMachine: string;
  readonly batchSize: number;
  readonly maxConcurrency: number;
}

export interface BackfillObject {
  readonly key: string;
  /** What its last line says; "waiting" before the first one, "open" after a run that ended without one. */
  readonly outcome: string;
  /** Why it was refused or has failed. */
  readonly why?: string;
}

/** A run of a backfill, as Step Functions knows it. */
export interface BackfillRun {
  readonly name: string;
  /** For example RUNNING. */
  readonly status: string;
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly objects: readonly BackfillObject[];
  /** Objects that need no other run. */
  readonly done: number;
}

/** What the metadata table says about one version of an upload. */
export interface RecordView {
  readonly key: string;
  readonly version: string;
  readonly state: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly sizeBytes?: number;
  readonly format?: string;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly variants?: Readonly<Record<string, { readonly key: string; readonly bytes: number }>>;
  readonly attempts?: number;
  /** ISO 8601, by the clock of the function, which no jump moves. */
  readonly updatedAt: string;
}

/** A command for a real environment. */
export interface Hint {
  readonly id: string;
  readonly what: string;
  readonly command: string;
}

export interface Snapshot {
  readonly environment: string;
  readonly environments: readonly string[];
  readonly s3Url: string;
  readonly uploadBucket: string;
  readonly functionName: string;
  readonly logGroup: string;
  /** Of the other functions of the stack. */
  readonly otherLogGroups: readonly string[];
  readonly limits: { readonly uploads: number; readonly lines: number; readonly mails: number; readonly bytes: number };
  readonly accepted: { readonly bytes: number; readonly pixels: number; readonly sidePx: number };
  readonly clock: ClockState;
  readonly uploads: readonly Upload[];
  readonly lines: readonly Line[];
  readonly alarms: readonly AlarmView[];
  readonly mails: readonly Mail[];
  readonly faults: readonly FaultView[];
  /** Short names of the alarms that no fault makes fire. */
  readonly withoutFault: readonly string[];
  /** Whether a photo arrives every minute. */
  readonly traffic: boolean;
  readonly hints: readonly Hint[];
  readonly filters: readonly { readonly name: string; readonly pattern: string }[];
  /** The metadata table; undefined if the stack has none. */
  readonly table?: string;
  /** The upload API; undefined if the stack has none. */
  readonly uploadApi?: UploadApiView;
  /** The backfill; undefined if the stack has none. */
  readonly backfill?: BackfillView;
  /** Messages in the dead-letter queue; undefined if the stack has none. */
  readonly deadLetters?: number;
}

/** What changes while the page is open; `environment` means that everything does. */
export interface Changes {
  readonly clock: ClockState;
  readonly upload: Upload;
  readonly forgotten: readonly string[];
  readonly lines: readonly Line[];
  readonly alarms: readonly AlarmView[];
  readonly mails: readonly Mail[];
  readonly faults: readonly FaultView[];
  readonly traffic: boolean;
  readonly deadLetters: number;
  readonly environment: { readonly environment: string; readonly problem?: string };
}
