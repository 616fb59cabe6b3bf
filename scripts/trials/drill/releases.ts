/** Checks that releases can be gradual and roll back: the alias that uploads invoke, and CodeDeploy, which shifts its traffic. */
import { type Alarm, metricsOf } from "../../cloudwatch/alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import { asList, type Stack } from "../../sandbox/terraform-json";
import { statementsOf } from "./policies";

type Json = Readonly<Record<string, unknown>>;

/** Attributes that releases change; Terraform must not revert them. */
const MOVED_BY_RELEASES = ["function_version", "routing_config"];

/** Permissions of CodeDeploy without hooks and with the revision in the request: see AWSCodeDeployRoleForLambdaLimited. */
const NEEDED_BY_CODEDEPLOY = {
  alias: ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
  alarms: ["cloudwatch:DescribeAlarms"],
};

const ROLLBACK_EVENTS = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"];

const bodies = (stack: Stack, type: string, ...attributes: string[]): Json[] =>
  stack.resources(type, attributes).map(({ body }) => body);

const block = (value: unknown): Json => (asList(value)[0] ?? {}) as Json;

const aliasProblems = (stack: Stack): string[] => {
  const isPublished = bodies(stack, "aws_lambda_function", "publish").some(({ publish }) => publish === true);
  const aliases = bodies(stack, "aws_lambda_alias", "name", "function_version", "lifecycle");
  const isGroupOf = (name: unknown) =>
    bodies(stack, "aws_codedeploy_app", "name").length === 0 ||
    bodies(stack, "aws_codedeploy_deployment_group", "deployment_group_name").some(
      ({ deployment_group_name: group }) => group === name,
    );
  if (aliases.length === 0) return isPublished ? ["versions are published, but no alias refers to them"] : [];
  return [
    ...(isPublished ? [] : ["no version is published, so there is nothing to release"]),
    ...aliases.flatMap(({ name, function_version: version, lifecycle }) => {
      const ignored = asList(block(lifecycle).ignore_changes);
      return [
        ...(version === "$LATEST" ? [`alias ${name} refers to $LATEST instead of a version`] : []),
        ...MOVED_BY_RELEASES.filter((attribute) => !ignored.includes(attribute)).map(
          (attribute) => `Terraform reverts ${attribute} of alias ${name} after a release`,
        ),
        ...(isGroupOf(name) ? [] : [`CodeDeploy has no deployment group ${name}`]),
      ];
    }),
  ];
};

/** Whether an alarm watches the upload API, which no release of the function changes. */
const isOfApi = (alarm: Alarm): boolean => metricsOf(alarm).some(({ namespace }) => namespace === "AWS/ApiGateway");

/** @returns the alarms that must stop a deployment: where one alarm pages, those on the newest version; otherwise the critical ones */
const stopping = ({ alarms, compositeAlarms }: Blueprint): Alarm[] =>
  compositeAlarms.length > 0
    ? alarms.filter((alarm) => metricsOf(alarm).every(({ dimensions }) => dimensions.ExecutedVersion !== undefined))
    : alarms.filter((alarm) => !isOfApi(alarm) && alarm.alarmActions.some((arn) => arn.endsWith("-critical-alerts")));

/** Every such alarm must stop a deployment, and a stopped deployment must roll back. */
const rollbackProblems = (group: Json, blueprint: Blueprint): string[] => {
  const { enabled, alarms: watched } = block(group.alarm_configuration);
  const rollback = block(group.auto_rollback_configuration);
  const { deployment_type: type, deployment_option: option } = block(group.deployment_style);
  const names = stopping(blueprint).map(({ name }) => name);
  return [
    ...(names.length === 0 ? ["no alarm stops a deployment"] : []),
    ...names
      .filter((name) => enabled !== true || !asList(watched).includes(name))
      .map((name) => `a deployment continues when ${name} fires`),
    ...asList(watched)
      .filter((name) => !names.includes(String(name)))
      .map((name) => `${name} stops deployments, but not for what the new version does`),
    ...ROLLBACK_EVENTS.filter((event) => rollback.enabled !== true || !asList(rollback.events).includes(event)).map(
      (event) => `a deployment does not roll back on ${event}`,
    ),
    ...(type === "BLUE_GREEN" && option === "WITH_TRAFFIC_CONTROL"
      ? []
      : ["CodeDeploy supports only BLUE_GREEN WITH_TRAFFIC_CONTROL for Lambda"]),
    ...(String(group.deployment_config_name).startsWith("CodeDeployDefault.Lambda")
      ? []
      : [`${group.deployment_config_name} is not a deployment configuration for Lambda`]),
  ];
};

const roleProblems = (stack: Stack, group: Json, { function: fn }: Blueprint): string[] => {
  const [trust] = bodies(stack, "aws_iam_role", "arn", "assume_role_policy")
    .filter(({ arn }) => arn === group.service_role_arn)
    .flatMap(({ assume_role_policy: policy }) => statementsOf(policy));
  const statements = bodies(stack, "aws_iam_role_policy", "role", "policy")
    .filter(({ role }) => String(group.service_role_arn).endsWith(`/${role}`))
    .flatMap(({ policy }) => statementsOf(policy));
  const account = fn.arn.split(":")[4];
  const given = new Set(
    statements.flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`)),
    ),
  );
  const on = [fn.arn, String(fn.alias?.arn)];
  const needed = new Set([
    ...NEEDED_BY_CODEDEPLOY.alias.flatMap((action) => on.map((resource) => `${action} on ${resource}`)),
    ...NEEDED_BY_CODEDEPLOY.alarms.map((action) => `${action} on *`),
  ]);
  return [
    ...[...needed].filter((each) => !given.has(each)).map((each) => `CodeDeploy's role lacks ${each}`),
    ...[...given].filter((each) => !needed.has(each)).map((each) => `CodeDeploy's role allows ${each} without need`),
    ...(trust?.principals.join() === "codedeploy.amazonaws.com" &&
    trust.conditions["StringEquals aws:SourceAccount"]?.join() === account
      ? []
      : ["CodeDeploy's role can be assumed by other services or for other accounts"]),
  ];
};

/** @returns one sentence for each mistake that prevents a gradual release or its rollback */
export const releaseProblems = (stack: Stack, blueprint: Blueprint): string[] => {
  const groups = bodies(
    stack,
    "aws_codedeploy_deployment_group",
    "service_role_arn",
    "alarm_configuration",
    "auto_rollback_configuration",
    "deployment_style",
    "deployment_config_name",
  );
  return [
    ...aliasProblems(stack),
    ...groups.flatMap((group) => [...rollbackProblems(group, blueprint), ...roleProblems(stack, group, blueprint)]),
  ];
};
