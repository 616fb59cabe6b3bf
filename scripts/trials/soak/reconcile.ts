/** Reconciles every upload of a soak with the log, the stored objects and the dead-letter queue. */
import { compareRecords, type RecordCounts, type RecordEvidence, type RecordedUpload } from "./records";

/** One object. Uploads of the same version (in an unversioned bucket: of the same bytes) share their variants. */
export interface Upload {
  readonly key: string;
  /** Version id; in an unversioned bucket the ETag. */
  readonly version: string;
  readonly uploads: number;
  /** Another object replaced it under the same key. */
  readonly isReplaced: boolean;
  /** Request ids of all its invocations. */
  readonly requestIds: readonly string[];
}

export interface Variant {
  readonly key: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** Request id of the invocation that wrote it. */
  readonly requestId: string;
  /** Whether it shows the uploaded picture. */
  readonly isRight: boolean;
}

/** The fields of a log line that show the result of an upload. */
export interface Line {
  readonly event?: string;
  readonly reason?: string;
  readonly requestId?: string;
  readonly key?: string;
  readonly version?: string;
}

export interface Evidence {
  /** Names of the variants that an upload must have. */
  readonly variantNames: readonly string[];
  readonly uploads: readonly Upload[];
  readonly variants: readonly Variant[];
  readonly lines: readonly Line[];
  /** Request ids of the dead-letter queue messages. */
  readonly deadRequestIds: readonly string[];
  /** Items of the metadata table. @default the stack has none */
  readonly items?: RecordEvidence["items"];
}

export interface Reconciliation {
  readonly uploads: number;
  readonly processed: number;
  /** Count by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly superseded: number;
  readonly deadLettered: number;
  readonly lost: number;
  /** @default the stack keeps no records */
  readonly records?: Pick<RecordCounts, "right" | "lost">;
  /** Mistakes of the function, such as a success logged with four variants. */
  readonly problems: readonly string[];
}

type Ending = { readonly is: "processed" | "superseded" | "deadLettered" | "lost" } | { readonly reason: string };

interface Traces {
  readonly events: readonly (string | undefined)[];
  /** Of each refusal. */
  readonly reasons: readonly string[];
  readonly variants: readonly Variant[];
  /** Whether it has each of its variants, once. */
  readonly isComplete: boolean;
  readonly isDead: boolean;
}

const tracesOf = ({ requestIds }: Upload, evidence: Evidence): Traces => {
  const { lines, deadRequestIds, variantNames } = evidence;
  const isOwn = (requestId: string | undefined) => requestId !== undefined && requestIds.includes(requestId);
  const own = lines.filter(({ requestId }) => isOwn(requestId));
  const variants = evidence.variants.filter(({ requestId }) => isOwn(requestId));
  const names = variants.map(({ name }) => name);
  return {
    variants,
    isComplete: names.sort().join() === [...variantNames].sort().join(),
    events: own.map(({ event }) => event),
    reasons: [...new Set(own.flatMap(({ reason }) => reason ?? []))],
    isDead: requestIds.some((id) => deadRequestIds.includes(id)),
  };
};

const endingOf = ({ isReplaced }: Upload, traces: Traces): Ending => {
  if (traces.events.includes("image.processed") && traces.isComplete) return { is: "processed" };
  const [reason] = traces.reasons;
  if (reason !== undefined) return { reason };
  if (isReplaced && traces.events.includes("image.superseded")) return { is: "superseded" };
  return { is: traces.isDead ? "deadLettered" : "lost" };
};

/** The states of records for the other endings. */
const RECORDED = { processed: "processed", superseded: "superseded", deadLettered: "failed", lost: "failed" } as const;

const recordedOf = ({ key, version }: Upload, ending: Ending, { variants, reasons }: Traces): RecordedUpload => ({
  key,
  version,
  ...("reason" in ending
    ? { state: "refused", reasons, variants: {} }
    : {
        reasons: [],
        state: RECORDED[ending.is],
        variants: Object.fromEntries(variants.map(({ key: stored, sizeBytes }) => [stored, sizeBytes])),
      }),
});

const problemsOf = ({ key }: Upload, traces: Traces): string[] => [
  ...(traces.events.includes("image.processed") && !traces.isComplete
    ? [`${key} was logged as processed but has ${traces.variants.length} variants`]
    : []),
  ...traces.variants
    .filter(({ isRight }) => !isRight)
    .map((variant) => `${variant.key} does not show the picture of ${key}`),
];

export const reconcile = (evidence: Evidence): Reconciliation => {
  const endings = evidence.uploads.map((upload) => {
    const traces = tracesOf(upload, evidence);
    const ending = endingOf(upload, traces);
    return { upload, ending, recorded: recordedOf(upload, ending, traces), problems: problemsOf(upload, traces) };
  });
  const records =
    evidence.items &&
    compareRecords(
      endings.map(({ recorded }) => recorded),
      { items: evidence.items, lost: evidence.lines.filter(({ event }) => event === "record.lost") },
    );
  const sum = (wanted: (ending: Ending) => boolean) =>
    endings.filter(({ ending }) => wanted(ending)).reduce((count, { upload }) => count + upload.uploads, 0);
  const count = (what: string) => sum((ending) => "is" in ending && ending.is === what);
  const reasons = [...new Set(endings.flatMap(({ ending }) => ("reason" in ending ? [ending.reason] : [])))].sort();
  const claimed = new Set(evidence.uploads.flatMap(({ requestIds }) => requestIds));
  const unclaimed = evidence.variants.filter(({ requestId }) => !claimed.has(requestId));
  return {
    uploads: sum(() => true),
    processed: count("processed"),
    refused: Object.fromEntries(
      reasons.map((reason) => [reason, sum((ending) => "reason" in ending && ending.reason === reason)]),
    ),
    superseded: count("superseded"),
    deadLettered: count("deadLettered"),
    lost: count("lost"),
    ...(records && { records: { right: records.right, lost: records.lost } }),
    problems: [
      ...endings.flatMap(({ problems }) => problems),
      ...(records?.problems ?? []),
      ...unclaimed.map(({ key }) => `${key} belongs to no upload`),
    ],
  };
};
