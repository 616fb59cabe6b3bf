/** The generated parts of docs/performance.md, from scripts/trials/bench/results.json. Nothing is measured here. */
import { PRICED_ON } from "../../modules/prices";
import { code, table } from "../terminal/markdown";
import { grouped } from "../terminal/table";
import { CAP_MEGAPIXELS, costsOf, growthOf } from "../trials/bench/cost";
import { machineLine } from "../trials/bench/machine";
import { METHODS, type Method } from "../trials/bench/processes";
import { type PictureResult, readResults } from "../trials/bench/results";
import { judge } from "../trials/bench/targets";
import { EFFORT_TABLES } from "./efforts";
import { type Plot, plot, type Series } from "./plot";

const NOT_MEASURED = "–";

const MB = 1e6;

const cpu = ({ methods }: PictureResult, method: Method): string => {
  const figures = methods[method];
  if (figures === undefined) return NOT_MEASURED;
  return method === "handler" ? grouped(figures.cpuMs) : `${grouped(figures.cpuMs)} (${grouped(figures.cpuRatio, 2)}x)`;
};

const inMb = (bytes: number | undefined, digits: number): string =>
  bytes === undefined ? NOT_MEASURED : grouped(bytes / MB, digits);

const pictureTable = (): string => {
  const { pictures } = readResults();
  const methods = (Object.keys(METHODS) as Method[]).filter((method) => pictures.some((each) => each.methods[method]));
  return table(
    ["upload", "MB", "runs", ...methods.map((method) => `${method}, CPU ms`), "output, MB", "output of Pillow, MB"],
    pictures.map((picture) => [
      code(picture.name),
      inMb(picture.sourceBytes, 2),
      picture.runs,
      ...methods.map((method) => cpu(picture, method)),
      inMb(picture.methods.handler?.outputBytes, 2),
      inMb(picture.methods.pillow?.outputBytes, 2),
    ]),
  );
};

const memoryTable = (): string => {
  const { pictures, throughput } = readResults();
  return table(
    ["upload", "handler, MB", "naive, MB", "Pillow, MB", "whole package, MB"],
    pictures
      .filter(({ megapixels }) => megapixels >= CAP_MEGAPIXELS)
      .map(({ name, methods: { handler, naive, pillow } }) => [
        code(name),
        inMb(handler?.peakBytes, 0),
        inMb(naive?.peakBytes, 0),
        inMb(pillow?.peakBytes, 0),
        throughput?.memoryMb[name] ?? NOT_MEASURED,
      ]),
  );
};

const similarityTable = (): string =>
  table(
    ["upload", "method", "SSIM of `compressed`", "SSIM of `low`", "SSIM of `webp`", "mean SSIM", "PSNR, dB"],
    readResults().pictures.flatMap(({ name, similarity = {} }) =>
      Object.entries(similarity).map(([method, { ssim, meanSsim, meanPsnrDb }]) => [
        code(name),
        method,
        ...Object.values(ssim).map((each) => grouped(each, 4)),
        grouped(meanSsim, 4),
        grouped(meanPsnrDb, 2),
      ]),
    ),
  );

const targetTable = (): string =>
  table(
    ["target", "limit", "measured", "result"],
    judge(readResults()).map(({ what, wanted, unit, value, isMet }) => [
      what,
      wanted,
      value === undefined ? NOT_MEASURED : `${grouped(value, unit === "" ? 4 : unit === "x" ? 2 : 0)}${unit}`,
      isMet === undefined ? "not measured" : isMet ? "met" : "**missed**",
    ]),
  );

const costTable = (): string => {
  const growth = growthOf(readResults().pictures);
  const { belowCap, aboveCap } = growth;
  const line = `The CPU time is ${grouped(belowCap.base)} ms, plus ${grouped(belowCap.slope)} ms for each megapixel up to ${CAP_MEGAPIXELS}. Each further megapixel takes ${grouped(aboveCap.slope)} ms, because it is only decoded. Prices are those of arm64 on ${PRICED_ON}; the CPU time was measured on x64.`;
  const rows = costsOf(growth).map(({ memoryMb, msPerMegapixel, usdPerMegapixel, ms, usd }) => [
    grouped(memoryMb),
    grouped(msPerMegapixel),
    grouped(usdPerMegapixel, 2),
    grouped(ms),
    grouped(usd, 2),
  ]);
  return `${line}\n\n${table(["memory, MB", "ms per MP", "USD per MP and million pictures", `ms for ${CAP_MEGAPIXELS} MP`, `USD per million pictures of ${CAP_MEGAPIXELS} MP`], rows)}`;
};

const coldTable = (): string => {
  const { cold } = readResults();
  if (cold === undefined) return NOT_MEASURED;
  const { bundleBytes, zipBytes, bundled, unbundled, sharp, initMs, runs } = cold;
  const rows = Object.entries({
    "the bundled package": bundled,
    "the same sources, not bundled": unbundled,
    "sharp alone": sharp,
  });
  return [
    table(
      ["`require` of", "wall-clock time, ms", "CPU time, ms", "modules"],
      rows.map(([what, { wallMs, cpuMs, modules }]) => [what, grouped(wallMs), grouped(cpuMs), modules]),
    ),
    `The bundle has ${grouped(bundleBytes / 1e3)} kB, the zip ${grouped(zipBytes / MB, 2)} MB, and INIT in the local run took ${grouped(initMs)} ms. All times are medians of ${runs} runs.`,
  ].join("\n\n");
};

const throughputTable = (): string => {
  const { throughput } = readResults();
  if (throughput === undefined) return NOT_MEASURED;
  return table(
    ["parallel uploads", "pictures per second", "median duration, ms"],
    throughput.levels.map(({ concurrency, picturesPerSecond, medianMs }) => [
      concurrency,
      grouped(picturesPerSecond, 2),
      grouped(medianMs),
    ]),
  );
};

/** The generated parts by marker. */
export const PERFORMANCE_TABLES: Readonly<Record<string, () => string>> = {
  machine: () => `Measured on ${readResults().date}: ${machineLine(readResults().machine)}.`,
  targets: targetTable,
  pictures: pictureTable,
  similarity: similarityTable,
  memory: memoryTable,
  cost: costTable,
  cold: coldTable,
  throughput: throughputTable,
  ...EFFORT_TABLES,
};

const NAMES = {
  handler: "this handler",
  naive: "five sharp pipelines",
  pillow: "Pillow, PNG without optimize",
} as const satisfies Partial<Record<Method, string>>;

const growthPlot = (): Plot => {
  const { pictures } = readResults();
  const baseline = pictures.filter(({ kind }) => kind === "baseline.jpg");
  const seriesOf = ([method, name]: [string, string]): Series => ({
    name,
    points: baseline.flatMap(({ megapixels, methods }) => {
      const figures = methods[method as Method];
      return figures === undefined ? [] : [[megapixels, figures.cpuMs / 1_000] as const];
    }),
  });
  const { belowCap, aboveCap } = growthOf(pictures);
  const last = Math.max(...baseline.map(({ megapixels }) => megapixels));
  const at = ({ base, slope }: typeof belowCap, x: number) => [x, (base + slope * x) / 1_000] as const;
  return {
    title: "CPU time for the five variants of a photo",
    x: "megapixels of the upload, as baseline JPEG",
    y: "CPU seconds",
    series: [
      ...Object.entries(NAMES).map(seriesOf),
      { name: "fitted, up to the cap", isFitted: true, points: [at(belowCap, 0), at(belowCap, CAP_MEGAPIXELS)] },
      { name: "fitted, beyond it", isFitted: true, points: [at(aboveCap, CAP_MEGAPIXELS), at(aboveCap, last)] },
    ],
  };
};

/** @returns an SVG: CPU time by megapixels, as measured and as fitted */
export const performancePlot = (): Promise<string> => plot(growthPlot());
