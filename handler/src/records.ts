/** Keeps the record of each upload in the metadata table, if there is one. A record never fails an image. */
import type { RecordStateName } from "../contract/records";
import type { Settings } from "../contract/settings";
import { asError, oneLine } from "./errors";
import type { Log } from "./logger";
import type { RecordFields, WriteRecord } from "./record-write";

/** `records-table` is a separate file in the package, so it is not loaded if there is no table. */
export const recordWriter = ({ RECORDS_TABLE: table }: Settings): WriteRecord | undefined =>
  table === "" ? undefined : (require("./records-table") as typeof import("./records-table")).createRecordWriter(table);

/** Identifies the upload. Without version and ETag, which every event of S3 has, there is nothing to record. */
export interface RecordedUpload {
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly eTag?: string | undefined;
}

/** The record of one upload during one attempt to process it. */
export interface UploadRecord {
  /** Writes in the background, while the image is processed. */
  received(fields: RecordFields): void;
  /** Waits for the write, but at most LONGEST_WAIT_MS. Never throws: a write that fails is logged as `record.lost`. */
  finished(state: RecordStateName, fields: RecordFields): Promise<void>;
}

/** The longest delay of an image by its record. */
const LONGEST_WAIT_MS = 1_000;

const NO_RECORD: UploadRecord = { received: () => {}, finished: async () => {} };

/**
 * @param write @default there is no table
 * @param signal ends the last write early, shortly before the timeout of the function
 */
export const recordOf = (
  write: WriteRecord | undefined,
  { key, versionId, eTag }: RecordedUpload,
  log: Log,
  signal: AbortSignal,
): UploadRecord => {
  const version = versionId ?? eTag;
  if (write === undefined || version === undefined) return NO_RECORD;
  const over = new AbortController();
  const writing = (state: RecordStateName, fields: RecordFields, until: AbortSignal) =>
    write({ key, version, state, at: new Date().toISOString(), fields }, until);
  return {
    received: (fields) => {
      // This write may fail: the last write says more. Without a last write, the invocation was killed, and its retry writes again.
      writing("received", fields, over.signal).catch(() => {});
    },
    finished: async (state, fields) => {
      try {
        await within(LONGEST_WAIT_MS, signal, (until) => writing(state, fields, until));
      } catch (error) {
        log("record.lost", { key, version, state, errorName: asError(error).name, errorMessage: oneLine(error) });
      } finally {
        over.abort();
      }
    },
  };
};

class TooSlow extends Error {
  override readonly name = "TooSlow";
}

/** Stops waiting in time even if the work ignores its signal. @throws TooSlow, the reason of the outer signal, or the error of the work */
const within = async (ms: number, outer: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  const controller = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  const stop = () => controller.abort(outer.reason);
  const giveUp = () => controller.abort(new TooSlow(`Expected an answer of DynamoDB within ${ms} ms but got none`));
  // If the process itself was suspended, the answer may have arrived already: Node.js reads it before the next immediate.
  const timer = setTimeout(() => setImmediate(giveUp), ms);
  outer.addEventListener("abort", stop, { once: true });
  try {
    if (outer.aborted) stop();
    await Promise.race([work(controller.signal), stopped]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", stop);
  }
};
