/** The Terraform original by the same engine: which of its filters and alarms are deaf to the faults that they are for. */
import { join } from "node:path";
import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import { matches, parseFilterPattern } from "../../cloudwatch/filter-pattern";
import { compileFilter, type MetricFilter } from "../../cloudwatch/metric-filter";
import { type Blueprint, readBlueprint } from "../../sandbox/blueprint";
import { historyOf } from "./observe";
import { MINUTE_MS, merged, type Stretch } from "./stretch";

const ORIGINAL = join(__dirname, "../../../__tests__/fixtures/original");

const AT_MS = Date.UTC(2026, 0, 1, 12);
const ID = "8a2c9e2e-0000-4000-8000-000000000000";

/** As the logging of Python's Lambda runtime writes it in the text format. */
const python = (level: string, message: string): string =>
  `[${level}]\t2026-01-01T12:00:00.000Z\t${ID}\tREQUEST_ID: ${ID} - ${message}`;

/** One line of each kind that its function, or Lambda's text format, writes, by the metric that is meant to hear it. */
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

/** A file may be called anything. */
const BAIT = python("INFO", "Successfully processed AccessDenied 403 PIL Task timed out.jpg");

/** Its handler catches everything and returns, so that Lambda counts an error of 0, whatever happened. */
const HANDLED = "the handler catches every error and returns, so Lambda counts none";

const lineOf = (metric: string): Stretch => ({
  lines: LINES[metric] === undefined ? [] : [{ timestampMs: AT_MS, message: LINES[metric] }],
  data: [],
});

const handled = (alarm: Alarm): Stretch => ({
  lines: [],
  data: metricsOf(alarm).map((metric) => ({ ...metric, unit: "Count", timestampMs: AT_MS, value: 0 })),
});

const MANY = 100;

/** @returns how many faults at once it takes until the alarm goes off, if so many as a hundred do */
const faultsNeeded = (alarm: Alarm, blueprint: Blueprint): number | undefined => {
  const [metric] = metricsOf(alarm);
  const fault = metric?.namespace === "AWS/Lambda" ? handled(alarm) : lineOf(metric?.name ?? "");
  const goesOff = (count: number): boolean => {
    const stretch = merged(Array.from({ length: count }, () => fault));
    const watched = { fromMs: AT_MS, toMs: AT_MS + 10 * MINUTE_MS };
    return historyOf(alarm, blueprint, stretch, watched).some(({ to }) => to === "ALARM");
  };
  return Array.from({ length: MANY }, (_, i) => i + 1).find(goesOff);
};

/** What a space-delimited pattern takes for the level: the line has it first, not third. */
const levelSeen = (line: string): unknown =>
  matches(parseFilterPattern("[timestamp, request_id, level, ...]"), line)?.values.get("$level");

const isHeard = (filter: MetricFilter): boolean =>
  compileFilter(filter).match({ timestampMs: AT_MS, message: LINES[filter.metric.name] ?? "" }).datum !== undefined;

const whyDeaf = (filter: MetricFilter): string => {
  const line = LINES[filter.metric.name] ?? "";
  return filter.pattern.includes("level =")
    ? `what it takes for the level is ${levelSeen(line) === ID ? "the request id" : levelSeen(line)}`
    : "the columns of the line are others";
};

const filterNote = (filter: MetricFilter): string => {
  if (!isHeard(filter)) return `**deaf**: ${whyDeaf(filter)}`;
  // It is about every success, whatever the file is called.
  const isBaited =
    filter.metric.name !== "SuccessfulProcesses" &&
    compileFilter(filter).match({ timestampMs: AT_MS, message: BAIT }).isMatch;
  return isBaited ? "hears it, and a photo that is called so" : "hears it";
};

const alarmNote = (needed: number | undefined, alarm: Alarm): string => {
  const [metric] = metricsOf(alarm);
  if (needed === 1) return "goes off";
  if (needed !== undefined) return `takes ${needed} in ${metric?.periodSeconds} s`;
  return metric?.namespace === "AWS/Lambda" ? `**never goes off**: ${HANDLED}` : "**never goes off**";
};

const cell = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** @returns cells in Markdown: a row for each filter, with its alarm, and one for each alarm without a filter */
export const yardstickRows = (): string[][] => {
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
        "hears it",
        note(alarm),
      ]),
  ];
};
