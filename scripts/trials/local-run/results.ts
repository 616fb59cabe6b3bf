/** The result of each upload: its variants, saved as files, or the reason why there are none. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, parse } from "node:path";
import sharp from "sharp";
import type { Outcome } from "../../sandbox/lambda";
import type { CreatedObject } from "../../sandbox/s3-events";
import type { Sandbox } from "../../sandbox/sandbox";
import type { StoredObject } from "../../sandbox/storage";
import { type Fields, fieldsOf } from "../../terminal/log-line";

export interface Variant {
  readonly name: string;
  readonly key: string;
  readonly format: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sizeBytes: number;
  /** From the end of the upload to the stored variant. */
  readonly afterMs: number;
}

export interface Result {
  readonly key: string;
  /** Of the invocation; its log lines carry it. @default there was none */
  readonly requestId?: string;
  readonly sizeBytes: number;
  readonly variants: readonly Variant[];
  /** What the function logged when it was done; a log line's fields. */
  readonly processed?: Fields;
  /** @default the image was processed, and its variants are saved */
  readonly problem?: string;
  /** Alarms that the upload alone or with the uploads before would put into ALARM, such as "log-errors -> critical-alerts". */
  readonly alerts: readonly string[];
}

/** Collects variants as they are stored, until the outcome of their upload is known. */
export const createCollector = (outDir: string) => {
  const unclaimed: { object: CreatedObject; stored: Promise<StoredObject> }[] = [];

  const claim = async (requestId: string) => {
    const candidates = await Promise.all(
      unclaimed.map(async (each) => ({ each, object: each.object, ...(await each.stored) })),
    );
    const claimed = candidates.filter(({ metadata }) => metadata["request-id"] === requestId);
    for (const { each } of claimed) unclaimed.splice(unclaimed.indexOf(each), 1);
    // A second attempt stores the same keys again.
    return [...new Map(claimed.map((variant) => [variant.object.key, variant])).values()];
  };

  return {
    onObjectCreated: (object: CreatedObject, sandbox: Sandbox): void => {
      if (object.bucket !== sandbox.processedBucket) return;
      const stored = sandbox.download(object.bucket, object.key);
      // `claim` reports a failure. After an interruption it is not called, and the failure does not matter.
      stored.catch(() => {});
      unclaimed.push({ object, stored });
    },

    /** Saves the variants of one upload, and its manifest, below the output folder. */
    resultOf: async (
      upload: CreatedObject,
      outcome: Outcome | undefined,
      sandbox: Sandbox,
    ): Promise<Omit<Result, "alerts">> => {
      const { key, sizeBytes } = upload;
      if (outcome === undefined) return { key, sizeBytes, variants: [], problem: "no notification matches its key" };
      const claimed = await claim(outcome.requestId);
      const files = claimed.map((variant) => ({ variant, file: join(outDir, safePath(variant.object.key)) }));
      const saves = await Promise.all(
        files.map(({ variant, file }) => saved(variant, file, upload).catch((error: Error) => error)),
      );
      const variants = saves.filter((each): each is Variant => each !== undefined && !(each instanceof Error));
      const unsaved = saves.find((each) => each instanceof Error);
      const lines = sandbox.logs
        .filter(({ requestId }) => requestId === outcome.requestId)
        .map(({ text }) => fieldsOf(text));
      const isProcessed = outcome.status === "success" && claimed.length > 0;
      return {
        key,
        requestId: outcome.requestId,
        sizeBytes,
        variants: variants.sort((a, b) => (a.name < b.name ? -1 : 1)),
        processed: lines.find(({ event }) => event === "image.processed"),
        problem: isProcessed ? unsaved && `a variant cannot be saved: ${unsaved.message}` : problemOf(outcome, lines),
      };
    },
  };
};

/** A manifest is saved, too, but it is no variant. */
const MANIFEST_ENDING = ".json";

/** @returns the variant; undefined for a manifest */
const saved = async (
  { object: { key, sizeBytes, createdMs }, bytes, metadata }: StoredObject & { readonly object: CreatedObject },
  file: string,
  upload: CreatedObject,
): Promise<Variant | undefined> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  if (key.endsWith(MANIFEST_ENDING)) return undefined;
  const { mediaType = "", width: widthPx, height: heightPx } = await sharp(bytes).metadata();
  return {
    name: metadata.variant ?? "",
    key,
    // sharp calls an AVIF heif.
    format: mediaType.replace("image/", ""),
    widthPx,
    heightPx,
    sizeBytes,
    afterMs: createdMs - upload.createdMs,
  };
};

/** File systems allow 255 bytes in a name, S3 1,024 in a key. */
const MAX_NAME_BYTES = 255;

/** @returns the name, or its start, a digest of all of it, and its extension */
const shortened = (name: string): string => {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const { ext } = parse(name);
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  const rest = MAX_NAME_BYTES - Buffer.byteLength(`~${digest}${ext}`);
  // A character that the cut divides is left out.
  const start = Buffer.from(name)
    .subarray(0, rest)
    .toString()
    .replace(/\uFFFD+$/, "");
  return `${start}~${digest}${ext}`;
};

/** A key may contain any characters; no file may be written outside the output folder. */
const safePath = (key: string): string =>
  key
    .split("/")
    .map((name) => (/^\.{0,2}$/.test(name) ? "_" : shortened(name.replaceAll("\0", "_"))))
    .join("/");

const problemOf = ({ status, errorType = "" }: Outcome, lines: readonly Fields[]): string => {
  if (status === "timeout") return "the function timed out";
  if (status === "dropped") return "the event was dropped after too many throttles";
  if (errorType.startsWith("Runtime.")) return errorType;
  const { reason, detail, errorMessage, problem } = lines.findLast(({ level }) => level === "ERROR") ?? {};
  if (reason !== undefined) return `${reason}: ${detail}`;
  return String(errorMessage ?? problem ?? (errorType || "nothing to do for it"));
};
