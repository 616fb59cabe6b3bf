/** Uploads files to a deployed environment, waits for their variants, and deletes both. */

import {
  DeleteObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { FORMATS, type Variants } from "../../handler/contract/variants";
import { outputKey } from "../../handler/src/keys";
import { naming, stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { poll } from "../terminal/polling";
import { answerTo, NotDeployed } from "./account";
import { emptyBucket } from "./buckets";

export interface Buckets {
  readonly upload: string;
  readonly processed: string;
}

/** The account has several buckets where the environment has one. */
export class BucketsUnclear extends Error {
  override readonly name = "BucketsUnclear";
}

/** @returns the names of all buckets of the account @throws Error of one line */
export const bucketsOf = async (s3: S3Client): Promise<string[]> => {
  const { Buckets = [] } = await answerTo("ListBuckets", s3.send(new ListBucketsCommand({})));
  return Buckets.flatMap(({ Name = "" }) => Name);
};

/** @throws NotDeployed or BucketsUnclear unless exactly one of the buckets has the prefix or, if it is given, the full name */
export const onlyBucket = (
  buckets: readonly string[],
  environment: Environment,
  prefix: string,
  fullName?: string,
): string => {
  const names = buckets.filter((name) => (fullName === undefined ? name.startsWith(prefix) : name === fullName));
  const [name] = names;
  if (name === undefined) throw new NotDeployed(environment, `bucket ${fullName ?? `${prefix}*`}`);
  if (names.length === 1) return name;
  throw new BucketsUnclear(
    `Expected one bucket ${prefix}… in the account but got ${names.join(", ")}: delete those that ${stackName(environment)} does not use`,
  );
};

/** @throws NotDeployed or BucketsUnclear unless the account has exactly one bucket with each of the environment's two prefixes */
export const findBuckets = async (s3: S3Client, environment: Environment): Promise<Buckets> => {
  const { bucketPrefixes, bucketNames } = naming(environment);
  const names = await bucketsOf(s3);
  const named = (kind: keyof Buckets): string => {
    const [prefix, fullName] = [bucketPrefixes[kind], bucketNames[kind]];
    // An existing bucket may belong to another account, which does not list it.
    if (fullName !== undefined && environment[`existing_${kind}_bucket_name`] !== "") return fullName;
    return onlyBucket(names, environment, prefix, fullName);
  };
  return { upload: named("upload"), processed: named("processed") };
};

export interface Upload {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** One upload, and the variants that were seen of it. */
export interface Arrival {
  readonly key: string;
  /** Keys of its variants in the processed bucket. */
  readonly variants: Readonly<Record<string, string>>;
  /** From the end of the upload until all variants were there. @default they were not all there in time */
  readonly afterMs?: number;
}

export interface RoundOptions {
  readonly s3: S3Client;
  readonly buckets: Buckets;
  /** Of the environment. */
  readonly variants: Variants;
  /** All keys begin with it, so that one listing shows the variants of all uploads. */
  readonly prefix: string;
  /** Number of uploads in parallel. */
  readonly concurrency: number;
  /** How long to wait for the variants of one upload, in milliseconds. */
  readonly waitMs: number;
  /** Pause between two listings of the processed bucket, in milliseconds. @default 500 */
  readonly intervalMs?: number;
  /** Ends the round early: no further file is uploaded, and no variant is waited for. */
  readonly signal: AbortSignal;
  readonly onArrival?: (arrival: Arrival) => void;
}

/** @throws Error of one line */
export const put = async ({ s3, buckets }: RoundOptions, { key, bytes }: Upload): Promise<void> => {
  await answerTo("PutObject", s3.send(new PutObjectCommand({ Bucket: buckets.upload, Key: key, Body: bytes })));
};

/** The id at the end of a variant's key names the version of the upload; a round uploads each key once. */
export const withoutId = (key: string): string => key.replace(/_[0-9a-f]{8}(?=\.\w+$)/, "");

/** @returns the key of each variant, without its id */
export const keysWithoutIds = (key: string, variants: Variants): [name: string, key: string][] => {
  const upload = { bucket: "", key, sizeBytes: 0, eTag: "", versionId: undefined };
  return Object.entries(variants).map(([name, { format }]) => [
    name,
    withoutId(outputKey(upload, name, FORMATS[format].extension)),
  ]);
};

/** Lists the processed bucket repeatedly until it is stopped. */
const watchProcessed = ({ s3, buckets, prefix, intervalMs = 500 }: RoundOptions) => {
  const seen = new Map<string, string>();
  const stopped = new AbortController();
  let isLooking = true;
  const look = async () => {
    const request = { Bucket: buckets.processed, Prefix: prefix };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, request))
      for (const { Key = "" } of Contents) seen.set(withoutId(Key), Key);
    return undefined;
  };
  const done = answerTo("ListObjectsV2", poll(look, { intervalMs, signal: stopped.signal })).finally(() => {
    isLooking = false;
  });
  // A failure is thrown by stop().
  done.catch(() => {});
  return {
    isLooking: () => isLooking,
    variantsSeen: (wanted: readonly [name: string, key: string][]): Arrival["variants"] =>
      Object.fromEntries(
        wanted.flatMap(([name, key]) => {
          const found = seen.get(key);
          return found === undefined ? [] : [[name, found]];
        }),
      ),
    stop: () => {
      stopped.abort();
      return done;
    },
  };
};

/**
 * Uploads in the order given, `concurrency` at a time, and waits for the variants of each.
 * @returns one entry for each upload, in the same order
 * @throws Error of one line
 */
export const uploadAll = async (uploads: Iterable<Upload>, options: RoundOptions): Promise<Arrival[]> => {
  const { signal, waitMs, concurrency, onArrival } = options;
  const watch = watchProcessed(options);
  const follow = async (upload: Upload): Promise<Arrival> => {
    const { key } = upload;
    const wanted = keysWithoutIds(key, options.variants);
    await put(options, upload);
    const uploadedAt = performance.now();
    const elapsedMs = () => Math.round(performance.now() - uploadedAt);
    const allVariants = (): Arrival | undefined => {
      const variants = watch.variantsSeen(wanted);
      if (Object.keys(variants).length === wanted.length) return { key, variants, afterMs: elapsedMs() };
      return watch.isLooking() ? undefined : { key, variants };
    };
    const arrival = await poll(allVariants, { intervalMs: 20, limitMs: waitMs, signal });
    return arrival ?? { key, variants: watch.variantsSeen(wanted) };
  };
  const limit = pLimit(concurrency);
  const uploaded = [...uploads].map((upload) =>
    limit(async () => {
      if (signal.aborted) return [];
      const arrival = await follow(upload);
      onArrival?.(arrival);
      return [arrival];
    }),
  );
  return (await Promise.all(uploaded).finally(watch.stop)).flat();
};

/** Deletes every object, old version and delete marker below the prefix in both buckets. */
export const removeAll = async (s3: S3Client, buckets: Buckets, prefix: string): Promise<void> => {
  for (const bucket of Object.values(buckets)) {
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix }))
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
    for (const key of keys)
      await answerTo("DeleteObject", s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
    await answerTo("DeleteObjects", emptyBucket(s3, bucket, prefix));
  }
};

/** @returns a note for uploads without all variants: Lambda may retry for minutes */
export const lateNote = ({ processed }: Buckets, prefix: string): string =>
  `Variants that are written later stay in ${processed} below ${prefix}\n`;
