/** The entry point for a backfill: processes a batch of objects that exist already, with the code that processes uploads. */
import type { BackfillBatch, BackfillItem } from "../contract/backfill";
import { FORMATS, type Variants } from "../contract/variants";
import { expected, oneLine } from "./errors";
import { type Invocation, type InvocationContext, settings, withInvocation } from "./invocation";
import { manifestKey, outputKey, type Upload } from "./keys";
import { type Outcome, processUpload, type Remaining, whyNoUpload } from "./process-upload";
import { current, sizeOf } from "./storage";

/** How many objects of a batch ended in each state. */
type Counts = Partial<Record<Outcome["state"], number>>;

/**
 * Skips objects whose variants are all stored, so a batch can be repeated.
 *
 * @throws AggregateError with every failure that a retry may fix, after all objects were tried; Error if the event is not a batch
 */
export const backfill = (event: unknown, context: InvocationContext): Promise<Counts> =>
  withInvocation(context, (invocation) => processBatch(batchOf(event), invocation));

const processBatch = async (
  { Items: items, BatchInput: { all } }: BackfillBatch,
  invocation: Invocation,
): Promise<Counts> => {
  const faults: Error[] = [];
  const counts: Counts = {};
  const uploads = items.filter((item) => {
    const why = whyNoUpload(item);
    if (why !== undefined) invocation.log("record.ignored", { why });
    return why === undefined;
  });
  for (const [i, { bucket, key }] of uploads.entries()) {
    const isLast = i === uploads.length - 1;
    const task = { isLast, find: current, ...(!all && { findRemaining }) };
    const { state, fault } = await processUpload({ bucket, key, versionId: undefined }, invocation, task);
    counts[state] = (counts[state] ?? 0) + 1;
    if (fault !== undefined) faults.push(fault);
  }
  await invocation.recorder.flush();
  if (faults.length > 0)
    throw new AggregateError(
      faults,
      `${faults.length} of ${uploads.length} images failed: ${faults.map(oneLine).join("; ")}`,
    );
  return counts;
};

/** @throws Error if the event is not a batch */
const batchOf = (event: unknown): BackfillBatch => {
  const { Items, BatchInput } = (event ?? {}) as Partial<BackfillBatch>;
  const isItem = (item: unknown) => {
    const { bucket, key } = (item ?? {}) as Partial<BackfillItem>;
    return typeof bucket === "string" && typeof key === "string";
  };
  if (!Array.isArray(Items) || !Items.every(isItem)) throw expected("objects with bucket and key", "Items", Items);
  if (typeof BatchInput?.all !== "boolean") throw expected("true or false", "BatchInput.all", BatchInput?.all);
  return { Items, BatchInput };
};

const findRemaining = async (upload: Upload, signal: AbortSignal): Promise<Remaining> => {
  const found = await Promise.all(
    Object.entries(settings.VARIANTS).map(async ([name, { format }]) => {
      const key = outputKey(upload, name, FORMATS[format].extension);
      return { name, key, bytes: await sizeOf(settings.PROCESSED_BUCKET, key, signal) };
    }),
  );
  const stored = found.flatMap(({ bytes, ...variant }) => (bytes === undefined ? [] : [{ ...variant, bytes }]));
  const isStored = (name: string) => stored.some((variant) => variant.name === name);
  const missing = Object.entries(settings.VARIANTS).filter(([name]) => !isStored(name));
  // A manifest describes all variants and is stored last, so without it, or with a variant missing, everything is made again.
  if (settings.MANIFEST === "on" && (missing.length > 0 || !(await hasManifest(upload, signal))))
    return { variants: settings.VARIANTS, stored: [] };
  return { variants: Object.fromEntries(missing) as Variants, stored };
};

const hasManifest = async (upload: Upload, signal: AbortSignal): Promise<boolean> =>
  (await sizeOf(settings.PROCESSED_BUCKET, manifestKey(upload), signal)) !== undefined;
