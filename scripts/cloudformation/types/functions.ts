/** Rows of Lambda, its queue, CodeDeploy, and Step Functions. */
import { block, document, listOf, number, omitted, to } from "../fields";
import type { Row } from "./row";

export const FUNCTIONS = {
  aws_codedeploy_app: {
    how: "same",
    type: "AWS::CodeDeploy::Application",
    tags: "list",
    references: { id: "${@}", name: "${@}" },
    fields: { name: to("ApplicationName"), compute_platform: to("ComputePlatform") },
  },
  aws_codedeploy_deployment_group: {
    how: "same",
    type: "AWS::CodeDeploy::DeploymentGroup",
    tags: "list",
    references: { deployment_group_name: "${@}" },
    fields: {
      app_name: to("ApplicationName"),
      deployment_group_name: to("DeploymentGroupName"),
      deployment_config_name: to("DeploymentConfigName"),
      service_role_arn: to("ServiceRoleArn"),
      deployment_style: block({
        deployment_type: to("DeploymentStyle.DeploymentType"),
        deployment_option: to("DeploymentStyle.DeploymentOption"),
      }),
      alarm_configuration: block({
        enabled: to("AlarmConfiguration.Enabled"),
        alarms: to("AlarmConfiguration.Alarms", (names) => (names as unknown[]).map((Name) => ({ Name }))),
      }),
      auto_rollback_configuration: block({
        enabled: to("AutoRollbackConfiguration.Enabled"),
        events: to("AutoRollbackConfiguration.Events"),
      }),
    },
  },
  aws_lambda_alias: {
    how: "same",
    type: "AWS::Lambda::Alias",
    note: "a deployment moves it, with CodeDeploy where `enable_codedeploy` is set; with Terraform, only a release moves it",
    references: { arn: "${@}" },
    computed: ({ function_name: of, name }) => ({ arn: `${String(of).replace(/\.function_name}$/, ".arn}")}:${name}` }),
    fields: { name: to("Name"), function_name: to("FunctionName"), function_version: to("FunctionVersion") },
  },
  aws_lambda_code_signing_config: {
    how: "same",
    type: "AWS::Lambda::CodeSigningConfig",
    tags: "list",
    references: { arn: "${@.CodeSigningConfigArn}" },
    fields: {
      allowed_publishers: block({ signing_profile_version_arns: to("AllowedPublishers.SigningProfileVersionArns") }),
      policies: block({
        untrusted_artifact_on_deployment: to("CodeSigningPolicies.UntrustedArtifactOnDeployment"),
      }),
    },
  },
  aws_lambda_function: {
    how: "replaced",
    type: "AWS::Lambda::Function",
    note: "each new zip and each new setting publishes a version, because the logical id of the version contains a hash of both",
    tags: "list",
    references: {
      id: "${@}",
      function_name: "${@}",
      arn: "${@.Arn}",
      invoke_arn:
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${@.Arn}/invocations",
      version: "${@version.Version}",
    },
    fields: {
      function_name: to("FunctionName"),
      role: to("Role"),
      runtime: to("Runtime"),
      architectures: to("Architectures"),
      handler: to("Handler"),
      layers: to("Layers"),
      filename: to("Code"),
      source_code_hash: omitted("part of the hash"),
      publish: omitted("an `AWS::Lambda::Version` instead"),
      timeout: number("Timeout"),
      memory_size: number("MemorySize"),
      environment: block({ variables: to("Environment.Variables") }),
      kms_key_arn: to("KmsKeyArn"),
      vpc_config: block({
        subnet_ids: to("VpcConfig.SubnetIds"),
        security_group_ids: to("VpcConfig.SecurityGroupIds"),
      }),
      tracing_config: block({ mode: to("TracingConfig.Mode") }),
      dead_letter_config: block({ target_arn: to("DeadLetterConfig.TargetArn") }),
      logging_config: block({
        log_format: to("LoggingConfig.LogFormat"),
        log_group: to("LoggingConfig.LogGroup"),
        application_log_level: to("LoggingConfig.ApplicationLogLevel"),
        system_log_level: to("LoggingConfig.SystemLogLevel"),
      }),
      reserved_concurrent_executions: number("ReservedConcurrentExecutions"),
      code_signing_config_arn: to("CodeSigningConfigArn"),
    },
  },
  aws_lambda_function_event_invoke_config: {
    how: "same",
    type: "AWS::Lambda::EventInvokeConfig",
    note: "`Qualifier` is required, so it is `$LATEST` without an alias",
    finish: (properties) => ({ Qualifier: "$LATEST", ...properties }),
    fields: {
      function_name: to("FunctionName"),
      qualifier: to("Qualifier"),
      maximum_retry_attempts: number("MaximumRetryAttempts"),
      maximum_event_age_in_seconds: number("MaximumEventAgeInSeconds"),
    },
  },
  aws_lambda_function_recursion_config: {
    how: "folded",
    into: "aws_lambda_function",
    by: "function_name",
    fields: { function_name: omitted("the function itself"), recursive_loop: to("RecursiveLoop") },
  },
  aws_lambda_permission: {
    how: "same",
    type: "AWS::Lambda::Permission",
    note: "`FunctionName` contains the alias",
    finish: ({ Qualifier, ...rest }) =>
      Qualifier === undefined ? rest : { ...rest, FunctionName: `${rest.FunctionName}:${Qualifier}` },
    fields: {
      statement_id: omitted("CloudFormation makes one"),
      action: to("Action"),
      function_name: to("FunctionName"),
      qualifier: to("Qualifier"),
      principal: to("Principal"),
      source_arn: to("SourceArn"),
      source_account: to("SourceAccount"),
    },
  },
  aws_sfn_state_machine: {
    how: "same",
    type: "AWS::StepFunctions::StateMachine",
    tags: "list",
    references: { id: "${@}", arn: "${@}", name: "${@.Name}" },
    fields: {
      name: to("StateMachineName"),
      type: to("StateMachineType"),
      role_arn: to("RoleArn"),
      definition: to("DefinitionString"),
    },
  },
  aws_sqs_queue: {
    how: "same",
    type: "AWS::SQS::Queue",
    tags: "list",
    references: { id: "${@}", url: "${@}", name: "${@.QueueName}", arn: "${@.Arn}" },
    fields: {
      name: to("QueueName"),
      message_retention_seconds: number("MessageRetentionPeriod"),
      kms_master_key_id: to("KmsMasterKeyId"),
      sqs_managed_sse_enabled: to("SqsManagedSseEnabled"),
    },
  },
  aws_sqs_queue_policy: {
    how: "same",
    type: "AWS::SQS::QueuePolicy",
    fields: { queue_url: listOf("Queues"), policy: document("PolicyDocument") },
  },
} as const satisfies Readonly<Record<string, Row>>;
