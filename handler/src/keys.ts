/** What identifies an upload, and what its variants are named after it. */
import { createHash } from "node:crypto";
import { FORMATS, VARIANTS, type VariantName } from "./variants";

/** One uploaded object, as its event describes it; the key is decoded. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly eTag: string;
  /** @default the bucket has no versions, and the object is whatever the key holds now */
  readonly versionId: string | undefined;
}

/** S3's limit for a key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/**
 * @returns `<dir>/<name>_<variant>_<id>.<ext>`, in which the id stands for exactly this version of this object; a name
 *   for which there is no room is cut at the end of a character
 */
export const outputKey = ({ bucket, key, versionId, eTag }: Upload, name: VariantName): string => {
  const identity = JSON.stringify([bucket, key, versionId ?? eTag]);
  const id = createHash("sha256").update(identity).digest("hex").slice(0, 8);
  const ending = `_${name}_${id}.${FORMATS[VARIANTS[name].format].extension}`;
  const path = key.replace(/(?<=[^/])\.[^./]*$/, "");
  return cut(path, MAX_KEY_BYTES - Buffer.byteLength(ending)) + ending;
};

/** @returns as many whole characters from the start of a text as fit into a number of bytes of UTF-8 */
const cut = (text: string, bytes: number): string => {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
};

/**
 * @returns the text as it may stand in a header: itself where that is sure to arrive unchanged, otherwise as one encoded
 *   word (RFC 2047), which keeps a key of 1024 bytes well within the 2 KB that S3 allows for all metadata
 */
export const headerText = (text: string): string =>
  /^[!-~]+( [!-~]+)*$/.test(text) && !text.startsWith("=?")
    ? text
    : `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
