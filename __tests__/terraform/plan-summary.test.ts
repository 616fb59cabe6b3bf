/** A plan as a comment on a pull request. */
import type { Plan } from "../../scripts/terraform/plan";
import { summarizePlan } from "../../scripts/terraform/plan-summary";

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
});
