/** What a picture costs on Lambda: lines fitted to the handler's CPU time, and the price of that time. */
import { EVERYWHERE } from "../../modules/prices";
import { WHOLE_CPU_MB } from "../cost/usage";
import type { PictureResult } from "./results";
import { fitLine, type Line } from "./statistics";

const { arm64GbSecond, lambdaRequest } = EVERYWHERE;

export const MEMORY_SIZES_MB = [512, 1024, 1769, 3072];

/** Up to the cap every megapixel is read and encoded five times; beyond it, it is only read. Milliseconds of CPU and megapixels. */
export interface Growth {
  readonly belowCap: Line;
  readonly aboveCap: Line;
}

const CAP_MEGAPIXELS = 12;

export const growthOf = (pictures: readonly PictureResult[]): Growth => {
  const points = pictures.flatMap(({ kind, megapixels, methods: { handler } }) =>
    kind === "baseline.jpg" && handler !== undefined ? [[megapixels, handler.cpuMs] as const] : [],
  );
  return {
    belowCap: fitLine(points.filter(([megapixels]) => megapixels <= CAP_MEGAPIXELS)),
    aboveCap: fitLine(points.filter(([megapixels]) => megapixels >= CAP_MEGAPIXELS)),
  };
};

export interface Cost {
  readonly memoryMb: number;
  readonly msPerMegapixel: number;
  /** Of a million. */
  readonly usdPerMegapixel: number;
  readonly ms: number;
  readonly usdPerMillion: number;
}

/** Encodes follow one another, so a second vCPU does nothing for one picture. */
const billedMs = (cpuMs: number, memoryMb: number): number => cpuMs / Math.min(1, memoryMb / WHOLE_CPU_MB);

const usdPerMillion = (ms: number, memoryMb: number): number => 1e6 * (ms / 1_000) * (memoryMb / 1_024) * arm64GbSecond;

/** @param megapixels of the picture whose whole cost is told, the request included */
export const costsOf = ({ belowCap }: Growth, megapixels: number): Cost[] =>
  MEMORY_SIZES_MB.map((memoryMb) => {
    const msPerMegapixel = billedMs(belowCap.slope, memoryMb);
    const ms = billedMs(belowCap.base + belowCap.slope * megapixels, memoryMb);
    return {
      memoryMb,
      msPerMegapixel,
      usdPerMegapixel: usdPerMillion(msPerMegapixel, memoryMb),
      ms,
      usdPerMillion: usdPerMillion(ms, memoryMb) + 1e6 * lambdaRequest,
    };
  });
