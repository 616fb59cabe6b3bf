/** Cost and time of one backfill. */
import { backfillBatch } from "../../../modules/backfill-limits";
import { putsPerImage } from "../../../modules/cost-widget";
import { pricesOf } from "../../../modules/prices";
import type { Environment } from "../../../modules/variables";
import { assumed, EXPRESS_GB, RECORD_WRITES, seconds } from "./usage";

const MB_PER_GB = 1024;

export interface BackfillEstimate {
  /** Undefined in a region whose prices are not known. */
  readonly usd: number | undefined;
  readonly hours: number;
}

/** @param meanMb size of an object in megabytes @default that of the cost estimate */
export const estimateBackfill = (environment: Environment, objects: number, meanMb?: number): BackfillEstimate => {
  const secondsEach = seconds(environment, assumed(meanMb === undefined ? {} : { meanMb }));
  const hours = (objects * secondsEach) / environment.backfill_max_concurrency / 3_600;
  const prices = pricesOf(environment.aws_region);
  if (prices === undefined) return { usd: undefined, hours };
  const gbSecond = environment.lambda_architecture === "arm64" ? prices.arm64GbSecond : prices.x86GbSecond;
  const puts = putsPerImage(environment) - 1;
  const each =
    secondsEach * ((environment.lambda_memory_size / MB_PER_GB) * gbSecond + EXPRESS_GB * prices.expressGbSecond) +
    // One HeadObject of the object, one of each variant, and the download.
    (puts + 2) * prices.s3Get +
    puts * prices.s3Put +
    (environment.enable_metadata_table ? RECORD_WRITES * prices.tableWrite : 0);
  const batch = prices.lambdaRequest + prices.expressRequest + prices.stateTransition;
  return { usd: objects * each + Math.ceil(objects / backfillBatch(environment)) * batch, hours };
};
