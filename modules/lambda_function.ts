/** The Lambda function, its IAM role and its log group. */
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCloudwatchLogGroup } from "@cdktf/provider-aws/lib/data-aws-cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaCodeSigningConfig } from "@cdktf/provider-aws/lib/lambda-code-signing-config";
import { LambdaFunction as AwsLambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaFunctionRecursionConfig } from "@cdktf/provider-aws/lib/lambda-function-recursion-config";
import { AssetType, Fn, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { HANDLER } from "../handler/contract/runtime";
import type { SettingName } from "../handler/contract/settings";
import { dnsSuffixOf, partitionOf } from "./partitions";
import type { Environment } from "./variables";

export interface LambdaFunctionProps {
  readonly environment: Environment;
  readonly functionName: string;
  /** Name of the alias that uploads invoke. Used only where enable_release_alias is on. */
  readonly aliasName: string;
  readonly roleName: string;
  readonly logGroupName: string;
  readonly accountId: string;
  /** Zip of the function. It is copied next to the Terraform JSON. */
  readonly packagePath: string;
  readonly uploadBucketArn: string;
  readonly processedBucketArn: string;
  readonly processedBucketId: string;
  /** KMS key of buckets, queue and log group. @default keys owned by AWS */
  readonly keyArn?: string;
  /** Queue for events whose last attempt failed. @default Lambda drops them */
  readonly deadLetterQueueArn?: string;
}

export class LambdaFunction extends Construct {
  readonly functionName: string;
  readonly functionArn: string;
  /** Undefined where enable_release_alias is off: uploads then invoke `$LATEST`. */
  readonly alias: Pick<LambdaAlias, "name" | "arn"> | undefined;
  /** The version that was published last; `$LATEST` where no version is published. */
  readonly newestVersion: string;
  readonly invokeArn: string;
  readonly roleName: string;
  readonly roleArn: string;
  readonly logGroupName: string;
  readonly logGroupArn: string;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const { environment } = props;
    const logGroup = this.logGroup(props);
    const role = new IamRole(this, "role", {
      name: props.roleName,
      assumeRolePolicy: JSON.stringify(TRUST),
      permissionsBoundary: environment.permissions_boundary_arn || undefined,
    });
    const policy = new IamRolePolicy(this, "policy", {
      name: "least-privilege",
      role: role.id,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements(props, logGroup.arn) }),
    });
    const zip = new HandlerPackage(this, "package", {
      path: props.packagePath,
      type: AssetType.FILE,
      // A fixed text instead of a hash of the contents: new code must not change the JSON.
      assetHash: "current",
    });
    const fn = new AwsLambdaFunction(this, "function", {
      functionName: props.functionName,
      role: role.arn,
      runtime: environment.lambda_runtime,
      architectures: [environment.lambda_architecture],
      handler: HANDLER,
      filename: zip.path,
      sourceCodeHash: Fn.filebase64sha256(zip.path),
      timeout: environment.lambda_timeout,
      memorySize: environment.lambda_memory_size,
      environment: { variables: settings(props) },
      kmsKeyArn: props.keyArn,
      ...(environment.vpc_subnet_ids.length > 0 && {
        vpcConfig: { subnetIds: environment.vpc_subnet_ids, securityGroupIds: environment.vpc_security_group_ids },
      }),
      ...(environment.enable_xray_tracing && { tracingConfig: { mode: "Active" } }),
      ...(props.deadLetterQueueArn !== undefined && { deadLetterConfig: { targetArn: props.deadLetterQueueArn } }),
      loggingConfig: {
        logFormat: "JSON",
        logGroup: logGroup.name,
        // WARN would suppress platform.report lines, which the timeout and memory metrics are made from.
        systemLogLevel: "INFO",
        // The handler applies log_level itself and always writes the lines that metrics are made from.
        applicationLogLevel: environment.log_level === "DEBUG" ? "DEBUG" : "INFO",
      },
      ...(environment.reserved_concurrent_executions !== -1 && {
        reservedConcurrentExecutions: environment.reserved_concurrent_executions,
      }),
      ...(environment.enable_release_alias && { publish: true }),
      codeSigningConfigArn: this.trustedSigner(environment.code_signing_profile_version_arn),
      dependsOn: [logGroup, policy],
    });
    if (environment.enable_recursion_guard)
      new LambdaFunctionRecursionConfig(this, "recursion", {
        functionName: fn.functionName,
        recursiveLoop: "Terminate",
      });
    this.alias = environment.enable_release_alias ? this.aliasOf(fn, props.aliasName) : undefined;
    this.limitRetries(fn.functionName, environment);

    this.functionName = fn.functionName;
    this.functionArn = fn.arn;
    this.newestVersion = fn.version;
    this.invokeArn = fn.invokeArn;
    this.roleName = role.name;
    this.roleArn = role.arn;
    this.logGroupName = logGroup.name;
    this.logGroupArn = logGroup.arn;
  }

  /** Lambda would otherwise create the group without retention, and Terraform would fail later because the name is taken. */
  private logGroup({ environment, logGroupName: name, keyArn }: LambdaFunctionProps) {
    if (environment.existing_log_group_name !== "") return new DataAwsCloudwatchLogGroup(this, "log_group", { name });
    const retentionInDays = environment.log_retention_days;
    return new CloudwatchLogGroup(this, "log_group", { name, retentionInDays, kmsKeyId: keyArn });
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

  /** Only where the limits differ from Lambda's defaults. They belong to the alias where there is one, because S3 invokes the alias. */
  private limitRetries(functionName: string, environment: Environment): void {
    const { lambda_retry_attempts: attempts, lambda_max_event_age_seconds: ageSeconds } = environment;
    if (attempts === LAMBDA_LIMITS.retryAttempts && ageSeconds === LAMBDA_LIMITS.eventAgeSeconds) return;
    new LambdaFunctionEventInvokeConfig(this, "retries", {
      functionName,
      qualifier: this.alias?.name,
      maximumRetryAttempts: attempts,
      maximumEventAgeInSeconds: ageSeconds,
    });
  }
}

/** Lambda's defaults: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const LAMBDA_LIMITS = { retryAttempts: 2, eventAgeSeconds: 6 * 3600 };

/** Always `handler.zip`, so that the JSON does not depend on the name of the source file. */
class HandlerPackage extends TerraformAsset {
  override get fileName(): string {
    return "handler.zip";
  }
}

const settings = ({ environment, processedBucketId }: LambdaFunctionProps): Record<SettingName, string> => ({
  PROCESSED_BUCKET: processedBucketId,
  LOG_LEVEL: environment.log_level,
  METRIC_NAMESPACE: environment.metric_namespace,
  METRICS_TRANSPORT: environment.metrics_transport,
  LARGE_IMAGE_BYTES: String(environment.large_image_bytes),
  MAX_IMAGE_BYTES: String(environment.max_image_bytes),
  MAX_IMAGE_PIXELS: String(environment.max_image_pixels),
  MAX_IMAGE_SIDE_PX: String(environment.max_image_side_px),
  MAX_IMAGE_FRAMES: String(environment.max_image_frames),
  TRACING: environment.enable_xray_tracing ? "on" : "off",
});

const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** Plain objects instead of a data source: a plan shows the full policy, and a test can compare it. */
const statements = ({ environment, ...props }: LambdaFunctionProps, logGroupArn: string) => [
  {
    Sid: "ReadUploads",
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:GetObjectVersion"],
    Resource: `${props.uploadBucketArn}/*`,
  },
  {
    // Without ListBucket, S3 answers 403 instead of 404 for a deleted object, which looks like a permission error.
    Sid: "TellDeletedFromDenied",
    Effect: "Allow",
    Action: ["s3:ListBucket"],
    Resource: props.uploadBucketArn,
  },
  {
    Sid: "WriteVariants",
    Effect: "Allow",
    Action: ["s3:PutObject"],
    Resource: `${props.processedBucketArn}/*`,
  },
  {
    Sid: "WriteLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${logGroupArn}:*`,
  },
  ...(props.deadLetterQueueArn === undefined ? [] : [sendDeadLetters(props.deadLetterQueueArn)]),
  ...(environment.metrics_transport === "put_metric_data" ? [publishMetrics(environment.metric_namespace)] : []),
  ...(environment.enable_xray_tracing ? [SEND_TRACES] : []),
  ...(props.keyArn === undefined
    ? []
    : [
        useKey("DecryptUploads", "kms:Decrypt", props.keyArn, props.uploadBucketArn),
        useKey("EncryptVariants", "kms:GenerateDataKey", props.keyArn, props.processedBucketArn),
        decryptSettings(props.keyArn, functionArn({ environment, ...props })),
      ]),
  ...(props.keyArn === undefined || props.deadLetterQueueArn === undefined
    ? []
    : [encryptDeadLetters(props.keyArn, environment.aws_region)]),
  ...(environment.vpc_subnet_ids.length > 0 ? networkInterfaces(functionArn({ environment, ...props })) : []),
];

/** Computed and not referenced: the function depends on the policy that contains it. */
const functionArn = ({ environment: { aws_region: region }, accountId, functionName }: LambdaFunctionProps): string =>
  `arn:${partitionOf(region)}:lambda:${region}:${accountId}:function:${functionName}`;

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
const encryptDeadLetters = (keyArn: string, region: string) => ({
  Sid: "EncryptDeadLetters",
  Effect: "Allow",
  Action: ["kms:GenerateDataKey", "kms:Decrypt"],
  Resource: keyArn,
  Condition: { StringEquals: { "kms:ViaService": `sqs.${region}.${dnsSuffixOf(region)}` } },
});

/** Restricted to objects of this bucket. S3 passes the bucket's ARN to KMS, or the object's where an upload turned bucket keys off. */
const useKey = (sid: string, action: string, keyArn: string, bucketArn: string) => ({
  Sid: sid,
  Effect: "Allow",
  Action: [action],
  Resource: keyArn,
  Condition: { StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucketArn, `${bucketArn}/*`] } },
});

/** X-Ray has no resource-level permissions. */
const SEND_TRACES = {
  Sid: "SendTraces",
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};

/** PutMetricData has no resource-level permissions; the condition restricts it to the namespace. */
const publishMetrics = (namespace: string) => ({
  Sid: "PublishMetrics",
  Effect: "Allow",
  Action: ["cloudwatch:PutMetricData"],
  Resource: "*",
  Condition: { StringEquals: { "cloudwatch:namespace": namespace } },
});
