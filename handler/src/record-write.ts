/** What is written to the metadata table. */
import type { RecordStateName } from "../contract/records";

/** A stored variant. */
export interface RecordedVariant {
  readonly name: string;
  readonly key: string;
  readonly bytes: number;
}

/** What a record says besides its state. */
export interface RecordFields {
  readonly sizeBytes?: number;
  /** Why it was refused, or the name of the error that failed it. */
  readonly reason?: string;
  readonly detail?: string;
  readonly format?: string;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly variants?: readonly RecordedVariant[];
  /** Only of a link that was not used, in seconds since 1970. */
  readonly expiresAt?: number;
}

/** One write to the table. */
export interface RecordWrite {
  readonly key: string;
  /** Version id, or the ETag in a bucket without versioning. */
  readonly version: string;
  readonly state: RecordStateName;
  /** ISO 8601. */
  readonly at: string;
  readonly fields: RecordFields;
}

/**
 * Writes a record, unless it has a higher rank already.
 *
 * @throws Error if the table cannot be written
 */
export type WriteRecord = (write: RecordWrite, signal: AbortSignal) => Promise<void>;
