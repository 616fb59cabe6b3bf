/** `npm run diff-env`: the differences between two environments. */
import { stripVTControlCharacters } from "node:util";
import type { Environment } from "../../modules/variables";
import { comparisonLines } from "../../scripts/aws/terraform/environment-diff/report";
import { compare } from "../../scripts/commands/diff-env";
import { committed, devWith } from "../modules/synthesized";
import { run } from "./run";

const linesOf = (first: Environment, second: Environment): string[] =>
  comparisonLines(compare(first, second)).map(stripVTControlCharacters);

describe("npm run diff-env", () => {
  it("finds no difference between environments that differ only in their names", async () => {
    const dev = await devWith('metric_namespace = "Photos/dev"');
    const qa = { ...dev, environment: "qa", metric_namespace: "Photos/qa" };

    expect(compare(dev, qa)).toEqual({ variables: [], differences: [] });
  });

  it("shows the variables, and the resources that differ, by module", async () => {
    const dev = await devWith("");
    const qa = await devWith(`
      lambda_timeout             = 90
      enable_no_invocation_alarm = true
      enable_s3_versioning       = false
      large_images_threshold     = 7
    `);

    const lines = linesOf(dev, { ...qa, environment: "qa" });

    expect(lines).toEqual([
      "lambda_timeout              60 -> 90",
      "enable_s3_versioning        true -> false",
      "enable_no_invocation_alarm  false -> true",
      "large_images_threshold      5 -> 7",
      "",
      "cloudwatch_alarms",
      "  ~ aws_cloudwatch_metric_alarm cloudwatch_alarms_high_duration, cloudwatch_alarms_high_error_rate: alarm_description, evaluation_periods 1 -> 2",
      "  + aws_cloudwatch_metric_alarm cloudwatch_alarms_no_invocations",
      "",
      "cloudwatch_metrics",
      "  ~ aws_cloudwatch_dashboard cloudwatch_metrics_dashboard: dashboard_body",
      "",
      "lambda_function",
      "  ~ aws_lambda_function lambda_function_function: timeout 60 -> 90",
      "",
      "log_alerts",
      "  ~ aws_cloudwatch_metric_alarm log_alerts_large_images: alarm_description, threshold 5 -> 7",
      "",
      "s3_buckets",
      '  ~ aws_s3_bucket_versioning s3_buckets_processed_versioning, s3_buckets_upload_versioning: versioning_configuration.status "Enabled" -> "Suspended"',
      "",
      "stack",
      "  ~ output alarm_arns, cloudwatch_alarms: value.no-invocations",
    ]);
  });

  it("compares policies by statement, and counts resources that differ in the same way", async () => {
    const dev = await devWith("");

    const lines = linesOf(dev, await devWith('metric_namespace = "Photos"'));

    expect(lines).toContain(
      '  ~ aws_iam_role_policy lambda_function_policy: policy.Statement.PublishMetrics.Condition.StringEquals.cloudwatch:namespace "ImageProcessor/Lambda" -> "Photos"',
    );
    expect(lines).toContainEqual(expect.stringMatching(/ aws_cloudwatch_metric_alarm \(\d+ of them\): namespace /));
  });

  it("shows no address", async () => {
    const dev = await devWith('alert_email = "operator@example.com"');

    const comparison = compare(dev, await devWith('alert_email = "other@example.com"\nalert_sms = "+15555550100"'));

    const lines = comparisonLines(comparison).map(stripVTControlCharacters);
    expect(lines).toContain('alert_email              "(set)" -> "(set)"');
    expect(lines).toContain('alert_sms                "" -> "(set)"');
    expect(lines).toContainEqual(
      expect.stringMatching(/aws_sns_topic_subscription .*: endpoint "\(set\)" -> "\(set\)"$/),
    );
    expect(JSON.stringify([comparison, lines])).not.toMatch(/@example|555/);
  });

  it("prints every value as JSON", async () => {
    const [staging, prod] = [await committed("staging"), await committed("prod")];

    const { code, stdout } = await run("diff-env", "staging", "prod", "--json");

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      environments: ["staging", "prod"],
      ...JSON.parse(JSON.stringify(compare(staging, prod))),
    });
  });
});
