/** Performance targets of the handler. */
import { REFERENCE } from "./paired";
import type { Method } from "./processes";
import type { Figures, PictureResult } from "./results";
import { SSIM_TOLERANCE } from "./similarity";

interface Target {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly unit: string;
  /** @returns undefined if it was not measured */
  readonly value: (pictures: readonly PictureResult[]) => number | undefined;
}

export interface Verdict {
  readonly what: string;
  /** Such as ">= 3x" */
  readonly wanted: string;
  readonly unit: string;
  /** @default not measured */
  readonly value?: number;
  /** @default not measured */
  readonly isMet?: boolean;
}

const figures = (pictures: readonly PictureResult[], name: string, method: Method): Figures | undefined =>
  pictures.find((picture) => picture.name === name)?.methods[method];

const ratio = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a / b;

const similarityGained = (pictures: readonly PictureResult[]): number | undefined => {
  const { handler, pillow } = pictures.find(({ name }) => name === REFERENCE)?.similarity ?? {};
  return handler && pillow && handler.meanSsim - pillow.meanSsim;
};

const highestPeakMb = (pictures: readonly PictureResult[]): number | undefined => {
  const peaks = pictures.flatMap(({ methods: { handler } }) => (handler === undefined ? [] : [handler.peakBytes]));
  return peaks.length === 0 ? undefined : Math.max(...peaks) / 1e6;
};

/** Every target: add a row. Targets without a picture's name apply to the 12-megapixel baseline JPEG. */
// biome-ignore format: a ledger is read down its columns
const TARGETS: readonly Target[] = [
  { what: "CPU time of Pillow / handler",                      atLeast: 3,               unit: "x",  value: (all) => figures(all, REFERENCE, "pillow")?.cpuRatio },
  { what: "CPU time of Pillow with PNG optimize / handler",    atLeast: 10,              unit: "x",  value: (all) => figures(all, REFERENCE, "pillowOptimize")?.cpuRatio },
  { what: "bytes of the five, handler / Pillow",               atMost: 1.05,             unit: "x",  value: (all) => ratio(figures(all, REFERENCE, "handler")?.outputBytes, figures(all, REFERENCE, "pillow")?.outputBytes) },
  { what: "SSIM to the source, handler - Pillow",              atLeast: -SSIM_TOLERANCE, unit: "",   value: similarityGained },
  { what: "CPU time of the handler / bare encoders",           atMost: 1.08,             unit: "x",  value: (all) => ratio(1, figures(all, REFERENCE, "floor")?.cpuRatio) },
  { what: "peak memory of a progressive JPEG of 48 MP",        atMost: 450,              unit: " MB", value: (all) => ratio(figures(all, "48mp.progressive.jpg", "handler")?.peakBytes, 1e6) },
  { what: "peak memory of any file, in any format",            atMost: 1024,             unit: " MB", value: highestPeakMb },
];

export const judge = (pictures: readonly PictureResult[]): Verdict[] =>
  TARGETS.map(({ what, atLeast, atMost, unit, value }) => {
    const wanted = atLeast === undefined ? `<= ${atMost}${unit}` : `>= ${atLeast}${unit}`;
    const found = value(pictures);
    if (found === undefined) return { what, wanted, unit };
    const isMet = found >= (atLeast ?? Number.NEGATIVE_INFINITY) && found <= (atMost ?? Number.POSITIVE_INFINITY);
    return { what, wanted, unit, value: found, isMet };
  });
