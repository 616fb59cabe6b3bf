/** The CloudWatch calls that operators' commands make to a running sandbox: FilterLogEvents and GetMetricStatistics. */
import { z } from "zod";
import { matches, parseFilterPattern } from "../cloudwatch/filter-pattern";
import type { MetricStore } from "../cloudwatch/metric-store";
import type { LogLine } from "./function-log";

/** A call that the service refuses, with status 400. */
export class OperationRefused extends Error {
  override readonly name = "OperationRefused";
  /** For example ResourceNotFoundException. */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Keyed by the header `x-amz-target`; maps the request body to the response body. */
export type Operations = Readonly<Record<string, (input: unknown) => object | Promise<object>>>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const FILTER_LOG_EVENTS = z.object({
  logGroupName: z.string(),
  filterPattern: z.string().optional(),
  /** Milliseconds since 1970. */
  startTime: z.number().default(0),
  nextToken: z.string().default("0"),
  limit: z.number().default(10_000),
});

/** Lines by log group, oldest first. */
export type LogGroups = ReadonlyMap<string, readonly LogLine[]>;

const filterLogEvents = (logGroups: LogGroups, input: unknown) => {
  const { logGroupName, filterPattern, startTime, nextToken, limit } = FILTER_LOG_EVENTS.parse(input);
  const logs = logGroups.get(logGroupName);
  if (logs === undefined)
    throw new OperationRefused("ResourceNotFoundException", "The specified log group does not exist.");
  const pattern = filterPattern === undefined ? undefined : parseFilterPattern(filterPattern);
  const found = logs.flatMap(({ text, timestampMs }, i) =>
    timestampMs >= startTime && (pattern === undefined || matches(pattern, text) !== undefined)
      ? [{ eventId: String(i), timestamp: timestampMs, ingestionTime: timestampMs, message: text }]
      : [],
  );
  const [from, to] = [Number(nextToken), Number(nextToken) + limit];
  return { events: found.slice(from, to), ...(to < found.length && { nextToken: String(to) }) };
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html; the whole time range is one period. */
const GET_METRIC_STATISTICS = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
  /** Seconds since 1970. */
  StartTime: z.number(),
  EndTime: z.number(),
  Statistics: z.array(z.string()).default([]),
});

const getMetricStatistics = (metrics: MetricStore, input: unknown) => {
  const query = GET_METRIC_STATISTICS.parse(input);
  const { Namespace: namespace, MetricName: name, StartTime, EndTime } = query;
  const dimensions = Object.fromEntries(query.Dimensions.map(({ Name, Value }) => [Name, Value]));
  const span = { startMs: StartTime * 1000, periodSeconds: Math.ceil((EndTime - StartTime) / 60) * 60 };
  const values = query.Statistics.flatMap((statistic) => {
    const value = metrics.statistic({ namespace, name, dimensions, statistic, ...span });
    return value === undefined ? [] : [[statistic, value]];
  });
  return {
    Label: name,
    Datapoints: values.length === 0 ? [] : [{ Timestamp: StartTime, ...Object.fromEntries(values) }],
  };
};

export const operationsOn = (logGroups: LogGroups, metrics: MetricStore): Operations => ({
  "Logs_20140328.FilterLogEvents": (input) => filterLogEvents(logGroups, input),
  "GraniteServiceVersion20100801.GetMetricStatistics": (input) => getMetricStatistics(metrics, input),
});
