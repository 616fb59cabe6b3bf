/** Counts and deletes the object versions in the buckets of a stack. */
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

/** Pages of object versions and delete markers. S3 deletes a bucket only when it holds neither. */
async function* versionsOf(s3: S3Client, bucket: string, prefix?: string) {
  let more = true;
  let at: { KeyMarker?: string; VersionIdMarker?: string } = {};
  while (more) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...at }));
    yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
    more = page.IsTruncated === true;
    at = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** @returns how many versions and delete markers the bucket holds; 0 where it does not exist */
export const countObjects = async (s3: S3Client, bucket: string): Promise<number> => {
  let count = 0;
  try {
    for await (const page of versionsOf(s3, bucket)) count += page.length;
  } catch (error) {
    if ((error as Error).name !== "NoSuchBucket") throw error;
  }
  return count;
};

/**
 * Deletes every version and delete marker permanently.
 * @param prefix deletes only keys that begin with it @default every key
 */
export const emptyBucket = async (s3: S3Client, bucket: string, prefix?: string): Promise<void> => {
  for await (const page of versionsOf(s3, bucket, prefix)) {
    if (page.length === 0) continue;
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: page, Quiet: true } }),
    );
    const [first] = Errors;
    if (first)
      throw new Error(`Expected every object of ${bucket} to be deleted but got ${first.Code} for ${first.Key}`);
  }
};
