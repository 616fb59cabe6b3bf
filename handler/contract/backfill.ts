/** What the state machine of a backfill passes to its function. */

/** One object of the upload bucket: a line of the manifest. */
export interface BackfillItem {
  readonly bucket: string;
  /** As it is, not encoded as in an event. */
  readonly key: string;
}

/** One batch, as ItemBatcher writes it: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html */
export interface BackfillBatch {
  readonly Items: readonly BackfillItem[];
  readonly BatchInput: {
    /** Whether to make every variant again, also those that are stored. */
    readonly all: boolean;
  };
}
