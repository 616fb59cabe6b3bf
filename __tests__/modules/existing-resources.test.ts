/** Buckets, keys, topics and log groups that exist already, as synthesized. */
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { stackWith, statement } from "./stack-with";
import { one, type Synthesized } from "./synthesized";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:oncall";

const typesOf = ({ resource }: Synthesized, part: string) =>
  Object.entries(resource).flatMap(([type, all]) =>
    Object.keys(all).flatMap((name) => (name.includes(part) ? [type] : [])),
  );

describe("named buckets", () => {
  it("have exactly these names", async () => {
    const { resource } = await stackWith('upload_bucket_name = "acme-in"', 'processed_bucket_name = "acme-out"');

    expect(resource.aws_s3_bucket).toEqual({
      s3_buckets_upload: { bucket: "acme-in" },
      s3_buckets_processed: { bucket: "acme-out" },
    });
  });
});

describe("existing buckets", () => {
  const lines = ['existing_upload_bucket_name = "acme-in"', 'existing_processed_bucket_name = "acme-out"'];

  it("are read, and nothing of them is created but the notification", async () => {
    const stack = await stackWith(...lines);

    expect(stack.data.aws_s3_bucket).toEqual({
      s3_buckets_upload: { bucket: "acme-in" },
      s3_buckets_processed: { bucket: "acme-out" },
    });
    expect(Object.keys(stack.resource).filter((type) => type.startsWith("aws_s3"))).toEqual([
      "aws_s3_bucket_notification",
    ]);
    expect(one(stack, "aws_s3_bucket_notification").bucket).toBe("${data.aws_s3_bucket.s3_buckets_upload.id}");
  });

  it("are the only ones that the function may read and write", async () => {
    const stack = await stackWith(...lines);

    expect(statement(stack, "ReadUploads")?.Resource).toBe("${data.aws_s3_bucket.s3_buckets_upload.arn}/*");
    expect(statement(stack, "WriteVariants")?.Resource).toBe("${data.aws_s3_bucket.s3_buckets_processed.arn}/*");
  });

  it("do not get access logs, but a bucket that the stack creates does", async () => {
    const stack = await stackWith('existing_upload_bucket_name = "acme-in"', "enable_s3_access_logging = true");

    expect(Object.keys(stack.resource.aws_s3_bucket_logging ?? {})).toEqual(["s3_buckets_processed_logging"]);
  });

  it("exist in the local sandbox, too", async () => {
    const { folder } = await stackWith(...lines);

    const { buckets, notifications, function: target } = readBlueprint(folder);

    expect(buckets.map(({ name }) => name)).toEqual(["acme-out", "acme-in"]);
    expect(notifications.map(({ bucket }) => bucket)).toEqual(["acme-in"]);
    expect(target.environment.PROCESSED_BUCKET).toBe("acme-out");
  });
});

describe("an existing KMS key", () => {
  it("encrypts everything that the stack's own key would encrypt", async () => {
    const [own, existing] = await Promise.all(
      ["enable_kms_key = true", `existing_kms_key_arn = "${KEY}"`].map((line) =>
        stackWith(line, "enable_dead_letter_queue = true"),
      ),
    );

    const { aws_kms_key, aws_kms_alias, ...others } = own?.resource ?? {};
    expect([Object.keys(aws_kms_key ?? {}), Object.keys(aws_kms_alias ?? {})]).toEqual([
      ["encryption_key_key"],
      ["encryption_key_alias"],
    ]);
    const text = JSON.stringify(others).replaceAll("${aws_kms_key.encryption_key_key.arn}", KEY);
    expect(existing?.resource).toEqual(JSON.parse(text));
  });
});

describe("an existing topic", () => {
  it("is notified by its alarms, and gets subscriptions but no policy", async () => {
    const stack = await stackWith(
      `existing_critical_alerts_topic_arn = "${TOPIC}"`,
      'alert_email = "operator@example.com"',
    );

    expect(Object.keys(stack.resource.aws_sns_topic ?? {})).toEqual([
      "sns_notifications_log",
      "sns_notifications_performance",
    ]);
    expect(typesOf(stack, "sns_notifications_critical")).toEqual(["aws_sns_topic_subscription"]);
    const alarms = Object.values(stack.resource.aws_cloudwatch_metric_alarm ?? {});
    expect(
      alarms.filter(({ alarm_actions }) => String(alarm_actions) === TOPIC).map((alarm) => alarm.alarm_name),
    ).toEqual(["high-error-rate", "log-errors", "throttles"].map((name) => `image-processor-dev-processor-${name}`));
    expect(stack.output.critical_alerts_topic_arn?.value).toBe(TOPIC);
  });

  it("is notified by the budget", async () => {
    const stack = await stackWith(`existing_performance_alerts_topic_arn = "${TOPIC}"`, "monthly_budget_usd = 5");

    const { notification } = one(stack, "aws_budgets_budget") as { notification: object[] };
    expect(notification).toMatchObject([
      { subscriber_sns_topic_arns: [TOPIC] },
      { subscriber_sns_topic_arns: [TOPIC] },
    ]);
  });
});

describe("an existing log group", () => {
  it("is read, and receives the log and the metric filters", async () => {
    const stack = await stackWith('existing_log_group_name = "/acme/images"');

    const name = "${data.aws_cloudwatch_log_group.lambda_function_log_group.name}";
    expect(stack.data.aws_cloudwatch_log_group).toEqual({ lambda_function_log_group: { name: "/acme/images" } });
    expect(stack.resource).not.toHaveProperty("aws_cloudwatch_log_group");
    expect(one(stack, "aws_lambda_function").logging_config).toMatchObject({ log_group: name });
    const filters = Object.values(stack.resource.aws_cloudwatch_log_metric_filter ?? {});
    expect(new Set(filters.map((filter) => filter.log_group_name))).toEqual(new Set([name]));
    expect(readBlueprint(stack.folder).function.logGroup).toBe("/acme/images");
  });
});
