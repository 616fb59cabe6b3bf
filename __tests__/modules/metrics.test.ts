/** The synthesized metric filters and the dashboard. */
import { REFUSALS } from "../../handler/contract/events";
import { METRICS, type Metric } from "../../handler/contract/metrics";
import type { Environment } from "../../modules/variables";
import { committed, devWith, json, one, synthesized } from "./synthesized";

describe("metric filters", () => {
  it("exist for each metric made from log lines; only counts without dimensions have the default value 0", async () => {
    const { resource } = synthesized(await committed("dev"));

    const count = (pattern: string) => ({ pattern, value: "1", default_value: "0", unit: "Count" });
    const divided = (pattern: string, dimensions: object) => ({ pattern, value: "1", dimensions, unit: "Count" });
    const measure = (pattern: string, value: string, unit: string) => ({ pattern, value, unit });
    // biome-ignore format: a table is read down its columns
    const expected = {
      LambdaErrors:          count('{ ($.level = "ERROR") || ($.level = "CRITICAL") || ($.level = "FATAL") }'),
      ImageSizeBytes:        measure('{ ($.event = "image.received") && ($.sizeBytes >= 0) }', "$.sizeBytes", "Bytes"),
      ImageProcessingTime:   measure('{ ($.event = "image.processed") && ($.durationMs >= 0) }', "$.durationMs", "Milliseconds"),
      SuccessfulProcesses:   count('{ ($.event = "image.processed") }'),
      RefusedImages:         divided('{ ($.event = "image.refused") && ($.reason = "*") }', { Reason: "$.reason" }),
      AllRefusedImages:      count('{ ($.event = "image.refused") }'),
      SupersededImages:      count('{ ($.event = "image.superseded") }'),
      LateImages:            count('{ ($.event = "image.late") }'),
      Attempts:              count('{ ($.type = "platform.report") }'),
      FailedAttempts:        count('{ ($.type = "platform.report") && ($.record.status != "success") }'),
      S3AccessDenied:        count('{ ($.event = "storage.denied") }'),
      MemoryUsedMB:          measure('{ ($.type = "platform.report") && ($.record.metrics.maxMemoryUsedMB >= 0) }', "$.record.metrics.maxMemoryUsedMB", "Megabytes"),
      MetricsLost:           count('{ ($.event = "metrics.lost") }'),
      TimeoutErrors:         count('{ ($.type = "platform.report") && ($.record.status = "timeout") }'),
      MemoryErrors:          count('{ ($.type = "platform.report") && ($.record.errorType = "Runtime.OutOfMemory") }'),
      ImageProcessingErrors: count('{ ($.event = "image.refused") || ($.event = "image.failed") || ($.event = "image.mismatched") }'),
      S3PermissionErrors:    count('{ ($.event = "storage.denied") }'),
      CriticalErrors:        count('{ (($.level = "CRITICAL") || ($.level = "FATAL")) || (($.type = "platform.report") && ($.record.errorType = "Runtime.ExitError")) }'),
      LargeImages:           count('{ ($.event = "image.large") }'),
    };
    expect(new Set(Object.values(resource.aws_cloudwatch_log_metric_filter ?? {}))).toEqual(
      new Set(
        Object.entries(expected).map(([name, { pattern, ...transformation }]) => ({
          name: `image-processor-dev-processor-${name}`,
          log_group_name: "${aws_cloudwatch_log_group.lambda_function_log_group.name}",
          pattern,
          metric_transformation: { name, namespace: "ImageProcessor/Lambda", ...transformation },
        })),
      ),
    );
  });

  it("use the namespace of the environment", async () => {
    const { resource } = synthesized(await committed("prod"));

    const filters = Object.values(resource.aws_cloudwatch_log_metric_filter ?? {});
    const namespaces = filters.map((filter) => (filter.metric_transformation as { namespace: string }).namespace);
    expect(new Set(namespaces)).toEqual(new Set(["ImageProcessor/Lambda/prod"]));
  });

  it("for measures belong to cloudwatch_metrics, those for faults to log_alerts", async () => {
    const { resource } = synthesized(await devWith("enable_metadata_table = true\nenable_upload_api = true"));

    const expected = Object.entries<Metric>(METRICS)
      .filter(([, { from }]) => from !== "handler")
      .map(([name, { kind }]) => `${kind === "fault" ? "log_alerts" : "cloudwatch_metrics"}_${name}`);
    expect(Object.keys(resource.aws_cloudwatch_log_metric_filter ?? {}).sort()).toEqual(expected.sort());
  });
});

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: {
    title: string;
    region: string;
    metrics?: (string | { stat?: string; period?: number; yAxis?: string; expression?: string })[][];
    annotations?: { horizontal: { label: string; value: number; yAxis?: string }[] };
    query?: string;
  };
}

const widgetsOf = (environment: Environment): Widget[] => {
  const { dashboard_body } = one(synthesized(environment), "aws_cloudwatch_dashboard");
  return (json(dashboard_body) as { widgets: Widget[] }).widgets;
};

/** The series of a widget, one text for each. */
const seriesOf = ({ properties }: Widget): string[] =>
  (properties.metrics ?? []).map((parts) =>
    parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" "),
  );

describe("the dashboard", () => {
  it("is named after the function", async () => {
    const dashboard = one(synthesized(await committed("dev")), "aws_cloudwatch_dashboard");

    expect(dashboard.dashboard_name).toBe("image-processor-dev-processor-monitoring");
  });

  it("has exactly these eight widgets, which do not overlap", async () => {
    const widgets = widgetsOf(await committed("dev"));

    expect(widgets.map(({ type, properties }) => `${type}: ${properties.title}`)).toEqual([
      "metric: Invocations & Errors",
      "metric: Duration avg/max/p99",
      "metric: Concurrent Executions",
      "metric: Success vs Error",
      "metric: Processing Time",
      "metric: Image Size",
      "metric: Refused by Reason",
      "log: Recent Errors",
    ]);
    expect(widgets.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
      [0, 0, 8, 6],
      [8, 0, 8, 6],
      [16, 0, 8, 6],
      [0, 6, 8, 6],
      [8, 6, 8, 6],
      [16, 6, 8, 6],
      [0, 12, 8, 6],
      [0, 18, 24, 6],
    ]);
  });

  it("charts these metrics with their dimensions, at the period of the alarm on each", async () => {
    const widgets = widgetsOf(await committed("dev"));

    const lambda = (metric: string, options: string) =>
      `AWS/Lambda ${metric} FunctionName image-processor-dev-processor {${options}}`;
    const handler = (metric: string, options: string) =>
      `ImageProcessor/Lambda ${metric} FunctionName image-processor-dev-processor {${options}}`;
    const filter = (metric: string, options: string) => `ImageProcessor/Lambda ${metric} {${options}}`;
    expect(Object.fromEntries(widgets.map((widget) => [widget.properties.title, seriesOf(widget)]))).toEqual({
      "Invocations & Errors": [
        lambda("Invocations", '"stat":"Sum"'),
        lambda("Errors", '"stat":"Sum","period":300'),
        lambda("Throttles", '"stat":"Sum","period":300'),
        filter("Attempts", '"stat":"Sum"'),
        filter("FailedAttempts", '"stat":"Sum"'),
      ],
      "Duration avg/max/p99": [
        lambda("Duration", '"stat":"Average","period":300'),
        lambda("Duration", '"stat":"Maximum","period":300'),
        lambda("Duration", '"stat":"p99","period":300'),
      ],
      "Concurrent Executions": [lambda("ConcurrentExecutions", '"stat":"Maximum","period":60')],
      "Success vs Error": [
        handler("ImagesProcessed", '"stat":"Sum"'),
        handler("ProcessingSuccess", '"stat":"Sum","id":"s"'),
        handler("ProcessingFailure", '"stat":"Sum","id":"f"'),
        filter("SuccessfulProcesses", '"stat":"Sum"'),
        filter("LambdaErrors", '"stat":"Sum","period":60'),
        filter("S3AccessDenied", '"stat":"Sum"'),
        filter("MetricsLost", '"stat":"Sum"'),
        filter("AllRefusedImages", '"stat":"Sum"'),
        filter("SupersededImages", '"stat":"Sum"'),
        filter("LateImages", '"stat":"Sum"'),
        '{"id":"rate","label":"Success rate (%)","expression":"IF((s + f) >= 5, 100 * s / (s + f))","yAxis":"right"}',
      ],
      "Processing Time": [
        handler("ProcessingTime", '"stat":"Average"'),
        handler("ProcessingTime", '"stat":"Maximum"'),
        handler("ProcessingTime", '"stat":"p99"'),
        filter("ImageProcessingTime", '"stat":"Average"'),
        filter("ImageProcessingTime", '"stat":"Maximum"'),
        filter("ImageProcessingTime", '"stat":"p99"'),
      ],
      "Image Size": [
        filter("ImageSizeBytes", '"stat":"Average"'),
        filter("ImageSizeBytes", '"stat":"Maximum"'),
        filter("MemoryUsedMB", '"stat":"Maximum","yAxis":"right"'),
      ],
      "Refused by Reason": Object.keys(REFUSALS).map((reason) =>
        filter(`RefusedImages Reason ${reason}`, '"stat":"Sum"'),
      ),
      "Recent Errors": [],
    });
  });

  it("charts every measure of the ledger", async () => {
    const environment = await devWith("enable_metadata_table = true\nenable_upload_api = true");

    const series = widgetsOf(environment).flatMap(seriesOf);
    const measures = Object.entries<Metric>(METRICS).filter(([, { kind }]) => kind === "measure");
    const missing = measures.filter(([name]) => !series.some((line) => line.split(" ")[1] === name));
    expect(missing).toEqual([]);
  });

  it("draws the thresholds of the environment's alarms", async () => {
    const environment = await devWith(`
      enable_no_invocation_alarm     = true
      error_threshold                = 4
      duration_threshold_ms          = 30000
      success_rate_threshold_percent = 75
      lambda_memory_size             = 2048
      large_image_bytes              = 5000000
    `);

    const widgets = widgetsOf(environment);

    const lines = widgets.map(({ properties: { title, annotations } }) => [title, annotations?.horizontal]);
    expect(Object.fromEntries(lines)).toEqual({
      "Invocations & Errors": [
        { label: "high-error-rate >= 4", value: 4 },
        { label: "throttles >= 5", value: 5 },
        { label: "no-invocations < 1", value: 1 },
      ],
      "Duration avg/max/p99": [{ label: "high-duration >= 30000", value: 30_000 }],
      "Concurrent Executions": [{ label: "high-concurrency >= 50", value: 50 }],
      "Success vs Error": [
        { label: "log-errors >= 1", value: 1 },
        { label: "low-success-rate < 75", value: 75, yAxis: "right" },
      ],
      "Processing Time": [],
      "Image Size": [
        { label: "large_image_bytes", value: 5_000_000 },
        { label: "lambda_memory_size", value: 2048, yAxis: "right" },
      ],
      "Refused by Reason": [],
      "Recent Errors": undefined,
    });
  });

  it("reads the region and the log group of the environment", async () => {
    const widgets = widgetsOf(await devWith('aws_region = "eu-west-1"\nproject_name = "photos"'));

    expect(new Set(widgets.map(({ properties }) => properties.region))).toEqual(new Set(["eu-west-1"]));
    expect(widgets.at(-1)?.properties.query).toBe(
      "SOURCE '/aws/lambda/photos-dev-processor'" +
        " | fields @timestamp, level, event, key, reason, errorMessage, record.status, message" +
        ' | filter level in ["ERROR","CRITICAL","FATAL"] or (type = "platform.report" and record.status != "success")' +
        " | sort @timestamp desc | limit 50",
    );
  });
});
