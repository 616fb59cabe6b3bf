/** The synthesized topics, subscriptions and topic policies. */
import { committed, devWith, json, synthesized } from "./synthesized";

const ACCOUNT = "${data.aws_caller_identity.current.account_id}";

describe("sns_notifications", () => {
  it("creates one topic for each severity; only alarms of this account may publish to it", async () => {
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

  it("lets a budget publish to the performance topic only", async () => {
    const { resource } = synthesized(await devWith("monthly_budget_usd = 50\nenable_kms_key = true"));

    const services = Object.entries(resource.aws_sns_topic_policy ?? {}).map(([name, { policy }]) => [
      name,
      (json(policy) as { Statement: { Principal: { Service: string } }[] }).Statement.map(
        (row) => row.Principal.Service,
      ),
    ]);
    const alarms = "cloudwatch.amazonaws.com";
    expect(Object.fromEntries(services)).toEqual({
      sns_notifications_critical_policy: [alarms],
      sns_notifications_performance_policy: [alarms, "budgets.amazonaws.com"],
      sns_notifications_log_policy: [alarms],
    });
    expect(Object.values(resource.aws_sns_topic ?? {}).map((topic) => topic.kms_master_key_id)).toEqual(
      Array(3).fill("${aws_kms_key.encryption_key_key.arn}"),
    );
  });

  it("subscribes each address to its topic, and the phone to the critical topic", async () => {
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

  it("has no subscription where no address is set", async () => {
    const { resource } = synthesized(await committed("dev"));

    expect(resource).not.toHaveProperty("aws_sns_topic_subscription");
  });
});
