/** What the three efforts cost on photos: CPU time once, and storage for as long as the variants are kept. */
import { EFFORTS, type Effort } from "../../../handler/contract/efforts";
import { EVERYWHERE, type Prices, pricesOf } from "../../../modules/prices";
import { WHOLE_CPU_MB } from "./cost";
import type { Method } from "./processes";
import type { EffortFigures, KindFigures, PhotoResults, PictureResult } from "./results";
import { SSIM_TOLERANCE } from "./similarity";

export const EFFORT_NAMES = Object.keys(EFFORTS) as Effort[];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const each = (pictures: readonly PictureResult[], method: Method) =>
  pictures.flatMap(({ methods: { [method]: figures } }) => figures ?? []);

const figuresOf = (photos: readonly PictureResult[], method: Effort | "pillow"): EffortFigures => ({
  cpuMs: mean(each(photos, method).map(({ cpuMs }) => cpuMs)),
  outputBytes: mean(each(photos, method).map(({ outputBytes }) => outputBytes)),
  ssim: mean(photos.flatMap(({ similarity }) => similarity?.[method]?.meanSsim ?? [])),
});

const byEffort = (value: (effort: Effort) => number) =>
  Object.fromEntries(EFFORT_NAMES.map((effort) => [effort, value(effort)])) as Record<Effort, number>;

const kindFigures = (kind: string, pictures: readonly PictureResult[]): KindFigures => {
  const megapixels = pictures.map((picture) => picture.megapixels);
  const bytes = (method: Method) => sum(each(pictures, method).map(({ outputBytes }) => outputBytes));
  return {
    kind,
    pictures: pictures.length,
    megapixels: [Math.min(...megapixels), Math.max(...megapixels)],
    // The figures have ratios to Pillow's CPU time.
    cpuRatio: byEffort((effort) => 1 / Math.max(...each(pictures, effort).map(({ cpuRatio }) => cpuRatio))),
    bytesRatio: byEffort((effort) => bytes(effort) / bytes("pillow")),
  };
};

/**
 * @param photos as they are
 * @param all the photos and the other kinds of file made of them
 */
export const summaryOf = (photos: readonly PictureResult[], all: readonly PictureResult[]) => ({
  photos: photos.length,
  runs: Math.max(...photos.map(({ runs }) => runs)),
  meanMegapixels: mean(photos.map(({ megapixels }) => megapixels)),
  meanSourceBytes: mean(photos.map(({ sourceBytes }) => sourceBytes)),
  methods: Object.fromEntries(
    ([...EFFORT_NAMES, "pillow"] as const)
      .filter((method) => each(photos, method).length > 0)
      .map((method) => [method, figuresOf(photos, method)]),
  ) as PhotoResults["methods"],
  kinds:
    each(all, "pillow").length === 0
      ? []
      : [...new Set(all.map(({ kind }) => kind))].map((kind) =>
          kindFigures(
            kind,
            all.filter((picture) => picture.kind === kind),
          ),
        ),
});

const REGION = "us-east-1";
const BYTES_PER_GB = 1024 ** 3;

/** US dollars for a thousand uploads whose variants are kept for some months: CPU time on arm64, and S3 Standard. */
export const usdOf = ({ cpuMs, outputBytes }: EffortFigures, months: number): number => {
  const { s3GbMonth } = pricesOf(REGION) as Prices;
  const compute = (cpuMs / 1_000) * (WHOLE_CPU_MB / 1_024) * EVERYWHERE.arm64GbSecond;
  return 1_000 * (compute + (outputBytes / BYTES_PER_GB) * s3GbMonth * months);
};

/** @returns the cheapest effort for variants that are kept for some months, of those that look the same */
export const cheapestEffort = ({ methods }: Pick<PhotoResults, "methods">, months: number): Effort | undefined => {
  const measured = EFFORT_NAMES.flatMap((effort) => (methods[effort] ? [{ effort, ...methods[effort] }] : []));
  const best = Math.max(...measured.map(({ ssim }) => ssim));
  return measured
    .filter(({ ssim }) => ssim >= best - SSIM_TOLERANCE)
    .sort((one, other) => usdOf(one, months) - usdOf(other, months))[0]?.effort;
};
