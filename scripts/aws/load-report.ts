/** The report of `npm run load`: how long uploads took, how Lambda processed them, and what they cost. */
import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { putsPerImage } from "../../modules/cost-widget";
import { pricesOf } from "../../modules/prices";
import type { Environment } from "../../modules/variables";
import { quoted } from "../cloudwatch/tokens";
import { type Fields, fieldsOf } from "../terminal/log-line";
import { poll } from "../terminal/polling";
import { answerTo } from "./account";
import { logEvents, logGroupOf } from "./account-log";
import type { Arrival } from "./account-uploads";
import type { Clients } from "./clients";

/** In milliseconds, by nearest rank. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

const percentiles = (values: readonly number[]): Percentiles | undefined => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] as number;
  return sorted.length === 0 ? undefined : { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
};

interface Usage {
  /** Including retries. */
  readonly invocations: number;
  readonly billedMs: number;
  readonly coldStarts: number;
  readonly maxMemoryUsedMb: number;
}

/** @returns US dollars for Lambda, S3 requests and PutMetricData so far, or undefined if the region's prices are not known */
const costOf = (environment: Environment, uploads: number, usage: Usage): number | undefined => {
  const prices = pricesOf(environment.aws_region);
  if (prices === undefined) return undefined;
  const { lambda_memory_size, lambda_architecture, metrics_transport } = environment;
  const gbSeconds = (usage.billedMs / 1000) * (lambda_memory_size / 1024);
  return (
    usage.invocations * prices.lambdaRequest +
    gbSeconds * (lambda_architecture === "arm64" ? prices.arm64GbSecond : prices.x86GbSecond) +
    uploads * putsPerImage(environment) * prices.s3Put +
    usage.invocations * prices.s3Get +
    (metrics_transport === "put_metric_data" ? usage.invocations * prices.putMetricDataRequest : 0)
  );
};

export interface Report {
  readonly uploads: number;
  /** Uploads whose variants were all there in time. */
  readonly arrived: number;
  /** Number of errors in the log, by event and reason. */
  readonly errors: Readonly<Record<string, number>>;
  /** From the end of an upload until all its variants were there. */
  readonly endToEndMs: Percentiles | undefined;
  /** From the start of the download to the last stored variant, as measured by the function. */
  readonly processingMs: Percentiles | undefined;
  /** CloudWatch may publish them minutes later. */
  readonly throttles: number;
  readonly usage: Usage;
  readonly costUsd: number | undefined;
}

export interface LoadRun {
  readonly environment: Environment;
  readonly aws: Clients;
  readonly functionName: string;
  /** The keys of all uploads begin with it. */
  readonly prefix: string;
  /** Milliseconds since 1970, before the first upload. */
  readonly sinceMs: number;
}

const linesOf = async ({ aws, environment, sinceMs }: LoadRun, pattern: string): Promise<Fields[]> => {
  const lines: Fields[] = [];
  for await (const { text } of logEvents(logGroupOf(aws.logs, environment), { pattern, sinceMs }))
    lines.push(fieldsOf(text));
  return lines;
};

const usageOf = async (run: LoadRun, requestIds: ReadonlySet<unknown>): Promise<Usage> => {
  const lines = await linesOf(run, '{ $.type = "platform.report" }');
  const records = lines
    .map(({ record }) => (record ?? {}) as Fields)
    .filter(({ requestId }) => requestIds.has(requestId));
  const measures = records.map(({ metrics }) => (metrics ?? {}) as Readonly<Record<string, number>>);
  return {
    invocations: records.length,
    billedMs: measures.reduce((sum, { billedDurationMs = 0 }) => sum + billedDurationMs, 0),
    coldStarts: measures.filter(({ initDurationMs }) => initDurationMs !== undefined).length,
    maxMemoryUsedMb: Math.max(0, ...measures.map(({ maxMemoryUsedMB = 0 }) => maxMemoryUsedMB)),
  };
};

const throttlesOf = async ({ aws, functionName, sinceMs }: LoadRun): Promise<number> => {
  const command = new GetMetricStatisticsCommand({
    Namespace: "AWS/Lambda",
    MetricName: "Throttles",
    Dimensions: [{ Name: "FunctionName", Value: functionName }],
    StartTime: new Date(sinceMs),
    EndTime: new Date(),
    Period: 60,
    Statistics: ["Sum"],
  });
  const { Datapoints = [] } = await answerTo("GetMetricStatistics", aws.cloudwatch.send(command));
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
};

const countByName = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** @throws Error of one line */
export const reportOn = async (arrivals: readonly Arrival[], run: LoadRun): Promise<Report> => {
  const lines = await linesOf(run, `{ $.key = ${quoted(`${run.prefix}*`)} }`);
  const processed = lines.filter(({ event }) => event === "image.processed");
  const errors = lines.filter(({ level }) => level === "ERROR");
  const requestIds = new Set(lines.map(({ requestId }) => requestId));
  // Lambda logs its report after the last variant is stored, and CloudWatch Logs may be seconds behind.
  const complete = async () => {
    const found = await usageOf(run, requestIds);
    return found.invocations >= requestIds.size ? found : undefined;
  };
  const usage = (await poll(complete, { intervalMs: 250, limitMs: 10_000 })) ?? (await usageOf(run, requestIds));
  const times = arrivals.flatMap(({ afterMs }) => afterMs ?? []);
  return {
    uploads: arrivals.length,
    arrived: times.length,
    errors: countByName(errors.map(({ event, reason, errorName }) => `${event} ${reason ?? errorName ?? ""}`.trim())),
    endToEndMs: percentiles(times),
    processingMs: percentiles(processed.map(({ durationMs }) => Number(durationMs))),
    throttles: await throttlesOf(run),
    usage,
    costUsd: costOf(run.environment, arrivals.length, usage),
  };
};
