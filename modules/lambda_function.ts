/** The function, its role, and the log group it writes to. */
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
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
import type { Environment } from "./variables";

export interface LambdaFunctionProps {
  readonly environment: Environment;
  readonly functionName: string;
  /** Of the alias that uploads invoke, where enable_release_alias asks for one. */
  readonly aliasName: string;
  readonly roleName: string;
  readonly logGroupName: string;
  /** Zip of the function; it is copied beside the Terraform JSON. */
  readonly packagePath: string;
  readonly uploadBucketArn: string;
  readonly processedBucketArn: string;
  readonly processedBucketId: string;
  /** Key of buckets, queue and log. @default each is encrypted with a key of its service's own */
  readonly keyArn?: string;
  /** Queue of the events whose last attempt has failed. @default they are dropped */
  readonly deadLetterQueueArn?: string;
}

export class LambdaFunction extends Construct {
  readonly functionName: string;
  readonly functionArn: string;
  /** Undefined where uploads invoke the function as it was last deployed. */
  readonly alias: Pick<LambdaAlias, "name" | "arn"> | undefined;
  /** The version that was published last; `$LATEST` where none is. */
  readonly newestVersion: string;
  readonly invokeArn: string;
  readonly roleName: string;
  readonly roleArn: string;
  readonly logGroupName: string;
  readonly logGroupArn: string;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const { environment } = props;
    // Lambda would create the group itself, but with no retention, and Terraform would then find it taken.
    const logGroup = new CloudwatchLogGroup(this, "log_group", {
      name: props.logGroupName,
      retentionInDays: environment.log_retention_days,
      kmsKeyId: props.keyArn,
    });
    const role = new IamRole(this, "role", { name: props.roleName, assumeRolePolicy: JSON.stringify(TRUST) });
    const policy = new IamRolePolicy(this, "policy", {
      name: "least-privilege",
      role: role.id,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements(props, logGroup.arn) }),
    });
    const zip = new HandlerPackage(this, "package", {
      path: props.packagePath,
      type: AssetType.FILE,
      // In place of an MD5 of the contents, so that new code changes the asset and not the JSON.
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
      ...(environment.enable_xray_tracing && { tracingConfig: { mode: "Active" } }),
      ...(props.deadLetterQueueArn !== undefined && { deadLetterConfig: { targetArn: props.deadLetterQueueArn } }),
      loggingConfig: {
        logFormat: "JSON",
        logGroup: logGroup.name,
        // At WARN the platform reports would be missing, and with them timeouts, memory errors and memory used.
        systemLogLevel: "INFO",
        // The handler filters by log_level itself, and never the lines that metrics are made from.
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

  /** Names the first version when it is created; from then on a release moves it, and Terraform leaves it where it is. */
  private aliasOf(fn: AwsLambdaFunction, name: string): LambdaAlias {
    return new LambdaAlias(this, "alias", {
      name,
      functionName: fn.functionName,
      functionVersion: fn.version,
      lifecycle: { ignoreChanges: ["function_version", "routing_config", "description"] },
    });
  }

  /** @returns the ARN of what refuses any other's package, or nothing where nobody has to sign */
  private trustedSigner(profileVersionArn: string): string | undefined {
    if (profileVersionArn === "") return undefined;
    return new LambdaCodeSigningConfig(this, "code_signing", {
      allowedPublishers: { signingProfileVersionArns: [profileVersionArn] },
      policies: { untrustedArtifactOnDeployment: "Enforce" },
    }).arn;
  }

  /** Where the environment has other limits than Lambda itself; of the alias where there is one, because it is what S3 invokes. */
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

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const LAMBDA_LIMITS = { retryAttempts: 2, eventAgeSeconds: 6 * 3600 };

/** Has one name whatever file it is made from. */
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

/** Written here and not in a data source, so that a plan shows the policy and a test can compare all of it. */
const statements = ({ environment, ...props }: LambdaFunctionProps, logGroupArn: string) => [
  {
    Sid: "ReadUploads",
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:GetObjectVersion"],
    Resource: `${props.uploadBucketArn}/*`,
  },
  {
    // Without it S3 answers 403 for an object that is gone, which would look like a wrong permission.
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
  ...(props.deadLetterQueueArn === undefined ? [] : [keepLetters(props.deadLetterQueueArn)]),
  ...(environment.metrics_transport === "put_metric_data" ? [publishMetrics(environment.metric_namespace)] : []),
  ...(environment.enable_xray_tracing ? [SEND_TRACES] : []),
  ...(props.keyArn === undefined
    ? []
    : [
        useKey("DecryptUploads", "kms:Decrypt", props.keyArn, props.uploadBucketArn),
        useKey("EncryptVariants", "kms:GenerateDataKey", props.keyArn, props.processedBucketArn),
      ]),
  ...(props.keyArn === undefined || props.deadLetterQueueArn === undefined
    ? []
    : [encryptLetters(props.keyArn, environment.aws_region)]),
];

const keepLetters = (queueArn: string) => ({
  Sid: "KeepDeadLetters",
  Effect: "Allow",
  Action: ["sqs:SendMessage"],
  Resource: queueArn,
});

/** Only by way of the queue: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
const encryptLetters = (keyArn: string, region: string) => ({
  Sid: "EncryptDeadLetters",
  Effect: "Allow",
  Action: ["kms:GenerateDataKey", "kms:Decrypt"],
  Resource: keyArn,
  Condition: { StringEquals: { "kms:ViaService": `sqs.${region}.amazonaws.com` } },
});

/** Only for objects of this bucket: S3 names the bucket to KMS, or the object where an uploader turned bucket keys off. */
const useKey = (sid: string, action: string, keyArn: string, bucketArn: string) => ({
  Sid: sid,
  Effect: "Allow",
  Action: [action],
  Resource: keyArn,
  Condition: { StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucketArn, `${bucketArn}/*`] } },
});

/** X-Ray knows no resources either. */
const SEND_TRACES = {
  Sid: "SendTraces",
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};

/** PutMetricData knows no resources; the condition is what limits it. */
const publishMetrics = (namespace: string) => ({
  Sid: "PublishMetrics",
  Effect: "Allow",
  Action: ["cloudwatch:PutMetricData"],
  Resource: "*",
  Condition: { StringEquals: { "cloudwatch:namespace": namespace } },
});
