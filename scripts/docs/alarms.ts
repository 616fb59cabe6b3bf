/** The generated parts about monitoring: alarms, and the events and metrics that they are made from. */
import { EVENTS } from "../../handler/contract/events";
import { filterPattern } from "../../handler/contract/filter-pattern";
import { METRICS, type Metric, type Unit } from "../../handler/contract/metrics";
import { ruleText } from "../../modules/alarm-config";
import { allAlarms, compositeAlarms, singleAlarms } from "../../modules/alarm-rows";
import type { AlarmRow } from "../../modules/alarm-types";
import { unitOf } from "../../modules/metrics";
import type { Severity } from "../../modules/naming";
import { QUERIES } from "../../modules/queries";
import { matches, parseFilterPattern } from "../cloudwatch/filter-pattern";
import { code, table } from "../terminal/markdown";
import { originalComparisonRows } from "../trials/drill/original-comparison";
import { logSamples } from "../trials/log-samples";
import { committedEnvironments, environmentNamed } from "./stacks";

/** The most urgent first. */
const SEVERITIES: readonly (Severity | "none")[] = ["critical", "performance", "log", "none"];

const bySeverity = <A extends { readonly severity: Severity | "none" }>(alarms: readonly A[]): A[] =>
  alarms.toSorted((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity));

const minutes = (seconds: number): string => (seconds === 60 ? "1 minute" : `${seconds / 60} minutes`);

const UNITS: Readonly<Record<Unit, string>> = { Count: "", Milliseconds: " ms", Bytes: " bytes", Megabytes: " MB" };

/** @returns such as "`Errors` ≥ 3 in 5 minutes" */
const condition = (alarm: AlarmRow): string => {
  const { metric, comparison, threshold, periodSeconds, datapointsToAlarm, evaluationPeriods } = alarm;
  const [measured, unit] =
    typeof metric === "string" ? [code(metric), UNITS[unitOf(metric)]] : [metric.label.toLowerCase(), ""];
  const period =
    evaluationPeriods === 1
      ? `in ${minutes(periodSeconds)}`
      : `in ${datapointsToAlarm} of ${evaluationPeriods} periods of ${minutes(periodSeconds)}`;
  return `${measured} ${comparison.replace(">=", "≥")} ${threshold.toLocaleString("en-US")}${unit} ${period}`;
};

/** @returns the alarms of dev, the most urgent first */
export const alarmsTable = async (): Promise<string> =>
  table(
    ["alarm", "meaning", "fires when", "notifies"],
    bySeverity(singleAlarms(await environmentNamed("dev"))).map((alarm) => [
      `[${code(alarm.name)}](docs/runbooks/${alarm.name}.md)`,
      alarm.summary,
      condition(alarm),
      alarm.severity,
    ]),
  );

/** @returns every alarm, and the topic that it notifies in each environment: the most urgent in prod first */
export const alarmsByEnvironment = async (): Promise<string> => {
  const environments = await committedEnvironments();
  const topics = environments.map((each) => {
    const alarms = [...compositeAlarms(each), ...singleAlarms(each)];
    return new Map(alarms.map(({ name, severity }) => [name, severity === "none" ? "–" : severity]));
  });
  return table(
    ["alarm", "meaning", ...environments.map(({ environment }) => code(environment))],
    bySeverity(allAlarms(await environmentNamed("prod"))).map(({ name, summary, runbook = name }) => [
      `[${code(name)}](runbooks/${runbook}.md)`,
      summary,
      ...topics.map((of) => of.get(name) ?? ""),
    ]),
  );
};

/** @returns the composite alarms of prod, with their rules */
export const compositesTable = async (): Promise<string> =>
  table(
    ["alarm", "notifies", "is in ALARM while these are"],
    compositeAlarms(await environmentNamed("prod")).map(({ name, severity, rule }) => [
      code(name),
      severity,
      ruleText(rule, (each) => each)
        .replaceAll(/ALARM\(([\w-]+)\)/g, (_, each) => code(each))
        .replaceAll(/\b(AND NOT|AND|OR)\b/g, (word) => word.toLowerCase()),
    ]),
  );

export const eventsTable = (): string =>
  table(
    ["event", "level", "message", "fields"],
    Object.entries(EVENTS).map(([name, { level, message, fields }]) => [
      code(name),
      level,
      message,
      Object.keys(fields).join(", "),
    ]),
  );

const sourceOf = ({ from }: Metric): string =>
  from === "handler" ? "published by the handler" : code(filterPattern(from));

export const metricsTable = (): string =>
  table(
    ["metric", "unit", "meaning", "made from"],
    Object.entries<Metric>(METRICS).map(([name, metric]) => [code(name), metric.unit, metric.about, sourceOf(metric)]),
  );

const metricsCounting = (line: string): string[] =>
  Object.entries<Metric>(METRICS)
    .filter(([, { from }]) => from !== "handler" && matches(parseFilterPattern(filterPattern(from)), line))
    .map(([name]) => name);

/** @returns a row for each kind of log line, with the metrics whose filter matches it */
export const filterMatrix = async (): Promise<string> =>
  table(
    ["log line", "counted by"],
    (await logSamples()).map(({ name, line }) => [name, metricsCounting(line).map(code).join(" ") || "no metric"]),
  );

export const queriesTable = (): string =>
  table(
    ["query", "shows"],
    Object.entries(QUERIES).map(([name, { description }]) => [code(name), description]),
  );

/** @returns a row for each filter of the Terraform original, and for each alarm without one */
export const comparisonTable = (): string =>
  table(["metric", "filter pattern", "the line it is meant for", "after one fault"], originalComparisonRows());
