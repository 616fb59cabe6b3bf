/**
 * AWS list prices in US dollars: first tier, without free tiers and taxes.
 * To add a region, add a row. If you change a price, change PRICED_ON too.
 */

/** Date of the AWS price lists that were used: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/index.json */
export const PRICED_ON = "2026-08-16";

/** Price of one unit each. */
export interface Prices {
  readonly lambdaRequest: number;
  readonly arm64GbSecond: number;
  readonly x86GbSecond: number;
  readonly s3Put: number;
  readonly s3Get: number;
  readonly s3GbMonth: number;
  /** Data transfer out to another AWS region. */
  readonly interRegionGb: number;
  readonly logGb: number;
  readonly logGbMonth: number;
  readonly metricMonth: number;
  readonly putMetricDataRequest: number;
  /** An alarm on a single metric. */
  readonly alarmMetricMonth: number;
  /** An alarm on metric math is charged once for each metric in its expression. */
  readonly mathAlarmMetricMonth: number;
  readonly compositeAlarmMonth: number;
  readonly dashboardMonth: number;
  readonly snsPublish: number;
  readonly snsEmail: number;
  readonly sqsRequest: number;
  readonly kmsKeyMonth: number;
  readonly kmsRequest: number;
  readonly xrayTrace: number;
  /** A write of up to 1 KB to an on-demand table of DynamoDB. */
  readonly tableWrite: number;
  /** An eventually consistent query of up to 4 KB. */
  readonly tableQuery: number;
  readonly tableGbMonth: number;
  /** Point-in-time recovery of a table. */
  readonly tableBackupGbMonth: number;
  /** A request to an HTTP API of up to 512 KB. */
  readonly apiRequest: number;
  /** A state transition of a Standard workflow. */
  readonly stateTransition: number;
  /** An execution of an Express workflow, and its duration. */
  readonly expressRequest: number;
  readonly expressGbSecond: number;
}

const MILLION = 1_000_000;

/** Prices that are the same in all regions below. */
export const EVERYWHERE = {
  lambdaRequest: 0.2 / MILLION,
  arm64GbSecond: 0.0000133334,
  x86GbSecond: 0.0000166667,
  metricMonth: 0.3,
  putMetricDataRequest: 10 / MILLION,
  alarmMetricMonth: 0.1,
  mathAlarmMetricMonth: 0.1,
  compositeAlarmMonth: 0.5,
  dashboardMonth: 3,
  snsPublish: 0.5 / MILLION,
  snsEmail: 20 / MILLION,
  sqsRequest: 0.4 / MILLION,
  kmsKeyMonth: 1,
  kmsRequest: 3 / MILLION,
  xrayTrace: 5 / MILLION,
  stateTransition: 25 / MILLION,
  expressRequest: 1 / MILLION,
  expressGbSecond: 0.00001667,
} as const;

// DynamoDB: list prices since 1 November 2024, when AWS halved those of on-demand throughput.
// biome-ignore format: a ledger is read down its columns
const REGIONS = {
  "us-east-1":      { s3Put: 5   / MILLION, s3Get: 0.4  / MILLION, s3GbMonth: 0.023,  interRegionGb: 0.02,  logGb: 0.5,  logGbMonth: 0.03, tableWrite: 0.625 / MILLION, tableGbMonth: 0.25, tableBackupGbMonth: 0.2, tableQuery: 0.0625 / MILLION, apiRequest: 1 / MILLION },
  "us-east-2":      { s3Put: 5   / MILLION, s3Get: 0.4  / MILLION, s3GbMonth: 0.023,  interRegionGb: 0.02,  logGb: 0.5,  logGbMonth: 0.03, tableWrite: 0.625 / MILLION, tableGbMonth: 0.25, tableBackupGbMonth: 0.2, tableQuery: 0.0625 / MILLION, apiRequest: 1 / MILLION },
  "us-west-2":      { s3Put: 5   / MILLION, s3Get: 0.4  / MILLION, s3GbMonth: 0.023,  interRegionGb: 0.02,  logGb: 0.5,  logGbMonth: 0.03, tableWrite: 0.625 / MILLION, tableGbMonth: 0.25, tableBackupGbMonth: 0.2, tableQuery: 0.0625 / MILLION, apiRequest: 1 / MILLION },
  "eu-west-1":      { s3Put: 5   / MILLION, s3Get: 0.4  / MILLION, s3GbMonth: 0.023,  interRegionGb: 0.02,  logGb: 0.57, logGbMonth: 0.03, tableWrite: 0.705 / MILLION, tableGbMonth: 0.283, tableBackupGbMonth: 0.224, tableQuery: 0.07075 / MILLION, apiRequest: 1.11 / MILLION },
  "eu-central-1":   { s3Put: 5.4 / MILLION, s3Get: 0.43 / MILLION, s3GbMonth: 0.0245, interRegionGb: 0.02,  logGb: 0.63, logGbMonth: 0.0324, tableWrite: 0.7625 / MILLION, tableGbMonth: 0.306, tableBackupGbMonth: 0.2448, tableQuery: 0.07625 / MILLION, apiRequest: 1.2 / MILLION },
  "ap-southeast-2": { s3Put: 5.5 / MILLION, s3Get: 0.44 / MILLION, s3GbMonth: 0.025,  interRegionGb: 0.098, logGb: 0.67, logGbMonth: 0.033, tableWrite: 0.71155 / MILLION, tableGbMonth: 0.285, tableBackupGbMonth: 0.228, tableQuery: 0.07125 / MILLION, apiRequest: 1.29 / MILLION },
} as const satisfies Record<string, Omit<Prices, keyof typeof EVERYWHERE>>;

export const PRICED_REGIONS: readonly string[] = Object.keys(REGIONS);

/** @returns undefined for a region without a row */
export const pricesOf = (region: string): Prices | undefined =>
  Object.hasOwn(REGIONS, region) ? { ...EVERYWHERE, ...REGIONS[region as keyof typeof REGIONS] } : undefined;
