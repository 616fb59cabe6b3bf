/** A monthly budget for what the stack costs, and a topic that hears when it is nearly spent. */
import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget";
import { Construct } from "constructs";

export interface CostBudgetProps {
  readonly name: string;
  readonly monthlyUsd: number;
  /** The tag that the stack's resources have and no others. */
  readonly tag: { readonly key: string; readonly value: string };
  readonly topicArn: string;
}

/** What is told, in percent of the budget: add a row. */
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
      // The dollar sign divides key and value; alone, it is no reference of Terraform's.
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
