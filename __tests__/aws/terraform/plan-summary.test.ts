/** Formats a plan for a comment on a pull request. */
import type { Plan } from "../../../scripts/aws/terraform/plan";
import { summarizePlan } from "../../../scripts/aws/terraform/plan-summary";

const change = (type: string, name: string, actions: string[], before: object | null, after: object | null) => ({
  address: `${type}.${name}`,
  mode: "managed",
  type,
  name,
  change: { actions, before, after, after_unknown: {} },
});

const ALARM = {
  alarm_name: "f-throttles",
  metric_name: "Throttles",
  statistic: "Sum",
  period: 300,
  evaluation_periods: 1,
  datapoints_to_alarm: 1,
  comparison_operator: "GreaterThanOrEqualToThreshold",
  treat_missing_data: "notBreaching",
  alarm_actions: ["arn:aws:sns:us-east-1:123456789012:critical-alerts"],
  threshold: 5,
};

const made = (path: string) => ({ "//": { metadata: { path } } });

const SYNTHESIZED = {
  resource: {
    aws_cloudwatch_metric_alarm: { throttles: made("dev/cloudwatch_alarms/throttles") },
    aws_sns_topic_subscription: { email: made("dev/sns_notifications/email") },
    aws_s3_bucket: { upload: made("dev/s3_buckets/upload") },
  },
};

const summary = (...resource_changes: ReturnType<typeof change>[]): string =>
  summarizePlan("dev", { resource_changes } as unknown as Plan, SYNTHESIZED);

describe("the summary of a plan", () => {
  it("counts by module what is created, changed and destroyed, and shows what a threshold becomes", () => {
    const text = summary(
      change("aws_cloudwatch_metric_alarm", "throttles", ["update"], ALARM, { ...ALARM, threshold: 9 }),
      change("aws_sns_topic_subscription", "email", ["create"], null, { endpoint: "oncall@example.com" }),
      change("aws_s3_bucket", "upload", ["no-op"], {}, {}),
    );

    expect(text.split("\n")[0]).toBe("## Plan for dev: 1 to create, 1 to change, 0 to replace, 0 to destroy.");
    expect(text).toContain("| `cloudwatch_alarms` |  | 1 |  |  |");
    expect(text).toContain("| `sns_notifications` | 1 |  |  |  |");
    expect(text).not.toContain("s3_buckets");
    expect(text).toContain("- `~ aws_cloudwatch_metric_alarm.throttles`: `threshold` `5` → `9`");
    expect(text).toMatch(/^\| f-throttles \| .*Throttles.*>= 9.* \| change \|$/m);
  });

  it("names an address that changes, and never shows it", () => {
    const text = summary(
      change(
        "aws_sns_topic_subscription",
        "email",
        ["delete", "create"],
        { endpoint: "old@example.com" },
        { endpoint: "new@example.com" },
      ),
    );

    expect(text).toContain("- `-/+ aws_sns_topic_subscription.email`: `endpoint`");
    expect(text).not.toContain("@example.com");
  });

  it("shows metric math by its label, and a topic that does not exist yet by its name", () => {
    const rate = {
      ...ALARM,
      alarm_name: "f-low-success-rate",
      comparison_operator: "LessThanThreshold",
      metric_query: [
        { id: "s", metric: [{ period: 300 }], return_data: false },
        { id: "rate", label: "Success | rate (%)", expression: "100 * s", return_data: true },
      ],
      evaluation_periods: 3,
      datapoints_to_alarm: 2,
      threshold: 90,
      alarm_actions: undefined,
    };
    const references = ["aws_sns_topic.performance.arn", "aws_sns_topic.performance"];
    const plan = {
      resource_changes: [
        change("aws_cloudwatch_metric_alarm", "rate", ["create"], null, rate),
        change("aws_sns_topic", "performance", ["create"], null, { name: "performance-alerts" }),
      ],
      configuration: {
        root_module: {
          resources: [{ address: "aws_cloudwatch_metric_alarm.rate", expressions: { alarm_actions: { references } } }],
        },
      },
    };

    expect(summarizePlan("dev", plan as unknown as Plan, SYNTHESIZED)).toContain(
      "\n| f-low-success-rate | Success \\| rate (%) \\< 90, in 2 of 3 x 300 s | notBreaching | performance-alerts | create |\n",
    );
  });

  it("names what Terraform marks as sensitive and what is long, and never shows it", () => {
    const before = { key: "old", text: "x" };
    const { change: changed, ...rest } = change("aws_lambda_function", "f", ["update"], before, {
      key: "new",
      text: "y".repeat(61),
    });
    const secret = { ...rest, change: { ...changed, after_sensitive: { key: true } } };

    expect(summary(secret)).toContain("- `~ aws_lambda_function.f`: `key`, `text`\n");
  });

  it("is short if nothing changes", () => {
    expect(summary()).toBe(
      "## Plan for dev: 0 to create, 0 to change, 0 to replace, 0 to destroy.\n\n### Alarms\n\nThe stack has no alarms.\n",
    );
  });
});
