/** The synthesized budget. */
import { committed, devWith, one, synthesized } from "./synthesized";

describe("cost_budget", () => {
  it("filters by its own tag and notifies the performance topic at two limits, after the topic policy exists", async () => {
    const stack = synthesized(await devWith("monthly_budget_usd = 50"));

    const notification = (notification_type: string, threshold: number) => ({
      notification_type,
      threshold,
      comparison_operator: "GREATER_THAN",
      threshold_type: "PERCENTAGE",
      subscriber_sns_topic_arns: ["${aws_sns_topic_policy.sns_notifications_performance_policy.arn}"],
    });
    expect(one(stack, "aws_budgets_budget")).toEqual({
      name: "image-processor-dev",
      budget_type: "COST",
      time_unit: "MONTHLY",
      limit_amount: "50",
      limit_unit: "USD",
      cost_filter: [{ name: "TagKeyValue", values: ["user:Budget$image-processor-dev"] }],
      notification: [notification("ACTUAL", 80), notification("FORECASTED", 100)],
    });
    expect(stack.provider.aws[0]?.default_tags).toEqual([
      { tags: expect.objectContaining({ Budget: "image-processor-dev" }) },
    ]);
  });

  it("is absent where monthly_budget_usd is 0", async () => {
    const { resource, text } = synthesized(await committed("dev"));

    expect(resource).not.toHaveProperty("aws_budgets_budget");
    expect(text).not.toMatch(/budget/i);
  });
});
