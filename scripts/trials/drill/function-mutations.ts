/** Mutations of the function, of what invokes it, and of its releases. */
import { at, change, REMOVED, type Rule, removed, withoutEach } from "./mutation";

export const functionRule: Rule = (_label, row) => {
  const variables = at(row, ["environment", "variables"]) as Record<string, string>;
  return [
    ...Object.keys(variables).map((name) => ({
      path: ["environment", "variables"],
      to: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key === name ? `${key}_` : key, value])),
      words: `${name} renamed`,
    })),
    ...change(row, ["environment", "variables", "METRIC_NAMESPACE"], (namespace: string) => `${namespace}/Other`),
    ...change(row, ["publish"], () => false),
    ...removed(row, ["tracing_config"]),
    ...change(row, ["environment", "variables", "TRACING"], () => "off"),
    ...change(row, ["handler"], () => "index.main"),
    ...removed(row, ["dead_letter_config"]),
    ...change(row, ["logging_config", "log_format"], () => "Text"),
    ...change(row, ["logging_config", "system_log_level"], () => "WARN"),
    ...change(row, ["logging_config", "application_log_level"], () => "ERROR"),
  ];
};

/** Notification and permission must both name the alias, or both none. */
export const permissionRule: Rule = (label, row, recorded) => [
  ...REMOVED(label, row, recorded),
  ...removed(row, ["qualifier"]),
  ...(row.qualifier === undefined ? [{ path: ["qualifier"], to: "live", words: "of an alias" }] : []),
];

export const notificationRule: Rule = (label, row, recorded) => [
  ...REMOVED(label, row, recorded),
  ...change(row, ["lambda_function", 0, "events"], () => ["s3:ObjectRemoved:*"]),
  { path: ["lambda_function", 0, "filter_suffix"], to: ".jpg", words: "only of .jpg" },
  ...change(row, ["lambda_function", 0, "lambda_function_arn"], (arn: string) =>
    arn.replace(/aws_lambda_alias\.(\w+)_alias\./, "aws_lambda_function.$1_function."),
  ),
];

export const aliasRule: Rule = (_label, row) => [
  ...change(row, ["function_version"], () => "$LATEST"),
  ...removed(row, ["lifecycle"]),
  ...withoutEach(row, ["lifecycle", "ignore_changes"], (attribute) => attribute !== "description"),
];

export const deploymentGroupRule: Rule = (label, row, recorded) => [
  ...REMOVED(label, row, recorded),
  ...change(row, ["deployment_config_name"], () => "CodeDeployDefault.AllAtOnce"),
  ...change(row, ["deployment_group_name"], (name: string) => `${name}s`),
  ...change(row, ["deployment_style", "deployment_type"], () => "IN_PLACE"),
  ...change(row, ["alarm_configuration", "enabled"], () => false),
  ...withoutEach(row, ["alarm_configuration", "alarms"]),
  ...change(row, ["auto_rollback_configuration", "enabled"], () => false),
  ...withoutEach(row, ["auto_rollback_configuration", "events"]),
];
