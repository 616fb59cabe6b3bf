/** A dashboard widget with what remains of the error budget and of the time budget of the last 30 days. */
import type { MetricName } from "../handler/contract/metrics";
import { digits } from "./arithmetic";
import { type LambdaMetricName, metricAddress } from "./metrics";

/** What the widget depends on. An environment has all of it. */
interface ObjectiveValues {
  readonly aws_region: string;
  readonly metric_namespace: string;
  readonly slo_target_percent: number;
  readonly slo_seconds: number;
}

/** Period of the objectives. */
const DAYS = 30;

/** The metrics of the expressions, by their ids: uploads given up, stored, and stored too late. */
const USED = {
  f: "AsyncEventsDropped",
  s: "SuccessfulProcesses",
  late: "LateImages",
} as const satisfies Record<string, LambdaMetricName | MetricName>;

/**
 * @param bad number of uploads that miss the objective, as an expression
 * @param all number of valid uploads
 * @returns 100 where no upload missed it, 0 where as many did as the target allows, less where more did
 */
const remaining = (bad: string, all: string, { slo_target_percent: target }: ObjectiveValues): string =>
  `100 - 10000 * ${bad} / ((100 - ${digits(target)}) * ${all})`;

const expressions = (values: ObjectiveValues): Record<string, string> => ({
  "Error budget left (%)": remaining("FILL(f, 0)", "(FILL(f, 0) + FILL(s, 0))", values),
  [`Budget left of uploads stored within ${digits(values.slo_seconds)} s (%)`]: remaining("FILL(late, 0)", "s", values),
});

/** @returns the widget without its position */
export const objectivesWidget = (values: ObjectiveValues, functionName: string) => {
  const scope = { functionName, metricNamespace: values.metric_namespace };
  return {
    type: "metric",
    properties: {
      title: `Objectives of the last ${DAYS} days: ${digits(values.slo_target_percent)} % of the uploads`,
      region: values.aws_region,
      view: "singleValue",
      // One number for all days, regardless of the range that the dashboard shows.
      ...{ start: `-P${DAYS}D`, end: "P0D", setPeriodToTimeRange: true, period: DAYS * 24 * 3_600 },
      metrics: [
        ...Object.entries(USED).map(([id, metric]) => {
          const { namespace, metricName, dimensions = {} } = metricAddress(metric, scope);
          return [namespace, metricName, ...Object.entries(dimensions).flat(), { id, stat: "Sum", visible: false }];
        }),
        ...Object.entries(expressions(values)).map(([label, expression], index) => [
          { id: `left${index}`, label, expression },
        ]),
      ],
    },
  };
};
