/** Rows of Lambda, its queue, CodeDeploy, and Step Functions. */
import {
  at,
  type Context,
  type Json,
  list,
  only,
  renamed,
  same,
  type TemplateResource,
  type TemplateType,
  text,
} from "./words";

const ofType = ({ template }: Context, type: string): TemplateResource[] =>
  Object.values(template).filter(({ Type }) => Type === type);

/** A function publishes versions if each version is kept when the next one replaces it. */
const isPublished = (context: Context): boolean =>
  ofType(context, "AWS::Lambda::Version").some(
    ({ Properties, DeletionPolicy }) =>
      at(Properties, "FunctionName.Ref") === context.id && DeletionPolicy === "Retain",
  );

/**
 * CloudFormation changes an alias only with its version, so it reverts no release. With a deployment group, that has to move
 * the alias.
 */
const isLeftToReleases = (context: Context): boolean => {
  const groups = Object.entries(context.template).filter(([, { Type }]) => Type === "AWS::CodeDeploy::DeploymentGroup");
  const { ApplicationName, DeploymentGroupName } = (context.resource.UpdatePolicy?.CodeDeployLambdaAliasUpdate ??
    {}) as Json;
  return (
    groups.length === 0 ||
    groups.some(
      ([id, { Properties }]) =>
        text(DeploymentGroupName) === text({ Ref: id }) && text(Properties?.ApplicationName) === text(ApplicationName),
    )
  );
};

/** A function's name may end in that of an alias. */
const named = (name: unknown): Json => {
  const [function_name, qualifier] = String(name).split(":");
  return only({ function_name, qualifier });
};

export const FUNCTIONS: Readonly<Record<string, TemplateType>> = {
  "AWS::CodeDeploy::Application": same(
    "aws_codedeploy_app",
    { name: "ApplicationName", compute_platform: "ComputePlatform" },
    { Ref: "name" },
  ),
  "AWS::CodeDeploy::DeploymentGroup": {
    references: { Ref: "deployment_group_name" },
    rows: (properties) => [
      [
        "aws_codedeploy_deployment_group",
        {
          ...renamed(properties, {
            app_name: "ApplicationName",
            deployment_group_name: "DeploymentGroupName",
            deployment_config_name: "DeploymentConfigName",
            service_role_arn: "ServiceRoleArn",
            deployment_style: {
              deployment_type: "DeploymentStyle.DeploymentType",
              deployment_option: "DeploymentStyle.DeploymentOption",
            },
            auto_rollback_configuration: {
              enabled: "AutoRollbackConfiguration.Enabled",
              events: "AutoRollbackConfiguration.Events",
            },
          }),
          alarm_configuration: {
            enabled: at(properties, "AlarmConfiguration.Enabled"),
            alarms: list(at(properties, "AlarmConfiguration.Alarms")).map(({ Name }) => Name),
          },
        },
      ],
    ],
  },
  "AWS::Lambda::Alias": {
    references: { Ref: "arn" },
    rows: (properties, context) => [
      [
        "aws_lambda_alias",
        {
          ...renamed(properties, { name: "Name", function_name: "FunctionName", function_version: "FunctionVersion" }),
          ...(isLeftToReleases(context) && {
            lifecycle: { ignore_changes: ["function_version", "routing_config", "description"] },
          }),
        },
      ],
    ],
  },
  "AWS::Lambda::CodeSigningConfig": same(
    "aws_lambda_code_signing_config",
    {
      allowed_publishers: { signing_profile_version_arns: "AllowedPublishers.SigningProfileVersionArns" },
      policies: { untrusted_artifact_on_deployment: "CodeSigningPolicies.UntrustedArtifactOnDeployment" },
    },
    { CodeSigningConfigArn: () => "arn:aws:lambda:code-signing-config" },
  ),
  "AWS::Lambda::EventInvokeConfig": {
    rows: ({ Qualifier, ...properties }) => [
      [
        "aws_lambda_function_event_invoke_config",
        only({
          ...renamed(properties, {
            function_name: "FunctionName",
            maximum_retry_attempts: "MaximumRetryAttempts",
            maximum_event_age_in_seconds: "MaximumEventAgeInSeconds",
          }),
          qualifier: Qualifier === "$LATEST" ? undefined : Qualifier,
        }),
      ],
    ],
  },
  "AWS::Lambda::Function": {
    references: { Ref: "function_name", Arn: "arn" },
    rows: (properties, context) => [
      [
        "aws_lambda_function",
        {
          ...renamed(properties, {
            function_name: "FunctionName",
            role: "Role",
            runtime: "Runtime",
            architectures: "Architectures",
            handler: "Handler",
            layers: "Layers",
            filename: "Code",
            timeout: "Timeout",
            memory_size: "MemorySize",
            environment: { variables: "Environment.Variables" },
            kms_key_arn: "KmsKeyArn",
            vpc_config: { subnet_ids: "VpcConfig.SubnetIds", security_group_ids: "VpcConfig.SecurityGroupIds" },
            tracing_config: { mode: "TracingConfig.Mode" },
            dead_letter_config: { target_arn: "DeadLetterConfig.TargetArn" },
            logging_config: {
              log_format: "LoggingConfig.LogFormat",
              log_group: "LoggingConfig.LogGroup",
              application_log_level: "LoggingConfig.ApplicationLogLevel",
              system_log_level: "LoggingConfig.SystemLogLevel",
            },
            reserved_concurrent_executions: "ReservedConcurrentExecutions",
            code_signing_config_arn: "CodeSigningConfigArn",
          }),
          ...(isPublished(context) && { publish: true }),
        },
      ],
      ...(properties.RecursiveLoop === undefined
        ? []
        : ([
            [
              "aws_lambda_function_recursion_config",
              { function_name: properties.FunctionName, recursive_loop: properties.RecursiveLoop },
            ],
          ] as const)),
    ],
  },
  "AWS::Lambda::Permission": {
    rows: (properties) => [
      [
        "aws_lambda_permission",
        {
          ...renamed(properties, {
            action: "Action",
            principal: "Principal",
            source_arn: "SourceArn",
            source_account: "SourceAccount",
          }),
          ...named(properties.FunctionName),
        },
      ],
    ],
  },
  // Part of the function in Terraform.
  "AWS::Lambda::Version": { references: { Version: () => "1" }, rows: () => [] },
  "AWS::StepFunctions::StateMachine": same(
    "aws_sfn_state_machine",
    { name: "StateMachineName", type: "StateMachineType", role_arn: "RoleArn", definition: "DefinitionString" },
    { Ref: "arn", Name: "name" },
  ),
  "AWS::SQS::Queue": same(
    "aws_sqs_queue",
    {
      name: "QueueName",
      message_retention_seconds: "MessageRetentionPeriod",
      kms_master_key_id: "KmsMasterKeyId",
      sqs_managed_sse_enabled: "SqsManagedSseEnabled",
    },
    { Ref: "url", QueueName: "name", Arn: "arn" },
  ),
  "AWS::SQS::QueuePolicy": {
    rows: ({ Queues, PolicyDocument }) =>
      (Queues as unknown[]).map((queue_url) => ["aws_sqs_queue_policy", { queue_url, policy: text(PolicyDocument) }]),
  },
};
