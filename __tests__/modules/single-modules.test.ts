/** Single modules: what they read from the provider, their outputs, and what they refuse at synthesis. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "../../handler/contract/metrics";
import type { MetricAlarm } from "../../modules/alarm-types";
import { LOG_ALARMS } from "../../modules/alarms";
import { CloudwatchAlarms } from "../../modules/cloudwatch_alarms";
import { CloudwatchMetrics } from "../../modules/cloudwatch_metrics";
import { LambdaFunction } from "../../modules/lambda_function";
import { LogAlerts } from "../../modules/log_alerts";
import { S3Buckets } from "../../modules/s3_buckets";
import { SnsNotifications } from "../../modules/sns_notifications";
import { ALARM, RETRIES, TOPICS, withStack } from "./one-module";
import { temporary } from "./synthesized";

describe("a module without an account id and a region", () => {
  it("takes both from the provider", () => {
    const package_path = join(temporary(), "worker.zip");
    writeFileSync(package_path, "zip");

    const { resource, data } = withStack(
      (stack) =>
        new LambdaFunction(stack, "worker", {
          function_name: "worker",
          package_path,
          enable_kms_key: true,
          kms_key_arn: "arn:aws:kms:eu-west-1:123456789012:key/1",
        }),
    );

    expect(Object.keys(data).sort()).toEqual(["aws_caller_identity", "aws_partition", "aws_region"]);
    const [role] = Object.values(resource.aws_iam_role_policy ?? {});
    expect(role?.policy).toMatch(
      /arn:\$\{data\.aws_partition\.[^}]*\.partition\}:lambda:\$\{data\.aws_region\.[^}]*\.id\}:\$\{data\.aws_caller_identity\.[^}]*\.account_id\}:function:worker/,
    );
  });

  it("reads neither where it needs none", () => {
    const { data } = withStack(
      (stack) => new CloudwatchAlarms(stack, "alarms", { function_name: "worker", ...TOPICS }),
    );

    expect(data).toEqual({});
  });
});

describe("the outputs of a module", () => {
  it("have the original's names", () => {
    const { made } = withStack((stack) => ({
      buckets: new S3Buckets(stack, "buckets", {
        upload_bucket_name: "acme-in",
        processed_bucket_name: "acme-out",
      }),
      sns: new SnsNotifications(stack, "sns", { project_name: "a", environment: "b" }),
      metrics: new CloudwatchMetrics(stack, "metrics", {
        function_name: "worker",
        log_group_name: "/aws/lambda/worker",
      }),
      alarms: new CloudwatchAlarms(stack, "alarms", { function_name: "worker", ...TOPICS }),
      logAlerts: new LogAlerts(stack, "log_alerts", {
        function_name: "worker",
        log_group_name: "/aws/lambda/worker",
        log_alerts_topic_arn: "arn:aws:sns:eu-west-1:123456789012:log",
      }),
    }));

    expect(Object.keys(made.buckets.outputs)).toEqual([
      "upload_bucket_id",
      "upload_bucket_arn",
      "upload_bucket_domain_name",
      "processed_bucket_id",
      "processed_bucket_arn",
      "processed_bucket_domain_name",
      "bucket_arns",
      "log_bucket_id",
    ]);
    expect(Object.keys(made.sns.outputs)).toEqual([
      "critical_alerts_topic_arn",
      "critical_alerts_topic_name",
      "performance_alerts_topic_arn",
      "performance_alerts_topic_name",
      "log_alerts_topic_arn",
      "log_alerts_topic_name",
      "topic_arns",
      "topic_names",
      "budget_topic_arn",
    ]);
    expect(Object.keys(made.metrics.outputs)).toEqual([
      "dashboard_name",
      "dashboard_arn",
      "metric_namespace",
      "metric_filter_names",
    ]);
    expect(Object.keys(made.alarms.outputs)).toEqual([
      "alarm_names",
      "alarm_arns",
      "all_alarm_names",
      "error_alarm_arn",
      "duration_alarm_arn",
      "throttle_alarm_arn",
      "concurrency_alarm_arn",
      "log_error_alarm_arn",
      "success_rate_alarm_arn",
    ]);
    expect(made.alarms.outputs.throttle_alarm_arn).toBe(made.alarms.outputs.alarm_arns.throttles);
    expect(made.alarms.outputs.log_error_alarm_arn).toBe("");
    expect(Object.keys(made.logAlerts.outputs)).toEqual([
      "alarm_names",
      "alarm_arns",
      "all_log_alarm_names",
      "metric_filter_names",
      "timeout_alarm_arn",
      "memory_alarm_arn",
      "pil_alarm_arn",
      "s3_permission_alarm_arn",
      "critical_alarm_arn",
      "large_image_alarm_arn",
    ]);
    expect(Object.keys(made.alarms.outputs.alarm_arns)).toEqual(Object.keys(made.alarms.outputs.alarm_names));
  });
});

describe("a module refuses in one line", () => {
  const alarms = (props: object) => () =>
    withStack((stack) => new CloudwatchAlarms(stack, "alarms", { function_name: "worker", ...TOPICS, ...props }));
  const faults = (ledger: object) => () =>
    withStack(
      (stack) =>
        new LogAlerts(stack, "log_alerts", {
          function_name: "worker",
          log_group_name: "/aws/lambda/worker",
          log_alerts_topic_arn: "arn:aws:sns:eu-west-1:123456789012:log",
          enable_image_metrics: true,
          faults: ledger as typeof LOG_ALARMS,
        }),
    );

  // biome-ignore format: a table is read down its columns
  it.each([
    ["a threshold of the wrong type", alarms({ error_threshold: "three" }), 'cloudwatch_alarms: Expected a whole number from 1 to 1000000 for error_threshold but got "three"'],
    ["a namespace of AWS", alarms({ metric_namespace: "AWS/Mine" }), 'cloudwatch_alarms: Expected a CloudWatch namespace (letters, digits and . - _ / #, not starting with AWS/), or "" for metric_namespace but got "AWS/Mine"'],
    ["an alarm that an unknown input enables", alarms({ alarms: { high: { ...ALARM, metric: "Errors", enabledBy: "enable_high" } } }), 'cloudwatch_alarms: Expected the name of an input that is true or false for enabledBy of the alarm high but got "enable_high"'],
    ["an alarm with the name of an unknown threshold", alarms({ alarms: { high: { ...ALARM, metric: "Errors", threshold: "high_threshold" } } }), 'cloudwatch_alarms: Expected a number, or the name of an input that holds one for threshold of the alarm high but got "high_threshold"'],
    ["an alarm without a threshold", alarms({ alarms: { high: { ...ALARM, metric: "Errors", threshold: undefined } } }), "cloudwatch_alarms: Expected a number, or the name of an input that holds one for threshold of the alarm high but got nothing"],
    ["an unknown statistic", alarms({ alarms: { high: { ...ALARM, metric: "Errors", statistic: "Total" } } }), 'cloudwatch_alarms: Expected one of Sum, Maximum for statistic of the alarm high but got "Total"'],
    ["an unknown property of a metric", alarms({ metrics: { ...METRICS, Retries: { ...RETRIES, form: [] } } }), "cloudwatch_alarms: Expected known properties for the metric Retries but got form"],
    ["a metric that comes from nothing", alarms({ metrics: { ...METRICS, Retries: { ...RETRIES, from: undefined } } }), 'cloudwatch_alarms: Expected "handler" or a list of log sources for from of the metric Retries but got nothing'],
    ["an unknown property of an alarm", alarms({ alarms: { high: { ...ALARM, metric: "Errors", treshold: 2 } as MetricAlarm } }), "cloudwatch_alarms: Expected known properties for the alarm high but got treshold"],
    ["a severity without a topic", alarms({ alarms: { high: { ...ALARM, metric: "Errors", severity: "log" } } }), 'Expected one of critical, performance for the severity of the alarm high but got "log"'],
    ["periods of more than seven days", alarms({ alarms: { high: { ...ALARM, metric: "Errors", periodSeconds: 86_400, evaluationPeriods: 8 } } }), "cloudwatch_alarms: Expected at most 604800 seconds for the periods of the alarm high but got 8 of 86400 seconds"],
    ["short periods of more than a day", alarms({ alarms: { high: { ...ALARM, metric: "Errors", periodSeconds: 3_540, evaluationPeriods: 25 } } }), "cloudwatch_alarms: Expected at most 86400 seconds for the periods of the alarm high but got 25 of 3540 seconds"],
    ["a composite alarm on an alarm that is not in the ledger", alarms({ composites: { both: { severity: "critical", summary: "All is lost", rule: { any: ["throttles", "trottles"] } } } }), 'cloudwatch_alarms: Expected the name of another alarm for the rule of both but got "trottles"'],
    ["a composite alarm on no alarm", alarms({ composites: { both: { severity: "critical", summary: "All is lost", rule: { any: [] } } } }), "cloudwatch_alarms: Expected the name of another alarm for the rule of both but got none"],
    ["two alarms of one name", faults({ ...LOG_ALARMS, LargeImages: { ...LOG_ALARMS.LargeImages, name: "memory-errors" } }), "log_alerts: Expected different names for alarms but got memory-errors twice"],
    ["an alarm on a fault that is not in the ledger", faults({ ...LOG_ALARMS, Lost: { ...LOG_ALARMS.LargeImages, name: "lost" } }), 'log_alerts: Expected a metric of the ledger but got "Lost"'],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  it("two alarms of one name in two modules", () => {
    const make = () =>
      withStack((stack) => [
        new CloudwatchAlarms(stack, "alarms", {
          function_name: "worker",
          ...TOPICS,
          alarms: { "timeout-errors": { ...ALARM, metric: "Errors" } },
        }),
        new LogAlerts(stack, "log_alerts", {
          function_name: "worker",
          log_group_name: "/aws/lambda/worker",
          log_alerts_topic_arn: "arn:aws:sns:eu-west-1:123456789012:log",
        }),
      ]);

    expect(make).toThrow("log_alerts: Expected different names for alarms but got worker-timeout-errors twice");
  });

  it("a zip that does not exist", () => {
    const make = () =>
      withStack(
        (stack) =>
          new LambdaFunction(stack, "worker", {
            function_name: "worker",
            package_path: "no/such.zip",
          }),
      );

    expect(make).toThrow('lambda_function: Expected an existing zip for package_path but got "no/such.zip"');
  });

  it("a policy document that is not JSON", () => {
    const package_path = join(temporary(), "worker.zip");
    writeFileSync(package_path, "zip");
    const make = () =>
      withStack(
        (stack) =>
          new LambdaFunction(stack, "worker", {
            function_name: "worker",
            package_path,
            policy_documents: { table: "allow all" },
          }),
      );

    expect(make).toThrow(
      "lambda_function: Expected a policy document as JSON for policy_documents.table but got allow all",
    );
  });

  it("all wrong inputs at once, one on each line", () => {
    const make = alarms({ error_threshold: 0, throttle_threshold: 0 });

    expect(make).toThrow(
      "cloudwatch_alarms: Expected a whole number from 1 to 1000000 for error_threshold but got 0\n" +
        "cloudwatch_alarms: Expected a whole number from 1 to 1000000 for throttle_threshold but got 0",
    );
  });
});
