/** The latest uploads, with their attempts and variants. */
import sharp from "sharp";
import type { Attempt, Outcome } from "../sandbox/lambda";
import type { CreatedObject } from "../sandbox/s3-events";
import type { Sandbox } from "../sandbox/sandbox";
import { fieldsOf } from "../terminal/log-line";
import { endingOf } from "./ending";
import type { AttemptView, Upload, Uploader, Variant } from "./protocol";

type Change = { -readonly [K in keyof Upload]: Upload[K] };

interface Kept {
  readonly upload: Change;
  readonly object: CreatedObject;
  /** The event as the function received it. @default it has not been invoked */
  event?: unknown;
}

export interface UploadsOptions {
  readonly sandbox: () => Sandbox;
  readonly now: () => number;
  readonly maxUploads: number;
  /** Of all uploads and variants in the history. */
  readonly maxBytes: number;
  readonly onChange: (upload: Upload) => void;
  readonly onForgotten: (ids: readonly string[]) => void;
}

export interface Uploads {
  /** Says who uploads the next object with this key. */
  announce(key: string, by: Uploader): void;
  created(object: CreatedObject): void;
  attempted(attempt: Attempt): void;
  settled(object: CreatedObject, outcome: Outcome | undefined): void;
  /** Sends the event to the function again. @returns whether there was one */
  replay(id: string): boolean;
  /** Invokes the function with an event of the dead-letter queue. */
  invoke(event: unknown): void;
  list(): Upload[];
  get(id: string): { readonly upload: Upload; readonly event: unknown; readonly object: CreatedObject } | undefined;
}

/** Pictures that every browser shows. */
const SHOWN: readonly (readonly [type: string, isIt: (start: Buffer) => boolean])[] = [
  ["image/jpeg", (start) => start.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ["image/png", (start) => start.subarray(0, 8).equals(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"))],
  ["image/webp", (start) => start.toString("latin1", 0, 4) === "RIFF" && start.toString("latin1", 8, 12) === "WEBP"],
  ["image/avif", (start) => start.toString("latin1", 4, 12) === "ftypavif"],
];

/** @returns the type of a picture that browsers show, by its first bytes; file names and stored types can lie */
export const shownType = (bytes: Buffer): string | undefined => SHOWN.find(([, isIt]) => isIt(bytes))?.[0];

interface S3Record {
  readonly s3?: { readonly object?: { readonly sequencer?: string } };
}

const recordOf = (event: unknown): S3Record | undefined => {
  const { Records } = event as { readonly Records?: readonly S3Record[] };
  return Array.isArray(Records) ? Records[0] : undefined;
};

/** @returns the id of the upload that an event is about */
const idIn = (event: unknown): string => recordOf(event)?.s3?.object?.sequencer ?? "";

const idOf = ({ sequence }: CreatedObject): string => sequence.toString(16).toUpperCase().padStart(18, "0");

const measured = async (bytes: Buffer): Promise<{ widthPx?: number; heightPx?: number }> => {
  const found = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  return found === undefined ? {} : { widthPx: found.width, heightPx: found.height };
};

const viewOf = ({ requestId, number, startedMs, end }: Attempt): AttemptView => ({
  requestId,
  number,
  startedMs,
  ...(end && {
    endedMs: end.atMs,
    status: end.status,
    durationMs: end.durationMs,
    memoryMb: end.maxMemoryUsedMb,
    ...(end.errorMessage !== undefined && { error: end.errorMessage }),
  }),
});

export const createUploads = (options: UploadsOptions): Uploads => {
  const { sandbox, now, maxUploads, maxBytes, onChange, onForgotten } = options;
  const kept = new Map<string, Kept>();
  /** Uploads by the id of a request about them. */
  const byRequest = new Map<string, string>();
  const announced = new Map<string, Uploader>();
  const storing = new Set<Promise<void>>();

  const change = (id: string, changes: Partial<Upload>): void => {
    const found = kept.get(id);
    if (found === undefined) return;
    Object.assign(found.upload, changes);
    onChange({ ...found.upload });
  };

  const bytesOf = ({ upload }: Kept) =>
    upload.sizeBytes + upload.variants.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

  const erase = async ({ upload, object }: Kept): Promise<void> => {
    const keys = new Set([...kept.values()].map((each) => each.upload.key));
    if (keys.has(upload.key)) return;
    await sandbox().erase(object.bucket, object.key);
    await sandbox().forgetRecords(object.key);
    for (const { key } of upload.variants) await sandbox().erase(sandbox().processedBucket, key);
  };

  const isOver = ({ upload: { state } }: Kept) => !["queued", "running", "waiting"].includes(state);

  const forgetOld = (): void => {
    const forgotten: Kept[] = [];
    let bytes = [...kept.values()].reduce((sum, each) => sum + bytesOf(each), 0);
    for (const [id, each] of kept) {
      if (kept.size <= maxUploads && bytes <= maxBytes) break;
      if (!isOver(each)) continue;
      kept.delete(id);
      bytes -= bytesOf(each);
      for (const { requestId } of each.upload.attempts) byRequest.delete(requestId);
      forgotten.push(each);
    }
    if (forgotten.length === 0) return;
    onForgotten(forgotten.map(({ upload }) => upload.id));
    for (const each of forgotten) void erase(each).catch(() => {});
  };

  const store = async (object: CreatedObject): Promise<void> => {
    const { bytes, metadata, contentType } = await sandbox().download(object.bucket, object.key);
    const upload = kept.get(byRequest.get(metadata["request-id"] ?? "") ?? "");
    if (upload === undefined) return;
    const { id, variants } = upload.upload;
    const variant: Variant = {
      name: metadata.variant ?? object.key,
      key: object.key,
      contentType,
      ...(await measured(bytes)),
      sizeBytes: object.sizeBytes,
      afterMs: object.createdMs - upload.object.createdMs,
    };
    const others = (kept.get(id)?.upload.variants ?? variants).filter(({ key }) => key !== object.key);
    change(id, { variants: [...others, variant].sort((one, other) => (one.name < other.name ? -1 : 1)) });
  };

  const linesOf = ({ requestId }: Outcome) =>
    sandbox()
      .logs.filter((line) => line.requestId === requestId)
      .map(({ text }) => fieldsOf(text));

  const finish = async (id: string, outcome: Outcome): Promise<void> => {
    await Promise.all(storing);
    const found = kept.get(id);
    if (found === undefined) return;
    change(id, { reason: undefined, ...endingOf(outcome, linesOf(outcome), found.upload.variants.length > 0) });
    forgetOld();
  };

  const invoke = (event: unknown): void => {
    const id = idIn(event);
    change(id, { state: "queued", reason: undefined });
    void sandbox()
      .invoke(event)
      .then((outcome) => finish(id, outcome));
  };

  return {
    announce: (key, by) => announced.set(key, by),
    created: (object) => {
      const { bucket, key, sizeBytes } = object;
      if (bucket === sandbox().processedBucket) {
        const stored = store(object)
          .catch(() => {})
          .then(() => {
            storing.delete(stored);
          });
        storing.add(stored);
        return;
      }
      if (bucket !== sandbox().uploadBucket) return;
      const id = idOf(object);
      const by = announced.get(key) ?? "S3";
      announced.delete(key);
      const upload: Change = {
        ...{ id, key, sizeBytes, by },
        atMs: now(),
        state: "queued",
        isShown: false,
        attempts: [],
        variants: [],
      };
      kept.set(id, { upload, object });
      onChange({ ...upload });
      void sandbox()
        .download(bucket, key)
        .then(({ bytes }) => shownType(bytes) !== undefined && change(id, { isShown: true }))
        .catch(() => {});
    },
    attempted: (attempt) => {
      const { requestId, event, end } = attempt;
      const id = idIn(event);
      const found = kept.get(id);
      if (found === undefined) return;
      found.event ??= event;
      byRequest.set(requestId, id);
      const others = found.upload.attempts.filter(
        (each) => each.requestId !== requestId || each.number !== attempt.number,
      );
      const attempts = [...others, viewOf(attempt)].slice(-50);
      change(id, { attempts, state: end === undefined ? "running" : "waiting" });
    },
    settled: (object, outcome) => {
      if (object.bucket !== sandbox().uploadBucket) return;
      if (outcome === undefined)
        return change(idOf(object), { state: "ignored", reason: "No notification of the bucket matches its key." });
      void finish(idOf(object), outcome);
    },
    replay: (id) => {
      const event = kept.get(id)?.event;
      if (event === undefined) return false;
      invoke(event);
      return true;
    },
    invoke,
    list: () => [...kept.values()].map(({ upload }) => ({ ...upload })),
    get: (id) => {
      const found = kept.get(id);
      return found && { upload: { ...found.upload }, event: found.event, object: found.object };
    },
  };
};
