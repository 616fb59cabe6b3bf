/** What `npm start` prints. */

import pc from "picocolors";
import type { MetricStore } from "../../cloudwatch/metric-store";
import type { DeadLetter } from "../../sandbox/dead-letters";
import type { LogLine } from "../../sandbox/function-log";
import { fieldsOf, levelOf, logLine } from "../../terminal/log-line";
import { grouped, table } from "../../terminal/table";
import type { Result } from "./results";

/** One table of an image's variants, or the reason why it has none; and the alarms that follow. */
export const imageReport = (result: Result): string =>
  [variantsReport(result), ...result.alerts.map((alert) => `  ${pc.yellow("would alert:")} ${alert}`)].join("\n");

const variantsReport = ({ key, sizeBytes, variants, processed, problem }: Result): string => {
  if (problem !== undefined) return `${pc.red("✗")} ${pc.bold(key)}  ${problem}`;
  const { format, widthPx, heightPx, durationMs } = processed ?? {};
  const upload = `${format} ${widthPx} x ${heightPx}, ${grouped(sizeBytes)} bytes, processed in ${grouped(Number(durationMs))} ms`;
  const rows = variants.map((variant) => [
    variant.name,
    variant.key,
    variant.format,
    `${variant.widthPx} x ${variant.heightPx}`,
    grouped(variant.sizeBytes),
    grouped((100 * variant.sizeBytes) / sizeBytes, 1),
    grouped(variant.afterMs),
  ]);
  const columns = {
    variant: "left",
    key: "left",
    format: "left",
    "width x height": "right",
    bytes: "right",
    "% of upload": "right",
    "ms after upload": "right",
  } as const;
  return `${pc.green("✓")} ${pc.bold(key)}  ${pc.dim(upload)}\n${table(columns, rows)}`;
};

/** @returns the function's own metrics since `sinceMs`, or nothing if it published none */
export const metricsReport = (metrics: MetricStore, sinceMs: number): string | undefined => {
  const periodSeconds = 60 * Math.ceil((Date.now() - sinceMs) / 60_000 + 1);
  const rows = metrics
    .list()
    .filter(({ namespace }) => !namespace.startsWith("AWS/"))
    .map(({ namespace, name, dimensions, unit }) => {
      const value = (statistic: string) =>
        grouped(
          metrics.statistic({ namespace, name, dimensions, unit, statistic, startMs: sinceMs, periodSeconds }) ?? 0,
        );
      return [`${namespace} ${name}`, unit, value("SampleCount"), value("Sum"), value("Average"), value("Maximum")];
    });
  const columns = {
    metric: "left",
    unit: "left",
    samples: "right",
    sum: "right",
    average: "right",
    maximum: "right",
  } as const;
  return rows.length === 0 ? undefined : `Custom metrics\n${table(columns, rows)}`;
};

const LOUD = ["WARN", "ERROR", "CRITICAL", "FATAL"];

/** @returns the lines at WARN and above, or nothing if there are none */
export const logReport = (logs: readonly LogLine[]): string | undefined => {
  const lines = logs.map(({ text }) => fieldsOf(text)).filter((fields) => LOUD.includes(levelOf(fields)));
  return lines.length === 0
    ? undefined
    : `Log lines at WARN and above\n${lines.map((fields) => `  ${logLine(fields)}`).join("\n")}`;
};

/** @returns the messages in the dead-letter queue, and how to send them again; nothing if there are none */
export const deadLettersReport = (deadLetters: readonly DeadLetter[], endpointUrl: string): string | undefined => {
  if (deadLetters.length === 0) return undefined;
  const command = `TF_VAR_enable_dead_letter_queue=true npm run redrive -- dev --endpoint-url ${endpointUrl}`;
  return [
    `Messages in the dead-letter queue: ${deadLetters.length}`,
    ...deadLetters.map(({ requestId, errorMessage }) => `  ${requestId}  ${errorMessage}`),
    `While this S3 endpoint is open, this command sends them again: ${command}`,
  ].join("\n");
};
