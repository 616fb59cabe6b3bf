/** Synthesized alarms, each on one line, so that a test can compare all of them at once. */
import type { Synthesized } from "./synthesized";

interface Query {
  id: string;
  metric?: { namespace: string; metric_name: string; dimensions: Record<string, string>; stat: string; period: number };
  expression?: string;
  return_data: boolean;
}

const metric = (namespace: unknown, name: unknown, dimensions: unknown, statistic: unknown, period: unknown) =>
  `${statistic} of ${namespace} ${name} ${JSON.stringify(dimensions ?? {})} in ${period} s`;

export interface Alarm {
  alarm_name: string;
  alarm_description: string;
  namespace?: string;
  metric_name?: string;
  dimensions?: Record<string, string>;
  statistic?: string;
  period?: number;
  metric_query?: Query[];
  comparison_operator: string;
  threshold: number;
  datapoints_to_alarm: number;
  evaluation_periods: number;
  treat_missing_data: string;
  alarm_actions: string[];
  ok_actions: string[];
}

const measured = (alarm: Alarm): string => {
  const { metric_query, namespace, metric_name, dimensions, statistic, period } = alarm;
  if (!metric_query) return metric(namespace, metric_name, dimensions, statistic, period);
  return metric_query
    .map(({ id, metric: m, expression, return_data }) => {
      const what = m ? metric(m.namespace, m.metric_name, m.dimensions, m.stat, m.period) : expression;
      return `${id}${return_data ? "!" : ""} = ${what}`;
    })
    .join("; ");
};

export const alarmsOf = ({ resource }: Synthesized) =>
  Object.values(resource.aws_cloudwatch_metric_alarm ?? {}) as unknown as Alarm[];

/** Each alarm on one line, by its name. */
export const linesOf = (stack: Synthesized): Record<string, string> =>
  Object.fromEntries(
    alarmsOf(stack).map((alarm) => {
      const { comparison_operator, threshold, datapoints_to_alarm, evaluation_periods } = alarm;
      const when = `${comparison_operator} ${threshold}, ${datapoints_to_alarm} of ${evaluation_periods}`;
      return [alarm.alarm_name, `${measured(alarm)} | ${when}, ${alarm.treat_missing_data} | ${alarm.alarm_actions}`];
    }),
  );

export const topic = (severity: string) => `\${aws_sns_topic.sns_notifications_${severity}.arn}`;
