/** The record of each upload in the metadata table: its states, and where it is stored. */

interface RecordState {
  /** A write never lowers the rank of a record, so events may arrive twice and in any order. */
  readonly rank: number;
  /** Whether the record is in the index of uploads that need a look. */
  readonly isProblem: boolean;
  readonly about: string;
}

/**
 * Every state of an upload. To add one, add a row. The states that end an upload have different ranks: `processed` is the
 * highest, because its variants stay in the bucket even if the upload is deleted or replaced before its event is repeated.
 */
// biome-ignore format: a ledger is read down its columns
export const RECORD_STATES = {
  issued:     { rank: 0, isProblem: false, about: "a link for the upload was issued, and has not been used" },
  received:   { rank: 1, isProblem: false, about: "the function has begun to process it; if it stays so, the process was killed" },
  failed:     { rank: 2, isProblem: true,  about: "an attempt failed; Lambda retries it" },
  superseded: { rank: 3, isProblem: false, about: "it was replaced before it could be read" },
  refused:    { rank: 4, isProblem: true,  about: "it can never be processed" },
  processed:  { rank: 5, isProblem: false, about: "all variants are stored" },
} as const satisfies Record<string, RecordState>;

export type RecordStateName = keyof typeof RECORD_STATES;

/** States whose records are in the index. */
export type ProblemState = {
  [S in RecordStateName]: (typeof RECORD_STATES)[S]["isProblem"] extends true ? S : never;
}[RecordStateName];

const STATES = Object.keys(RECORD_STATES) as RecordStateName[];

const isProblemState = (state: RecordStateName): state is ProblemState => RECORD_STATES[state].isProblem;

export const PROBLEM_STATES: readonly ProblemState[] = STATES.filter(isProblemState);

/** Attributes of a record. To add one, add a row. Times are ISO 8601; `expiresAt` is in seconds since 1970, as TTL needs it. */
export const RECORD = {
  key: "key",
  version: "version",
  state: "state",
  rank: "rank",
  reason: "reason",
  detail: "detail",
  sizeBytes: "sizeBytes",
  format: "format",
  widthPx: "widthPx",
  heightPx: "heightPx",
  variants: "variants",
  attempts: "attempts",
  receivedAt: "receivedAt",
  updatedAt: "updatedAt",
  problem: "problem",
  expiresAt: "expiresAt",
  upload: "upload",
} as const;

/**
 * Keys and index of the table. A key has one record for each of its versions; without versioning, for each ETag.
 * Only records with the attribute `problem` are in the index.
 */
export const RECORD_TABLE = {
  hashKey: RECORD.key,
  rangeKey: RECORD.version,
  index: { name: "problems", hashKey: RECORD.problem, rangeKey: RECORD.updatedAt },
  /** Finds the records of a direct upload by caller and id; only these records have the attribute. Exists only with the upload API. */
  uploadIndex: { name: "uploads", hashKey: RECORD.upload, rangeKey: RECORD.updatedAt },
  /** Only records of unused links have this attribute. DynamoDB deletes expired records days later, so readers must filter. */
  expiry: RECORD.expiresAt,
} as const;

/** A partition accepts 1000 writes per second. With one partition per state, a flood of refused files would be throttled. */
export const PROBLEM_SHARDS = 8;

/** @returns the value of `problem` for a state and a shard from 0 */
export const problemOf = (state: ProblemState, shard: number): string => `${state}#${shard}`;

/** @returns the shard of a version: the same for each of its events */
export const shardOf = (version: string): number =>
  [...version].reduce((hash, character) => (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521, 7) % PROBLEM_SHARDS;
