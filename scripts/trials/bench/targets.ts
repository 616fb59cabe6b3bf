/** Performance targets of the handler. */

import type { Effort } from "../../../handler/contract/efforts";
import { REFERENCE } from "./paired";
import type { Method } from "./processes";
import type { Figures, PictureResult, Results } from "./results";
import { SSIM_TOLERANCE } from "./similarity";
import { WORST_KINDS } from "./worst-files";

/** What the targets are about. */
export type Judged = Pick<Results, "pictures" | "photos" | "overlap" | "worst" | "lean">;

interface Target {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly unit: string;
  /** @returns undefined if it was not measured */
  readonly value: (results: Judged) => number | undefined;
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

/** Only if every kind was measured: the highest could be among the others. */
const highestPeakMb = ({ worst }: Judged): number | undefined => {
  const peaks = Object.keys(WORST_KINDS).map((kind) => worst?.kinds[kind]?.peakBytes);
  return peaks.includes(undefined) ? undefined : Math.max(...peaks.map((peak = 0) => peak)) / 2 ** 20;
};

/** The lowest ratio of all kinds of file. */
const slowestKind = ({ photos }: Judged, effort: Effort): number | undefined =>
  photos?.kinds.length ? Math.min(...photos.kinds.map(({ cpuRatio }) => cpuRatio[effort])) : undefined;

/** Of the means over the photos. */
const photoRatio = ({ photos }: Judged, effort: Effort, of: "cpuMs" | "outputBytes"): number | undefined => {
  const [own, pillow] = [photos?.methods[effort]?.[of], photos?.methods.pillow?.[of]];
  return of === "cpuMs" ? ratio(pillow, own) : ratio(own, pillow);
};

const similarityOfPhotos = ({ photos }: Judged): number | undefined => {
  const { fast, pillow } = photos?.methods ?? {};
  return fast && pillow && fast.ssim - pillow.ssim;
};

/** Every target: add a row. Targets without a picture's name apply to the 12-megapixel baseline JPEG. */
// biome-ignore format: a ledger is read down its columns
const TARGETS: readonly Target[] = [
  { what: "CPU time of Pillow / handler",                                atLeast: 3,               unit: "x",   value: ({ pictures }) => figures(pictures, REFERENCE, "pillow")?.cpuRatio },
  { what: "CPU time of Pillow with PNG optimize / handler",              atLeast: 10,              unit: "x",   value: ({ pictures }) => figures(pictures, REFERENCE, "pillowOptimize")?.cpuRatio },
  { what: "bytes of the five, handler / Pillow",                         atMost: 1.05,             unit: "x",   value: ({ pictures }) => ratio(figures(pictures, REFERENCE, "handler")?.outputBytes, figures(pictures, REFERENCE, "pillow")?.outputBytes) },
  { what: "SSIM to the source, handler - Pillow",                        atLeast: -SSIM_TOLERANCE, unit: "",    value: ({ pictures }) => similarityGained(pictures) },
  { what: "CPU time of the handler / bare encoders",                     atMost: 1.08,             unit: "x",   value: ({ pictures }) => ratio(1, figures(pictures, REFERENCE, "floor")?.cpuRatio) },
  { what: "photos: CPU time of Pillow / `fast`",                         atLeast: 3,               unit: "x",   value: (all) => photoRatio(all, "fast", "cpuMs") },
  { what: "photos: the same, slowest kind of file",                      atLeast: 3,               unit: "x",   value: (all) => slowestKind(all, "fast") },
  { what: "photos: bytes of the five, `fast` / Pillow",                  atMost: 1.04,             unit: "x",   value: (all) => photoRatio(all, "fast", "outputBytes") },
  { what: "photos: CPU time of Pillow / `balanced`",                     atLeast: 2.5,             unit: "x",   value: (all) => photoRatio(all, "balanced", "cpuMs") },
  { what: "photos: bytes of the five, `balanced` / Pillow",              atMost: 1,                unit: "x",   value: (all) => photoRatio(all, "balanced", "outputBytes") },
  { what: "photos: SSIM to the source, `fast` - Pillow",                 atLeast: -SSIM_TOLERANCE, unit: "",    value: similarityOfPhotos },
  { what: "CPU time, four WebP widths and placeholder instead of PNG / default", atMost: 1,          unit: "x",   value: ({ lean }) => lean?.cpuRatio },
  { what: "bytes, the same",                                             atMost: 0.25,            unit: "x",   value: ({ lean }) => lean?.bytesRatio },
  { what: "wall-clock time, uploads while encoding / after it",          atMost: 0.87,             unit: "x",   value: ({ overlap }) => overlap?.wallRatio },
  { what: "peak memory of a progressive JPEG of 48 MP",                  atMost: 450,              unit: " MB", value: ({ pictures }) => ratio(figures(pictures, "48mp.progressive.jpg", "handler")?.peakBytes, 1e6) },
  { what: "peak memory of the largest admitted file of any kind",        atMost: 1024,             unit: " MB", value: highestPeakMb },
];

export const judge = (results: Judged): Verdict[] =>
  TARGETS.map(({ what, atLeast, atMost, unit, value }) => {
    const wanted = atLeast === undefined ? `<= ${atMost}${unit}` : `>= ${atLeast}${unit}`;
    const found = value(results);
    if (found === undefined) return { what, wanted, unit };
    const isMet = found >= (atLeast ?? Number.NEGATIVE_INFINITY) && found <= (atMost ?? Number.POSITIVE_INFINITY);
    return { what, wanted, unit, value: found, isMet };
  });
