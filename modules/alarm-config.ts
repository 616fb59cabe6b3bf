/** How a row of a ledger of alarms becomes a CloudWatch alarm. */
import type { CloudwatchCompositeAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-composite-alarm";
import type { CloudwatchMetricAlarmConfig } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Metric } from "../handler/contract/metrics";
import { namesIn } from "./alarm-rows";
import { type AlarmCondition, type AnyAlarmRow, COMPARISONS, type CompositeRow } from "./alarm-types";
import { digits, ifEqual } from "./arithmetic";
import { type AliasScope, type MetricAddress, metricAddress } from "./metrics";
import type { Severity } from "./naming";

/** @returns the alarm as one sentence that includes its numbers */
export const description = ({ metric, ...alarm }: AnyAlarmRow): string => {
  const scope = alarm.version === "newest" ? " of the newest version" : "";
  const measured =
    typeof metric === "object" && "label" in metric
      ? metric.label
      : `${alarm.statistic} of ${typeof metric === "string" ? metric : metric.metricName}${scope}`;
  const periods = ifEqual(
    alarm.evaluationPeriods,
    1,
    `in ${digits(alarm.periodSeconds)} s`,
    `in ${digits(alarm.datapointsToAlarm)} of ${digits(alarm.evaluationPeriods)} periods of ${digits(alarm.periodSeconds)} s`,
  );
  const missing = alarm.treatMissingData === "breaching" ? "; missing data counts as breaching" : "";
  const isCondition = typeof metric === "object" && "isCondition" in metric && metric.isCondition === true;
  const breach = isCondition ? "" : ` ${alarm.comparison} ${digits(alarm.threshold)}${alarm.thresholdIs ?? ""}`;
  return `${alarm.summary}: ${measured}${breach} ${periods}${missing}.`;
};

export interface AlarmContext {
  readonly functionName: string;
  readonly metricNamespace: string;
  readonly topicArns: Readonly<Partial<Record<Severity, string>>>;
  /** The ledger of custom metrics. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly deadLetterQueueName?: string;
  readonly recordsTableName?: string;
  readonly uploadApiId?: string;
  readonly backfill?: { readonly stateMachineArn: string; readonly functionName: string };
  /** The version that was published last, behind its alias. @default no alarm watches a single version */
  readonly newest?: Required<AliasScope>;
  /** Sentence after the description of each alarm: where to look first. */
  readonly help: string;
  /** Whether the first query of each alarm is saved. */
  readonly savedQueries: boolean;
  readonly runbookBaseUrl: string;
  /** Names of the alarms that composite alarms refer to. @default none */
  readonly isNamed?: ReadonlySet<string>;
}

const signal = (alarm: AnyAlarmRow, context: AlarmContext): Partial<CloudwatchMetricAlarmConfig> => {
  const { newest } = context;
  const { metric, periodSeconds: period, statistic, version } = alarm;
  const addressOf = (name: string, isOfNewest = version === "newest"): MetricAddress =>
    metricAddress(name, { ...context, ...(isOfNewest && { alias: newest }) }, context.metrics);
  if (typeof metric === "string") return { ...addressOf(metric), period, statistic };
  if ("namespace" in metric) return { ...metric, period, statistic };
  const parts = Object.entries(metric.of).map(([id, name]) => ({
    id,
    metric: { ...addressOf(name, metric.newest?.includes(id)), period, stat: metric.statistics?.[id] ?? statistic },
    returnData: false,
  }));
  const rate = { id: "rate", label: metric.label, expression: metric.expression, returnData: true };
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
  const url = runbookUrl({ runbook_base_url: runbookBaseUrl }, alarm.runbook ?? alarm.name);
  const runbook = url === undefined ? "" : `Runbook: ${url}`;
  return [description(alarm), help, query, runbook].filter((sentence) => sentence !== "").join(" ");
};

/** @returns the topic as a list; none if the alarm notifies no one @throws Error if the alarm's severity has no topic */
const topicsOf = (
  { name, severity }: Pick<AnyAlarmRow, "name" | "severity">,
  { topicArns }: Pick<AlarmContext, "topicArns">,
): string[] => {
  if (severity === "none") return [];
  const arn = topicArns[severity];
  if (arn !== undefined) return [arn];
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
  ...actionsOf(topicsOf(alarm, context)),
  // Terraform would destroy an alarm before it updates the composite that names it, and CloudWatch refuses that.
  ...(context.isNamed?.has(alarm.name) && { lifecycle: { createBeforeDestroy: true } }),
});

const actionsOf = (arns: string[]) => (arns.length === 0 ? {} : { alarmActions: arns, okActions: arns });

/** How long a change of a ticket waits for `page` to go to ALARM, and how long after `page` it may notify. */
const SUPPRESSION = { waitPeriod: 120, extensionPeriod: 1_800 } as const;

/** @param nameOf reference to the full name of an alarm */
export const ruleText = (condition: AlarmCondition, nameOf: (name: string) => string): string => {
  const part = (each: AlarmCondition): string => {
    const text = ruleText(each, nameOf);
    return typeof each === "string" || "not" in each ? text : `(${text})`;
  };
  if (typeof condition === "string") return `ALARM(${nameOf(condition)})`;
  if ("not" in condition) return `NOT ${part(condition.not)}`;
  return "any" in condition ? condition.any.map(part).join(" OR ") : condition.all.map(part).join(" AND ");
};

/** Names an alarm by reference, so that Terraform creates it first. */
export interface AlarmReference {
  readonly alarmName: string;
  readonly arn: string;
}

/**
 * @param alarms that exist, by name without the function's name in front
 * @returns the arguments of the `aws_cloudwatch_composite_alarm` for a row
 * @throws Error if the row names an alarm that comes after it in the ledger
 */
export const compositeConfig = (
  row: CompositeRow,
  context: AlarmContext,
  alarms: Readonly<Record<string, AlarmReference>>,
): CloudwatchCompositeAlarmConfig => {
  const { functionName, help, runbookBaseUrl } = context;
  const referenceTo = (name: string): AlarmReference => {
    const found = alarms[name];
    if (found !== undefined) return found;
    throw new Error(`Expected ${name} above the composite alarm ${row.name} but got it below`);
  };
  const url = runbookUrl({ runbook_base_url: runbookBaseUrl }, row.runbook ?? row.name);
  const sentences = [`${row.summary}.`, help, url === undefined ? "" : `Runbook: ${url}`];
  return {
    alarmName: `${functionName}-${row.name}`,
    alarmDescription: sentences.filter((sentence) => sentence !== "").join(" "),
    alarmRule: ruleText(row.rule, (name) => referenceTo(name).alarmName),
    ...actionsOf(topicsOf(row, context)),
    ...(row.suppressor !== undefined && {
      actionsSuppressor: { alarm: referenceTo(row.suppressor).alarmName, ...SUPPRESSION },
    }),
    ...(context.isNamed?.has(row.name) && { lifecycle: { createBeforeDestroy: true } }),
  };
};

/** @returns the names of all alarms that composite alarms refer to */
export const namedBy = (rows: readonly CompositeRow[]): ReadonlySet<string> =>
  new Set(
    rows.flatMap(({ rule, suppressor }) => [...namesIn(rule), ...(suppressor === undefined ? [] : [suppressor])]),
  );
