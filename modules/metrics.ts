/** Metrics ledger -> namespace and dimensions of each metric in CloudWatch, and its metric filter. */
import type { CloudwatchLogMetricFilterConfig } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { BATCHES_LABEL } from "../handler/contract/backfill";
import { filterPattern, metricDimensions, metricValue, sourcesAt } from "../handler/contract/filter-pattern";
import { METRICS, type Metric, type MetricName, type Unit } from "../handler/contract/metrics";
import { deadLetterQueueName, recordsTableName } from "./naming";

/** Metrics that Lambda publishes for the function: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
// biome-ignore format: a ledger is read down its columns
const LAMBDA_METRICS = {
  Invocations:          { unit: "Count" },
  Errors:               { unit: "Count" },
  Throttles:            { unit: "Count" },
  Duration:             { unit: "Milliseconds" },
  ConcurrentExecutions: { unit: "Count" },
  AsyncEventsDropped:   { unit: "Count" },
  AsyncEventAge:        { unit: "Milliseconds" },
  DeadLetterErrors:     { unit: "Count" },
} as const satisfies Record<string, Pick<Metric, "unit">>;

export type LambdaMetricName = keyof typeof LAMBDA_METRICS;

/** Metrics that SQS publishes for the dead-letter queue: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const QUEUE_METRICS = {
  ApproximateNumberOfMessagesVisible: { unit: "Count" },
} as const satisfies Record<string, Pick<Metric, "unit">>;

export type QueueMetricName = keyof typeof QUEUE_METRICS;

/** Metrics that DynamoDB publishes for the metadata table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
const TABLE_METRICS = {
  ThrottledRequests: { unit: "Count" },
  SystemErrors: { unit: "Count" },
} as const satisfies Record<string, Pick<Metric, "unit">>;

export type TableMetricName = keyof typeof TABLE_METRICS;

/** The function's only operation on the table. These metrics exist for each operation only, not for the table as a whole. */
const TABLE_OPERATION = "UpdateItem";

/** Metrics that API Gateway publishes for the upload API: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
const API_METRICS = {
  Count: { unit: "Count" },
  "4xx": { unit: "Count" },
  "5xx": { unit: "Count" },
  Latency: { unit: "Milliseconds" },
} as const satisfies Record<string, Pick<Metric, "unit">>;

export type ApiMetricName = keyof typeof API_METRICS;

/** The stage whose address has no path. These metrics exist for each route only where detailed metrics are paid for. */
const API_STAGE = "$default";

/**
 * Metrics that Step Functions publishes for the runs of a backfill and for its batches:
 * https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
// biome-ignore format: a ledger is read down its columns
const EXECUTION_METRICS = {
  ExecutionsFailed:   { unit: "Count", metricName: "ExecutionsFailed",   of: "" },
  ExecutionsTimedOut: { unit: "Count", metricName: "ExecutionsTimedOut", of: "" },
  ExecutionsAborted:  { unit: "Count", metricName: "ExecutionsAborted",  of: "" },
  BatchesFailed:      { unit: "Count", metricName: "ExecutionsFailed",   of: `/${BATCHES_LABEL}` },
  BatchesTimedOut:    { unit: "Count", metricName: "ExecutionsTimedOut", of: `/${BATCHES_LABEL}` },
} as const satisfies Record<string, Pick<Metric, "unit"> & { readonly metricName: string; readonly of: string }>;

/** The image handler's metrics, as the function of a backfill publishes them in its own namespace. */
const BACKFILL_METRICS = {
  BackfillFailures: { unit: "Count", metricName: "ProcessingFailure" },
  BackfillSuccesses: { unit: "Count", metricName: "ProcessingSuccess" },
} as const satisfies Record<string, Pick<Metric, "unit"> & { readonly metricName: MetricName }>;

export type BackfillMetricName = keyof typeof EXECUTION_METRICS | keyof typeof BACKFILL_METRICS;

/** The namespace of a backfill's function, so that alarms, charts and budget of live uploads do not count its images. */
export const backfillNamespace = (namespace: string): string => `${namespace}/backfill`;

/** Every metric that an alarm or a chart can use. */
export type AnyMetric =
  | LambdaMetricName
  | QueueMetricName
  | TableMetricName
  | ApiMetricName
  | BackfillMetricName
  | MetricName;

export interface MetricScope {
  readonly functionName: string;
  readonly metricNamespace: string;
  /** Restricts Lambda's own metrics to one alias. @default all invocations of the function */
  readonly alias?: AliasScope;
  /** Queue that the SQS metrics are about. @default `<function>-dead-letters` */
  readonly deadLetterQueueName?: string;
  /** Table that the DynamoDB metrics are about. @default `<function>-records` */
  readonly recordsTableName?: string;
  /** The API that its metrics are about. @default they have no address */
  readonly uploadApiId?: string;
  /** The state machine and the function that the metrics of backfills are about. @default they have no address */
  readonly backfill?: { readonly stateMachineArn: string; readonly functionName: string };
}

/** Invocations through an alias, or those of them that ran one version. */
export interface AliasScope {
  readonly aliasName: string;
  readonly version?: string;
}

export interface MetricAddress {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Record<string, string>;
}

export const isLambdaMetric = (metric: string): metric is LambdaMetricName => Object.hasOwn(LAMBDA_METRICS, metric);

export const isQueueMetric = (metric: string): metric is QueueMetricName => Object.hasOwn(QUEUE_METRICS, metric);

export const isTableMetric = (metric: string): metric is TableMetricName => Object.hasOwn(TABLE_METRICS, metric);

export const isApiMetric = (metric: string): metric is ApiMetricName => Object.hasOwn(API_METRICS, metric);

export const isExecutionMetric = (metric: string): metric is keyof typeof EXECUTION_METRICS =>
  Object.hasOwn(EXECUTION_METRICS, metric);

const isOfBackfillFunction = (metric: string): metric is keyof typeof BACKFILL_METRICS =>
  Object.hasOwn(BACKFILL_METRICS, metric);

export const isBackfillMetric = (metric: string): metric is BackfillMetricName =>
  isExecutionMetric(metric) || isOfBackfillFunction(metric);

/** @throws Error if the scope has no backfill */
const backfillAddress = (metric: BackfillMetricName, { backfill, metricNamespace }: MetricScope): MetricAddress => {
  if (backfill === undefined) throw new Error(`Expected a backfill for ${metric} but got none`);
  if (isOfBackfillFunction(metric))
    return {
      namespace: backfillNamespace(metricNamespace),
      metricName: BACKFILL_METRICS[metric].metricName,
      dimensions: { FunctionName: backfill.functionName },
    };
  const { metricName, of } = EXECUTION_METRICS[metric];
  return { namespace: "AWS/States", metricName, dimensions: { StateMachineArn: `${backfill.stateMachineArn}${of}` } };
};

/** @returns the unit of a metric, as CloudWatch spells it */
export const unitOf = (metric: AnyMetric): Unit =>
  ({
    ...LAMBDA_METRICS,
    ...QUEUE_METRICS,
    ...TABLE_METRICS,
    ...API_METRICS,
    ...EXECUTION_METRICS,
    ...BACKFILL_METRICS,
    ...METRICS,
  })[metric].unit;

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html */
const lambdaDimensions = (functionName: string, alias: AliasScope | undefined): Record<string, string> => ({
  FunctionName: functionName,
  ...(alias && { Resource: `${functionName}:${alias.aliasName}` }),
  ...(alias?.version && { ExecutedVersion: alias.version }),
});

/**
 * @param metrics the ledger of custom metrics
 * @returns namespace, name and dimensions to query. Metrics of Lambda and of the handler have the dimension FunctionName,
 * those of SQS the dimension QueueName, those of DynamoDB the dimensions TableName and Operation, those of API Gateway the dimensions ApiId and Stage, those of Step Functions the dimension StateMachineArn. Metrics of a filter have only the dimensions of their row (see `each` of a chart).
 * @throws Error if nothing publishes the metric
 */
export const metricAddress = (
  metric: string,
  scope: MetricScope,
  metrics: Readonly<Record<string, Metric>> = METRICS,
): MetricAddress => {
  const { functionName, metricNamespace, alias } = scope;
  if (isLambdaMetric(metric))
    return { namespace: "AWS/Lambda", metricName: metric, dimensions: lambdaDimensions(functionName, alias) };
  if (isQueueMetric(metric)) {
    const QueueName = scope.deadLetterQueueName ?? deadLetterQueueName(functionName);
    return { namespace: "AWS/SQS", metricName: metric, dimensions: { QueueName } };
  }
  if (isTableMetric(metric)) {
    const TableName = scope.recordsTableName ?? recordsTableName(functionName);
    return {
      namespace: "AWS/DynamoDB",
      metricName: metric,
      dimensions: { TableName, Operation: TABLE_OPERATION },
    };
  }
  if (isApiMetric(metric)) {
    const { uploadApiId: ApiId } = scope;
    if (ApiId === undefined) throw new Error(`Expected the id of an API for ${metric} but got none`);
    return { namespace: "AWS/ApiGateway", metricName: metric, dimensions: { ApiId, Stage: API_STAGE } };
  }
  if (isBackfillMetric(metric)) return backfillAddress(metric, scope);
  const row = metrics[metric];
  if (row === undefined)
    throw new Error(
      `Expected a metric of Lambda, SQS, DynamoDB, API Gateway or the ledger of metrics but got "${metric}"`,
    );
  const dimensions = row.from === "handler" ? { dimensions: { FunctionName: functionName } } : {};
  return { namespace: metricNamespace, metricName: metric, ...dimensions };
};

/** @returns the namespace of the custom metrics: the given one, or one that no other function shares */
export const namespaceOf = (values: { readonly metric_namespace: string; readonly function_name: string }): string =>
  values.metric_namespace || `ImageProcessor/${values.function_name}`;

/** Whether the metric needs log events, or the publishing, of the image handler. Other functions have neither. */
export const isImageMetric = ({ from }: Metric): boolean =>
  from === "handler" || from.some((source) => "event" in source);

/** @returns the metric as it counts where refusals are logged at this level */
export const atRefusalLevel = (row: Metric, level: Parameters<typeof sourcesAt>[1]): Metric =>
  row.from === "handler" ? row : { ...row, from: sourcesAt(row.from, level) };

/**
 * @param row of the ledger of metrics
 * @param logGroupName of the function; pass a reference, so that Terraform creates the group first
 * @throws Error if the handler publishes the metric itself
 */
export const metricFilterConfig = (
  metric: string,
  { from, unit }: Metric,
  { functionName, metricNamespace, logGroupName }: MetricScope & { readonly logGroupName: string },
): CloudwatchLogMetricFilterConfig => {
  if (from === "handler") throw new Error(`Expected log lines for the filter of ${metric} but got "handler"`);
  const value = metricValue(from);
  const dimensions = metricDimensions(from);
  return {
    name: `${functionName}-${metric}`,
    logGroupName,
    pattern: filterPattern(from),
    metricTransformation: {
      name: metric,
      namespace: metricNamespace,
      value,
      dimensions,
      // Publish 0 where no line matched, but only for counts: a 0 would distort the average of milliseconds or bytes.
      // CloudWatch allows no default value together with dimensions.
      ...(value === "1" && dimensions === undefined && { defaultValue: "0" }),
      unit,
    },
  };
};
