/** Deleted objects of the local S3: which requests delete an object or a version, and which events S3 sends for them. */
import type { RemovedObject } from "./s3-events";
import type { Versions } from "./versions";

/** A request for an object. */
export interface ObjectRequest {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

export interface Removals {
  listen(listener: (object: RemovedObject) => void): void;
  /**
   * Call it before the server handles a request. The server keeps one version: after the current one is deleted by its id, an
   * older version does not take its place.
   *
   * @returns whether the request is done, because it deleted a version that is not the current one
   */
  received(request: ObjectRequest): boolean;
  /** Call it before the server's response is sent. */
  answered(request: ObjectRequest, status: number): void;
  /** Does work whose deletions are not reported. */
  silently(bucket: string, key: string, work: () => Promise<void>): Promise<void>;
}

interface Options {
  readonly versions: Versions;
  readonly isVersioned: (bucket: string) => boolean;
  /** A number that increases with each event. */
  readonly nextSequence: () => number;
}

export const createRemovals = ({ versions, isVersioned, nextSequence }: Options): Removals => {
  const listeners: ((object: RemovedObject) => void)[] = [];
  const silent = new Set<string>();
  const report = (removed: Pick<RemovedObject, "bucket" | "key" | "removal" | "versionId">): void => {
    if (silent.has(`${removed.bucket}/${removed.key}`)) return;
    const object = { ...removed, removedMs: Date.now(), sequence: nextSequence() };
    for (const listener of listeners) listener(object);
  };
  return {
    listen: (listener) => void listeners.push(listener),
    received: ({ method, bucket, key, query: { versionId } }) => {
      if (method !== "DELETE" || versionId === undefined || !isVersioned(bucket)) return false;
      const isCurrent = versions.latest(bucket, key) === versionId;
      versions.drop(bucket, key, versionId);
      report({ bucket, key, removal: "Delete", versionId });
      return !isCurrent;
    },
    answered: ({ method, bucket, key, query: { uploadId, versionId } }, status) => {
      const isObject = key !== "" && uploadId === undefined && versionId === undefined;
      if (method !== "DELETE" || !isObject || status !== 204) return;
      if (!isVersioned(bucket)) report({ bucket, key, removal: "Delete" });
      else report({ bucket, key, removal: "DeleteMarkerCreated", versionId: versions.mark(bucket, key) });
    },
    silently: async (bucket, key, work) => {
      silent.add(`${bucket}/${key}`);
      await work();
      silent.delete(`${bucket}/${key}`);
    },
  };
};
