/** A monthly budget for the cost of the stack, which notifies a topic before it is used up. */
import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { digits } from "./arithmetic";
import { COST_BUDGET } from "./inputs/extra_modules";
import { type Given, valuesOf } from "./inputs/inputs";

export type CostBudgetProps = Given<typeof COST_BUDGET>;

/** When the topic is notified, in percent of the budget: add a row. */
const NOTIFICATIONS = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "FORECASTED", threshold: 100 },
] as const;

export class CostBudget extends Construct {
  readonly outputs: { readonly budget_name: string };

  constructor(scope: Construct, id: string, props: CostBudgetProps) {
    super(scope, id);
    const values = valuesOf("cost_budget", COST_BUDGET, props);
    const budget = new BudgetsBudget(this, "budget", {
      name: values.budget_name,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: digits(values.monthly_budget_usd),
      limitUnit: "USD",
      costFilter: [{ name: "TagKeyValue", values: [tagFilter(values.tag_key, values.tag_value)] }],
      notification: NOTIFICATIONS.map((notification) => ({
        ...notification,
        comparisonOperator: "GREATER_THAN",
        thresholdType: "PERCENTAGE",
        subscriberSnsTopicArns: [values.topic_arn],
      })),
    });
    this.outputs = { budget_name: budget.name };
  }
}

/** The dollar sign separates key and value. Terraform takes a dollar sign before a reference for an escape. */
const tagFilter = (key: string, value: string): string =>
  Token.isUnresolved(value) ? Fn.join("$", [`user:${key}`, value]) : `user:${key}$${value}`;
