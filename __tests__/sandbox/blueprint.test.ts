/** Reading a stack: references, prefixes, and defaults of the provider. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBlueprint } from "../../scripts/sandbox/blueprint";

const folder = mkdtempSync(join(tmpdir(), "blueprint-test-"));

afterAll(() => rmSync(folder, { recursive: true }));

const FUNCTION = {
  function_name: "resizer",
  handler: "index.handler",
  runtime: "nodejs22.x",
  filename: "assets/handler.zip",
  source_code_hash: '${filebase64sha256("assets/handler.zip")}',
  environment: { variables: { OUT: "${aws_s3_bucket.out.id}", ARN: "for ${aws_s3_bucket.out.arn}/*", LIMIT: 5 } },
};

const STACK = {
  provider: { aws: [{ region: "eu-west-1" }] },
  data: { aws_caller_identity: { me: {} } },
  resource: {
    aws_s3_bucket: { in: { bucket: "uploads" }, out: { bucket_prefix: "processed-" } },
    aws_s3_bucket_versioning: {
      in: { bucket: "${aws_s3_bucket.in.bucket}", versioning_configuration: { status: "Enabled" } },
      out: { bucket: "${aws_s3_bucket.out.id}", versioning_configuration: { status: "Suspended" } },
    },
    aws_lambda_function: { f: FUNCTION },
    aws_s3_bucket_notification: {
      n: {
        bucket: "${aws_s3_bucket.in.id}",
        lambda_function: [
          {
            lambda_function_arn: "${aws_lambda_function.f.arn}",
            events: ["s3:ObjectCreated:*"],
            filter_suffix: ".jpg",
          },
          {
            lambda_function_arn: "arn:aws:lambda:eu-west-1:000000000000:function:another",
            events: ["s3:ObjectCreated:*"],
          },
        ],
      },
    },
    aws_sns_topic: { t: { name: "alerts" } },
    aws_sns_topic_subscription: {
      s: { topic_arn: "${aws_sns_topic.t.arn}", protocol: "email", endpoint: "someone@example.com" },
    },
    aws_cloudwatch_metric_alarm: {
      a: {
        alarm_name: "${aws_lambda_function.f.function_name}-errors",
        alarm_description: "literal $${x}",
        comparison_operator: "GreaterThanThreshold",
        evaluation_periods: 1,
        threshold: 1,
        metric_name: "Errors",
        namespace: "AWS/Lambda",
        statistic: "Sum",
        period: 60,
        dimensions: { FunctionName: "${aws_lambda_function.f.function_name}" },
        alarm_actions: ["${aws_sns_topic.t.arn}"],
        evaluate_low_sample_count_percentiles: "ignore",
      },
    },
    aws_cloudwatch_composite_alarm: {
      page: {
        alarm_name: "page",
        alarm_rule:
          'ALARM("${aws_cloudwatch_metric_alarm.a.alarm_name}") AND NOT ALARM(${aws_cloudwatch_metric_alarm.a.arn})',
        alarm_actions: ["${aws_sns_topic.t.arn}"],
        actions_suppressor: {
          alarm: "${aws_cloudwatch_metric_alarm.a.arn}",
          wait_period: "120",
          extension_period: 1800,
        },
      },
      ticket: {
        alarm_name: "ticket",
        alarm_rule: "OK(${aws_cloudwatch_composite_alarm.page.alarm_name})",
        actions_enabled: false,
      },
    },
  },
};

const read = (stack: object) => {
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
  return readBlueprint(folder);
};

const withFunction = (changes: object) => ({
  ...STACK,
  resource: { ...STACK.resource, aws_lambda_function: { f: { ...FUNCTION, ...changes } } },
});

describe("the blueprint of a stack", () => {
  it("has the function with resolved references and the provider's defaults", () => {
    expect(read(STACK).function).toEqual({
      name: "resizer",
      arn: "arn:aws:lambda:eu-west-1:000000000000:function:resizer",
      region: "eu-west-1",
      handler: "index.handler",
      runtime: "nodejs22.x",
      architecture: "x86_64",
      timeoutSeconds: 3,
      memoryMb: 128,
      packageFile: join(folder, "assets/handler.zip"),
      environment: { OUT: "processed-local", ARN: "for arn:aws:s3:::processed-local/*", LIMIT: "5" },
      logGroup: "/aws/lambda/resizer",
      logFormat: "Text",
      applicationLogLevel: "INFO",
      systemLogLevel: "INFO",
      reservedConcurrency: undefined,
      maximumRetryAttempts: 2,
      maximumEventAgeSeconds: 21_600,
      deadLetterTargetArn: undefined,
      settingsKeyArn: undefined,
      isTraced: false,
      isInVpc: false,
    });
  });

  it("has the values that the function sets", () => {
    const { function: fn } = read(
      withFunction({
        timeout: 60,
        memory_size: "1024",
        architectures: ["arm64"],
        reserved_concurrent_executions: 0,
        logging_config: { log_format: "JSON", log_group: "own", system_log_level: "WARN" },
      }),
    );

    expect([fn.timeoutSeconds, fn.memoryMb, fn.architecture, fn.reservedConcurrency]).toEqual([60, 1024, "arm64", 0]);
    expect([fn.logFormat, fn.logGroup, fn.systemLogLevel]).toEqual(["JSON", "own", "WARN"]);
  });

  it("has the buckets by their local names, and the function's notifications", () => {
    const { buckets, notifications } = read(STACK);

    expect(buckets).toEqual([
      { name: "uploads", arn: "arn:aws:s3:::uploads", versioned: true },
      { name: "processed-local", arn: "arn:aws:s3:::processed-local", versioned: false },
    ]);
    expect(notifications).toEqual([
      { bucket: "uploads", id: "tf-s3-lambda", events: ["s3:ObjectCreated:*"], prefix: "", suffix: ".jpg" },
    ]);
  });

  it("has the alarms, their topics, and the subscriptions", () => {
    const { alarms, subscriptions } = read(STACK);
    const topicArn = "arn:aws:sns:eu-west-1:000000000000:alerts";

    expect(alarms).toMatchObject([
      {
        name: "resizer-errors",
        description: "literal ${x}",
        alarmActions: [topicArn],
        okActions: [],
        evaluateLowSampleCountPercentiles: "ignore",
        watches: { name: "Errors", statistic: "Sum", periodSeconds: 60, dimensions: { FunctionName: "resizer" } },
      },
    ]);
    expect(subscriptions).toEqual([{ topicArn, protocol: "email", endpoint: "someone@example.com" }]);
  });

  it("has the composite alarms with their rules and suppressors", () => {
    const { compositeAlarms } = read(STACK);
    const errorsArn = "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:resizer-errors";

    expect(compositeAlarms).toMatchObject([
      {
        name: "page",
        rule: `ALARM("resizer-errors") AND NOT ALARM(${errorsArn})`,
        alarmActions: ["arn:aws:sns:eu-west-1:000000000000:alerts"],
        okActions: [],
        actionsSuppressor: { alarm: errorsArn, waitSeconds: 120, extensionSeconds: 1800 },
      },
      { name: "ticket", rule: "OK(page)", actionsEnabled: false, actionsSuppressor: undefined },
    ]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["a missing resource",             withFunction({ function_name: "${aws_s3_bucket.nope.id}" }),     'Expected a reference that can be resolved for aws_lambda_function.f.function_name but got "${aws_s3_bucket.nope.id}"'],
    ["an unknown attribute",           withFunction({ handler: "x ${aws_s3_bucket.in.magic} y" }),      'Expected a reference that can be resolved for aws_lambda_function.f.handler but got "${aws_s3_bucket.in.magic}"'],
    ["a Terraform function",           withFunction({ filename: "${abspath(\"x\")}" }),                 'Expected a reference that can be resolved for aws_lambda_function.f.filename but got "${abspath(\\"x\\")}"'],
    ["an attribute that is missing",   withFunction({ handler: undefined }),                            "Expected a string for aws_lambda_function.f.handler but got nothing"],
    ["an attribute of the wrong type", withFunction({ timeout: "long" }),                               'Expected a number for aws_lambda_function.f.timeout but got "long"'],
    ["a stack without a function",     { ...STACK, resource: {} },                                      "Expected one resource for aws_lambda_function but got 0"],
    ["a provider without a region",    { ...STACK, provider: { aws: [{}] } },                           `Expected a region for provider.aws in ${join(folder, "cdk.tf.json")} but got nothing`],
  ])("refuses %s", (_what, stack, message) => {
    expect(() => read(stack)).toThrow(new Error(message));
  });

  it("refuses a folder without a stack", () => {
    const missing = join(folder, "missing");

    expect(() => readBlueprint(missing)).toThrow(
      `Expected a synthesized stack for ${missing}/cdk.tf.json but got ENOENT: no such file or directory`,
    );
  });
});
