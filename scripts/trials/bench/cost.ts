/** What a picture costs on Lambda: lines fitted to the handler's CPU time, and the price of that time. */
import { EVERYWHERE } from "../../../modules/prices";
import type { PictureResult } from "./results";
import { fitLine, type Line } from "./statistics";

const { arm64GbSecond, lambdaRequest } = EVERYWHERE;

/** A function gets one whole vCPU at this memory, https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const WHOLE_CPU_MB = 1769;

const MEMORY_SIZES_MB = [512, 1024, 1769, 3072];

/** Milliseconds of CPU by megapixels: up to the cap each is read and encoded four times, beyond it only read. */
export interface Growth {
  readonly belowCap: Line;
  readonly aboveCap: Line;
}

/** Pictures of 4 : 3 are made smaller from 12.6 megapixels on, which are 4096 x 3072. */
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
  /** Of a million pictures of one megapixel more. */
  readonly usdPerMegapixel: number;
  /** Of a picture of CAP_MEGAPIXELS. */
  readonly ms: number;
  /** Of a million of them, the requests included. */
  readonly usd: number;
}

/** Encodes follow one another, so a second vCPU does nothing for one picture. */
const billedMs = (cpuMs: number, memoryMb: number): number => cpuMs / Math.min(1, memoryMb / WHOLE_CPU_MB);

const MILLION = 1_000_000;

const usdOfMillion = (ms: number, memoryMb: number): number =>
  MILLION * (ms / 1_000) * (memoryMb / 1_024) * arm64GbSecond;

/** @returns what the lines cost at each size of memory, on arm64; S3 and its waiting are not in it */
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
