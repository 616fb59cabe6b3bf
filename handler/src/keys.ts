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

/**
 * @returns `<dir>/<name>_<variant>_<id>.<ext>`. The id is a hash of bucket, key and version, so it is the same for every
 *   delivery of an event. A name that is too long is cut between two characters.
 */
export const outputKey = (upload: Upload, name: string, extension: string): string =>
  withEnding(upload, `_${name}_${idOf(upload)}.${extension}`);

/** @returns `<dir>/<name>_<id>.json`: clients can derive it, too */
export const manifestKey = (upload: Upload): string => withEnding(upload, `_${idOf(upload)}.json`);

const idOf = ({ bucket, key, versionId, eTag }: Upload): string => {
  const identity = JSON.stringify([bucket, key, versionId ?? eTag]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 8);
};

const withEnding = ({ key }: Upload, ending: string): string => {
  const path = key.replace(/(?<=[^/])\.[^./]*$/, "");
  return cut(path, MAX_KEY_BYTES - Buffer.byteLength(ending)) + ending;
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
