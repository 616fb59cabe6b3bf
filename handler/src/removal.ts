/** Deletes the variants of an upload that was deleted. */
import { DeleteObjectCommand, HeadObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import type { ObjectChange } from "../contract/upload-event";
import { storageError } from "./errors";
import { headerText, idOf, isOutputOf, outputPrefix, type Upload } from "./keys";
import { s3 } from "./s3-client";
import { unlessGone } from "./storage";

/** A deleted object, as its event describes it. */
export type Removed = Pick<ObjectChange, "bucket" | "key" | "versionId" | "removal">;

/** What identifies the content of an upload: its version or, in a bucket without versioning, its ETag. */
type Content = Pick<Upload, "versionId" | "eTag">;

/** @returns the object that the key has now: it may have been uploaded again since the event */
const contentNow = async ({ bucket, key }: Removed, signal: AbortSignal): Promise<Content | undefined> => {
  const head = new HeadObjectCommand({ Bucket: bucket, Key: key });
  const found = await unlessGone("HeadObject", () => s3.send(head, { abortSignal: signal }));
  return found && { versionId: found.VersionId, eTag: (found.ETag ?? "").replaceAll('"', "") };
};

/** @returns the keys that variants of the upload can have; those of other uploads are among them */
const candidates = async (bucket: string, { key }: Removed, signal: AbortSignal): Promise<string[]> => {
  const keys: string[] = [];
  try {
    const pages = paginateListObjectsV2(
      { client: s3 },
      { Bucket: bucket, Prefix: outputPrefix(key) },
      { abortSignal: signal },
    );
    for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key = "" }) => Key));
  } catch (error) {
    throw storageError("ListObjectsV2", error);
  }
  return keys.filter((each) => isOutputOf(key, each));
};

/** @returns the content that a variant was made from; undefined if it was made from another upload */
const sourceOf = async (
  bucket: string,
  variant: string,
  { bucket: uploads, key }: Removed,
  signal: AbortSignal,
): Promise<Content | undefined> => {
  const head = new HeadObjectCommand({ Bucket: bucket, Key: variant });
  const found = await unlessGone("HeadObject", () => s3.send(head, { abortSignal: signal }));
  const { "original-key": original, "source-etag": eTag = "", "source-version": versionId } = found?.Metadata ?? {};
  if (original !== headerText(key)) return undefined;
  // The id covers the bucket, too: several upload buckets can share one bucket for variants.
  return variant.includes(`_${idOf({ bucket: uploads, key, versionId, eTag })}.`) ? { versionId, eTag } : undefined;
};

/**
 * Deletes the variants of the upload, in a versioned bucket by a delete marker. If the event names a version that was deleted
 * for good, only its variants; otherwise those of all versions, except of an object that the key has now.
 *
 * @param bucket that holds the variants
 * @returns the number of deleted variants
 * @throws StorageDenied; other errors of the SDK
 */
export const deleteVariants = async (bucket: string, removed: Removed, signal: AbortSignal): Promise<number> => {
  const only = removed.removal === "version" ? removed.versionId : undefined;
  const now = await contentNow(removed, signal);
  const isStale = ({ versionId, eTag }: Content): boolean => {
    if (only !== undefined) return versionId === only;
    return now === undefined || (versionId ?? eTag) !== (now.versionId ?? now.eTag);
  };
  const deleted = await Promise.all(
    (await candidates(bucket, removed, signal)).map(async (key) => {
      const source = await sourceOf(bucket, key, removed, signal);
      if (source === undefined || !isStale(source)) return 0;
      const request = new DeleteObjectCommand({ Bucket: bucket, Key: key });
      await unlessGone("DeleteObject", () => s3.send(request, { abortSignal: signal }));
      return 1;
    }),
  );
  return deleted.reduce<number>((sum, each) => sum + each, 0);
};
