/** Cost of a month by service, with other choices, and by assumption. */
import type { Prices } from "../../../modules/prices";
import type { Environment, VariableName } from "../../../modules/variables";
import { ASSUMPTIONS, type Assumed, type Assumption, type Usage, usageOf } from "./usage";

/** Lines of the bill and the units in each. Every unit belongs to exactly one line. */
export const LINES = {
  "Lambda requests": ["lambdaRequest"],
  "Lambda duration": ["arm64GbSecond", "x86GbSecond"],
  "S3 requests": ["s3Put", "s3Get"],
  "S3 storage": ["s3GbMonth"],
  "Replication to another region": ["interRegionGb"],
  "CloudWatch logs": ["logGb", "logGbMonth"],
  "CloudWatch metrics": ["metricMonth"],
  PutMetricData: ["putMetricDataRequest"],
  "CloudWatch alarms": ["alarmMetricMonth"],
  "CloudWatch alarms on metric math": ["mathAlarmMetricMonth"],
  "CloudWatch composite alarms": ["compositeAlarmMonth"],
  "CloudWatch dashboard": ["dashboardMonth"],
  SNS: ["snsPublish", "snsEmail"],
  SQS: ["sqsRequest"],
  KMS: ["kmsKeyMonth", "kmsRequest"],
  "X-Ray": ["xrayTrace"],
  "Step Functions": ["stateTransition", "expressRequest", "expressGbSecond"],
  DynamoDB: ["tableWrite", "tableQuery", "tableGbMonth", "tableBackupGbMonth"],
  "API Gateway": ["apiRequest"],
} as const satisfies Record<string, readonly (keyof Prices)[]>;

export type Line = keyof typeof LINES;

/** US dollars per month. */
export type Bill = Readonly<Record<Line, number>>;

export const billOf = (usage: Usage, prices: Prices): Bill =>
  Object.fromEntries(
    Object.entries(LINES).map(([line, units]) => [
      line,
      units.map((unit) => usage[unit] * prices[unit]).reduce((sum, usd) => sum + usd, 0),
    ]),
  ) as Record<Line, number>;

export const totalOf = (bill: Bill): number => Object.values(bill).reduce((sum, usd) => sum + usd, 0);

/** Values to compare, by variable: add a row. */
const CHOICES = {
  lambda_memory_size: [1024, 1769, 3008],
  lambda_architecture: ["arm64", "x86_64"],
  encoder_effort: ["fast", "balanced", "small"],
  processed_expiration_days: [0, 90],
  metrics_transport: ["emf", "put_metric_data"],
  log_retention_days: [7, 30, 365],
  enable_cloudwatch_dashboard: [true, false],
  alarm_routing: ["each", "incident"],
  enable_metadata_table: [true, false],
  enable_upload_api: [true, false],
  enable_kms_key: [true, false],
  enable_s3_access_logging: [true, false],
} as const satisfies { readonly [V in VariableName]?: readonly Environment[V][] };

export interface Alternative {
  readonly variable: keyof typeof CHOICES;
  readonly value: Environment[keyof typeof CHOICES];
  readonly isChosen: boolean;
  readonly totalUsd: number;
}

const total = (environment: Environment, assumed: Assumed, prices: Prices): number =>
  totalOf(billOf(usageOf(environment, assumed), prices));

/** @returns the total for each value of each choice, with everything else unchanged */
export const alternatives = (environment: Environment, assumed: Assumed, prices: Prices): Alternative[] =>
  (Object.keys(CHOICES) as (keyof typeof CHOICES)[]).flatMap((variable) =>
    [...new Set<Environment[typeof variable]>([...CHOICES[variable], environment[variable]])].map((value) => ({
      variable,
      value,
      isChosen: value === environment[variable],
      totalUsd: total({ ...environment, [variable]: value }, assumed, prices),
    })),
  );

export interface Elasticity {
  readonly assumption: Assumption;
  /** By how many percent the total grows if the assumption grows by one percent. */
  readonly percent: number;
}

/** @returns the assumptions, the one with the largest effect first */
export const elasticities = (environment: Environment, assumed: Assumed, prices: Prices): Elasticity[] => {
  const now = total(environment, assumed, prices);
  return (Object.keys(ASSUMPTIONS) as Assumption[])
    .map((assumption) => {
      const then = total(environment, { ...assumed, [assumption]: assumed[assumption] * 1.01 }, prices);
      return { assumption, percent: ((then - now) / now) * 100 };
    })
    .sort((one, other) => Math.abs(other.percent) - Math.abs(one.percent));
};
