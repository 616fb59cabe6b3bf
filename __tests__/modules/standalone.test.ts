/** The modules without the stack: for a function of another project. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "../../handler/contract/metrics";
import { METRIC_ALARMS } from "../../modules/alarms";
import { CloudwatchAlarms } from "../../modules/cloudwatch_alarms";
import { CloudwatchMetrics } from "../../modules/cloudwatch_metrics";
import { LAMBDA_FUNCTION } from "../../modules/inputs/lambda_function";
import { LambdaFunction } from "../../modules/lambda_function";
import { LogAlerts } from "../../modules/log_alerts";
import { ALARM, app, blocksOf, RETRIES, TOPICS, withStack } from "./one-module";
import { InvoiceAlarms } from "./standalone";
import { json, temporary } from "./synthesized";

describe("alarms for a function that exists already", () => {
  const resource = () => blocksOf(new InvoiceAlarms(app())).resource;

  it("watch what Lambda publishes for it, its own queue, and its log", () => {
    const alarms = Object.values(resource().aws_cloudwatch_metric_alarm ?? {});

    expect(alarms.map(({ alarm_name }) => alarm_name).sort()).toEqual(
      [
        "critical-errors",
        "high-concurrency",
        "high-duration",
        "high-error-rate",
        "memory-errors",
        "queue-depth",
        "throttles",
        "timeout-errors",
      ].map((name) => `invoices-worker-${name}`),
    );
    expect(alarms.find(({ alarm_name }) => alarm_name === "invoices-worker-queue-depth")).toMatchObject({
      alarm_description:
        "Invoices are waiting: Maximum of ApproximateNumberOfMessagesVisible >= 100 in 3 of 3 periods of 300 s.",
      namespace: "AWS/SQS",
      dimensions: { QueueName: "invoices" },
      threshold: 100,
    });
  });

  it("count log lines in a namespace that no other function shares", () => {
    const filters = Object.values(resource().aws_cloudwatch_log_metric_filter ?? {});

    expect(filters.map((filter) => filter.metric_transformation)).toMatchObject(
      Array(3).fill({ namespace: "ImageProcessor/invoices-worker" }),
    );
  });

  it("mention no command of this project", () => {
    expect(JSON.stringify(resource())).not.toContain("npm run");
  });

  it("are made by the code in docs/modules.md", () => {
    const code = readFileSync(join(__dirname, "standalone.ts"), "utf8");
    const [, example = ""] = /\/\/ docs:start\n(.*)\/\/ docs:end/s.exec(code) ?? [];

    expect(readFileSync(join(__dirname, "../../docs/modules.md"), "utf8")).toContain(example.trim());
  });
});

describe("a caller's ledger", () => {
  it("may add a metric and an alarm on it", () => {
    const metrics = { ...METRICS, Retries: RETRIES };

    const { resource } = withStack((stack) => [
      new CloudwatchMetrics(stack, "metrics", {
        function_name: "worker",
        log_group_name: "/aws/lambda/worker",
        metrics,
      }),
      new CloudwatchAlarms(stack, "alarms", {
        function_name: "worker",
        ...TOPICS,
        enable_image_metrics: true,
        metrics,
        alarms: { retries: { ...ALARM, metric: "Retries" } },
      }),
    ]);

    const address = { namespace: "ImageProcessor/worker", metric_name: "Retries" };
    expect(Object.values(resource.aws_cloudwatch_metric_alarm ?? {})).toMatchObject([address]);
    const filters = Object.values(resource.aws_cloudwatch_log_metric_filter ?? {});
    expect(filters.map(({ name }) => name)).toContain("worker-Retries");
  });

  it("cannot name a metric that nothing publishes", () => {
    const make = () =>
      withStack(
        (stack) =>
          new CloudwatchAlarms(stack, "alarms", {
            function_name: "worker",
            ...TOPICS,
            enable_image_metrics: true,
            // @ts-expect-error no such metric
            alarms: { retries: { ...ALARM, metric: "Retries" } },
          }),
      );

    expect(make).toThrow(
      'Expected a metric of Lambda, SQS, DynamoDB, API Gateway or the ledger of metrics but got "Retries"',
    );
  });

  it("may replace the faults and their alarms", () => {
    const { made } = withStack(
      (stack) =>
        new LogAlerts(stack, "log_alerts", {
          function_name: "worker",
          log_group_name: "/aws/lambda/worker",
          log_alerts_topic_arn: "arn:aws:sns:eu-west-1:123456789012:log",
          metrics: { Declined: { kind: "fault", unit: "Count", from: [{ levels: ["ERROR"] }], about: "declined" } },
          faults: { Declined: { ...ALARM, severity: "log", name: "declined" } },
        }),
    );

    expect(Object.keys(made.outputs.alarm_names)).toEqual(["declined"]);
    expect(Object.keys(made.outputs.metric_filter_names)).toEqual(["Declined"]);
  });
});

describe("without the metrics of the image handler, the dashboard", () => {
  it("charts what every function has", () => {
    const { resource } = withStack(
      (stack) =>
        new CloudwatchMetrics(stack, "metrics", {
          function_name: "worker",
          log_group_name: "/aws/lambda/worker",
        }),
    );

    const [dashboard] = Object.values(resource.aws_cloudwatch_dashboard ?? {});
    const { widgets } = json(dashboard?.dashboard_body) as { widgets: { properties: { title: string } }[] };
    expect(widgets.map(({ properties }) => properties.title)).toEqual([
      "Invocations & Errors",
      "Duration avg/max/p99",
      "Concurrent Executions",
      "Success vs Error",
      "Image Size",
      "Recent Errors",
    ]);
    expect(dashboard?.dashboard_body).not.toContain("ProcessingSuccess");
    expect(Object.keys(resource.aws_cloudwatch_log_metric_filter ?? {})).toHaveLength(4);
  });
});

describe("a function without images", () => {
  it("has inputs whose descriptions mention no image, and no command of this project", () => {
    const words = Object.values(LAMBDA_FUNCTION).map(({ what, description }) => `${what} ${description}`);

    expect(words.filter((each) => /image|upload|variant|npm run|HANDLER_PACKAGE/i.test(each))).toEqual([]);
  });

  it("has only the permission to write its log, and what the caller adds", () => {
    const package_path = join(temporary(), "worker.zip");
    writeFileSync(package_path, "zip");

    const { made, resource } = withStack(
      (stack) =>
        new LambdaFunction(stack, "worker", {
          function_name: "worker",
          package_path,
          handler: "app.main",
          runtime: "python3.13",
          policy_documents: {
            table: JSON.stringify({ Statement: { Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" } }),
          },
        }),
    );

    const [fn] = Object.values(resource.aws_lambda_function ?? {});
    expect(fn).toMatchObject({ handler: "app.main", runtime: "python3.13", timeout: 60, memory_size: 1024 });
    expect(fn).not.toHaveProperty("environment");
    const [role] = Object.values(resource.aws_iam_role_policy ?? {});
    const { Statement } = json(role?.policy) as { Statement: { Action: unknown }[] };
    expect(Statement.map(({ Action }) => Action)).toEqual([
      "dynamodb:GetItem",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
    ]);
    expect(Object.keys(made.outputs).sort()).toEqual(
      [
        "alias_arn",
        "alias_name",
        "function_arn",
        "function_invoke_arn",
        "function_name",
        "function_role_arn",
        "function_role_name",
        "function_version",
        "log_group_arn",
        "log_group_name",
        "role_arn",
      ].sort(),
    );
  });
});

describe("the ledger of alarms", () => {
  it("is complete in the stack only with the metrics of the image handler", () => {
    const { made } = withStack(
      (stack) =>
        new CloudwatchAlarms(stack, "alarms", {
          function_name: "worker",
          ...TOPICS,
          enable_image_metrics: true,
          enable_async_alarms: true,
          enable_memory_alarm: true,
          enable_dead_letter_queue: true,
          enable_metadata_table: true,
          enable_upload_api: true,
          upload_api_id: "a1b2c3d4e5",
          enable_backfill: true,
          backfill_state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:worker",
          backfill_function_name: "worker-backfill",
          enable_release_alias: true,
          enable_no_invocation_alarm: true,
        }),
    );

    expect(Object.keys(made.outputs.alarm_names)).toEqual(Object.keys(METRIC_ALARMS));
  });
});
