/** The cost of a picture on Lambda: lines fitted to the handler's CPU time, and the price of that time. */
import { EVERYWHERE } from "../../../modules/prices";
import type { PictureResult } from "./results";
import { fitLine, type Line } from "./statistics";

const { arm64GbSecond, lambdaRequest } = EVERYWHERE;

/** Memory size with one whole vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const WHOLE_CPU_MB = 1769;

const MEMORY_SIZES_MB = [512, 1024, 1769, 3072];

/** CPU milliseconds by megapixels: below the cap each pixel is decoded and encoded four times, above it only decoded. */
export interface Growth {
  readonly belowCap: Line;
  readonly aboveCap: Line;
}

/** 4 : 3 pictures above 12.6 megapixels (4096 x 3072) are scaled down. */
export const CAP_MEGAPIXELS = 12;

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
  /** Cost of one more megapixel for a million pictures. */
  readonly usdPerMegapixel: number;
  /** Billed milliseconds for a picture of CAP_MEGAPIXELS. */
  readonly ms: number;
  /** Cost of a million such pictures, including requests. */
  readonly usd: number;
}

/** Encodes run one after the other, so a second vCPU does not speed up a single picture. */
const billedMs = (cpuMs: number, memoryMb: number): number => cpuMs / Math.min(1, memoryMb / WHOLE_CPU_MB);

const MILLION = 1_000_000;

const usdOfMillion = (ms: number, memoryMb: number): number =>
  MILLION * (ms / 1_000) * (memoryMb / 1_024) * arm64GbSecond;

/** @returns the cost at each memory size on arm64, without S3 and the time waiting for it */
export const costsOf = ({ belowCap: { base, slope } }: Growth): Cost[] =>
  MEMORY_SIZES_MB.map((memoryMb) => {
    const msPerMegapixel = billedMs(slope, memoryMb);
    const ms = billedMs(base + slope * CAP_MEGAPIXELS, memoryMb);
    return {
      memoryMb,
      msPerMegapixel,
      usdPerMegapixel: usdOfMillion(msPerMegapixel, memoryMb),
      ms,
      usd: usdOfMillion(ms, memoryMb) + MILLION * lambdaRequest,
    };
  });
