/** What an environment is made of, beside its alarms: buckets, function, topics, and how they are joined. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { SETTINGS } from "../../handler/contract/settings";
import { ImageProcessorStack } from "../../modules/stack";
import { committed, devWith, json, one, synthesized, temporary } from "./synthesized";

const UPLOAD = "${aws_s3_bucket.s3_buckets_upload.arn}";
const PROCESSED = "${aws_s3_bucket.s3_buckets_processed.arn}";
const ACCOUNT = "${data.aws_caller_identity.current.account_id}";

describe("a stack", () => {
  it("consists of these resources, named as in the code", async () => {
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

  it("asks for either major version of the provider, and tags everything", async () => {
    const { provider, terraform } = synthesized(await committed("prod"));

    expect(provider).toEqual({
      aws: [
        {
          region: "us-east-1",
          default_tags: [{ tags: { Project: "image-processor", Environment: "prod", ManagedBy: "Terraform" } }],
        },
      ],
    });
    expect(terraform).toEqual({
      backend: { local: { path: "../../../terraform.prod.tfstate" } },
      required_providers: { aws: { source: "aws", version: ">= 5.100.0, < 7.0.0" } },
      required_version: ">= 1.5",
    });
  });

  it("is the same text wherever, whenever and from whatever package it is made, with no path of the machine", async () => {
    const environment = await committed("dev");

    const [here, there] = [synthesized(environment), synthesized(environment, "another.zip")];

    expect(here.text).toBe(there.text);
    expect(here.text).not.toContain(tmpdir());
    expect(here.text).not.toContain(process.cwd());
  });

  it("refuses to be made without a package, and says how to build it", async () => {
    const environment = await devWith('lambda_architecture = "x86_64"');
    const app = new App({ outdir: temporary() });

    const make = () => new ImageProcessorStack(app, "dev", { environment, packagePath: "no/such.zip" });

    expect(make).toThrow(
      "Expected a zip for the function's package but got nothing at no/such.zip: run npm run build -- --architecture x86_64",
    );
  });
});

describe("s3_buckets", () => {
  it.each(["upload", "processed"])("makes the %s bucket encrypted, private, versioned, and tidy", async (name) => {
    const { resource } = synthesized(await committed("dev"));

    const bucket = `\${aws_s3_bucket.s3_buckets_${name}.id}`;
    const of = (type: string, suffix: string) => resource[type]?.[`s3_buckets_${name}${suffix}`];
    expect(of("aws_s3_bucket", "")).toEqual({ bucket_prefix: `image-processor-dev-${name}-` });
    expect(of("aws_s3_bucket_server_side_encryption_configuration", "_encryption")).toEqual({
      bucket,
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    });
    expect(of("aws_s3_bucket_versioning", "_versioning")).toEqual({
      bucket,
      versioning_configuration: { status: "Enabled" },
    });
    expect(of("aws_s3_bucket_public_access_block", "_public_access")).toEqual({
      bucket,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(of("aws_s3_bucket_ownership_controls", "_ownership")).toEqual({
      bucket,
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
    expect(of("aws_s3_bucket_lifecycle_configuration", "_lifecycle")).toEqual({
      bucket,
      rule: [
        {
          id: "expire-leftovers",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
          noncurrent_version_expiration: [{ noncurrent_days: 30 }],
        },
      ],
      depends_on: [`aws_s3_bucket_versioning.s3_buckets_${name}_versioning`],
    });
  });

  it.each(["upload", "processed"])("lets nobody reach the %s bucket without TLS", async (name) => {
    const { resource } = synthesized(await committed("dev"));

    const { policy, ...others } = resource.aws_s3_bucket_policy?.[`s3_buckets_${name}_policy`] ?? {};
    const arn = `\${aws_s3_bucket.s3_buckets_${name}.arn}`;
    expect(json(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyWithoutTls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    expect(others).toEqual({
      bucket: `\${aws_s3_bucket.s3_buckets_${name}.id}`,
      depends_on: [`aws_s3_bucket_public_access_block.s3_buckets_${name}_public_access`],
    });
  });

  it("keeps no versions where enable_s3_versioning is off", async () => {
    const { resource } = synthesized(await devWith("enable_s3_versioning = false"));

    const statuses = Object.values(resource.aws_s3_bucket_versioning ?? {}).map((row) => row.versioning_configuration);
    expect(statuses).toEqual([{ status: "Suspended" }, { status: "Suspended" }]);
  });
});

describe("lambda_function", () => {
  const common = [
    {
      Sid: "ReadUploads",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: `${UPLOAD}/*`,
    },
    { Sid: "TellDeletedFromDenied", Effect: "Allow", Action: ["s3:ListBucket"], Resource: UPLOAD },
    { Sid: "WriteVariants", Effect: "Allow", Action: ["s3:PutObject"], Resource: `${PROCESSED}/*` },
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: "${aws_cloudwatch_log_group.lambda_function_log_group.arn}:*",
    },
  ];

  it("may do this and nothing else where it publishes metrics itself", async () => {
    const { policy, ...others } = one(synthesized(await devWith('metric_namespace = "Mine"')), "aws_iam_role_policy");

    const publish = {
      Sid: "PublishMetrics",
      Effect: "Allow",
      Action: ["cloudwatch:PutMetricData"],
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "Mine" } },
    };
    expect(json(policy)).toEqual({ Version: "2012-10-17", Statement: [...common, publish] });
    expect(others).toEqual({ name: "least-privilege", role: "${aws_iam_role.lambda_function_role.id}" });
  });

  it("may not publish metrics where they are embedded in the log", async () => {
    const { policy } = one(synthesized(await devWith('metrics_transport = "emf"')), "aws_iam_role_policy");

    expect(json(policy)).toEqual({ Version: "2012-10-17", Statement: common });
  });

  it("has a role that only Lambda can take", async () => {
    const { assume_role_policy, ...others } = one(synthesized(await committed("dev")), "aws_iam_role");

    expect(json(assume_role_policy)).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
    expect(others).toEqual({ name: "image-processor-dev-processor-role" });
  });

  it("writes to a log group of its own, that exists before it", async () => {
    const group = one(synthesized(await committed("prod")), "aws_cloudwatch_log_group");

    expect(group).toEqual({ name: "/aws/lambda/image-processor-prod-processor", retention_in_days: 30 });
  });

  it("is configured by the environment", async () => {
    const stack = synthesized(await committed("prod"));

    const zip = "assets/lambda_function_package/current/handler.zip";
    expect(one(stack, "aws_lambda_function")).toEqual({
      function_name: "image-processor-prod-processor",
      role: "${aws_iam_role.lambda_function_role.arn}",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: zip,
      source_code_hash: `\${filebase64sha256("${zip}")}`,
      timeout: 60,
      memory_size: 1769,
      environment: {
        variables: {
          PROCESSED_BUCKET: "${aws_s3_bucket.s3_buckets_processed.id}",
          LOG_LEVEL: "INFO",
          METRIC_NAMESPACE: "ImageProcessor/Lambda/prod",
          METRICS_TRANSPORT: "emf",
          LARGE_IMAGE_BYTES: "10485760",
          MAX_IMAGE_BYTES: "104857600",
          MAX_IMAGE_PIXELS: "100000000",
          MAX_IMAGE_SIDE_PX: "65535",
        },
      },
      logging_config: {
        log_format: "JSON",
        log_group: "${aws_cloudwatch_log_group.lambda_function_log_group.name}",
        system_log_level: "INFO",
        application_log_level: "INFO",
      },
      depends_on: ["aws_cloudwatch_log_group.lambda_function_log_group", "aws_iam_role_policy.lambda_function_policy"],
    });
    expect(existsSync(join(stack.folder, zip))).toBe(true);
  });

  it("is given every setting that the handler reads", async () => {
    const { environment } = one(synthesized(await committed("dev")), "aws_lambda_function");

    expect(environment).toHaveProperty("variables");
    const { variables } = environment as { variables: Record<string, string> };
    expect(Object.keys(variables).sort()).toEqual(Object.keys(SETTINGS).sort());
  });

  it.each([
    ["DEBUG", "DEBUG"],
    ["INFO", "INFO"],
    ["WARNING", "INFO"],
    ["ERROR", "INFO"],
  ])("at log_level %s lets Lambda pass lines from %s on, so that no metric starves", async (logLevel, passed) => {
    const { logging_config } = one(synthesized(await devWith(`log_level = "${logLevel}"`)), "aws_lambda_function");

    expect(logging_config).toMatchObject({ application_log_level: passed, system_log_level: "INFO" });
  });
});

describe("the notification of uploads", () => {
  it("waits for the permission, which only this bucket of this account has", async () => {
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

describe("sns_notifications", () => {
  it("makes one topic for each severity, open to the alarms of this account only", async () => {
    const { resource } = synthesized(await committed("dev"));

    const topics = Object.values(resource.aws_sns_topic ?? {});
    expect(topics).toEqual([
      { name: "image-processor-dev-critical-alerts" },
      { name: "image-processor-dev-log-alerts" },
      { name: "image-processor-dev-performance-alerts" },
    ]);
    for (const severity of ["critical", "performance", "log"]) {
      const { policy, ...others } = resource.aws_sns_topic_policy?.[`sns_notifications_${severity}_policy`] ?? {};
      const arn = `\${aws_sns_topic.sns_notifications_${severity}.arn}`;
      expect(others).toEqual({ arn });
      expect(json(policy)).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AlarmsOfThisAccount",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: arn,
            Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
          },
        ],
      });
    }
  });

  it("subscribes every address to its topic, and the phone to critical alarms", async () => {
    const environment = await devWith(`
      alert_email     = "operator@example.com"
      log_alert_email = "log@example.com"
      alert_sms       = "+15555550100"
    `);

    const { resource } = synthesized(environment);

    const topic_arn = (severity: string) => `\${aws_sns_topic.sns_notifications_${severity}.arn}`;
    const operator = { protocol: "email", endpoint: "operator@example.com" };
    expect(resource.aws_sns_topic_subscription).toEqual({
      sns_notifications_critical_email: { ...operator, topic_arn: topic_arn("critical") },
      sns_notifications_performance_email: { ...operator, topic_arn: topic_arn("performance") },
      sns_notifications_log_email: { ...operator, endpoint: "log@example.com", topic_arn: topic_arn("log") },
      sns_notifications_critical_sms: {
        protocol: "sms",
        endpoint: "+15555550100",
        topic_arn: topic_arn("critical"),
      },
    });
  });

  it("subscribes nobody where no address is given", async () => {
    const { resource } = synthesized(await committed("dev"));

    expect(resource).not.toHaveProperty("aws_sns_topic_subscription");
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
  const metricAlarms = ["high-error-rate", "throttles", "log-errors", "high-duration", "high-concurrency"];
  const expected = {
    upload_bucket_name: "${aws_s3_bucket.s3_buckets_upload.id}",
    upload_bucket_arn: UPLOAD,
    processed_bucket_name: "${aws_s3_bucket.s3_buckets_processed.id}",
    processed_bucket_arn: PROCESSED,
    lambda_function_name: "${aws_lambda_function.lambda_function_function.function_name}",
    lambda_function_arn: "${aws_lambda_function.lambda_function_function.arn}",
    lambda_log_group_name: group,
    critical_alerts_topic_arn: "${aws_sns_topic.sns_notifications_critical.arn}",
    performance_alerts_topic_arn: "${aws_sns_topic.sns_notifications_performance.arn}",
    log_alerts_topic_arn: "${aws_sns_topic.sns_notifications_log.arn}",
    cloudwatch_dashboard_name: dashboard,
    cloudwatch_dashboard_url: `${console}:name=${dashboard}`,
    metric_namespace: "ImageProcessor/Lambda",
    cloudwatch_alarms: alarms("cloudwatch_alarms", ...metricAlarms, "low-success-rate"),
    log_based_alarms: alarms(
      "log_alerts",
      "timeout-errors",
      "memory-errors",
      "image-processing-errors",
      "s3-permission-errors",
      "critical-errors",
      "large-images",
    ),
    aws_region: "us-east-1",
    upload_command_example: "aws s3 cp photo.jpg s3://${aws_s3_bucket.s3_buckets_upload.id}/",
    view_logs_command: `aws logs tail ${group} --follow --region us-east-1`,
    test_alarm_command:
      "aws cloudwatch set-alarm-state --alarm-name ${aws_cloudwatch_metric_alarm.cloudwatch_alarms_high_error_rate.alarm_name}" +
      ' --state-value ALARM --state-reason "Testing" --region us-east-1',
    sns_subscription_note: "Nobody is told of alarms by e-mail: set alert_email for dev and deploy again.",
  };

  const valuesOf = (output: Record<string, { value: unknown }>) =>
    Object.fromEntries(Object.entries(output).map(([name, { value }]) => [name, value]));

  it("are these, by their plain names", async () => {
    const { output } = synthesized(await committed("dev"));

    expect(valuesOf(output)).toEqual(expected);
  });

  it("say null where there is no dashboard, and what to confirm where there are addresses", async () => {
    const tfvars = 'enable_cloudwatch_dashboard = false\nalert_email = "operator@example.com"';

    const { output, resource } = synthesized(await devWith(tfvars));

    expect(resource).not.toHaveProperty("aws_cloudwatch_dashboard");
    expect(valuesOf(output)).toEqual({
      ...expected,
      cloudwatch_dashboard_name: "${null}",
      cloudwatch_dashboard_url: "${null}",
      sns_subscription_note:
        "AWS sends a confirmation to each e-mail address: nobody is told of alarms before following its link.",
    });
  });
});
