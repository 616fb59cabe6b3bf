/** What the state machine of a backfill passes to its function. */

/** Entry point in the notation of Lambda: file.export. It is in the bundle of the image handler, so both run the same code. */
export const BACKFILL_HANDLER = "index.backfill";

/** Part of the ARN with which Step Functions publishes the metrics of batches: `<state machine>/<label>`. */
export const BATCHES_LABEL = "batches";

/** Prefixes in the bucket of the runs. */
export const MANIFESTS = "manifests/";
export const RESULTS = "results/";

/** One object of the upload bucket: a line of the manifest. */
export interface BackfillItem {
  readonly bucket: string;
  /** The plain key, not URL-encoded as in an event. */
  readonly key: string;
}

/** One batch, as ItemBatcher writes it: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html */
export interface BackfillBatch {
  readonly Items: readonly BackfillItem[];
  readonly BatchInput: {
    /** Whether to make every variant again, even those that are stored. */
    readonly all: boolean;
  };
}

/** The input of a run. */
export interface BackfillRun {
  /** Key of the manifest: one item per line, as JSON. */
  readonly manifest: string;
  /** Prefix for the results. */
  readonly results: string;
  readonly all: boolean;
}
