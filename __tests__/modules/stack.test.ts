/** How the modules form a stack, and its outputs. */
import { tmpdir } from "node:os";
import { App } from "cdktf";
import { METRICS, type Metric } from "../../handler/contract/metrics";
import { ImageProcessorStack } from "../../modules/stack";
import { committed, devWith, one, type Synthesized, synthesized, temporary } from "./synthesized";

const UPLOAD = "${aws_s3_bucket.s3_buckets_upload.arn}";
const PROCESSED = "${aws_s3_bucket.s3_buckets_processed.arn}";
const ACCOUNT = "${data.aws_caller_identity.current.account_id}";

describe("a stack", () => {
  it("consists of exactly these resources, named after their constructs", async () => {
    const { resource, data } = synthesized(await committed("dev"));

    const { aws_cloudwatch_metric_alarm, aws_cloudwatch_log_metric_filter, ...others } = resource;
    const names = Object.fromEntries(Object.entries(others).map(([type, all]) => [type, Object.keys(all).sort()]));
    const both = (suffix: string) => [`s3_buckets_processed${suffix}`, `s3_buckets_upload${suffix}`];
    const topics = ["critical", "log", "performance"].map((severity) => `sns_notifications_${severity}`);
    expect(names).toEqual({
      aws_cloudwatch_dashboard: ["cloudwatch_metrics_dashboard"],
      aws_cloudwatch_log_group: ["lambda_function_log_group"],
      aws_iam_role: ["lambda_function_role"],
      aws_iam_role_policy: ["lambda_function_policy"],
      aws_lambda_function: ["lambda_function_function"],
      aws_lambda_permission: ["upload_permission"],
      aws_s3_bucket: both(""),
      aws_s3_bucket_lifecycle_configuration: both("_lifecycle"),
      aws_s3_bucket_notification: ["upload_notification"],
      aws_s3_bucket_ownership_controls: both("_ownership"),
      aws_s3_bucket_policy: both("_policy"),
      aws_s3_bucket_public_access_block: both("_public_access"),
      aws_s3_bucket_server_side_encryption_configuration: both("_encryption"),
      aws_s3_bucket_versioning: both("_versioning"),
      aws_sns_topic: topics,
      aws_sns_topic_policy: topics.map((topic) => `${topic}_policy`),
    });
    expect(Object.keys(aws_cloudwatch_metric_alarm ?? {})).toContain("cloudwatch_alarms_high_error_rate");
    expect(Object.keys(aws_cloudwatch_log_metric_filter ?? {})).toContain("log_alerts_TimeoutErrors");
    expect(data).toEqual({ aws_caller_identity: { current: {} } });
  });

  it("accepts both major versions of the provider, and tags all resources", async () => {
    const { provider, terraform } = synthesized(await committed("prod"));

    expect(provider).toEqual({
      aws: [
        {
          region: "us-east-1",
          default_tags: [
            {
              tags: {
                Project: "image-processor",
                Environment: "prod",
                ManagedBy: "Terraform",
                CostCenter: "images",
                Owner: "platform",
                Budget: "image-processor-prod",
              },
            },
          ],
        },
      ],
    });
    expect(terraform).toEqual({
      backend: { local: { path: "../../../terraform.prod.tfstate" } },
      required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
      required_version: ">= 1.5",
    });
  });

  it("has no empty tags", async () => {
    const { provider } = synthesized(await committed("dev"));

    expect(provider.aws[0]?.default_tags).toEqual([
      { tags: { Project: "image-processor", Environment: "dev", ManagedBy: "Terraform" } },
    ]);
  });

  it("keeps its state in the bucket of the environment, with locking", async () => {
    const { terraform } = synthesized(await devWith('state_bucket = "states"\naws_region = "eu-west-1"'));
    const elsewhere = synthesized(
      await devWith('state_bucket = "states"\nstate_key = "images/dev"\nstate_region = "us-west-2"'),
    );

    expect(terraform).toEqual({
      backend: {
        s3: {
          bucket: "states",
          key: "image-processor/dev.tfstate",
          region: "eu-west-1",
          encrypt: true,
          use_lockfile: true,
        },
      },
      required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
      required_version: ">= 1.10",
    });
    expect(elsewhere.terraform.backend).toEqual({
      s3: { bucket: "states", key: "images/dev", region: "us-west-2", encrypt: true, use_lockfile: true },
    });
  });

  it("is the same text for every folder, time and package name, without a path of the machine", async () => {
    const environment = await committed("dev");

    const [here, there] = [synthesized(environment), synthesized(environment, "another.zip")];

    expect(here.text).toBe(there.text);
    expect(here.text).not.toContain(tmpdir());
    expect(here.text).not.toContain(process.cwd());
  });

  it.each(["dev", "staging", "prod"])(
    "of %s depends on its variables only; the name of the environment appears only in names",
    async (name) => {
      const environment = await committed(name);
      const anonymous = ({ text }: Synthesized, own: string) => text.replaceAll(new RegExp(`\\b${own}\\b`, "g"), "any");

      const [here, there] = [synthesized(environment), synthesized({ ...environment, environment: "elsewhere" })];

      expect(anonymous(there, "elsewhere").replaceAll(new RegExp(`\\b${name}\\b`, "g"), "any")).toBe(
        anonymous(here, name),
      );
    },
  );

  it("refuses a missing package with the command that builds it", async () => {
    const environment = await devWith('lambda_architecture = "x86_64"');
    const app = new App({ outdir: temporary() });

    const make = () => new ImageProcessorStack(app, "dev", { environment, packagePath: "no/such.zip" });

    expect(make).toThrow(
      "The function's package no/such.zip does not exist. Build it with: npm run build -- --architecture x86_64",
    );
  });
});

describe("the upload notification", () => {
  it("depends on the permission, which only this bucket of this account has", async () => {
    const stack = synthesized(await committed("dev"));

    expect(one(stack, "aws_s3_bucket_notification")).toEqual({
      bucket: "${aws_s3_bucket.s3_buckets_upload.id}",
      lambda_function: [
        { lambda_function_arn: "${aws_lambda_function.lambda_function_function.arn}", events: ["s3:ObjectCreated:*"] },
      ],
      depends_on: ["aws_lambda_permission.upload_permission"],
    });
    expect(one(stack, "aws_lambda_permission")).toEqual({
      statement_id: "AllowUploadBucket",
      action: "lambda:InvokeFunction",
      function_name: "${aws_lambda_function.lambda_function_function.function_name}",
      principal: "s3.amazonaws.com",
      source_arn: UPLOAD,
      source_account: ACCOUNT,
    });
  });
});

describe("the outputs", () => {
  const alarms = (module: string, ...names: string[]) =>
    Object.fromEntries(
      names.map((name) => [name, `\${aws_cloudwatch_metric_alarm.${module}_${name.replaceAll("-", "_")}.alarm_name}`]),
    );
  const group = "${aws_cloudwatch_log_group.lambda_function_log_group.name}";
  const dashboard = "${aws_cloudwatch_dashboard.cloudwatch_metrics_dashboard.dashboard_name}";
  const console = "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards";
  const faultAlarms = [
    "timeout-errors",
    "memory-errors",
    "image-processing-errors",
    "s3-permission-errors",
    "critical-errors",
    "large-images",
  ];
  const alarmArns = (module: string, ...names: string[]) =>
    Object.fromEntries(
      Object.entries(alarms(module, ...names)).map(([name, value]) => [name, value.replace(".alarm_name}", ".arn}")]),
    );
  const filters = (module: string, kind: Metric["kind"]) =>
    Object.fromEntries(
      Object.entries<Metric>(METRICS)
        .filter(
          ([name, row]) =>
            row.kind === kind && row.from !== "handler" && row.enabledBy === undefined && name !== "RecordsLost",
        )
        .map(([name]) => [name, `\${aws_cloudwatch_log_metric_filter.${module}_${name}.name}`]),
    );
  const metricAlarms = ["high-error-rate", "throttles", "log-errors", "high-duration", "high-concurrency"];
  const expected = {
    upload_bucket_name: "${aws_s3_bucket.s3_buckets_upload.id}",
    upload_bucket_arn: UPLOAD,
    processed_bucket_name: "${aws_s3_bucket.s3_buckets_processed.id}",
    processed_bucket_arn: PROCESSED,
    lambda_function_name: "${aws_lambda_function.lambda_function_function.function_name}",
    lambda_function_arn: "${aws_lambda_function.lambda_function_function.arn}",
    lambda_log_group_name: group,
    dead_letter_queue_name: "",
    dead_letter_queue_url: "",
    dead_letter_queue_arn: "",
    critical_alerts_topic_arn: "${aws_sns_topic.sns_notifications_critical.arn}",
    performance_alerts_topic_arn: "${aws_sns_topic.sns_notifications_performance.arn}",
    log_alerts_topic_arn: "${aws_sns_topic.sns_notifications_log.arn}",
    cloudwatch_dashboard_name: dashboard,
    cloudwatch_dashboard_url: `${console}:name=${dashboard}`,
    cloudwatch_dashboard_arn: "${aws_cloudwatch_dashboard.cloudwatch_metrics_dashboard.dashboard_arn}",
    metric_namespace: "ImageProcessor/Lambda",
    cloudwatch_alarms: alarms("cloudwatch_alarms", ...metricAlarms, "low-success-rate"),
    log_based_alarms: alarms("log_alerts", ...faultAlarms),
    alarm_arns: {
      ...alarmArns("cloudwatch_alarms", ...metricAlarms, "low-success-rate"),
      ...alarmArns("log_alerts", ...faultAlarms),
    },
    metric_filter_names: {
      ...filters("cloudwatch_metrics", "measure"),
      ...filters("log_alerts", "fault"),
    },
    topic_names: Object.fromEntries(
      ["critical", "performance", "log"].map((each) => [each, `\${aws_sns_topic.sns_notifications_${each}.name}`]),
    ),
    aws_region: "us-east-1",
    upload_command_example: "aws s3 cp photo.jpg s3://${aws_s3_bucket.s3_buckets_upload.id}/",
    view_logs_command: `aws logs tail ${group} --follow --region us-east-1`,
    test_alarm_command:
      "aws cloudwatch set-alarm-state --alarm-name ${aws_cloudwatch_metric_alarm.cloudwatch_alarms_high_error_rate.alarm_name}" +
      ' --state-value ALARM --state-reason "Testing" --region us-east-1',
    sns_subscription_note: "No e-mail address receives notifications. Set alert_email for dev and deploy again.",
  };

  const valuesOf = (output: Record<string, { value: unknown }>) =>
    Object.fromEntries(Object.entries(output).map(([name, { value }]) => [name, value]));

  it("are exactly these", async () => {
    const { output } = synthesized(await committed("dev"));

    expect(valuesOf(output)).toEqual(expected);
  });

  it("are empty where there is no dashboard, and mention the confirmation where there are addresses", async () => {
    const tfvars = 'enable_cloudwatch_dashboard = false\nalert_email = "operator@example.com"';

    const { output, resource } = synthesized(await devWith(tfvars));

    expect(resource).not.toHaveProperty("aws_cloudwatch_dashboard");
    expect(valuesOf(output)).toEqual({
      ...expected,
      cloudwatch_dashboard_name: "",
      cloudwatch_dashboard_url: "",
      cloudwatch_dashboard_arn: "",
      sns_subscription_note:
        "AWS sends a confirmation to each e-mail address. Notifications arrive only after you follow its link.",
    });
  });
});
