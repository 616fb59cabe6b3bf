/** Identifies an upload and derives the keys of its variants. */
import { createHash } from "node:crypto";

/** One uploaded object as described by its event; the key is decoded. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly eTag: string;
  /** @default the bucket has no versioning */
  readonly versionId: string | undefined;
  /** When the object was stored, by its event (ISO 8601). @default unknown */
  readonly time?: string | undefined;
}

/** Maximum length of an S3 key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

type Identity = Pick<Upload, "bucket" | "key" | "versionId" | "eTag"> & Partial<Upload>;

/** @returns a hash of bucket, key and version, so it is the same for every delivery of an event */
export const idOf = ({ bucket, key, versionId, eTag }: Identity): string =>
  createHash("sha256")
    .update(JSON.stringify([bucket, key, versionId ?? eTag]))
    .digest("hex")
    .slice(0, 8);

/** @returns `<dir>/<name>_<variant>_<id>.<ext>`. A name that is too long is cut between two characters. */
export const outputKey = (upload: Identity, name: string, extension: string): string =>
  withEnding(upload, `_${name}_${idOf(upload)}.${extension}`);

/** @returns `<dir>/<name>_<id>.json`: clients can derive it, too */
export const manifestKey = (upload: Identity): string => withEnding(upload, `_${idOf(upload)}.json`);

/** The start of the keys of everything that is made from an upload. */
const pathOf = (key: string): string => key.replace(/(?<=[^/])\.[^./]*$/, "");

const withEnding = ({ key }: Pick<Upload, "key">, ending: string): string =>
  cut(pathOf(key), MAX_KEY_BYTES - Buffer.byteLength(ending)) + ending;

/** The end of a key: the variant, which a manifest lacks, the id and the extension. */
const ENDING = /(?:_[a-z0-9-]{1,32})?_[0-9a-f]{8}\.[a-z]{3,4}$/;

/** The longest text that ENDING matches. */
const MAX_ENDING_BYTES = 47;

/** @returns the start of the keys of everything that is made from an upload; other keys can have it, too */
export const outputPrefix = (key: string): string => cut(pathOf(key), MAX_KEY_BYTES - MAX_ENDING_BYTES);

/** @returns whether a key can be that of something that is made from the upload */
export const isOutputOf = (key: string, output: string): boolean => {
  const ending = ENDING.exec(output)?.[0];
  return ending !== undefined && output === withEnding({ key }, ending);
};

/** @returns the longest start of a text that fits into a number of bytes of UTF-8, in whole characters */
const cut = (text: string, bytes: number): string => {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
};

/**
 * @returns the text for use in a header: unchanged if it is plain ASCII, otherwise as an encoded word (RFC 2047). The
 *   longest key then still fits into the 2 KB that S3 allows for all metadata.
 */
export const headerText = (text: string): string =>
  /^[!-~]+( [!-~]+)*$/.test(text) && !text.startsWith("=?")
    ? text
    : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
