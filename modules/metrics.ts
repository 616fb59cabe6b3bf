/** Metrics ledger -> where CloudWatch keeps each metric, and the filter that makes it from log lines. */
import type { CloudwatchLogMetricFilterConfig } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { filterPattern, metricDimensions, metricValue } from "../handler/contract/filter-pattern";
import { type FaultName, METRICS, type MeasuredName, type Metric, type MetricName } from "../handler/contract/metrics";
import { deadLetterQueueName } from "./naming";

/** Metrics that Lambda publishes about the function: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
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

/** What SQS publishes about the dead letter queue: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const QUEUE_METRICS = {
  ApproximateNumberOfMessagesVisible: { unit: "Count" },
} as const satisfies Record<string, Pick<Metric, "unit">>;

export type QueueMetricName = keyof typeof QUEUE_METRICS;

/** Every metric that an alarm or a chart may name. */
export type AnyMetric = LambdaMetricName | QueueMetricName | MetricName;

export interface Watched {
  readonly functionName: string;
  readonly metricNamespace: string;
  /** What of Lambda's own metrics is meant. @default all invocations, of whatever version and by whatever alias */
  readonly by?: ByAlias;
}

/** Invocations by an alias, or those of them that one version got. */
export interface ByAlias {
  readonly aliasName: string;
  readonly version?: string;
}

export interface MetricAddress {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Record<string, string>;
}

const isLambdaMetric = (metric: AnyMetric): metric is LambdaMetricName => metric in LAMBDA_METRICS;

const isQueueMetric = (metric: AnyMetric): metric is QueueMetricName => metric in QUEUE_METRICS;

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html */
const lambdaDimensions = (functionName: string, by: ByAlias | undefined): Record<string, string> => ({
  FunctionName: functionName,
  ...(by && { Resource: `${functionName}:${by.aliasName}` }),
  ...(by?.version && { ExecutedVersion: by.version }),
});

/**
 * @returns what an alarm or a chart has to ask for. What the function or Lambda publishes has the dimension FunctionName, what
 * SQS publishes that of its queue; what a filter makes has none but those of its row (`each` of a chart), because it has either
 * those or a default value.
 */
export const metricAddress = (metric: AnyMetric, { functionName, metricNamespace, by }: Watched): MetricAddress => {
  if (isLambdaMetric(metric))
    return { namespace: "AWS/Lambda", metricName: metric, dimensions: lambdaDimensions(functionName, by) };
  const dimensions = { FunctionName: functionName };
  if (isQueueMetric(metric))
    return { namespace: "AWS/SQS", metricName: metric, dimensions: { QueueName: deadLetterQueueName(functionName) } };
  if (METRICS[metric].from === "handler") return { namespace: metricNamespace, metricName: metric, dimensions };
  return { namespace: metricNamespace, metricName: metric };
};

/** @param logGroupName of the function; a reference makes Terraform create the group first */
export const metricFilterConfig = (
  metric: MeasuredName | FaultName,
  { functionName, metricNamespace, logGroupName }: Watched & { readonly logGroupName: string },
): CloudwatchLogMetricFilterConfig => {
  const { from, unit } = METRICS[metric];
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
      // A count is 0 where nothing matched, if no dimension divides it: of which would it be 0? And 0 milliseconds or
      // bytes that nobody measured would drag averages down.
      ...(value === "1" && dimensions === undefined && { defaultValue: "0" }),
      unit,
    },
  };
};
