/** Compares the records of a soak with the results of its uploads, as the log and the bucket show them. */
import { recordOf, type UploadRecord } from "../../aws/records";
import type { Item } from "../../sandbox/table";

export interface RecordedUpload {
  readonly key: string;
  readonly version: string;
  readonly state: "processed" | "refused" | "superseded" | "failed";
  /** Why it was refused: one reason, or several where its event was delivered again after the object was deleted. Empty if it was not. */
  readonly reasons: readonly (string | undefined)[];
  /** Keys and sizes of its variants in the bucket. */
  readonly variants: Readonly<Record<string, number>>;
}

export interface RecordEvidence {
  /** As DynamoDB writes them. */
  readonly items: readonly Item[];
  /** Lines `record.lost`. */
  readonly lost: readonly { readonly key?: string; readonly version?: string }[];
}

export interface RecordCounts {
  /** Records that say what the bucket says. */
  readonly right: number;
  /** Records that are missing or old, and were logged as lost. */
  readonly lost: number;
  readonly problems: readonly string[];
}

const identityOf = ({ key, version }: { readonly key?: string; readonly version?: string }): string =>
  JSON.stringify([key, version]);

const sizesOf = ({ variants = {} }: UploadRecord): Record<string, number> =>
  Object.fromEntries(Object.values(variants).map(({ key, bytes }) => [key, bytes]));

const sorted = (sizes: Readonly<Record<string, number>>): string => JSON.stringify(Object.entries(sizes).sort());

/** @returns what is wrong with a record; undefined if it is right */
const mistakeOf = (upload: RecordedUpload, record: UploadRecord | undefined): string | undefined => {
  if (record === undefined) return "has no record";
  if (record.state !== upload.state) return `is ${upload.state}, but its record says ${record.state}`;
  if (upload.state === "refused" && !upload.reasons.includes(record.reason))
    return `was refused as ${upload.reasons.join(" and ")}, but its record says ${record.reason}`;
  return upload.state === "processed" && sorted(sizesOf(record)) !== sorted(upload.variants)
    ? "has other variants than its record"
    : undefined;
};

export const compareRecords = (uploads: readonly RecordedUpload[], { items, lost }: RecordEvidence): RecordCounts => {
  const records = items.map((item) => recordOf(item as Parameters<typeof recordOf>[0]));
  const byIdentity = new Map(records.map((record) => [identityOf(record), record]));
  const known = new Set(uploads.map(identityOf));
  const excused = new Set(lost.map(identityOf));
  const wrong = uploads.flatMap((upload) => {
    const mistake = mistakeOf(upload, byIdentity.get(identityOf(upload)));
    return mistake === undefined ? [] : [{ upload, mistake }];
  });
  const unexcused = wrong.filter(({ upload }) => !excused.has(identityOf(upload)));
  return {
    right: uploads.length - wrong.length,
    lost: wrong.length - unexcused.length,
    problems: [
      ...unexcused.map(({ upload, mistake }) => `${upload.key} ${mistake}`),
      ...records
        .filter((record) => !known.has(identityOf(record)))
        .map(({ key, version }) => `the record of ${key}, version ${version}, belongs to no upload`),
    ],
  };
};
