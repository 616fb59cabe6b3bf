/** Metric filters and the dashboard, as they are synthesized. */
import { METRICS, type Metric } from "../../handler/contract/metrics";
import type { Environment } from "../../modules/environment";
import { committed, devWith, json, one, synthesized } from "./synthesized";

const REFERENCE_TO_GROUP = "${aws_cloudwatch_log_group.lambda_function_log_group.name}";

describe("metric filters", () => {
  it("are one for each metric that is made from log lines", async () => {
    const { resource } = synthesized(await committed("dev"));

    const count = (name: string) => [name, "1", "0", "Count"];
    const filters = Object.values(resource.aws_cloudwatch_log_metric_filter ?? {}).map((filter) => {
      const { name, value, default_value, unit, ...others } = filter.metric_transformation as Record<string, string>;
      expect(others).toEqual({ namespace: "ImageProcessor/Lambda" });
      expect(filter.name).toBe(`image-processor-dev-processor-${name}`);
      return [filter.pattern, name, value, default_value, unit];
    });
    const rows = Object.fromEntries(filters.map(([pattern, ...metric]) => [pattern, metric]));
    expect(filters).toHaveLength(13);
    // S3AccessDenied and S3PermissionErrors hear the same lines.
    expect(Object.keys(rows)).toHaveLength(12);
    // biome-ignore format: a table is read down its columns
    expect(rows).toEqual({
      '{ ($.level = "ERROR") || ($.level = "CRITICAL") || ($.level = "FATAL") }':                count("LambdaErrors"),
      '{ ($.event = "image.received") && ($.sizeBytes >= 0) }':                                  ["ImageSizeBytes", "$.sizeBytes", undefined, "Bytes"],
      '{ ($.event = "image.processed") && ($.durationMs >= 0) }':                                ["ImageProcessingTime", "$.durationMs", undefined, "Milliseconds"],
      '{ ($.event = "image.processed") }':                                                       count("SuccessfulProcesses"),
      '{ ($.event = "storage.denied") }':                                                        count("S3PermissionErrors"),
      '{ ($.type = "platform.report") && ($.record.metrics.maxMemoryUsedMB >= 0) }':             ["MemoryUsedMB", "$.record.metrics.maxMemoryUsedMB", undefined, "Megabytes"],
      '{ ($.event = "metrics.lost") }':                                                          count("MetricsLost"),
      '{ ($.type = "platform.report") && ($.record.status = "timeout") }':                       count("TimeoutErrors"),
      '{ ($.type = "platform.report") && ($.record.errorType = "Runtime.OutOfMemory") }':        count("MemoryErrors"),
      '{ ($.event = "image.refused") || ($.event = "image.failed") }':                           count("ImageProcessingErrors"),
      '{ (($.level = "CRITICAL") || ($.level = "FATAL")) || (($.type = "platform.report") && ($.record.errorType = "Runtime.ExitError")) }': count("CriticalErrors"),
      '{ ($.event = "image.large") }':                                                           count("LargeImages"),
    });
  });

  it("listen to the function's own log group", async () => {
    const { resource } = synthesized(await committed("dev"));

    const groups = Object.values(resource.aws_cloudwatch_log_metric_filter ?? {}).map(
      (filter) => filter.log_group_name,
    );
    expect(new Set(groups)).toEqual(new Set([REFERENCE_TO_GROUP]));
  });

  it("put what they count into the environment's namespace", async () => {
    const { resource } = synthesized(await committed("prod"));

    const namespaces = Object.values(resource.aws_cloudwatch_log_metric_filter ?? {}).map(
      (filter) => (filter.metric_transformation as Record<string, string>).namespace,
    );
    expect(new Set(namespaces)).toEqual(new Set(["ImageProcessor/Lambda/prod"]));
  });
});

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly query?: string;
    readonly metrics: readonly (readonly unknown[])[];
    readonly annotations: { readonly horizontal: readonly { readonly label: string; readonly value: number }[] };
  };
}

const widgetsOf = (environment: Environment): Widget[] => {
  const { dashboard_body } = one(synthesized(environment), "aws_cloudwatch_dashboard");
  return (json(dashboard_body) as { widgets: Widget[] }).widgets;
};

describe("the dashboard", () => {
  it("has these seven widgets, named after the function", async () => {
    const stack = synthesized(await committed("dev"));

    expect(one(stack, "aws_cloudwatch_dashboard").dashboard_name).toBe("image-processor-dev-processor-monitoring");
    expect(widgetsOf(await committed("dev")).map(({ type, properties }) => [type, properties.title])).toEqual([
      ["metric", "Invocations & Errors"],
      ["metric", "Duration avg/max/p99"],
      ["metric", "Concurrent Executions"],
      ["metric", "Success vs Error"],
      ["metric", "Processing Time"],
      ["metric", "Image Size"],
      ["log", "Recent Errors"],
    ]);
  });

  it("charts every measure, with the dimension that it is published with", async () => {
    const charted = widgetsOf(await committed("dev")).flatMap(({ properties }) =>
      (properties.metrics ?? []).filter(([namespace]) => namespace === "ImageProcessor/Lambda"),
    );

    const measures = Object.entries<Metric>(METRICS).filter(([, { kind }]) => kind === "measure");
    const drawn = Object.fromEntries(charted.map(([, name, ...rest]) => [name, rest.slice(0, -1)]));
    expect(drawn).toEqual(
      Object.fromEntries(
        measures.map(([name, { from }]) => [
          name,
          from === "handler" ? ["FunctionName", "image-processor-dev-processor"] : [],
        ]),
      ),
    );
  });

  it("draws the thresholds of the alarms where they are", async () => {
    const widgets = widgetsOf(await devWith("error_threshold = 7\nduration_threshold_ms = 12345"));

    const lines = widgets.flatMap(({ properties }) =>
      (properties.annotations?.horizontal ?? []).map(({ label, value }) => [properties.title, label, value]),
    );
    expect(lines).toEqual([
      ["Invocations & Errors", "high-error-rate >= 7", 7],
      ["Invocations & Errors", "throttles >= 5", 5],
      ["Duration avg/max/p99", "high-duration >= 12345", 12345],
      ["Concurrent Executions", "high-concurrency >= 50", 50],
      ["Success vs Error", "log-errors >= 1", 1],
      ["Success vs Error", "low-success-rate < 90", 90],
      ["Image Size", "large_image_bytes", 10_485_760],
      ["Image Size", "lambda_memory_size", 1024],
    ]);
  });

  it("asks every region and log group of the environment, not of another", async () => {
    const widgets = widgetsOf(await devWith('aws_region = "eu-central-1"'));

    expect(new Set(widgets.map(({ properties }) => properties.region))).toEqual(new Set(["eu-central-1"]));
    expect(widgets.map(({ properties }) => properties.query).filter(Boolean)).toEqual([
      expect.stringMatching(/^SOURCE '\/aws\/lambda\/image-processor-dev-processor' \| /),
    ]);
  });

  it("is not there where enable_cloudwatch_dashboard is off", async () => {
    const { resource } = synthesized(await devWith("enable_cloudwatch_dashboard = false"));

    expect(resource.aws_cloudwatch_dashboard).toBeUndefined();
  });
});
