/** Tries encoder settings on photos: CPU time, bytes and similarity of each. */
import { readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { type FormatName, MAX_SIDE_PX } from "../../../handler/contract/variants";
import type { Pixels } from "../../../handler/src/decode";
import { ENCODERS } from "../../../handler/src/encoders";
import { type Likeness, likeness } from "./similarity";

type Settings = Readonly<Record<string, boolean | number | string>>;

interface Row {
  readonly format: FormatName;
  /** @default lossless */
  readonly quality?: number;
  readonly settings: Settings;
}

const efforts = [0, 1, 2, 3, 4, 5, 6];
const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9];

const JPEG: readonly Settings[] = [
  {},
  { optimiseCoding: false },
  { overshootDeringing: true },
  { quantisationTable: 2 },
  { quantisationTable: 3 },
  { quantisationTable: 3, overshootDeringing: true },
  { quantisationTable: 3, optimiseCoding: false },
  { quantisationTable: 4 },
  { trellisQuantisation: true },
  { progressive: true },
  { progressive: true, optimiseScans: true },
  { progressive: true, trellisQuantisation: true },
  { progressive: true, trellisQuantisation: true, optimiseScans: true },
  { mozjpeg: true },
  { chromaSubsampling: "4:4:4" },
];

const WEBP: readonly Settings[] = [
  ...efforts.map((effort) => ({ effort })),
  { effort: 2, preset: "photo" },
  { effort: 2, preset: "drawing" },
  { effort: 2, smartSubsample: true },
];

const PNG: readonly Settings[] = [
  ...levels.map((compressionLevel) => ({ adaptiveFiltering: true, compressionLevel })),
  ...levels.map((compressionLevel) => ({ adaptiveFiltering: false, compressionLevel })),
];

/** All settings to try. No palette: 256 colours are not enough for a photo. */
export const ROWS: readonly Row[] = [
  ...JPEG.map((settings) => ({ format: "jpeg", quality: 85, settings }) as const),
  ...JPEG.map((settings) => ({ format: "jpeg", quality: 60, settings }) as const),
  ...WEBP.map((settings) => ({ format: "webp", quality: 85, settings }) as const),
  ...PNG.map((settings) => ({ format: "png", settings }) as const),
];

interface Outcome extends Likeness {
  readonly cpuMs: number;
  readonly bytes: number;
}

export interface Trial {
  readonly format: string;
  readonly quality?: number;
  readonly settings: Settings;
  /** For which the handler uses these settings. */
  readonly efforts: readonly string[];
  readonly cpuMs: number;
  readonly bytes: number;
  /** Similarity to the source; 1 for lossless formats. */
  readonly ssim: number;
  readonly psnrDb: number;
}

/** @returns the CPU time that making it takes */
export const cpuMsOf = async <T>(make: () => Promise<T>): Promise<[cpuMs: number, made: T]> => {
  const cpu = process.cpuUsage();
  const made = await make();
  const { user, system } = process.cpuUsage(cpu);
  return [(user + system) / 1_000, made];
};

/** @returns the efforts for which the handler uses these settings */
export const effortsOf = ({ format, settings }: Row): string[] => {
  const sorted = (of: Settings) => JSON.stringify(Object.entries(of).sort());
  return Object.entries(ENCODERS).flatMap(([effort, formats]) =>
    sorted(settings) === sorted(formats[format]) ? [effort] : [],
  );
};

/** @returns the picture, upright, scaled down to this side */
export const pixelsOf = async (source: Buffer, maxPx: number): Promise<Pixels> => {
  const { data, info } = await sharp(source)
    .autoOrient()
    .resize(maxPx, maxPx, { fit: "inside", withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, raw: { width: info.width, height: info.height, channels: info.channels as 3 | 4 } };
};

/** A trial with one picture. */
const tryOut = async (row: Row, pixels: () => Sharp): Promise<Outcome> => {
  const { format, quality, settings } = row;
  const [cpuMs, made] = await cpuMsOf(() =>
    pixels()
      .toFormat(format, { ...settings, ...(quality !== undefined && { quality }) })
      .toBuffer(),
  );
  const alike =
    quality === undefined ? { ssim: 1, psnrDb: Number.POSITIVE_INFINITY } : await likeness(pixels(), sharp(made));
  return { cpuMs, bytes: made.length, ...alike };
};

const mean = (outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number =>
  outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length;

/**
 * @param files pictures that sharp can read
 * @param runs of each setting with each picture
 * @param onTrial called after each picture
 * @returns means over the pictures
 */
export const sweepEncoders = async (
  files: readonly string[],
  runs: number,
  onTrial: (done: number, total: number) => void,
): Promise<Trial[]> => {
  sharp.cache(false);
  const outcomes = new Map<Row, Outcome[]>(ROWS.map((row) => [row, []]));
  const total = files.length * runs * ROWS.length;
  let done = 0;
  for (const file of files) {
    const { data, raw } = await pixelsOf(await readFile(file), MAX_SIDE_PX);
    for (let run = 0; run < runs; run++)
      for (const [row, found] of outcomes) {
        found.push(await tryOut(row, () => sharp(data, { raw })));
        onTrial(++done, total);
      }
  }
  return [...outcomes].map(([row, found]) => ({
    ...row,
    efforts: effortsOf(row),
    cpuMs: mean(found, ({ cpuMs }) => cpuMs),
    bytes: mean(found, ({ bytes }) => bytes),
    ssim: mean(found, ({ ssim }) => ssim),
    psnrDb: mean(found, ({ psnrDb }) => psnrDb),
  }));
};
