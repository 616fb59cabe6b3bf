/** A dashboard widget with invocations through the alias and errors of each version: it shows a failing release at a small share of traffic. */
import { type LambdaMetricName, metricAddress } from "./metrics";

interface ReleaseValues {
  readonly aws_region: string;
  readonly metric_namespace: string;
}

/** @returns the widget without its position */
export const releasesWidget = (
  values: ReleaseValues,
  { functionName, aliasName }: { readonly functionName: string; readonly aliasName: string },
) => {
  const scope = { functionName, metricNamespace: values.metric_namespace, alias: { aliasName } };
  const line = (metric: LambdaMetricName) => {
    const { namespace, dimensions } = metricAddress(metric, scope);
    return [namespace, metric, ...Object.entries(dimensions ?? {}).flat(), { stat: "Sum", label: `${metric}, alias` }];
  };
  // A search expression finds new versions without a change of the dashboard.
  const schema = "{AWS/Lambda,ExecutedVersion,FunctionName,Resource}";
  const perVersion = `SEARCH('${schema} FunctionName="${functionName}" Resource="${functionName}:${aliasName}" MetricName="Errors"', 'Sum', 60)`;
  return {
    type: "metric",
    properties: {
      title: "Releases: errors by version",
      region: values.aws_region,
      view: "timeSeries",
      stacked: false,
      period: 60,
      metrics: [line("Invocations"), line("Errors"), [{ id: "versions", expression: perVersion }]],
      yAxis: { left: { min: 0 } },
    },
  };
};
