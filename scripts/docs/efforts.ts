/** The generated parts of docs/performance.md on efforts, uploads and memory, from scripts/trials/bench/results.json. */
import { DEFAULT_EFFORT, EFFORTS } from "../../handler/contract/efforts";
import { PRICED_ON } from "../../modules/prices";
import { code, table } from "../terminal/markdown";
import { grouped } from "../terminal/table";
import { EFFORT_NAMES, usdOf } from "../trials/bench/efforts";
import { machineLine } from "../trials/bench/machine";
import { readResults } from "../trials/bench/results";
import { admittedPixels, memoryFor, WORST_KINDS, type WorstKind } from "../trials/bench/worst-files";
import { DEFAULT_MEMORY_MB } from "../trials/bench/worst-memory";

const NOT_MEASURED = "–";

const effortTable = (): string => {
  const { photos } = readResults();
  if (photos === undefined) return NOT_MEASURED;
  const { methods, runs, meanMegapixels, meanSourceBytes, machine, date } = photos;
  const rows = Object.entries(methods).map(([method, figures]) => [
    method in EFFORTS ? `${code(method)}${method === DEFAULT_EFFORT ? " (default)" : ""}` : "Pillow",
    method in EFFORTS ? EFFORTS[method as keyof typeof EFFORTS] : "as the original, but PNG without `optimize`",
    grouped(figures.cpuMs),
    grouped(figures.outputBytes / 1e6, 2),
    grouped(figures.ssim, 4),
    grouped(usdOf(figures, 1), 3),
    grouped(usdOf(figures, 12), 3),
  ]);
  const columns = ["`encoder_effort`", "for", "CPU ms", "MB", "mean SSIM", "USD, kept a month", "USD, kept a year"];
  return [
    `Means of ${photos.photos} camera photos of ${grouped(meanMegapixels, 1)} megapixels and ${grouped(meanSourceBytes / 1e6, 1)} MB, measured on ${date} with ${runs === 1 ? "one run" : `${runs} runs`} of each: ${machineLine(machine)}. USD are for the five variants of 1000 uploads, at list prices of ${PRICED_ON}: CPU time of arm64, and S3 Standard.`,
    table(columns, rows),
  ].join("\n\n");
};

const effortKindsTable = (): string => {
  const { photos } = readResults();
  if (photos === undefined) return NOT_MEASURED;
  return table(
    [
      "upload",
      "pictures",
      "MP",
      ...EFFORT_NAMES.map((effort) => `CPU, Pillow / ${code(effort)}`),
      ...EFFORT_NAMES.map((effort) => `bytes, ${code(effort)} / Pillow`),
    ],
    photos.kinds.map(({ kind, pictures, megapixels, cpuRatio, bytesRatio }) => [
      code(kind),
      pictures,
      megapixels.map((each) => grouped(each)).join(" to "),
      ...EFFORT_NAMES.map((effort) => `${grouped(cpuRatio[effort], 2)}x`),
      ...EFFORT_NAMES.map((effort) => `${grouped(bytesRatio[effort], 3)}x`),
    ]),
  );
};

const overlapLine = (): string => {
  const { overlap } = readResults();
  if (overlap === undefined) return NOT_MEASURED;
  const { picture, runs, wallRatio, cpuRatio, peakRatio, wallMs } = overlap;
  return `${code(picture)}, ${runs} pairs: ${grouped(wallMs.overlapping)} ms instead of ${grouped(wallMs.sequential)} ms. Medians of the ratios: wall-clock time ${grouped(wallRatio, 2)}x, CPU time ${grouped(cpuRatio, 2)}x, peak memory ${grouped(peakRatio, 2)}x.`;
};

/** Files of this size at most are assumed, where their pixels do not give it. */
const FILE_BYTES = 10 * 2 ** 20;

const memorySizes = (): string =>
  table(
    [
      "kind of upload",
      "`lambda_memory_size` for every file within the default limits",
      `most megapixels with ${grouped(DEFAULT_MEMORY_MB)} MB`,
      "peak of that file, MB",
    ],
    (Object.keys(WORST_KINDS) as WorstKind[]).map((kind) => {
      const measured = readResults().worst?.kinds[kind];
      return [
        kind,
        grouped(memoryFor(kind)),
        grouped(admittedPixels(kind, DEFAULT_MEMORY_MB, FILE_BYTES) / 1e6),
        measured === undefined ? NOT_MEASURED : grouped(measured.peakBytes / 2 ** 20),
      ];
    }),
  );

const leanLine = (): string => {
  const { lean } = readResults();
  if (lean === undefined) return NOT_MEASURED;
  const { pictures, runs, cpuRatio, bytesRatio, cpuMs, outputBytes } = lean;
  const [ms, mb] = [
    (total: number) => grouped(total / pictures),
    (total: number) => grouped(total / pictures / 1e6, 2),
  ];
  return `Means of ${pictures} photos, ${runs} runs of each: ${ms(cpuMs.lean)} ms of CPU time instead of ${ms(cpuMs.fast)} ms, and ${mb(outputBytes.lean)} MB instead of ${mb(outputBytes.fast)} MB. Medians of the ratios: CPU time ${grouped(cpuRatio, 2)}x, bytes ${grouped(bytesRatio, 2)}x.`;
};

/** The generated parts by marker. */
export const EFFORT_TABLES: Readonly<Record<string, () => string>> = {
  efforts: effortTable,
  effortKinds: effortKindsTable,
  overlap: overlapLine,
  lean: leanLine,
  memorySizes,
};
