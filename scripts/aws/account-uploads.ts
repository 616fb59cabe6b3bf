/** Uploads to a deployed environment, each followed until its variants are there, and taken away again. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { outputKey } from "../../handler/src/keys";
import { VARIANTS, type VariantName } from "../../handler/src/variants";
import { naming, stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { answerTo } from "./account";
import { emptyBucket } from "./buckets";

export interface Buckets {
  readonly upload: string;
  readonly processed: string;
}

/** The account has none or several of what the environment has one of. */
export class BucketsUnclear extends Error {
  override readonly name = "BucketsUnclear";
}

/** @throws BucketsUnclear where the account has not exactly one bucket of each kind, by the beginnings of their names */
export const findBuckets = async (s3: S3Client, environment: Environment): Promise<Buckets> => {
  const { bucketPrefixes } = naming(environment);
  const { Buckets = [] } = await answerTo("ListBuckets", s3.send(new ListBucketsCommand({})));
  const named = (prefix: string): string => {
    const names = Buckets.flatMap(({ Name = "" }) => (Name.startsWith(prefix) ? [Name] : []));
    const [name] = names;
    if (name !== undefined && names.length === 1) return name;
    throw new BucketsUnclear(
      `Expected one bucket ${prefix}… in the account but got ${names.join(", ") || "none"}: is ${stackName(environment)} deployed there?`,
    );
  };
  return { upload: named(bucketPrefixes.upload), processed: named(bucketPrefixes.processed) };
};

export interface Upload {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** One upload, and how far it came. */
export interface Arrival {
  readonly key: string;
  /** Keys of those of its variants that were seen in the processed bucket. */
  readonly variants: Readonly<Partial<Record<VariantName, string>>>;
  /** From the end of the upload until all variants were seen. @default they were not, in the time that was given */
  readonly afterMs?: number;
}

export interface RoundOptions {
  readonly s3: S3Client;
  readonly buckets: Buckets;
  /** What all keys begin with, so that one listing shows the variants of all. */
  readonly prefix: string;
  /** Uploads on their way at a time. */
  readonly concurrency: number;
  /** How long to wait for the variants of one upload. */
  readonly waitMs: number;
  /** Pause between two looks at the processed bucket. @default 500 */
  readonly intervalMs?: number;
  /** Ends the round early: what is not uploaded yet stays so, and nothing is waited for. */
  readonly signal: AbortSignal;
  readonly onArrival?: (arrival: Arrival) => void;
}

const NAMES = Object.keys(VARIANTS) as VariantName[];

/** @throws Error of one line */
export const put = async ({ s3, buckets }: RoundOptions, { key, bytes }: Upload): Promise<void> => {
  await answerTo("PutObject", s3.send(new PutObjectCommand({ Bucket: buckets.upload, Key: key, Body: bytes })));
};

/** The id at its end stands for a version of the upload, of which a round has one only. */
const withoutId = (key: string): string => key.replace(/_[0-9a-f]{8}(?=\.\w+$)/, "");

/** @returns keys without their ids */
const variantsOf = (key: string): [VariantName, string][] => {
  const upload = { bucket: "", key, sizeBytes: 0, eTag: "", versionId: undefined };
  return NAMES.map((name) => [name, withoutId(outputKey(upload, name))]);
};

/** Looks into the processed bucket again and again, until it is stopped. */
const watchProcessed = ({ s3, buckets, prefix, intervalMs = 500 }: RoundOptions) => {
  const seen = new Map<string, string>();
  const stopped = new AbortController();
  let isLooking = true;
  const look = async () => {
    while (!stopped.signal.aborted) {
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: s3 },
        { Bucket: buckets.processed, Prefix: prefix },
      ))
        for (const { Key = "" } of Contents) seen.set(withoutId(Key), Key);
      await sleep(intervalMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const done = answerTo("ListObjectsV2", look()).finally(() => {
    isLooking = false;
  });
  // Whoever stops the watch hears of a failure.
  done.catch(() => {});
  return {
    isLooking: () => isLooking,
    variantsSeen: (wanted: readonly [VariantName, string][]): Arrival["variants"] =>
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
 * Uploads in the order given, so many at a time, each until its variants are there or the time is up.
 * @returns what was uploaded, in the order of the uploads
 * @throws Error of one line
 */
export const uploadAll = async (uploads: Iterable<Upload>, options: RoundOptions): Promise<Arrival[]> => {
  const { signal, waitMs, concurrency, onArrival } = options;
  const watch = watchProcessed(options);
  const arrivals: Arrival[] = [];
  const follow = async (upload: Upload): Promise<Arrival> => {
    const { key } = upload;
    const wanted = variantsOf(key);
    await put(options, upload);
    const uploadedAt = performance.now();
    const elapsedMs = () => Math.round(performance.now() - uploadedAt);
    for (;;) {
      const variants = watch.variantsSeen(wanted);
      if (Object.keys(variants).length === wanted.length) return { key, variants, afterMs: elapsedMs() };
      if (signal.aborted || !watch.isLooking() || elapsedMs() >= waitMs) return { key, variants };
      await sleep(20);
    }
  };
  const queue = [...uploads].entries();
  const worker = async () => {
    for (const [i, upload] of queue) {
      if (signal.aborted) return;
      const arrival = await follow(upload);
      arrivals[i] = arrival;
      onArrival?.(arrival);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker)).finally(watch.stop);
  return arrivals.flat();
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

/** @returns what to tell where not all variants came: Lambda may try again for minutes */
export const lateNote = ({ processed }: Buckets, prefix: string): string =>
  `variants that come later are left in ${processed} below ${prefix}\n`;
