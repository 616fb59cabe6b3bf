/** The original's estimate for light use, at today's list prices, and beside it what an environment of this project takes for the same. */
import type { Prices } from "../../../modules/prices";
import type { Environment } from "../../../modules/variables";
import { billOf, type Line, totalOf } from "./estimate";
import { assumed, usageOf } from "./usage";

interface LightRow {
  /** What the original's README supposes. */
  readonly usage: string;
  /** And what it says that costs. */
  readonly originalUsd: number;
  readonly quantities: Readonly<Partial<Record<keyof Prices, number>>>;
  /** Lines of this project's bill for the same. */
  readonly lines: readonly Line[];
}

/** A week of what is kept compressed. */
const WEEK_OF_LOGS = (0.15 * 7) / 30;

/** Table "light usage" of the README of the Terraform original; its six rows add up to 5.90, which it rounds to 6. */
// biome-ignore format: a ledger is read down its columns
export const LIGHT = {
  "Lambda":             { usage: "1000 invocations of 1 GB-second", originalUsd: 0.2, quantities: { lambdaRequest: 1000, x86GbSecond: 1000 }, lines: ["Lambda requests", "Lambda duration"] },
  "S3":                 { usage: "10 GB, 1000 requests",            originalUsd: 0.3, quantities: { s3GbMonth: 10, s3Put: 1000 },            lines: ["S3 requests", "S3 storage"] },
  "CloudWatch Logs":    { usage: "1 GB, kept for 7 days",           originalUsd: 0.5, quantities: { logGb: 1, logGbMonth: WEEK_OF_LOGS },    lines: ["CloudWatch logs"] },
  "CloudWatch Metrics": { usage: "12 custom metrics",               originalUsd: 3.6, quantities: { metricMonth: 12 },                       lines: ["CloudWatch metrics", "PutMetricData"] },
  "CloudWatch Alarms":  { usage: "12 alarms",                       originalUsd: 1.2, quantities: { alarmMetricMonth: 12 },                  lines: ["CloudWatch alarms"] },
  "SNS":                { usage: "100 notifications",               originalUsd: 0.1, quantities: { snsPublish: 100, snsEmail: 100 },        lines: ["SNS"] },
} as const satisfies Record<string, LightRow>;

/** 1000 images that take 10 GB with their variants, and 100 notifications. */
const LOAD = { images: 1000, meanMb: 2, notifications: 100 };

export interface LightLine {
  readonly service: string;
  readonly usage: string;
  /** Nothing where the original's table has no such row. */
  readonly originalUsd?: number;
  readonly listUsd?: number;
  readonly hereUsd: number;
}

/** @returns the original's rows, and one for what its table leaves out and this project has */
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
