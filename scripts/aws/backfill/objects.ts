/** Which objects a backfill processes. */
import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { FORMATS, type Variants } from "../../../handler/contract/variants";
import { answerTo } from "../account";
import { type Buckets, keysWithoutIds, withoutId } from "../account-uploads";

/** An object of the upload bucket; its size is unknown where only its key is known. */
export interface WantedObject {
  readonly key: string;
  readonly sizeBytes?: number;
}

export interface Selection {
  /** @default the whole bucket */
  readonly prefix: string;
  /** Only objects stored since then. @default all */
  readonly since?: Date;
  /** Only objects that lack this variant. @default all */
  readonly missing?: string;
}

/** A run of more is unwieldy: its manifest is held in memory here. */
export const MAX_OBJECTS = 1_000_000;

const tooMany = (): Error =>
  new Error(`Expected at most ${MAX_OBJECTS} objects for a run but got more: use --prefix or --since`);

/** S3 shows folders of its console as objects whose keys end with a slash. */
const isUpload = (key: string): boolean => !key.endsWith("/");

async function* listed(s3: S3Client, bucket: string, prefix: string) {
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await answerTo("ListObjectsV2", pages.next());
    if (done) return;
    yield* value.Contents ?? [];
  }
}

/**
 * @returns the objects of the upload bucket. With `missing`, names decide: a variant of an older version of the object counts,
 *   because a listing has no versions.
 * @throws Error of one line
 */
export const selectObjects = async (
  s3: S3Client,
  buckets: Buckets,
  { prefix, since, missing }: Selection,
  variants: Variants,
): Promise<WantedObject[]> => {
  const stored = new Set<string>();
  if (missing !== undefined)
    for await (const { Key = "" } of listed(s3, buckets.processed, prefix)) stored.add(withoutId(Key));
  const wanted: WantedObject[] = [];
  for await (const { Key = "", Size = 0, LastModified } of listed(s3, buckets.upload, prefix)) {
    const isNew = since === undefined || (LastModified !== undefined && LastModified >= since);
    const lacks = missing === undefined || !stored.has(keyOf(Key, missing, variants));
    if (!isUpload(Key) || !isNew || !lacks) continue;
    if (wanted.length === MAX_OBJECTS) throw tooMany();
    wanted.push({ key: Key, sizeBytes: Size });
  }
  return wanted;
};

/** @returns the key of one variant, without its id */
const keyOf = (key: string, name: string, variants: Variants): string => {
  const variant = variants[name];
  if (variant === undefined || FORMATS[variant.format] === undefined) return "";
  return Object.fromEntries(keysWithoutIds(key, { [name]: variant }))[name] ?? "";
};
