/** A monthly budget for the cost of the stack, which notifies a topic before it is used up. */
import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget";
import { Construct } from "constructs";

export interface CostBudgetProps {
  readonly name: string;
  readonly monthlyUsd: number;
  /** A tag that all resources of the stack have, and no others. */
  readonly tag: { readonly key: string; readonly value: string };
  readonly topicArn: string;
}

/** When the topic is notified, in percent of the budget: add a row. */
const NOTIFICATIONS = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "FORECASTED", threshold: 100 },
] as const;

export class CostBudget extends Construct {
  constructor(scope: Construct, id: string, { name, monthlyUsd, tag, topicArn }: CostBudgetProps) {
    super(scope, id);
    new BudgetsBudget(this, "budget", {
      name,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: String(monthlyUsd),
      limitUnit: "USD",
      // The dollar sign separates key and value. Without a brace after it, it is not a Terraform reference.
      costFilter: [{ name: "TagKeyValue", values: [`user:${tag.key}$${tag.value}`] }],
      notification: NOTIFICATIONS.map((notification) => ({
        ...notification,
        comparisonOperator: "GREATER_THAN",
        thresholdType: "PERCENTAGE",
        subscriberSnsTopicArns: [topicArn],
      })),
    });
  }
}
