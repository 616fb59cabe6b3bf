/** A dashboard widget with the cost per hour: metric math over usage metrics and the region's list prices. */
import { REFUSALS } from "../handler/contract/events";
import { metricDimensions } from "../handler/contract/filter-pattern";
import { METRICS, type Metric } from "../handler/contract/metrics";
import type { Variants } from "../handler/contract/variants";
import { compositeAlarms, logAlarms, singleAlarms } from "./alarm-rows";
import type { AlarmValues, LogAlarmValues } from "./alarm-types";
import { metricAddress } from "./metrics";
import { homeOf, type Named, type Names } from "./naming";
import { PRICED_ON, type Prices, pricesOf } from "./prices";

/** What the cost of a stack depends on. An environment has all of it. */
export interface CostValues extends AlarmValues, LogAlarmValues, Named {
  readonly lambda_architecture: "arm64" | "x86_64";
  readonly metrics_transport: "put_metric_data" | "emf";
  readonly metric_namespace: string;
  readonly variants: Variants;
  readonly enable_manifest: boolean;
  readonly enable_cost_widget: boolean;
  readonly enable_cloudwatch_dashboard: boolean;
  readonly enable_kms_key: boolean;
  readonly enable_replication: boolean;
}

/** @returns the objects that are stored for one image: the upload, its variants and its manifest */
export const putsPerImage = ({ variants, enable_manifest }: Pick<CostValues, "variants" | "enable_manifest">): number =>
  1 + Object.keys(variants).length + (enable_manifest ? 1 : 0);

const BYTES_PER_GB = 1024 ** 3;
const HOURS_PER_MONTH = 730;

/** CloudWatch charges a metric with a dimension once for each value. The only such dimension is the refusal reason. */
const charged = ({ from }: Metric): number =>
  from === "handler" || metricDimensions(from) === undefined ? 1 : Object.keys(REFUSALS).length;

/** Monthly usage of a stack without any upload. */
export const standingUsage = (values: CostValues) => ({
  metricMonth: Object.entries<Metric>(METRICS)
    .filter(([, { enabledBy }]) => enabledBy === undefined || values[enabledBy])
    .filter(([name, { kind }]) => kind === "measure" || logAlarms(values).some(({ fault }) => fault === name))
    .reduce((sum, [, metric]) => sum + charged(metric), 0),
  alarmMetricMonth: singleAlarms(values).filter(({ metric }) => typeof metric === "string").length,
  mathAlarmMetricMonth: singleAlarms(values)
    .map(({ metric }) => (typeof metric === "string" ? 0 : Object.keys(metric.of).length))
    .reduce((sum, metrics) => sum + metrics, 0),
  compositeAlarmMonth: compositeAlarms(values).length,
  dashboardMonth: values.enable_cloudwatch_dashboard && homeOf(values).aws_region === values.aws_region ? 1 : 0,
  // A key is regional: replicas in another region need a second one.
  kmsKeyMonth: values.enable_kms_key ? (values.enable_replication ? 2 : 1) : 0,
});

/** Without an exponent: the documentation of CloudWatch metric math does not mention that notation. */
const decimal = (usd: number): string => usd.toFixed(18).replace(/\.?0+$/, "");

const expressions = (values: CostValues, prices: Prices): Record<string, string> => {
  const gbSecond = values.lambda_architecture === "arm64" ? prices.arm64GbSecond : prices.x86GbSecond;
  const millisecond = ((values.lambda_memory_size / 1024) * gbSecond) / 1000;
  const perPublish = values.metrics_transport === "put_metric_data" ? prices.putMetricDataRequest : 0;
  const standing = Object.entries(standingUsage(values))
    .map(([unit, count]) => count * prices[unit as keyof Prices])
    .reduce((sum, usd) => sum + usd, 0);
  return {
    Lambda: `invocations * ${decimal(prices.lambdaRequest)} + durationMs * ${decimal(millisecond)}`,
    "S3 requests": `taken * ${decimal(prices.s3Get)} + stored * ${decimal(putsPerImage(values) * prices.s3Put)}`,
    Logs: `logBytes * ${decimal(prices.logGb / BYTES_PER_GB)}`,
    ...(perPublish > 0 && { PutMetricData: `invocations * ${decimal(perPublish)}` }),
    "Metrics, alarms, dashboard, key": `FILL(invocations, 0) * 0 + ${decimal(standing / HOURS_PER_MONTH)}`,
  };
};

/** @returns the widget without its position; undefined where it is switched off or the region has no price row */
export const costWidget = (values: CostValues, { functionName, logGroupName }: Names) => {
  const prices = pricesOf(values.aws_region);
  if (!values.enable_cost_widget || prices === undefined) return undefined;
  const scope = { functionName, metricNamespace: values.metric_namespace };
  const used = {
    invocations: metricAddress("Invocations", scope),
    durationMs: metricAddress("Duration", scope),
    taken: metricAddress("ImagesProcessed", scope),
    stored: metricAddress("ProcessingSuccess", scope),
    logBytes: { namespace: "AWS/Logs", metricName: "IncomingBytes", dimensions: { LogGroupName: logGroupName } },
  };
  return {
    type: "metric",
    properties: {
      title: `Cost per hour in USD in ${values.aws_region}, without storage; list prices of ${PRICED_ON}`,
      region: values.aws_region,
      view: "timeSeries",
      stacked: true,
      period: 3600,
      metrics: [
        ...Object.entries(used).map(([id, { namespace, metricName, dimensions = {} }]) => [
          namespace,
          metricName,
          ...Object.entries(dimensions).flat(),
          { id, stat: "Sum", visible: false },
        ]),
        ...Object.entries(expressions(values, prices)).map(([label, expression], index) => [
          { id: `usd${index}`, label, expression },
        ]),
      ],
      yAxis: { left: { min: 0 } },
    },
  };
};
