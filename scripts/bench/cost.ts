/** What a picture costs on Lambda: lines fitted to the handler's CPU time, and the price of that time. */
import type { PictureResult } from "./results";
import { fitLine, type Line } from "./statistics";

/**
 * Prices in us-east-1 as of 2026-11: https://aws.amazon.com/lambda/pricing/ (first tier). CPU in proportion to memory,
 * 1769 MB for one vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const LAMBDA = { usdPerGbSecond: 0.0000133334, usdPerRequest: 0.0000002, mbPerVcpu: 1769 };

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
const billedMs = (cpuMs: number, memoryMb: number): number => cpuMs / Math.min(1, memoryMb / LAMBDA.mbPerVcpu);

const usdPerMillion = (ms: number, memoryMb: number): number =>
  1e6 * (ms / 1_000) * (memoryMb / 1_024) * LAMBDA.usdPerGbSecond;

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
      usdPerMillion: usdPerMillion(ms, memoryMb) + 1e6 * LAMBDA.usdPerRequest,
    };
  });
