/** Evaluates the Terraform original with the same engine: which of its filters and alarms miss their own faults. */
import { join } from "node:path";
import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import { matches, parseFilterPattern } from "../../cloudwatch/filter-pattern";
import { compileFilter, type MetricFilter } from "../../cloudwatch/metric-filter";
import { type Blueprint, readBlueprint } from "../../sandbox/blueprint";
import { historyOf } from "./observe";
import { MINUTE_MS, merged, type Timeline } from "./timeline";

const ORIGINAL = join(__dirname, "../../../__tests__/fixtures/original");

const AT_MS = Date.UTC(2026, 0, 1, 12);
const AT = { timestampMs: AT_MS, sentMs: AT_MS } as const;
const ID = "8a2c9e2e-0000-4000-8000-000000000000";

/** A line in the text format of Python's Lambda runtime. */
const python = (level: string, message: string): string =>
  `[${level}]\t2026-01-01T12:00:00.000Z\t${ID}\tREQUEST_ID: ${ID} - ${message}`;

/** A line of each kind that its function or Lambda writes, by the metric that should count it. */
const LINES: Readonly<Record<string, string>> = {
  LambdaErrors: python("ERROR", "Error processing image: connection reset"),
  ImageProcessingTime: python("INFO", "processing_time: 812"),
  SuccessfulProcesses: python("INFO", "Successfully processed photo.jpg"),
  ImageSizeBytes: python("INFO", "image_size: 1700000"),
  S3AccessDenied: python(
    "ERROR",
    "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
  ),
  TimeoutErrors: `2026-01-01T12:00:00.000Z ${ID} Task timed out after 60.00 seconds`,
  MemoryErrors: `RequestId: ${ID} Error: Runtime exited with error: signal: killed`,
  ImageProcessingErrors: python("ERROR", "Image processing failed: cannot identify image file"),
  S3PermissionErrors: python(
    "ERROR",
    "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
  ),
  CriticalErrors: python("CRITICAL", "PROCESSED_BUCKET is not set"),
  LargeImages: python("WARNING", "Large image detected: 12.0 MB"),
};

/** A line with an unusual file name. */
const MISLEADING = python("INFO", "Successfully processed AccessDenied 403 PIL Task timed out.jpg");

/** Its handler catches every error and returns, so Lambda counts 0 errors. */
const HANDLED = "the handler catches every error and returns, so Lambda counts none";

const lineOf = (metric: string): Timeline => ({
  lines: LINES[metric] === undefined ? [] : [{ ...AT, channel: "filterMetric", message: LINES[metric] }],
  data: [],
});

const handled = (alarm: Alarm): Timeline => ({
  lines: [],
  data: metricsOf(alarm).map((metric) => ({ ...metric, ...AT, channel: "lambdaMetric", unit: "Count", value: 0 })),
});

const MANY = 100;

/** @returns the smallest number of simultaneous faults at which the alarm fires; undefined if 100 are not enough */
const faultsNeeded = (alarm: Alarm, blueprint: Blueprint): number | undefined => {
  const [metric] = metricsOf(alarm);
  const fault = metric?.namespace === "AWS/Lambda" ? handled(alarm) : lineOf(metric?.name ?? "");
  const fires = (count: number): boolean => {
    const timeline = merged(Array.from({ length: count }, () => fault));
    const watched = { fromMs: AT_MS, toMs: AT_MS + 20 * MINUTE_MS };
    return historyOf(alarm, blueprint, timeline, watched, "typical").some(({ to }) => to === "ALARM");
  };
  return Array.from({ length: MANY }, (_, i) => i + 1).find(fires);
};

/** What a space-delimited pattern reads as the level: the line has it first, not third. */
const levelSeen = (line: string): unknown =>
  matches(parseFilterPattern("[timestamp, request_id, level, ...]"), line)?.values.get("$level");

const isMatched = (filter: MetricFilter): boolean =>
  compileFilter(filter).match({ timestampMs: AT_MS, message: LINES[filter.metric.name] ?? "" }).datum !== undefined;

const whyUnmatched = (filter: MetricFilter): string => {
  const line = LINES[filter.metric.name] ?? "";
  return filter.pattern.includes("level =")
    ? `it reads ${levelSeen(line) === ID ? "the request id" : levelSeen(line)} as the level`
    : "the line has other columns";
};

const filterNote = (filter: MetricFilter): string => {
  if (!isMatched(filter)) return `**no match**: ${whyUnmatched(filter)}`;
  // It counts every success, for any file name.
  const isBaited =
    filter.metric.name !== "SuccessfulProcesses" &&
    compileFilter(filter).match({ timestampMs: AT_MS, message: MISLEADING }).isMatch;
  return isBaited ? "matches, but also a photo with such a name" : "matches";
};

const alarmNote = (needed: number | undefined, alarm: Alarm): string => {
  const [metric] = metricsOf(alarm);
  if (needed === 1) return "fires";
  if (needed !== undefined) return `needs ${needed} in ${metric?.periodSeconds} s`;
  return metric?.namespace === "AWS/Lambda" ? `**never fires**: ${HANDLED}` : "**never fires**";
};

const cell = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** @returns table cells in Markdown, with a row for each filter and its alarms, and for each alarm without a filter */
export const originalComparisonRows = (): string[][] => {
  const blueprint = readBlueprint(ORIGINAL);
  const short = ({ name }: Alarm) => name.slice(blueprint.function.name.length + 1);
  const readersOf = (metric: string) =>
    blueprint.alarms.filter((alarm) => metricsOf(alarm).some(({ name }) => name === metric));
  const note = (alarm: Alarm) => `${cell(short(alarm))} ${alarmNote(faultsNeeded(alarm, blueprint), alarm)}`;
  const isMade = (name: string) => blueprint.metricFilters.some(({ metric }) => metric.name === name);
  return [
    ...blueprint.metricFilters.map((filter) => [
      cell(filter.metric.name),
      cell(filter.pattern),
      filterNote(filter),
      readersOf(filter.metric.name).map(note).join("; ") || "no alarm",
    ]),
    ...blueprint.alarms
      .filter((alarm) => metricsOf(alarm).every(({ name }) => !isMade(name)))
      .map((alarm) => [
        metricsOf(alarm)
          .map(({ name }) => cell(name))
          .join(", "),
        "Lambda's own",
        "always published",
        note(alarm),
      ]),
  ];
};
