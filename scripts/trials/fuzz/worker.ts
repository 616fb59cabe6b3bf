/** Worker process of the fuzzer: processes one file after the other with the handler's code. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import sharp from "sharp";
import { DEFAULT_VARIANTS, type Variant } from "../../../handler/contract/variants";
import { asError, oneLine, Refusal } from "../../../handler/src/errors";
import type { Limits } from "../../../handler/src/input";
import { type ProcessedImage, processImage } from "../../../handler/src/process";
import { residentBytes } from "../../sandbox/memory";

/** Message to the worker. */
export interface Task {
  readonly bytes: Uint8Array;
  readonly limits: Limits;
}

/** The worker's reply. */
export interface TaskResult {
  /** "wrong": incorrect variants, or an error other than a refusal. */
  readonly outcome: "made" | "refused" | "wrong" | "unhandled rejection";
  /** Reason of the refusal, description of the mistake, or digest of the lossless variant. */
  readonly detail: string;
  readonly ms: number;
  /** Peak memory of the process during this file. */
  readonly peakBytes: number;
}

const ROWS = Object.entries<Variant>(DEFAULT_VARIANTS);

/** @returns the mistake in the variants; undefined if there is none */
const problemIn = async ({ variants }: ProcessedImage): Promise<string | undefined> => {
  const names = variants.map(({ name }) => name).join();
  if (names !== Object.keys(DEFAULT_VARIANTS).join()) return `Expected all variants but got ${names}`;
  for (const [i, [name, { format }]] of ROWS.entries()) {
    const variant = variants[i];
    const { info } = await sharp(variant?.bytes).raw().toBuffer({ resolveWithObject: true });
    const { format: made } = await sharp(variant?.bytes).metadata();
    const seen = `${made} of ${info.width} x ${info.height} px`;
    const wanted = `${format} of ${variant?.widthPx} x ${variant?.heightPx} px`;
    if (seen !== wanted) return `Expected a ${wanted} for ${name} but got a ${seen}`;
  }
  return undefined;
};

let unhandled: unknown;
process.on("unhandledRejection", (error) => {
  unhandled = error;
});

const digestOf = ({ variants }: ProcessedImage): string =>
  createHash("sha256")
    .update(variants.find(({ name }) => name === "png")?.bytes ?? "")
    .digest("hex");

const outcomeOf = async ({ bytes, limits }: Task): Promise<Pick<TaskResult, "outcome" | "detail">> => {
  try {
    const image = await processImage(Buffer.from(bytes), limits);
    const mistake = await problemIn(image);
    return mistake === undefined ? { outcome: "made", detail: digestOf(image) } : { outcome: "wrong", detail: mistake };
  } catch (error) {
    if (error instanceof Refusal) return { outcome: "refused", detail: error.reason };
    return { outcome: "wrong", detail: `Expected a refusal but got ${asError(error).name}: ${oneLine(error)}` };
  }
};

/** Resets the peak memory of the process on Linux, see proc(5); elsewhere the peak covers all files so far. */
const resetPeak = (): Promise<void> => writeFile("/proc/self/clear_refs", "5").catch(() => undefined);

const answerTo = async (task: Task): Promise<TaskResult> => {
  unhandled = undefined;
  await resetPeak();
  const startedAt = performance.now();
  const ended = await outcomeOf(task);
  const ms = performance.now() - startedAt;
  const peakBytes = await residentBytes(process.pid);
  await setImmediate();
  const rejection =
    unhandled === undefined ? {} : { outcome: "unhandled rejection" as const, detail: oneLine(unhandled) };
  return { ...ended, ...rejection, ms, peakBytes };
};

process.on("message", async (task: Task) => {
  const result = await answerTo(task);
  // The parent may have stopped waiting.
  if (process.connected) process.send?.(result);
});
process.send?.("ready");
