/** Metric filters against log lines: what the ledgers want, what the local parser hears, and what CloudWatch Logs hears. */
import {
  type CloudWatchLogsClient,
  InvalidParameterException,
  type MetricFilterMatchRecord,
  TestMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { answerTo } from "../aws/account";
import { matches, parseFilterPattern } from "../cloudwatch/filter-pattern";
import { compileFilter, type MetricFilter } from "../cloudwatch/metric-filter";
import type { ProducedLine } from "./log-samples";

/** Who hears a line by the local parser, and in what that differs from the ledgers. */
export interface Hearing {
  readonly line: ProducedLine;
  /** Names of metrics. */
  readonly heardBy: readonly string[];
  readonly problems: readonly string[];
}

export const hearingOf = (line: ProducedLine, filters: readonly MetricFilter[]): Hearing => {
  const heard = filters
    .map((filter) => ({
      metric: filter.metric.name,
      ...compileFilter(filter).match({ timestampMs: 0, message: line.line }),
    }))
    .filter(({ isMatch }) => isMatch);
  const heardBy = heard.map(({ metric }) => metric);
  const wanted: readonly string[] = line.heardBy;
  return {
    line,
    heardBy,
    problems: [
      ...wanted.filter((metric) => !heardBy.includes(metric)).map((metric) => `${metric} is deaf to ${line.name}`),
      ...heardBy.filter((metric) => !wanted.includes(metric)).map((metric) => `${metric} eavesdrops on ${line.name}`),
      ...heard
        .filter(({ datum }) => datum === undefined)
        .map(({ metric }) => `${metric} finds no number in ${line.name}`),
    ],
  };
};

/** @returns a problem for each filter that hears none of the lines */
export const deafFilters = (filters: readonly MetricFilter[], hearings: readonly Hearing[]): string[] =>
  filters
    .map(({ metric }) => metric.name)
    .filter((name) => !hearings.some(({ heardBy }) => heardBy.includes(name)))
    .map((name) => `${name} hears none of the lines`);

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

/** A number may be spelled in more than one way. */
const isSame = (here: string | number | undefined, there: string | undefined): boolean =>
  typeof here === "number" ? there !== undefined && Number(there) === here : here === there;

const shown = (value: string | number | undefined): string => JSON.stringify(value) ?? "nothing";

/**
 * Which selectors the service lists is not documented, so those that only one side lists are no difference;
 * but the one that the metric takes its value from must be there.
 */
const valueDifferences = (
  here: ReadonlyMap<string, string | number>,
  there: Readonly<Record<string, string>>,
  metricValue: string,
): string[] =>
  [...new Set([...here.keys(), ...Object.keys(there), ...(metricValue.startsWith("$") ? [metricValue] : [])])]
    .filter((selector) => selector === metricValue || (here.has(selector) && selector in there))
    .filter((selector) => !isSame(here.get(selector), there[selector]))
    .map((selector) => `${selector} is ${shown(here.get(selector))} here and ${shown(there[selector])} there`);

const filterDifferences = (
  { pattern, metric }: MetricFilter,
  lines: readonly ProducedLine[],
  answers: readonly MetricFilterMatchRecord[],
): string[] => {
  const parsed = parseFilterPattern(pattern);
  // Not by eventNumber: where it counts from is not documented.
  const there = new Map(answers.map(({ eventMessage, extractedValues = {} }) => [eventMessage, extractedValues]));
  return lines.flatMap(({ name, line }) => {
    const [mine, theirs] = [matches(parsed, line)?.values, there.get(line)];
    const differences =
      mine && theirs
        ? valueDifferences(mine, theirs, metric.value)
        : mine
          ? ["heard here and not there"]
          : theirs
            ? ["heard there and not here"]
            : [];
    return differences.map((difference) => `${metric.name}, ${name}: ${difference}`);
  });
};

/**
 * Asks CloudWatch Logs of every filter and every line.
 * @returns in what its answers differ from the local parser's, a pattern that it refuses included
 * @throws Error of one line where it cannot be asked
 */
export const serviceDifferences = async (
  client: CloudWatchLogsClient,
  filters: readonly MetricFilter[],
  lines: readonly ProducedLine[],
): Promise<string[]> => {
  const messages = lines.map(({ line }) => line);
  const differences: string[] = [];
  // One after the other: the service allows few of these calls a second.
  for (const filter of filters) {
    try {
      const answers = await testedBy(client, filter.pattern, messages);
      differences.push(...filterDifferences(filter, lines, answers));
    } catch (error) {
      const { cause } = error as Error;
      if (!(cause instanceof InvalidParameterException)) throw error;
      differences.push(`${filter.metric.name}: its pattern is read here and refused there: ${cause.message}`);
    }
  }
  return differences;
};
