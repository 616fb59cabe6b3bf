/** The original's estimate for light usage, the same quantities at list prices, and the cost here for the same usage. */
import type { Prices } from "../../../modules/prices";
import type { Environment } from "../../../modules/variables";
import { billOf, type Line, totalOf } from "./estimate";
import { assumed, usageOf } from "./usage";

interface LightRow {
  /** Quantities in the original's README. */
  readonly usage: string;
  /** Cost that it states. */
  readonly originalUsd: number;
  readonly quantities: Readonly<Partial<Record<keyof Prices, number>>>;
  /** Lines of this project's bill for the same service. */
  readonly lines: readonly Line[];
}

/** GB-months of 1 GB of log, compressed and kept for a week. */
const WEEK_OF_LOGS = (0.15 * 7) / 30;

/** The table "light usage" in the README of the Terraform original. Its six rows add up to 5.90; it says 6. */
// biome-ignore format: a ledger is read down its columns
export const LIGHT = {
  "Lambda":             { usage: "1000 invocations of 1 GB-second", originalUsd: 0.2, quantities: { lambdaRequest: 1000, x86GbSecond: 1000 }, lines: ["Lambda requests", "Lambda duration"] },
  "S3":                 { usage: "10 GB, 1000 requests",            originalUsd: 0.3, quantities: { s3GbMonth: 10, s3Put: 1000 },            lines: ["S3 requests", "S3 storage"] },
  "CloudWatch Logs":    { usage: "1 GB, kept for 7 days",           originalUsd: 0.5, quantities: { logGb: 1, logGbMonth: WEEK_OF_LOGS },    lines: ["CloudWatch logs"] },
  "CloudWatch Metrics": { usage: "12 custom metrics",               originalUsd: 3.6, quantities: { metricMonth: 12 },                       lines: ["CloudWatch metrics", "PutMetricData"] },
  "CloudWatch Alarms":  { usage: "12 alarms",                       originalUsd: 1.2, quantities: { alarmMetricMonth: 12 },                  lines: ["CloudWatch alarms", "CloudWatch alarms on metric math", "CloudWatch composite alarms"] },
  "SNS":                { usage: "100 notifications",               originalUsd: 0.1, quantities: { snsPublish: 100, snsEmail: 100 },        lines: ["SNS"] },
} as const satisfies Record<string, LightRow>;

/** 1000 images, which need 10 GB including their variants, and 100 notifications. */
const LOAD = { images: 1000, meanMb: 2, notifications: 100 };

export interface LightLine {
  readonly service: string;
  readonly usage: string;
  /** @default the original's table has no such row */
  readonly originalUsd?: number;
  readonly listUsd?: number;
  readonly hereUsd: number;
}

/** @returns the original's rows, and one for everything else that this project uses */
export const lightTable = (environment: Environment, prices: Prices): LightLine[] => {
  const bill = billOf(usageOf(environment, assumed(LOAD)), prices);
  const rows = Object.entries<LightRow>(LIGHT).map(([service, { usage, originalUsd, quantities, lines }]) => ({
    service,
    usage,
    originalUsd,
    listUsd: Object.entries(quantities).reduce((sum, [unit, count]) => sum + count * prices[unit as keyof Prices], 0),
    hereUsd: lines.reduce((sum, line) => sum + bill[line], 0),
  }));
  const rest = totalOf(bill) - rows.reduce((sum, { hereUsd }) => sum + hereUsd, 0);
  return [...rows, { service: "everything else", usage: "not in the original's table", hereUsd: rest }];
};
