/** Output of `npm run bench`. */
import pc from "picocolors";
import { grouped, table } from "../../terminal/table";
import type { Cold, Load } from "./cold";
import { CONSOLE_LIMITS, type ConsoleStart, type ConsoleStarts } from "./console-start";
import { machineLine } from "./machine";
import type { Overlap } from "./overlap";
import { METHODS, type Method } from "./processes";
import type { Lean, PictureResult, Results, WorstMemory } from "./results";
import type { Verdict } from "./targets";
import type { Throughput } from "./throughput";

const MB = 1e6;

const pictureReport = ({ name, sourceBytes, runs, methods }: PictureResult): string => {
  const rows = Object.entries(methods).map(([method, figures]) => [
    method,
    grouped(figures.cpuMs),
    grouped(figures.cpuRatio, 2),
    grouped(figures.wallMs),
    grouped(figures.peakBytes / MB),
    grouped(figures.outputBytes / MB, 2),
  ]);
  const columns = {
    method: "left",
    "CPU ms": "right",
    "x handler": "right",
    "wall ms": "right",
    "peak MB": "right",
    "MB out": "right",
  } as const;
  const about = pc.dim(`${grouped(sourceBytes / MB, 2)} MB, ${runs} ${runs === 1 ? "run" : "runs"}`);
  return `${pc.bold(name)}  ${about}\n${table(columns, rows)}`;
};

const similarityReport = (pictures: readonly PictureResult[]): string[] => {
  const rows = pictures.flatMap(({ name, similarity = {} }) =>
    Object.entries(similarity).map(([method, { ssim, meanSsim, meanPsnrDb }]) => [
      name,
      method,
      ...Object.values(ssim).map((each) => grouped(each, 4)),
      grouped(meanSsim, 4),
      grouped(meanPsnrDb, 2),
    ]),
  );
  const columns = {
    "similarity to": "left",
    method: "left",
    "SSIM compressed": "right",
    low: "right",
    webp: "right",
    mean: "right",
    "PSNR dB": "right",
  } as const;
  return rows.length === 0 ? [] : [table(columns, rows)];
};

const rounded = (value: number): string => grouped(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 0.1 ? 2 : 4);

const verdictLine = ({ what, wanted, unit, value, isMet }: Verdict): string => {
  if (value === undefined) return `${pc.yellow("-")} ${what}: ${pc.yellow("not measured")}, wanted ${wanted}`;
  const mark = isMet ? pc.green("✓ met") : pc.red("✗ missed");
  return `${mark}  ${what}: ${rounded(value)}${unit}, wanted ${wanted}`;
};

const loadRow = (what: string, { wallMs, cpuMs, modules }: Load): string[] => [
  what,
  grouped(wallMs, 1),
  grouped(cpuMs, 1),
  grouped(modules),
];

export const coldReport = ({ runs, bundleBytes, zipBytes, bundled, unbundled, sharp, initMs }: Cold): string =>
  [
    table({ require: "left", "wall ms": "right", "CPU ms": "right", modules: "right" }, [
      loadRow("the package", bundled),
      loadRow("the same unbundled", unbundled),
      loadRow("sharp alone", sharp),
    ]),
    `  bundle ${grouped(bundleBytes / 1e3)} kB, zip ${grouped(zipBytes / MB, 2)} MB, initialization in the local run ${grouped(initMs)} ms; medians of ${runs} runs`,
  ].join("\n");

export const throughputReport = ({ picture, uploads, levels, memoryMb }: Throughput): string =>
  [
    table(
      { "at a time": "right", "pictures/s": "right", "median billed ms": "right" },
      levels.map(({ concurrency, picturesPerSecond, medianMs }) => [
        grouped(concurrency),
        grouped(picturesPerSecond, 2),
        grouped(medianMs),
      ]),
    ),
    `  ${uploads} uploads of ${picture} at each level, through the local stack`,
    ...Object.entries(memoryMb).map(([name, mb]) => `  ${name}: ${grouped(mb)} MB of the package's process`),
  ].join("\n");

export const leanReport = ({ pictures, runs, cpuRatio, bytesRatio, cpuMs, outputBytes }: Lean): string =>
  [
    `four WebP widths and a placeholder instead of the PNG, ${pictures} pictures, ${runs} runs`,
    `  CPU time: ${grouped(cpuMs.lean)} ms, default variants: ${grouped(cpuMs.fast)} ms, ratio ${grouped(cpuRatio, 3)}x`,
    `  bytes: ${grouped(outputBytes.lean / 1e6, 2)} MB, default variants: ${grouped(outputBytes.fast / 1e6, 2)} MB, ratio ${grouped(bytesRatio, 3)}x`,
  ].join("\n");

export const worstReport = ({ kinds }: WorstMemory): string =>
  table(
    { "largest admitted file": "left", MP: "right", "peak MB": "right" },
    Object.entries(kinds).map(([kind, { megapixels, peakBytes }]) => [
      kind,
      grouped(megapixels),
      grouped(peakBytes / 2 ** 20),
    ]),
  );

export const overlapReport = ({ picture, runs, wallRatio, cpuRatio, peakRatio, wallMs }: Overlap): string =>
  [
    `${picture}, ${runs} pairs on one processor, store with 40 ms to the first byte and 60 MB/s for each connection`,
    `  uploads overlap: ${grouped(wallMs.overlapping)} ms, uploads after encoding: ${grouped(wallMs.sequential)} ms`,
    `  ratios: wall time ${grouped(wallRatio, 3)}x, CPU time ${grouped(cpuRatio, 3)}x, peak memory ${grouped(peakRatio, 3)}x`,
  ].join("\n");

const startRow = (
  what: string,
  of: (start: ConsoleStart) => number,
  { fastest, median }: ConsoleStarts,
  limit = "",
) => [what, grouped(of(fastest)), grouped(of(median)), limit];

export const consoleReport = (starts: ConsoleStarts): string =>
  [
    table({ console: "left", fastest: "right", median: "right", "at most": "right" }, [
      startRow("npm start until the address, ms", ({ addressMs }) => addressMs, starts),
      startRow("… first paint, ms", ({ firstPaintMs }) => firstPaintMs, starts, grouped(CONSOLE_LIMITS.firstPaintMs)),
      startRow("… the environment has started, ms", ({ usableMs }) => usableMs, starts),
      startRow("bundling the page, ms", ({ bundleMs }) => bundleMs, starts, grouped(CONSOLE_LIMITS.bundleMs)),
      startRow("the page, compressed, bytes", ({ pageBytes }) => pageBytes, starts, grouped(CONSOLE_LIMITS.pageBytes)),
    ]),
    `  ${starts.runs} starts with everything cached; the fastest counts, because other programs only make it slower`,
  ].join("\n");

export const benchReport = (results: Results, verdicts: readonly Verdict[]): string => {
  const { machine, pictures, cold, throughput } = results;
  const methods = Object.entries(METHODS).filter(([method]) => pictures.some((each) => each.methods[method as Method]));
  return [
    pc.dim(machineLine(machine)),
    methods.map(([method, { about }]) => `${method}: ${pc.dim(about)}`).join("\n"),
    ...pictures.map(pictureReport),
    ...similarityReport(pictures),
    ...(cold === undefined ? [] : [coldReport(cold)]),
    ...(throughput === undefined ? [] : [throughputReport(throughput)]),
    verdicts.map(verdictLine).join("\n"),
  ].join("\n\n");
};
