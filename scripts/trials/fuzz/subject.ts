/** The process that is to survive whatever it is given: takes up one file after the other, as the handler does. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import sharp from "sharp";
import { asError, oneLine, Refusal } from "../../../handler/src/errors";
import type { Limits } from "../../../handler/src/input";
import { type ProcessedImage, processImage } from "../../../handler/src/process";
import { VARIANTS, type Variant } from "../../../handler/src/variants";
import { residentBytes } from "../../sandbox/memory";

/** What is sent to the process. */
export interface Order {
  readonly bytes: Uint8Array;
  readonly limits: Limits;
}

/** What becomes of a file, as the process itself tells it. */
export interface Answer {
  /** "wrong": variants that are not what they should be, or an error that is no refusal. */
  readonly outcome: "made" | "refused" | "wrong" | "unhandled rejection";
  /** Reason of a refusal, what is wrong, or a digest of the lossless variant. */
  readonly detail: string;
  readonly ms: number;
  /** High-water mark of the process during this file. */
  readonly peakBytes: number;
}

const ROWS = Object.entries<Variant>(VARIANTS);

/** @returns what is wrong with the variants; undefined if nothing is */
const mistakeIn = async ({ variants }: ProcessedImage): Promise<string | undefined> => {
  const names = variants.map(({ name }) => name).join();
  if (names !== Object.keys(VARIANTS).join()) return `Expected all variants but got ${names}`;
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

let stray: unknown;
process.on("unhandledRejection", (error) => {
  stray = error;
});

const digestOf = ({ variants }: ProcessedImage): string =>
  createHash("sha256")
    .update(variants.find(({ name }) => name === "png")?.bytes ?? "")
    .digest("hex");

const outcomeOf = async ({ bytes, limits }: Order): Promise<Pick<Answer, "outcome" | "detail">> => {
  try {
    const image = await processImage(Buffer.from(bytes), limits);
    const mistake = await mistakeIn(image);
    return mistake === undefined ? { outcome: "made", detail: digestOf(image) } : { outcome: "wrong", detail: mistake };
  } catch (error) {
    if (error instanceof Refusal) return { outcome: "refused", detail: error.reason };
    return { outcome: "wrong", detail: `Expected a refusal but got ${asError(error).name}: ${oneLine(error)}` };
  }
};

/** Linux forgets the high-water mark of memory where 5 is written here (proc(5)); elsewhere it stays the process's own. */
const forgetPeak = (): Promise<void> => writeFile("/proc/self/clear_refs", "5").catch(() => undefined);

const answerTo = async (order: Order): Promise<Answer> => {
  stray = undefined;
  await forgetPeak();
  const startedAt = performance.now();
  const ended = await outcomeOf(order);
  const ms = performance.now() - startedAt;
  const peakBytes = await residentBytes(process.pid);
  await setImmediate();
  const rejection = stray === undefined ? {} : { outcome: "unhandled rejection" as const, detail: oneLine(stray) };
  return { ...ended, ...rejection, ms, peakBytes };
};

process.on("message", async (order: Order) => {
  const answer = await answerTo(order);
  // Whoever gave the order may have lost patience.
  if (process.connected) process.send?.(answer);
});
process.send?.("ready");
