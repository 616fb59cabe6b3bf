/** Rows of SNS, Budgets and the chat channel. */
import { at, type Json, list, renamed, same, type TemplateType, text } from "./words";

export const NOTIFICATIONS: Readonly<Record<string, TemplateType>> = {
  "AWS::Budgets::Budget": {
    rows: ({ Budget, NotificationsWithSubscribers }) => [
      [
        "aws_budgets_budget",
        {
          ...renamed(Budget, {
            name: "BudgetName",
            budget_type: "BudgetType",
            time_unit: "TimeUnit",
            limit_amount: "BudgetLimit.Amount",
            limit_unit: "BudgetLimit.Unit",
          }),
          cost_filter: Object.entries((at(Budget, "CostFilters") ?? {}) as Json).map(([name, values]) => ({
            name,
            values,
          })),
          notification: list(NotificationsWithSubscribers).map(({ Notification, Subscribers }) => ({
            ...renamed(Notification, {
              comparison_operator: "ComparisonOperator",
              notification_type: "NotificationType",
              threshold: "Threshold",
              threshold_type: "ThresholdType",
            }),
            subscriber_sns_topic_arns: list(Subscribers)
              .filter(({ SubscriptionType }) => SubscriptionType === "SNS")
              .map(({ Address }) => Address),
          })),
        },
      ],
    ],
  },
  "AWS::Chatbot::SlackChannelConfiguration": same("aws_chatbot_slack_channel_configuration", {
    configuration_name: "ConfigurationName",
    iam_role_arn: "IamRoleArn",
    slack_channel_id: "SlackChannelId",
    slack_team_id: "SlackWorkspaceId",
    sns_topic_arns: "SnsTopicArns",
    guardrail_policy_arns: "GuardrailPolicies",
  }),
  "AWS::SNS::Subscription": same("aws_sns_topic_subscription", {
    topic_arn: "TopicArn",
    protocol: "Protocol",
    endpoint: "Endpoint",
  }),
  "AWS::SNS::Topic": same(
    "aws_sns_topic",
    { name: "TopicName", kms_master_key_id: "KmsMasterKeyId" },
    { Ref: "arn", TopicName: "name" },
  ),
  "AWS::SNS::TopicPolicy": {
    rows: ({ Topics, PolicyDocument }) =>
      (Topics as unknown[]).map((arn) => ["aws_sns_topic_policy", { arn, policy: text(PolicyDocument) }]),
  },
};
