/** How a row of a ledger of alarms becomes a CloudWatch alarm. */
import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Metric } from "../handler/contract/metrics";
import { type AlarmValues, type AnyAlarmRow, COMPARISONS } from "./alarm-types";
import { digits, ifEqual } from "./arithmetic";
import { type AliasScope, type MetricAddress, metricAddress } from "./metrics";
import type { Severity } from "./naming";

/** @returns the alarm as one sentence that includes its numbers */
export const description = ({
  metric,
  ...alarm
}: Omit<AnyAlarmRow, "threshold"> & { readonly threshold: number | string }): string => {
  const scope = alarm.version === "newest" ? " of the newest version" : "";
  const measured =
    typeof metric === "object" && "label" in metric
      ? metric.label
      : `${alarm.statistic} of ${typeof metric === "string" ? metric : metric.metricName}${scope}`;
  const periods = ifEqual(
    alarm.evaluationPeriods,
    1,
    `in ${alarm.periodSeconds} s`,
    `in ${digits(alarm.datapointsToAlarm)} of ${digits(alarm.evaluationPeriods)} periods of ${alarm.periodSeconds} s`,
  );
  const missing = alarm.treatMissingData === "breaching" ? "; missing data counts as breaching" : "";
  const share =
    alarm.percentOf !== undefined && typeof alarm.threshold === "string" ? ` percent of ${alarm.percentOf}` : "";
  return `${alarm.summary}: ${measured} ${alarm.comparison} ${digits(alarm.threshold)}${share}${alarm.thresholdIs ?? ""} ${periods}${missing}.`;
};

export interface AlarmContext {
  readonly functionName: string;
  readonly metricNamespace: string;
  readonly topicArns: Readonly<Partial<Record<Severity, string>>>;
  readonly values: AlarmValues;
  /** The ledger of custom metrics. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly deadLetterQueueName?: string;
  /** The version that was published last, behind its alias. @default no alarm watches a single version */
  readonly newest?: Required<AliasScope>;
  /** Sentence after the description of each alarm: where to look first. */
  readonly help: string;
  /** Whether the first query of each alarm is saved. */
  readonly savedQueries: boolean;
  readonly runbookBaseUrl: string;
}

const signal = (alarm: AnyAlarmRow, context: AlarmContext): Partial<CloudwatchMetricAlarmConfig> => {
  const { newest, values } = context;
  const { metric, periodSeconds: period, statistic, version } = alarm;
  const metricScope = { ...context, ...(version && { alias: newest }) };
  const addressOf = (name: string): MetricAddress => metricAddress(name, metricScope, context.metrics);
  if (typeof metric === "string") return { ...addressOf(metric), period, statistic };
  if ("namespace" in metric) return { ...metric, period, statistic };
  const parts = Object.entries(metric.of).map(([id, name]) => ({
    id,
    metric: { ...addressOf(name), period, stat: statistic },
    returnData: false,
  }));
  const rate = { id: "rate", label: metric.label, expression: metric.expression(values), returnData: true };
  return { metricQuery: [...parts, rate] };
};

/** @returns the address of the alarm's runbook; undefined where runbook_base_url is not set */
export const runbookUrl = (values: { readonly runbook_base_url: string }, alarm: string): string | undefined =>
  values.runbook_base_url === "" ? undefined : `${values.runbook_base_url}/${alarm}.md`;

/** @returns the name of an alarm's saved query, without the function's name in front */
export const alarmQueryName = (alarm: string): string => `alarms/${alarm}`;

/** @returns the text of the notification: what is wrong, where to look first, and the runbook */
const textOf = (alarm: AnyAlarmRow, { functionName, help, savedQueries, runbookBaseUrl }: AlarmContext): string => {
  const query = savedQueries ? `Logs Insights query: ${functionName}/${alarmQueryName(alarm.name)}.` : "";
  const url = runbookUrl({ runbook_base_url: runbookBaseUrl }, alarm.name);
  const runbook = url === undefined ? "" : `Runbook: ${url}`;
  return [description(alarm), help, query, runbook].filter((sentence) => sentence !== "").join(" ");
};

/** @throws Error if the alarm's severity has no topic */
const topicOf = ({ name, severity }: AnyAlarmRow, { topicArns }: AlarmContext): string => {
  const arn = topicArns[severity];
  if (arn !== undefined) return arn;
  throw new Error(
    `Expected one of ${Object.keys(topicArns).join(", ")} for the severity of the alarm ${name} but got "${severity}"`,
  );
};

/** @returns the arguments of the `aws_cloudwatch_metric_alarm` for a row */
export const alarmConfig = (alarm: AnyAlarmRow, context: AlarmContext): CloudwatchMetricAlarmConfig => ({
  alarmName: `${context.functionName}-${alarm.name}`,
  alarmDescription: textOf(alarm, context),
  ...signal(alarm, context),
  evaluationPeriods: alarm.evaluationPeriods,
  datapointsToAlarm: alarm.datapointsToAlarm,
  comparisonOperator: COMPARISONS[alarm.comparison],
  threshold: alarm.threshold,
  treatMissingData: alarm.treatMissingData,
  alarmActions: [topicOf(alarm, context)],
  okActions: [topicOf(alarm, context)],
});
