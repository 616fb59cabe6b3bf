/** Compares which metric filters match which log lines: by the ledgers, by the local parser, and by CloudWatch Logs. */
import {
  type CloudWatchLogsClient,
  InvalidParameterException,
  type MetricFilterMatchRecord,
  TestMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { METRICS, type Metric } from "../../handler/contract/metrics";
import { faultLedger } from "../../modules/alarm-rows";
import type { LogAlarm } from "../../modules/alarm-types";
import { LOG_ALARMS } from "../../modules/alarms";
import type { Environment } from "../../modules/variables";
import { answerTo } from "../aws/account";
import { matches, parseFilterPattern } from "../cloudwatch/filter-pattern";
import { compileFilter, type MetricFilter } from "../cloudwatch/metric-filter";
import type { LogSample } from "./log-samples";

/** Metrics without a filter in the environment: it has no alarm on them, or not the feature that they measure. */
export const metricsOff = (environment: Environment): readonly string[] => [
  ...Object.entries<LogAlarm>(LOG_ALARMS).flatMap(([metric, { enabledBy }]) =>
    !Object.hasOwn(faultLedger(environment), metric) || (enabledBy !== undefined && !environment[enabledBy])
      ? [metric]
      : [],
  ),
  ...Object.entries<Metric>(METRICS).flatMap(([metric, { enabledBy }]) =>
    enabledBy !== undefined && !environment[enabledBy] ? [metric] : [],
  ),
];

/** The filters that match a line by the local parser, and the differences from the ledgers. */
export interface LineMatches {
  readonly line: LogSample;
  /** Names of the filters' metrics. */
  readonly countedBy: readonly string[];
  readonly problems: readonly string[];
}

export const matchesOf = (line: LogSample, filters: readonly MetricFilter[]): LineMatches => {
  const matched = filters
    .map((filter) => ({
      metric: filter.metric.name,
      ...compileFilter(filter).match({ timestampMs: 0, message: line.line }),
    }))
    .filter(({ isMatch }) => isMatch);
  const countedBy = matched.map(({ metric }) => metric);
  const wanted: readonly string[] = line.countedBy;
  return {
    line,
    countedBy,
    problems: [
      ...wanted
        .filter((metric) => !countedBy.includes(metric))
        .map((metric) => `${metric} does not count ${line.name}`),
      ...countedBy
        .filter((metric) => !wanted.includes(metric))
        .map((metric) => `${metric} counts ${line.name} by mistake`),
      ...matched
        .filter(({ datum }) => datum === undefined)
        .map(({ metric }) => `${metric} finds no number in ${line.name}`),
    ],
  };
};

/** @returns one sentence for each filter that matches none of the lines */
export const unmatchedFilters = (filters: readonly MetricFilter[], allMatches: readonly LineMatches[]): string[] =>
  filters
    .map(({ metric }) => metric.name)
    .filter((name) => !allMatches.some(({ countedBy }) => countedBy.includes(name)))
    .map((name) => `${name} matches none of the lines`);

/** TestMetricFilter, logEventMessages: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html */
const MAX_MESSAGES = 50;

const testedBy = async (
  client: CloudWatchLogsClient,
  filterPattern: string,
  messages: readonly string[],
): Promise<MetricFilterMatchRecord[]> => {
  const matched: MetricFilterMatchRecord[] = [];
  for (let start = 0; start < messages.length; start += MAX_MESSAGES) {
    const logEventMessages = messages.slice(start, start + MAX_MESSAGES);
    const answer = client.send(new TestMetricFilterCommand({ filterPattern, logEventMessages }));
    matched.push(...((await answerTo("TestMetricFilter", answer)).matches ?? []));
  }
  return matched;
};

/** Compares numbers by value: the service can format them differently. */
const isSame = (here: string | number | undefined, there: string | undefined): boolean =>
  typeof here === "number" ? there !== undefined && Number(there) === here : here === there;

const shown = (value: string | number | undefined): string => JSON.stringify(value) ?? "nothing";

/**
 * Which selectors the service lists is not documented, so a selector on one side only is not a difference, except the
 * one with the metric's value.
 */
const valueDifferences = (
  here: ReadonlyMap<string, string | number>,
  there: Readonly<Record<string, string>>,
  metricValue: string,
): string[] =>
  [...new Set([...here.keys(), ...Object.keys(there), ...(metricValue.startsWith("$") ? [metricValue] : [])])]
    .filter((selector) => selector === metricValue || (here.has(selector) && selector in there))
    .filter((selector) => !isSame(here.get(selector), there[selector]))
    .map(
      (selector) => `${selector} is ${shown(here.get(selector))} here and ${shown(there[selector])} in CloudWatch Logs`,
    );

const filterDifferences = (
  { pattern, metric }: MetricFilter,
  lines: readonly LogSample[],
  answers: readonly MetricFilterMatchRecord[],
): string[] => {
  const parsed = parseFilterPattern(pattern);
  // Not by eventNumber: its first value is not documented.
  const there = new Map(answers.map(({ eventMessage, extractedValues = {} }) => [eventMessage, extractedValues]));
  return lines.flatMap(({ name, line }) => {
    const [mine, theirs] = [matches(parsed, line)?.values, there.get(line)];
    const differences =
      mine && theirs
        ? valueDifferences(mine, theirs, metric.value)
        : mine
          ? ["matched here but not by CloudWatch Logs"]
          : theirs
            ? ["matched by CloudWatch Logs but not here"]
            : [];
    return differences.map((difference) => `${metric.name}, ${name}: ${difference}`);
  });
};

/**
 * Tests every filter with every line in CloudWatch Logs (TestMetricFilter).
 * @returns the differences from the local parser, including patterns that the service refuses
 * @throws Error of one line if the call fails
 */
export const serviceDifferences = async (
  client: CloudWatchLogsClient,
  filters: readonly MetricFilter[],
  lines: readonly LogSample[],
): Promise<string[]> => {
  const messages = lines.map(({ line }) => line);
  const differences: string[] = [];
  // One after the other: the service allows few of these calls per second.
  for (const filter of filters) {
    try {
      const answers = await testedBy(client, filter.pattern, messages);
      differences.push(...filterDifferences(filter, lines, answers));
    } catch (error) {
      const { cause } = error as Error;
      if (!(cause instanceof InvalidParameterException)) throw error;
      differences.push(
        `${filter.metric.name}: its pattern is valid here, but CloudWatch Logs refuses it: ${cause.message}`,
      );
    }
  }
  return differences;
};
