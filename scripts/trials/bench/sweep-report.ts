/** What `npm run bench -- --sweep` prints. */
import pc from "picocolors";
import { grouped, table } from "../../terminal/table";
import type { Trial } from "./sweep";

const settingsText = (settings: Trial["settings"]): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ") || "sharp's defaults";

const encoderRow = ({ format, quality, settings, efforts, cpuMs, bytes, ssim, psnrDb }: Trial): string[] => [
  pc.green(efforts.join(" ")),
  `${format} ${quality ?? ""}`.trim(),
  settingsText(settings),
  grouped(cpuMs),
  grouped(bytes),
  grouped(ssim, 4),
  Number.isFinite(psnrDb) ? grouped(psnrDb, 2) : "same",
];

/** @returns a table: a row for each encoder setting */
export const sweepReport = (encoders: readonly Trial[]): string =>
  table(
    {
      "": "left",
      format: "left",
      settings: "left",
      "CPU ms": "right",
      bytes: "right",
      SSIM: "right",
      "PSNR dB": "right",
    },
    encoders.map(encoderRow),
  );
