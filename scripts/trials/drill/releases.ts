/** Whether a release can be gradual, and be taken back: the alias that uploads invoke, and CodeDeploy, which moves it. */
import type { Blueprint } from "../../sandbox/blueprint";
import { asList, readStack, type Stack } from "../../sandbox/terraform-json";
import { statementsOf } from "./policies";

type Json = Readonly<Record<string, unknown>>;

/** What a release changes, and Terraform must not change back. */
const MOVED_BY_RELEASES = ["function_version", "routing_config"];

/** What CodeDeploy needs of whom, without hooks and with the revision in the request: AWSCodeDeployRoleForLambdaLimited. */
const NEEDED_BY_CODEDEPLOY = {
  alias: ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
  alarms: ["cloudwatch:DescribeAlarms"],
};

const ROLLBACK_EVENTS = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"];

const bodies = (stack: Stack, type: string, ...attributes: string[]): Json[] =>
  stack.resources(type, attributes).map(({ body }) => body);

const block = (value: unknown): Json => (asList(value)[0] ?? {}) as Json;

const aliasProblems = (stack: Stack): string[] => {
  const [published] = bodies(stack, "aws_lambda_function", "publish");
  const aliases = bodies(stack, "aws_lambda_alias", "name", "function_version", "lifecycle");
  const isGroupOf = (name: unknown) =>
    bodies(stack, "aws_codedeploy_app", "name").length === 0 ||
    bodies(stack, "aws_codedeploy_deployment_group", "deployment_group_name").some(
      ({ deployment_group_name: group }) => group === name,
    );
  if (aliases.length === 0) return published?.publish === true ? ["versions are published that no alias names"] : [];
  return [
    ...(published?.publish === true ? [] : ["no version is published, so that there is none to release"]),
    ...aliases.flatMap(({ name, function_version: version, lifecycle }) => {
      const ignored = asList(block(lifecycle).ignore_changes);
      return [
        ...(version === "$LATEST" ? [`alias ${name} names what was deployed last, and no version`] : []),
        ...MOVED_BY_RELEASES.filter((attribute) => !ignored.includes(attribute)).map(
          (attribute) => `Terraform changes ${attribute} of alias ${name} back after a release`,
        ),
        ...(isGroupOf(name) ? [] : [`CodeDeploy has no deployment group ${name}`]),
      ];
    }),
  ];
};

/** Whether every alarm that wakes somebody at once ends a deployment, too, and no deployment stays that was ended. */
const rollbackProblems = (group: Json, { alarms }: Blueprint): string[] => {
  const { enabled, alarms: watched } = block(group.alarm_configuration);
  const rollback = block(group.auto_rollback_configuration);
  const { deployment_type: type, deployment_option: option } = block(group.deployment_style);
  const critical = alarms.filter(({ alarmActions }) => alarmActions.some((arn) => arn.endsWith("-critical-alerts")));
  const names = critical.map(({ name }) => name);
  return [
    ...names
      .filter((name) => enabled !== true || !asList(watched).includes(name))
      .map((name) => `a deployment goes on when ${name} goes off`),
    ...asList(watched)
      .filter((name) => !names.includes(String(name)))
      .map((name) => `a deployment waits for ${name}, which is no critical alarm`),
    ...ROLLBACK_EVENTS.filter((event) => rollback.enabled !== true || !asList(rollback.events).includes(event)).map(
      (event) => `a deployment is not taken back on ${event}`,
    ),
    ...(type === "BLUE_GREEN" && option === "WITH_TRAFFIC_CONTROL"
      ? []
      : ["CodeDeploy moves a Lambda alias by BLUE_GREEN WITH_TRAFFIC_CONTROL only"]),
    ...(String(group.deployment_config_name).startsWith("CodeDeployDefault.Lambda")
      ? []
      : [`${group.deployment_config_name} is no way to deploy a function`]),
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
    ...[...given].filter((each) => !needed.has(each)).map((each) => `CodeDeploy's role allows ${each}, needlessly`),
    ...(trust?.principals.join() === "codedeploy.amazonaws.com" &&
    trust.conditions["StringEquals aws:SourceAccount"]?.join() === account
      ? []
      : ["not CodeDeploy alone, or not for this account alone, can take its role"]),
  ];
};

/** @returns one sentence for each that would keep a release from being gradual, or from being taken back */
export const releaseProblems = (stackDir: string, blueprint: Blueprint): string[] => {
  const stack = readStack(stackDir);
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
