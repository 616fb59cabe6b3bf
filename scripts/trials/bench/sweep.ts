/** Tries encoder settings on the 12-megapixel photo: CPU time, bytes and similarity of each. */
import { readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { ENCODERS } from "../../../handler/src/variants";
import { likeness } from "./similarity";
import { median } from "./statistics";

type Settings = Readonly<Record<string, boolean | number | string>>;

interface Row {
  readonly format: keyof typeof ENCODERS;
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

export interface Trial {
  readonly format: string;
  readonly quality?: number;
  readonly settings: Settings;
  /** Whether the handler uses these settings. */
  readonly isChosen: boolean;
  readonly cpuMs: number;
  readonly bytes: number;
  /** Similarity to the source; 1 for lossless formats. */
  readonly ssim: number;
  readonly psnrDb: number;
}

const RUNS = 3;

const cpuMsOf = async (make: () => Promise<Buffer>): Promise<[cpuMs: number, made: Buffer]> => {
  const cpu = process.cpuUsage();
  const made = await make();
  const { user, system } = process.cpuUsage(cpu);
  return [(user + system) / 1_000, made];
};

/** @returns whether the handler uses these settings for the format */
export const isChosen = ({ format, settings }: Row): boolean => {
  const sorted = (of: Settings) => JSON.stringify(Object.entries(of).sort());
  return sorted(settings) === sorted(ENCODERS[format]);
};

const tryOut = async (row: Row, pixels: () => Sharp): Promise<Trial> => {
  const { format, quality, settings } = row;
  const make = () =>
    pixels()
      .toFormat(format, { ...settings, ...(quality !== undefined && { quality }) })
      .toBuffer();
  const times: number[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  for (let run = 0; run < RUNS; run++) {
    const [cpuMs, made] = await cpuMsOf(make);
    times.push(cpuMs);
    bytes = made;
  }
  const alike =
    quality === undefined ? { ssim: 1, psnrDb: Number.POSITIVE_INFINITY } : await likeness(pixels(), sharp(bytes));
  return { ...row, isChosen: isChosen(row), cpuMs: median(times), bytes: bytes.length, ...alike };
};

/**
 * @param file a picture that sharp can read, at most 4096 px on each side
 * @param onTrial called after each row
 */
export const sweepEncoders = async (file: string, onTrial: (done: number, total: number) => void): Promise<Trial[]> => {
  sharp.cache(false);
  const { data, info } = await sharp(await readFile(file))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const trials: Trial[] = [];
  for (const [done, row] of ROWS.entries()) {
    trials.push(await tryOut(row, () => sharp(data, { raw })));
    onTrial(done + 1, ROWS.length);
  }
  return trials;
};
