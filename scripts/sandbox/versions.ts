/** Object versions of the local S3: overwritten or deleted objects stay readable by version id. */
import { createHash } from "node:crypto";

/** One immutable version of an object. */
interface Version {
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Versions {
  /** @returns the version id */
  keep(bucket: string, key: string, version: Version): string;
  get(bucket: string, key: string, versionId: string): Version | undefined;
  /** @returns the id of the newest version; undefined if there is none */
  latest(bucket: string, key: string): string | undefined;
  /** @returns the id of a new delete marker */
  mark(bucket: string, key: string): string;
  /** Deletes one version. */
  drop(bucket: string, key: string, versionId: string): void;
  /** Deletes all versions of an object. */
  forget(bucket: string, key: string): void;
}

const pathOf = (...parts: readonly string[]): string => JSON.stringify(parts);

export const createVersions = (): Versions => {
  /** Versions by id, by object. */
  const kept = new Map<string, Map<string, Version>>();
  const counts = new Map<string, number>();
  const nextId = (object: string): string => {
    const count = (counts.get(object) ?? 0) + 1;
    counts.set(object, count);
    return idOf(object, count);
  };
  return {
    keep: (bucket, key, version) => {
      const object = pathOf(bucket, key);
      const versionId = nextId(object);
      kept.set(object, (kept.get(object) ?? new Map<string, Version>()).set(versionId, version));
      return versionId;
    },
    latest: (bucket, key) => [...(kept.get(pathOf(bucket, key))?.keys() ?? [])].at(-1),
    mark: (bucket, key) => nextId(pathOf(bucket, key)),
    drop: (bucket, key, versionId) => {
      kept.get(pathOf(bucket, key))?.delete(versionId);
    },
    get: (bucket, key, versionId) => kept.get(pathOf(bucket, key))?.get(versionId),
    forget: (bucket, key) => {
      kept.delete(pathOf(bucket, key));
      counts.delete(pathOf(bucket, key));
    },
  };
};

/** S3's version ids are random. These derive from a counter, so the same uploads give the same output in each run. */
const idOf = (object: string, count: number): string =>
  createHash("sha256").update(`${object} ${count}`).digest("base64url").slice(0, 32);
