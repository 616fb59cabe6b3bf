/** What became of every upload of a soak, told by the log, the stored objects and the dead letter queue alone. */

/** One object: uploads of the same version, or of the same bytes where the bucket keeps no versions, share their variants. */
export interface Upload {
  readonly key: string;
  readonly uploads: number;
  /** Another object was uploaded under its key later, and its bytes are gone. */
  readonly isReplaced: boolean;
  /** Of all its invocations. */
  readonly requestIds: readonly string[];
}

export interface Variant {
  readonly key: string;
  readonly name: string;
  /** Of the invocation that wrote it. */
  readonly requestId: string;
  /** Whether it shows the picture that was uploaded. */
  readonly isTrue: boolean;
}

/** The fields of a log line that say what became of an upload. */
export interface Line {
  readonly event?: string;
  readonly reason?: string;
  readonly requestId?: string;
}

export interface Evidence {
  readonly uploads: readonly Upload[];
  readonly variants: readonly Variant[];
  readonly lines: readonly Line[];
  /** Of the dead letters. */
  readonly deadRequestIds: readonly string[];
}

export interface Account {
  readonly uploads: number;
  readonly processed: number;
  /** By reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly superseded: number;
  readonly deadLettered: number;
  readonly lost: number;
  /** What must never be, such as a success that was announced of four variants. */
  readonly problems: readonly string[];
}

const VARIANTS_PER_UPLOAD = 5;

type Fate = { readonly is: "processed" | "superseded" | "deadLettered" | "lost" } | { readonly reason: string };

interface Traces {
  readonly events: readonly (string | undefined)[];
  readonly reason?: string;
  readonly variants: readonly Variant[];
  readonly isDead: boolean;
}

const tracesOf = ({ requestIds }: Upload, { lines, variants, deadRequestIds }: Evidence): Traces => {
  const isOwn = (requestId: string | undefined) => requestId !== undefined && requestIds.includes(requestId);
  const own = lines.filter(({ requestId }) => isOwn(requestId));
  return {
    events: own.map(({ event }) => event),
    reason: own.find(({ reason }) => reason !== undefined)?.reason,
    variants: variants.filter(({ requestId }) => isOwn(requestId)),
    isDead: requestIds.some((id) => deadRequestIds.includes(id)),
  };
};

const isComplete = ({ variants }: Traces): boolean =>
  variants.length === VARIANTS_PER_UPLOAD && new Set(variants.map(({ name }) => name)).size === VARIANTS_PER_UPLOAD;

const fateOf = ({ isReplaced }: Upload, traces: Traces): Fate => {
  if (traces.events.includes("image.processed") && isComplete(traces)) return { is: "processed" };
  if (traces.reason !== undefined) return { reason: traces.reason };
  if (isReplaced && traces.events.includes("image.superseded")) return { is: "superseded" };
  return { is: traces.isDead ? "deadLettered" : "lost" };
};

const problemsOf = ({ key }: Upload, traces: Traces): string[] => [
  ...(traces.events.includes("image.processed") && !isComplete(traces)
    ? [`${key} was announced with ${traces.variants.length} variants`]
    : []),
  ...traces.variants
    .filter(({ isTrue }) => !isTrue)
    .map((variant) => `${variant.key} shows another picture than ${key}`),
];

export const accountOf = (evidence: Evidence): Account => {
  const fates = evidence.uploads.map((upload) => {
    const traces = tracesOf(upload, evidence);
    return { upload, fate: fateOf(upload, traces), problems: problemsOf(upload, traces) };
  });
  const sum = (wanted: (fate: Fate) => boolean) =>
    fates.filter(({ fate }) => wanted(fate)).reduce((count, { upload }) => count + upload.uploads, 0);
  const count = (what: string) => sum((fate) => "is" in fate && fate.is === what);
  const reasons = [...new Set(fates.flatMap(({ fate }) => ("reason" in fate ? [fate.reason] : [])))].sort();
  const claimed = new Set(evidence.uploads.flatMap(({ requestIds }) => requestIds));
  const strays = evidence.variants.filter(({ requestId }) => !claimed.has(requestId));
  return {
    uploads: sum(() => true),
    processed: count("processed"),
    refused: Object.fromEntries(
      reasons.map((reason) => [reason, sum((fate) => "reason" in fate && fate.reason === reason)]),
    ),
    superseded: count("superseded"),
    deadLettered: count("deadLettered"),
    lost: count("lost"),
    problems: [
      ...fates.flatMap(({ problems }) => problems),
      ...strays.map(({ key }) => `${key} was written for no upload`),
    ],
  };
};
