/** What `npm run bench -- --photos` prints. */
import pc from "picocolors";
import { DEFAULT_EFFORT } from "../../../handler/contract/efforts";
import { grouped, table } from "../../terminal/table";
import { cheapestEffort, EFFORT_NAMES, usdOf } from "./efforts";
import { machineLine } from "./machine";
import type { PhotoResults } from "./results";

/** Months for which a thousand uploads are priced. */
const MONTHS = [1, 12] as const;

const methodTable = ({ methods }: PhotoResults): string =>
  table(
    {
      encoder_effort: "left",
      "CPU ms": "right",
      "MB out": "right",
      SSIM: "right",
      "USD for 1000, kept a month": "right",
      "kept a year": "right",
    },
    Object.entries(methods).map(([method, figures]) => [
      method,
      grouped(figures.cpuMs),
      grouped(figures.outputBytes / 1e6, 2),
      grouped(figures.ssim, 4),
      ...MONTHS.map((months) => grouped(usdOf(figures, months), 3)),
    ]),
  );

const kindTable = ({ kinds }: PhotoResults): string =>
  table(
    {
      upload: "left",
      pictures: "right",
      MP: "left",
      ...Object.fromEntries(EFFORT_NAMES.map((effort) => [`Pillow / ${effort}`, "right" as const])),
      ...Object.fromEntries(EFFORT_NAMES.map((effort) => [`bytes ${effort}`, "right" as const])),
    },
    kinds.map(({ kind, pictures, megapixels, cpuRatio, bytesRatio }) => [
      kind,
      grouped(pictures),
      megapixels.join(" to "),
      ...EFFORT_NAMES.map((effort) => `${grouped(cpuRatio[effort], 2)}x`),
      ...EFFORT_NAMES.map((effort) => `${grouped(bytesRatio[effort], 3)}x`),
    ]),
  );

export const photosReport = (results: PhotoResults): string => {
  const { photos, runs, meanMegapixels, meanSourceBytes, machine, kinds } = results;
  return [
    pc.dim(machineLine(machine)),
    `${photos} photos with a mean of ${grouped(meanMegapixels, 1)} MP and ${grouped(meanSourceBytes / 1e6, 2)} MB; ${runs} ${runs === 1 ? "run" : "runs"} of each`,
    methodTable(results),
    ...(kinds.length === 0 ? [] : [kindTable(results)]),
    `The cheapest for variants that look the same and are kept a month: ${pc.bold(cheapestEffort(results, 1) ?? "none")} (the default is ${DEFAULT_EFFORT}).`,
  ].join("\n\n");
};
