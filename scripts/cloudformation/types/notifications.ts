/** Rows of SNS, Budgets and the chat channel. */
import { blocks, document, listOf, number, omitted, to } from "../fields";
import type { Row } from "./row";

export const NOTIFICATIONS = {
  aws_budgets_budget: {
    how: "same",
    type: "AWS::Budgets::Budget",
    tags: "ResourceTags",
    fields: {
      name: to("Budget.BudgetName"),
      budget_type: to("Budget.BudgetType"),
      time_unit: to("Budget.TimeUnit"),
      limit_amount: number("Budget.BudgetLimit.Amount"),
      limit_unit: to("Budget.BudgetLimit.Unit"),
      cost_filter: (value) => ({
        Budget: {
          CostFilters: Object.fromEntries(
            (value as { readonly name: string; readonly values: unknown }[]).map(({ name, values }) => [name, values]),
          ),
        },
      }),
      notification: blocks("NotificationsWithSubscribers", {
        comparison_operator: to("Notification.ComparisonOperator"),
        notification_type: to("Notification.NotificationType"),
        threshold: number("Notification.Threshold"),
        threshold_type: to("Notification.ThresholdType"),
        subscriber_sns_topic_arns: to("Subscribers", (arns) =>
          (arns as unknown[]).map((Address) => ({ SubscriptionType: "SNS", Address })),
        ),
      }),
    },
  },
  aws_chatbot_slack_channel_configuration: {
    how: "same",
    type: "AWS::Chatbot::SlackChannelConfiguration",
    tags: "list",
    isGlobal: true,
    fields: {
      configuration_name: to("ConfigurationName"),
      iam_role_arn: to("IamRoleArn"),
      slack_channel_id: to("SlackChannelId"),
      slack_team_id: to("SlackWorkspaceId"),
      sns_topic_arns: to("SnsTopicArns"),
      guardrail_policy_arns: to("GuardrailPolicies"),
    },
  },
  aws_sns_topic: {
    how: "same",
    type: "AWS::SNS::Topic",
    tags: "list",
    references: { id: "${@}", arn: "${@}", name: "${@.TopicName}" },
    fields: { name: to("TopicName"), kms_master_key_id: to("KmsMasterKeyId") },
  },
  aws_sns_topic_policy: {
    how: "same",
    type: "AWS::SNS::TopicPolicy",
    fields: { arn: listOf("Topics"), policy: document("PolicyDocument") },
  },
  aws_sns_topic_subscription: {
    how: "same",
    type: "AWS::SNS::Subscription",
    parameter: { property: "Endpoint", isSecret: ({ protocol }) => protocol === "https" },
    fields: {
      topic_arn: to("TopicArn"),
      protocol: to("Protocol"),
      endpoint: omitted("a parameter of the template"),
      endpoint_auto_confirms: omitted("only tells Terraform to wait"),
    },
  },
} as const satisfies Readonly<Record<string, Row>>;
