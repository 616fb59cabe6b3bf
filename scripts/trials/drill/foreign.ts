/** The monitoring of a function that is not this project's: whether it watches that function, and which log lines move its alarms. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { visibleAt } from "../../cloudwatch/delivery";
import { compileFilter, type LogLine } from "../../cloudwatch/metric-filter";
import { MetricStore } from "../../cloudwatch/metric-store";
import { watch } from "../../cloudwatch/watch";
import { type Blueprint, readBlueprint } from "../../sandbox/blueprint";
import { shortName } from "./evidence";
import { monitoringProblems } from "./structure";

/** A Python function with Lambda's JSON log format. */
const functionOf = (name: string) => ({
  function_name: name,
  handler: "app.handler",
  runtime: "python3.13",
  filename: "worker.zip",
  logging_config: { log_format: "JSON" },
});

/** Resources as in a file of Terraform JSON. */
type Resources = Readonly<Record<string, unknown>>;

const blueprintOf = (folder: string, name: string, region: string, resource: Resources): Blueprint => {
  const stack = {
    provider: { aws: [{ region }] },
    resource: { ...resource, aws_lambda_function: { worker: functionOf(name) } },
  };
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
  return readBlueprint(folder);
};

const report = (verdict: object): object => ({
  time: "2026-01-01T00:00:00.000Z",
  type: "platform.report",
  record: {
    requestId: "8a2c9e2e-0000-4000-8000-000000000000",
    ...verdict,
    metrics: { durationMs: 812.5, billedDurationMs: 813, memorySizeMB: 128, maxMemoryUsedMB: 64 },
  },
});

/** A line of Python's logging: https://github.com/aws/aws-lambda-python-runtime-interface-client (lambda_runtime_log_utils.py). */
const logged = (level: string, rest: object = {}): object => ({
  timestamp: "2026-01-01T00:00:00.000Z",
  level,
  message: "Task timed out after CRITICAL signal: killed",
  logger: "root",
  requestId: "8a2c9e2e-0000-4000-8000-000000000000",
  ...rest,
});

/** Lines of every healthy minute; none of them is a fault of the function. */
const HEALTHY: readonly object[] = [
  report({ status: "success" }),
  report({ status: "error", errorType: "ValueError" }),
  logged("INFO"),
  logged("WARNING"),
  logged("ERROR", { errorType: "ValueError", errorMessage: "Runtime.OutOfMemory", stackTrace: [] }),
];

/** A line that is a fault, and the alarm that it must move: add a row. Shapes: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
const FAULTS: readonly (readonly [line: object, alarm: string])[] = [
  [report({ status: "timeout" }), "timeout-errors"],
  [report({ status: "error", errorType: "Runtime.OutOfMemory" }), "memory-errors"],
  [report({ status: "error", errorType: "Runtime.ExitError" }), "critical-errors"],
  [logged("CRITICAL"), "critical-errors"],
];

const MINUTE_MS = 60_000;
const MINUTES = 20;
const FAULT_AT_MINUTE = 5;

/** Healthy lines in every minute, and one more line in one of them. */
const linesWith = (fault: object | undefined): LogLine[] =>
  Array.from({ length: MINUTES }, (_, minute) => minute).flatMap((minute) => {
    const timestampMs = minute * MINUTE_MS + 1_000;
    const visibleMs = visibleAt("filterMetric", timestampMs, "typical");
    const lines = minute === FAULT_AT_MINUTE && fault !== undefined ? [...HEALTHY, fault] : HEALTHY;
    return lines.map((line) => ({ timestampMs, visibleMs, message: JSON.stringify(line) }));
  });

/** @returns the changes of state of each alarm, without the first evaluation: `timeout-errors ALARM OK` */
const movesOf = (blueprint: Blueprint, lines: readonly LogLine[]): string[] => {
  const store = new MetricStore();
  for (const filter of blueprint.metricFilters)
    if (filter.logGroup === blueprint.function.logGroup)
      for (const datum of compileFilter(filter).report(lines)) store.put(datum);
  const states = new Map<string, string[]>();
  for (const { alarm, to, from } of watch(blueprint.alarms, store, 0, MINUTES * MINUTE_MS))
    if (from !== "INSUFFICIENT_DATA")
      states.set(shortName(alarm, blueprint), [...(states.get(shortName(alarm, blueprint)) ?? []), to]);
  return [...states].map(([name, changes]) => [name, ...changes].join(" ")).sort();
};

const moveProblems = (blueprint: Blueprint): string[] =>
  ([[undefined, undefined], ...FAULTS] as const).flatMap(([fault, alarm]) => {
    const wanted = alarm === undefined ? "" : `${alarm} ALARM OK`;
    const got = movesOf(blueprint, linesWith(fault)).join(", ");
    if (got === wanted) return [];
    return [`${fault === undefined ? "healthy lines" : JSON.stringify(fault)} should move "${wanted}", not "${got}"`];
  });

/**
 * @param folder empty folder to write to
 * @param name of the function
 * @param resource the resources that watch the function, as Terraform JSON
 * @returns one sentence for each mistake
 */
export const foreignProblems = (folder: string, name: string, region: string, resource: Resources): string[] => {
  const blueprint = blueprintOf(folder, name, region, resource);
  const nothingRun = { blueprint, delivery: "typical", recordings: new Map() } as const;
  return [...monitoringProblems(blueprint, nothingRun), ...moveProblems(blueprint)];
};
