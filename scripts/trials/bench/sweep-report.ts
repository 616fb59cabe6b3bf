/** What `npm run bench -- --sweep` prints. */
import pc from "picocolors";
import { grouped, table } from "../../terminal/table";
import type { OrderTrial } from "./order";
import type { Trial } from "./sweep";

export interface Sweep {
  readonly encoders: readonly Trial[];
  readonly orders: readonly OrderTrial[];
}

const settingsText = (settings: Trial["settings"]): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ") || "sharp's defaults";

const encoderRow = ({ format, quality, settings, isChosen, cpuMs, bytes, ssim, psnrDb }: Trial): string[] => [
  isChosen ? pc.green("chosen") : "",
  `${format} ${quality ?? ""}`.trim(),
  settingsText(settings),
  grouped(cpuMs),
  grouped(bytes),
  grouped(ssim, 4),
  Number.isFinite(psnrDb) ? grouped(psnrDb, 2) : "same",
];

const orderRow = ({ cpus, order, encodes, uploads, wallMs, cpuMs, peakBytes }: OrderTrial): string[] => [
  grouped(cpus),
  encodes,
  uploads,
  order === undefined ? "ledger" : order.join(" "),
  grouped(wallMs),
  grouped(cpuMs),
  grouped(peakBytes / 1e6),
];

export const sweepReport = ({ encoders, orders }: Sweep): string =>
  [
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
    ),
    table(
      {
        CPUs: "right",
        encodes: "left",
        uploads: "left",
        order: "left",
        "wall ms": "right",
        "CPU ms": "right",
        "peak MB": "right",
      },
      orders.map(orderRow),
    ),
  ].join("\n\n");
