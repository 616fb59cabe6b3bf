/** The Lambda function, its IAM role and its log group. */

import { existsSync } from "node:fs";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCloudwatchLogGroup } from "@cdktf/provider-aws/lib/data-aws-cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaCodeSigningConfig } from "@cdktf/provider-aws/lib/lambda-code-signing-config";
import { LambdaFunction as AwsLambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaFunctionRecursionConfig } from "@cdktf/provider-aws/lib/lambda-function-recursion-config";
import { AssetType, Fn, TerraformAsset, Token } from "cdktf";
import { Construct } from "constructs";
import { accountOf, placeOf } from "./caller";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { LAMBDA_FUNCTION } from "./inputs/lambda_function";

export type LambdaFunctionProps = Given<typeof LAMBDA_FUNCTION>;

type LambdaValues = Values<typeof LAMBDA_FUNCTION>;

export class LambdaFunction extends Construct {
  readonly outputs: {
    readonly function_name: string;
    readonly function_arn: string;
    readonly function_invoke_arn: string;
    /** The version that was published last; `$LATEST` without enable_alias. */
    readonly function_version: string;
    readonly function_role_name: string;
    readonly function_role_arn: string;
    readonly role_arn: string;
    readonly log_group_name: string;
    readonly log_group_arn: string;
    /** "" without enable_alias. */
    readonly alias_name: string;
    readonly alias_arn: string;
  };
  /** Undefined without enable_alias: callers then invoke `$LATEST`. */
  readonly alias: Pick<LambdaAlias, "name" | "arn"> | undefined;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const values = valuesOf("lambda_function", LAMBDA_FUNCTION, props);
    const logGroup = this.logGroup(values);
    const role = new IamRole(this, "role", {
      name: values.role_name || `${values.function_name}-role`,
      assumeRolePolicy: JSON.stringify(TRUST),
      permissionsBoundary: values.permissions_boundary_arn || undefined,
    });
    const policy = new IamRolePolicy(this, "policy", {
      name: "least-privilege",
      role: role.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: statements(values, logGroup.arn, this.namesFor(values)),
      }),
    });
    const fn = this.createFunction(values, role.arn, logGroup, policy);
    if (values.enable_recursion_guard)
      new LambdaFunctionRecursionConfig(this, "recursion", {
        functionName: fn.functionName,
        recursiveLoop: "Terminate",
      });
    this.alias = values.enable_alias ? this.aliasOf(fn, values.alias_name) : undefined;
    this.limitRetries(fn.functionName, values);
    this.outputs = {
      function_name: fn.functionName,
      function_arn: fn.arn,
      function_invoke_arn: fn.invokeArn,
      function_version: fn.version,
      function_role_name: role.name,
      function_role_arn: role.arn,
      role_arn: role.arn,
      log_group_name: logGroup.name,
      log_group_arn: logGroup.arn,
      alias_name: this.alias?.name ?? "",
      alias_arn: this.alias?.arn ?? "",
    };
  }

  /** Computed and not referenced: the function depends on the policy that contains its ARN. */
  private namesFor(values: LambdaValues): ComputedNames {
    const isUsed = values.enable_kms_key || values.vpc_subnet_ids.length > 0;
    if (!isUsed) return { functionArn: "", sqs: "" };
    const accountId = accountOf(this, values);
    const { region, partition, dnsSuffix } = placeOf(this, values);
    return {
      functionArn: `arn:${partition}:lambda:${region}:${accountId}:function:${values.function_name}`,
      sqs: `sqs.${region}.${dnsSuffix}`,
    };
  }

  private createFunction(
    values: LambdaValues,
    role: string,
    logGroup: CloudwatchLogGroup | DataAwsCloudwatchLogGroup,
    policy: IamRolePolicy,
  ): AwsLambdaFunction {
    const zip = this.zip(values.package_path);
    return new AwsLambdaFunction(this, "function", {
      functionName: values.function_name,
      role,
      runtime: values.runtime,
      architectures: [values.architecture],
      handler: values.handler,
      layers: values.lambda_layers.length > 0 ? values.lambda_layers : undefined,
      filename: zip,
      sourceCodeHash: Fn.filebase64sha256(zip),
      timeout: values.timeout,
      memorySize: values.memory_size,
      ...(Object.keys(values.environment_variables).length > 0 && {
        environment: { variables: values.environment_variables },
      }),
      kmsKeyArn: values.enable_kms_key ? values.kms_key_arn : undefined,
      ...(values.vpc_subnet_ids.length > 0 && {
        vpcConfig: { subnetIds: values.vpc_subnet_ids, securityGroupIds: values.vpc_security_group_ids },
      }),
      ...(values.enable_xray_tracing && { tracingConfig: { mode: "Active" } }),
      ...(values.enable_dead_letter_queue && { deadLetterConfig: { targetArn: values.dead_letter_queue_arn } }),
      loggingConfig: {
        logFormat: "JSON",
        logGroup: logGroup.name,
        // WARN would suppress platform.report lines, which the timeout and memory metrics are made from.
        systemLogLevel: "INFO",
        applicationLogLevel: values.application_log_level,
      },
      ...(values.reserved_concurrent_executions !== -1 && {
        reservedConcurrentExecutions: values.reserved_concurrent_executions,
      }),
      ...(values.enable_alias && { publish: true }),
      codeSigningConfigArn: this.trustedSigner(values.code_signing_profile_version_arn),
      dependsOn: [logGroup, policy],
    });
  }

  /** @returns the path of the zip in the synthesized stack; a reference is a path that only Terraform knows */
  private zip(path: string): string {
    if (Token.isUnresolved(path)) return path;
    // A fixed text instead of a hash of the contents: new code must not change the JSON.
    const asset = { path: existing(path), type: AssetType.FILE, assetHash: "current" };
    return new FunctionPackage(this, "package", asset).path;
  }

  /** Lambda would otherwise create the group without retention, and Terraform would fail later because the name is taken. */
  private logGroup(values: LambdaValues): CloudwatchLogGroup | DataAwsCloudwatchLogGroup {
    if (values.existing_log_group_name !== "")
      return new DataAwsCloudwatchLogGroup(this, "log_group", { name: values.existing_log_group_name });
    return new CloudwatchLogGroup(this, "log_group", {
      name: values.log_group_name || `/aws/lambda/${values.function_name}`,
      retentionInDays: values.log_retention_days,
      kmsKeyId: values.enable_kms_key ? values.kms_key_arn : undefined,
    });
  }

  /** Points to the first version when it is created. Later only a release moves it; Terraform ignores the difference. */
  private aliasOf(fn: AwsLambdaFunction, name: string): LambdaAlias {
    return new LambdaAlias(this, "alias", {
      name,
      functionName: fn.functionName,
      functionVersion: fn.version,
      lifecycle: { ignoreChanges: ["function_version", "routing_config", "description"] },
    });
  }

  /** @returns the ARN of a configuration that rejects packages not signed by this profile; undefined where signing is off */
  private trustedSigner(profileVersionArn: string): string | undefined {
    if (profileVersionArn === "") return undefined;
    return new LambdaCodeSigningConfig(this, "code_signing", {
      allowedPublishers: { signingProfileVersionArns: [profileVersionArn] },
      policies: { untrustedArtifactOnDeployment: "Enforce" },
    }).arn;
  }

  /** Only where the limits differ from Lambda's defaults. They belong to the alias where there is one, because callers invoke the alias. */
  private limitRetries(functionName: string, values: LambdaValues): void {
    const { retry_attempts: attempts, max_event_age_seconds: ageSeconds } = values;
    if (
      attempts === LAMBDA_FUNCTION.retry_attempts.default &&
      ageSeconds === LAMBDA_FUNCTION.max_event_age_seconds.default
    )
      return;
    new LambdaFunctionEventInvokeConfig(this, "retries", {
      functionName,
      qualifier: this.alias?.name,
      maximumRetryAttempts: attempts,
      maximumEventAgeInSeconds: ageSeconds,
    });
  }
}

/** Always `handler.zip`, so that the JSON does not depend on the name of the source file. */
class FunctionPackage extends TerraformAsset {
  override get fileName(): string {
    return "handler.zip";
  }
}

/** @throws Error of one line if the zip does not exist */
const existing = (path: string): string => {
  if (existsSync(path)) return path;
  throw new Error(`lambda_function: Expected an existing zip for package_path but got ${JSON.stringify(path)}`);
};

const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** @throws Error if the document is not JSON with a list of statements */
const statementsOf = ([name, document]: [string, string]): object[] => {
  try {
    const { Statement } = JSON.parse(document) as { Statement: object | object[] };
    return Array.isArray(Statement) ? Statement : [Statement];
  } catch {
    throw new Error(
      `lambda_function: Expected a policy document as JSON for policy_documents.${name} but got ${document}`,
    );
  }
};

/** Names that a policy of the function needs before the function exists. */
interface ComputedNames {
  readonly functionArn: string;
  /** Name of SQS in the region. */
  readonly sqs: string;
}

const statements = (values: LambdaValues, logGroupArn: string, { functionArn, sqs }: ComputedNames) => {
  const { enable_dead_letter_queue: queue, enable_kms_key: key, kms_key_arn: keyArn } = values;
  return [
    ...Object.entries(values.policy_documents).flatMap(statementsOf),
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    ...(queue ? [sendDeadLetters(values.dead_letter_queue_arn)] : []),
    ...(values.enable_xray_tracing ? [SEND_TRACES] : []),
    ...(key ? [decryptSettings(keyArn, functionArn)] : []),
    ...(key && queue ? [encryptDeadLetters(keyArn, sqs)] : []),
    ...(values.vpc_subnet_ids.length > 0 ? networkInterfaces(functionArn) : []),
  ];
};

/**
 * Lambda also has a grant for the role, but a grant is lost when the role is created again:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
 */
const decryptSettings = (keyArn: string, arn: string) => ({
  Sid: "DecryptSettings",
  Effect: "Allow",
  Action: ["kms:Decrypt"],
  Resource: keyArn,
  Condition: { StringEquals: { "kms:EncryptionContext:aws:lambda:FunctionArn": arn } },
});

/**
 * Lambda connects the function with the role's permissions; the second statement keeps the function's code from using them:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
const networkInterfaces = (arn: string) => [
  { Sid: "ConnectToVpc", Effect: "Allow", Action: NETWORK_INTERFACE_ACTIONS, Resource: "*" },
  {
    Sid: "DenyVpcToCode",
    Effect: "Deny",
    Action: NETWORK_INTERFACE_ACTIONS,
    Resource: "*",
    Condition: { ArnEquals: { "lambda:SourceFunctionArn": arn } },
  },
];

const NETWORK_INTERFACE_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

const sendDeadLetters = (queueArn: string) => ({
  Sid: "KeepDeadLetters",
  Effect: "Allow",
  Action: ["sqs:SendMessage"],
  Resource: queueArn,
});

/** Restricted to calls through SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
const encryptDeadLetters = (keyArn: string, sqs: string) => ({
  Sid: "EncryptDeadLetters",
  Effect: "Allow",
  Action: ["kms:GenerateDataKey", "kms:Decrypt"],
  Resource: keyArn,
  Condition: { StringEquals: { "kms:ViaService": sqs } },
});

/** X-Ray has no resource-level permissions. */
const SEND_TRACES = {
  Sid: "SendTraces",
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};
