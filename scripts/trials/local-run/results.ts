/** What became of each upload: its variants, saved as files, or the reason why there are none. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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
  /** @default the image was processed */
  readonly problem?: string;
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
      // Whoever claims it hears of a failure; if the run is interrupted, nobody does.
      stored.catch(() => {});
      unclaimed.push({ object, stored });
    },

    /** Saves the variants of one upload below the output folder. */
    resultOf: async (upload: CreatedObject, outcome: Outcome | undefined, sandbox: Sandbox): Promise<Result> => {
      const { key, sizeBytes } = upload;
      if (outcome === undefined) return { key, sizeBytes, variants: [], problem: "no notification is about it" };
      const claimed = await claim(outcome.requestId);
      const variants = await Promise.all(
        claimed.map((variant) => saved(variant, join(outDir, safePath(variant.object.key)), upload)),
      );
      const lines = sandbox.logs
        .filter(({ requestId }) => requestId === outcome.requestId)
        .map(({ text }) => fieldsOf(text));
      const isProcessed = outcome.status === "success" && variants.length > 0;
      return {
        key,
        requestId: outcome.requestId,
        sizeBytes,
        variants: variants.sort((a, b) => (a.name < b.name ? -1 : 1)),
        processed: lines.find(({ event }) => event === "image.processed"),
        problem: isProcessed ? undefined : problemOf(outcome, lines),
      };
    },
  };
};

const saved = async (
  { object: { key, sizeBytes, createdMs }, bytes, metadata }: StoredObject & { readonly object: CreatedObject },
  file: string,
  upload: CreatedObject,
): Promise<Variant> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  const { format, width: widthPx, height: heightPx } = await sharp(bytes).metadata();
  return {
    name: metadata.variant ?? "",
    key,
    format,
    widthPx,
    heightPx,
    sizeBytes,
    afterMs: createdMs - upload.createdMs,
  };
};

/** A key may be anything; a file shall not be written outside the output folder. */
const safePath = (key: string): string =>
  key
    .split("/")
    .map((name) => (/^\.{0,2}$/.test(name) ? "_" : name))
    .join("/");

const problemOf = ({ status, errorType = "" }: Outcome, lines: readonly Fields[]): string => {
  if (status === "timeout") return "the function timed out";
  if (status === "dropped") return "the function had no room for it";
  if (errorType.startsWith("Runtime.")) return errorType;
  const { reason, detail, errorMessage, problem } = lines.findLast(({ level }) => level === "ERROR") ?? {};
  if (reason !== undefined) return `${reason}: ${detail}`;
  return String(errorMessage ?? problem ?? (errorType || "nothing to do for it"));
};
