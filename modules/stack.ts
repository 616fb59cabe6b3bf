/** The stack of one environment in one region: the only file that knows all six modules and connects them. */
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { LocalBackend, S3Backend, TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import { Construct, type Node } from "constructs";
import { type Architecture, packageFile, type RuntimeName } from "../handler/contract/runtime";
import { criticalAlarms } from "./alarm-rows";
import { ChatChannel, chatRegion } from "./chat_channel";
import { CloudwatchAlarms } from "./cloudwatch_alarms";
import { CloudwatchMetrics } from "./cloudwatch_metrics";
import { CodeDeploy } from "./codedeploy";
import { CostBudget } from "./cost_budget";
import { DeadLetterQueue } from "./dead_letter_queue";
import { EncryptionKey, ReplicaKey } from "./encryption_key";
import { imageProcessor } from "./image_processor";
import { LambdaFunction } from "./lambda_function";
import { LogAlerts } from "./log_alerts";
import { homeOf, type Names, naming, nextRegion, stackName, tagsOf } from "./naming";
import { consoleUrl } from "./partitions";
import { savedQueries } from "./queries";
import { type Replica, S3Buckets } from "./s3_buckets";
import { SnsNotifications } from "./sns_notifications";
import { addressesOf, dashboardStacks, helpOf, isHome } from "./stack-inputs";
import type { Environment } from "./variables";

export interface ImageProcessorStackProps {
  readonly environment: Environment;
  /** Zip of the function. @default the zip that `npm run build` creates for lambda_architecture */
  readonly packagePath?: string;
}

/**
 * First version of hashicorp/aws that accepts each runtime. nodejs24.x:
 * https://github.com/hashicorp/terraform-provider-aws/issues/44986
 */
const PROVIDER_VERSIONS = {
  "nodejs22.x": "5.100.0",
  "nodejs24.x": "6.19.0",
} as const satisfies Record<RuntimeName, string>;

/** A budget never pages anyone. */
const BUDGET_TO = "performance";

export class ImageProcessorStack extends TerraformStack {
  constructor(scope: Construct, id: string, { environment, packagePath }: ImageProcessorStackProps) {
    super(scope, id);
    const names = naming(environment);
    const { functionName } = names;
    this.configureTerraform(environment);
    const { accountId } = new DataAwsCallerIdentity(this, "current");
    const tags = tagsOf(environment);
    const keyArn = this.keyOf(environment, names, accountId);

    const kms = { enable_kms_key: keyArn !== undefined, kms_key_arn: keyArn ?? "", account_id: accountId };
    const buckets = this.buckets(environment, kms);
    const deadLetters = environment.enable_dead_letter_queue
      ? new DeadLetterQueue(this, "dead_letter_queue", { name: names.deadLetterQueueName, keyArn })
      : undefined;
    const lambda = this.lambda(environment, {
      ...kms,
      package_path: existing(packagePath, environment.lambda_architecture),
      buckets: buckets.outputs,
      dead_letter_queue_arn: deadLetters?.queueArn ?? "",
    });
    const notifications = new SnsNotifications(this, "sns_notifications", {
      ...environment,
      environment: stackName(environment),
      ...kms,
      enable_budget_publisher: tags.Budget !== undefined,
      budget_severity: BUDGET_TO,
    });
    const topics = notifications.outputs;
    if (environment.slack_channel_id !== "") this.chat(environment, names, accountId, topics.critical_alerts_topic_arn);
    const metrics = new CloudwatchMetrics(this, "cloudwatch_metrics", {
      function_name: functionName,
      log_group_name: lambda.outputs.log_group_name,
      metric_namespace: environment.metric_namespace,
      aws_region: environment.aws_region,
      enable_image_metrics: true,
      enable_dashboard: environment.enable_cloudwatch_dashboard && isHome(environment),
      dashboard_name: names.dashboardName,
      stacks: dashboardStacks(environment),
    });
    const alarmInputs = {
      ...environment,
      function_name: functionName,
      enable_image_metrics: true,
      alarm_help: helpOf(environment),
    };
    const alarms = new CloudwatchAlarms(this, "cloudwatch_alarms", {
      ...alarmInputs,
      critical_alerts_topic_arn: topics.critical_alerts_topic_arn,
      performance_alerts_topic_arn: topics.performance_alerts_topic_arn,
      dead_letter_queue_name: names.deadLetterQueueName,
      alias_name: names.aliasName,
      function_version: lambda.outputs.function_version,
    });
    const logAlerts = new LogAlerts(this, "log_alerts", {
      ...alarmInputs,
      log_group_name: lambda.outputs.log_group_name,
      log_alerts_topic_arn: topics.log_alerts_topic_arn,
      queries: savedQueries(environment),
    });
    if (environment.enable_codedeploy && lambda.alias) {
      const alarmNames = { ...alarms.outputs.alarm_names, ...logAlerts.outputs.alarm_names };
      new CodeDeploy(this, "releases", {
        names: names.releases,
        strategy: environment.release_strategy,
        functionArn: lambda.outputs.function_arn,
        aliasArn: lambda.alias.arn,
        criticalAlarmNames: criticalAlarms(environment).flatMap((name) => alarmNames[name] ?? []),
        accountId,
        region: environment.aws_region,
        permissionsBoundaryArn: environment.permissions_boundary_arn || undefined,
      });
    }
    if (tags.Budget !== undefined)
      new CostBudget(this, "cost_budget", {
        name: names.budgetName,
        monthlyUsd: environment.monthly_budget_usd,
        tag: { key: "Budget", value: tags.Budget },
        topicArn: topics.budget_topic_arn,
      });
    this.invokeOnUpload(buckets, lambda, accountId);
    this.output(environment, { buckets, deadLetters, lambda, notifications, metrics, alarms, logAlerts });
  }

  private buckets(environment: Environment, kms: KmsInputs): S3Buckets {
    const { bucketPrefixes } = naming(environment);
    return new S3Buckets(this, "s3_buckets", {
      ...environment,
      ...kms,
      upload_bucket_prefix: bucketPrefixes.upload,
      processed_bucket_prefix: bucketPrefixes.processed,
      log_bucket_prefix: bucketPrefixes.logs,
      enable_versioning: environment.enable_s3_versioning,
      enable_access_logging: environment.enable_s3_access_logging,
      access_log_days: environment.s3_access_log_days,
      ...(environment.enable_replication && { replica: this.replicaOf(environment, kms) }),
    });
  }

  private lambda(environment: Environment, props: LambdaProps): LambdaFunction {
    const { functionName, roleName, logGroupName, aliasName } = naming(environment);
    const { buckets, ...given } = props;
    return new LambdaFunction(this, "lambda_function", {
      ...environment,
      ...given,
      function_name: functionName,
      role_name: roleName,
      log_group_name: logGroupName,
      runtime: environment.lambda_runtime,
      architecture: environment.lambda_architecture,
      timeout: environment.lambda_timeout,
      memory_size: environment.lambda_memory_size,
      retry_attempts: environment.lambda_retry_attempts,
      max_event_age_seconds: environment.lambda_max_event_age_seconds,
      enable_alias: environment.enable_release_alias,
      alias_name: aliasName,
      ...imageProcessor({
        ...environment,
        ...buckets,
        kms_key_arn: props.enable_kms_key ? props.kms_key_arn : undefined,
      }),
    });
  }

  /** Resource names come from construct ids, without a hash: `aws_s3_bucket.s3_buckets_upload`. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const { scopes } = TerraformElement.isTerraformElement(element) ? element.node : (element as Node);
    const path = scopes.slice(scopes.indexOf(this) + 1).map(({ node }) => node.id);
    return path.join("_").replaceAll("-", "_");
  }

  private configureTerraform(environment: Environment): void {
    new AwsProvider(this, "aws", { region: environment.aws_region, defaultTags: [{ tags: tagsOf(environment) }] });
    this.addOverride("terraform.required_version", this.configureBackend(environment));
    const providerVersion = PROVIDER_VERSIONS[environment.lambda_runtime];
    // The bindings write "aws", which other tools than Terraform do not resolve.
    this.addOverride("terraform.required_providers.aws.source", "hashicorp/aws");
    this.addOverride("terraform.required_providers.aws.version", `>= ${providerVersion}, < 7.0.0`);
  }

  /** @returns the Terraform versions that support the backend */
  private configureBackend(environment: Environment): string {
    if (environment.state_bucket === "") {
      // Relative to the stack's folder, cdktf.out/stacks/<stack>: the project's root.
      new LocalBackend(this, { path: `../../../terraform.${stackName(environment)}.tfstate` });
      return ">= 1.5";
    }
    const backend = new S3Backend(this, {
      bucket: environment.state_bucket,
      key: environment.state_key || naming(environment).stateKey,
      region: environment.state_region,
      encrypt: true,
    });
    // State locking in S3. The bindings do not have this argument yet: https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
    backend.addOverride("use_lockfile", true);
    return ">= 1.10";
  }

  /** Providers and KMS keys are regional, so the replica needs its own. */
  private replicaOf(environment: Environment, kms: KmsInputs): Replica {
    const region = nextRegion(environment);
    const keyArn = kms.enable_kms_key ? kms.kms_key_arn : undefined;
    const { replicationName: name, keyName, bucketPrefixes } = naming(environment);
    const provider = new AwsProvider(this, "aws_replica", {
      alias: "replica",
      region,
      defaultTags: [{ tags: tagsOf(environment) }],
    });
    const key =
      keyArn === undefined
        ? undefined
        : new ReplicaKey(this, "replica_key", {
            provider,
            name: `${keyName}-replica`,
            region,
            accountId: kms.account_id,
          });
    return {
      provider,
      region,
      name,
      keyArn: key?.keyArn,
      from: { region: environment.aws_region, keyArn },
      bucketPrefixes,
      permissionsBoundaryArn: environment.permissions_boundary_arn || undefined,
    };
  }

  /** @returns the ARN of the stack's key, of the existing key, or undefined where neither is wanted */
  private keyOf(environment: Environment, names: Names, accountId: string): string | undefined {
    if (!environment.enable_kms_key) return environment.existing_kms_key_arn || undefined;
    return new EncryptionKey(this, "encryption_key", {
      name: names.keyName,
      region: environment.aws_region,
      accountId,
      logGroupName: names.logGroupName,
      forBudget: tagsOf(environment).Budget !== undefined,
    }).keyArn;
  }

  private chat(environment: Environment, { chatName: name }: Names, accountId: string, topicArn: string): void {
    const region = chatRegion(environment.aws_region);
    const provider =
      region === environment.aws_region
        ? undefined
        : new AwsProvider(this, "aws_chat", { alias: "chat", region, defaultTags: [{ tags: tagsOf(environment) }] });
    new ChatChannel(this, "chat_channel", {
      name,
      provider,
      accountId,
      slackWorkspaceId: environment.slack_workspace_id,
      slackChannelId: environment.slack_channel_id,
      topicArns: [topicArn],
      permissionsBoundaryArn: environment.permissions_boundary_arn || undefined,
    });
  }

  private invokeOnUpload(buckets: S3Buckets, lambda: LambdaFunction, accountId: string): void {
    const permission = new LambdaPermission(this, "upload_permission", {
      statementId: "AllowUploadBucket",
      action: "lambda:InvokeFunction",
      functionName: lambda.outputs.function_name,
      qualifier: lambda.alias?.name,
      principal: "s3.amazonaws.com",
      sourceArn: buckets.outputs.upload_bucket_arn,
      sourceAccount: accountId,
    });
    const { arn: lambdaFunctionArn } = lambda.alias ?? { arn: lambda.outputs.function_arn };
    new S3BucketNotification(this, "upload_notification", {
      bucket: buckets.outputs.upload_bucket_id,
      lambdaFunction: [{ lambdaFunctionArn, events: ["s3:ObjectCreated:*"] }],
      // S3 checks the permission when the notification is created.
      dependsOn: [permission],
    });
  }

  private output(environment: Environment, modules: Modules): void {
    const outputs = new Construct(this, "outputs");
    for (const [name, [description, value]] of Object.entries(outputsOf(environment, modules))) {
      new TerraformOutput(outputs, name, { description, value, staticId: true });
    }
  }
}

/** @throws Error with the command that builds the missing package */
const existing = (packagePath: string | undefined, architecture: Architecture): string => {
  const path = resolve(packagePath ?? join(__dirname, "..", packageFile(architecture)));
  if (existsSync(path)) return path;
  const command = `npm run build -- --architecture ${architecture}`;
  throw new Error(`The function's package ${relative(process.cwd(), path)} does not exist. Build it with: ${command}`);
};

/** Inputs for encryption that several modules have. */
interface KmsInputs {
  readonly enable_kms_key: boolean;
  readonly kms_key_arn: string;
  readonly account_id: string;
}

interface LambdaProps extends KmsInputs {
  readonly package_path: string;
  readonly buckets: S3Buckets["outputs"];
  readonly dead_letter_queue_arn: string;
}

interface Modules {
  readonly buckets: S3Buckets;
  readonly deadLetters: DeadLetterQueue | undefined;
  readonly lambda: LambdaFunction;
  readonly notifications: SnsNotifications;
  readonly metrics: CloudwatchMetrics;
  readonly alarms: CloudwatchAlarms;
  readonly logAlerts: LogAlerts;
}

const outputsOf = (
  environment: Environment,
  { buckets, deadLetters, lambda, notifications, metrics, alarms, logAlerts }: Modules,
): Record<string, [description: string, value: string | Readonly<Record<string, string>>]> => {
  const { aws_region: region } = environment;
  const { dashboardName } = naming(homeOf(environment));
  const dashboard = environment.enable_cloudwatch_dashboard ? metrics.outputs.dashboard_name || dashboardName : NOTHING;
  return {
    upload_bucket_name: ["Bucket for uploads", buckets.outputs.upload_bucket_id],
    upload_bucket_arn: ["ARN of the upload bucket", buckets.outputs.upload_bucket_arn],
    processed_bucket_name: ["Bucket for variants", buckets.outputs.processed_bucket_id],
    processed_bucket_arn: ["ARN of the bucket for variants", buckets.outputs.processed_bucket_arn],
    lambda_function_name: ["Name of the function", lambda.outputs.function_name],
    lambda_function_arn: ["ARN of the function", lambda.outputs.function_arn],
    lambda_log_group_name: ["Name of the function's log group", lambda.outputs.log_group_name],
    dead_letter_queue_name: ['Name of the dead-letter queue, or ""', deadLetters?.queueName ?? NOTHING],
    dead_letter_queue_url: ['URL of the dead-letter queue, or ""', deadLetters?.queueUrl ?? NOTHING],
    dead_letter_queue_arn: ['ARN of the dead-letter queue, or ""', deadLetters?.queueArn ?? NOTHING],
    critical_alerts_topic_arn: [
      "ARN of the topic for critical alarms",
      notifications.outputs.critical_alerts_topic_arn,
    ],
    performance_alerts_topic_arn: [
      "ARN of the topic for performance alarms",
      notifications.outputs.performance_alerts_topic_arn,
    ],
    log_alerts_topic_arn: ["ARN of the topic for alarms on log lines", notifications.outputs.log_alerts_topic_arn],
    cloudwatch_dashboard_name: ['Name of the dashboard, or ""', dashboard],
    cloudwatch_dashboard_url: [
      'Address of the dashboard in the AWS console, or ""',
      dashboard === NOTHING
        ? NOTHING
        : consoleUrl(homeOf(environment).aws_region, "cloudwatch", `dashboards:name=${dashboard}`),
    ],
    cloudwatch_dashboard_arn: ['ARN of the dashboard, or ""', metrics.outputs.dashboard_arn],
    metric_namespace: ["Namespace of the custom metrics", environment.metric_namespace],
    cloudwatch_alarms: ["Names of the alarms on metrics, by short name", alarms.outputs.alarm_names],
    log_based_alarms: ["Names of the alarms on log lines, by short name", logAlerts.outputs.alarm_names],
    alarm_arns: [
      "ARNs of all alarms, by short name",
      { ...alarms.outputs.alarm_arns, ...logAlerts.outputs.alarm_arns },
    ],
    metric_filter_names: [
      "Names of the metric filters, by metric",
      { ...metrics.outputs.metric_filter_names, ...logAlerts.outputs.metric_filter_names },
    ],
    topic_names: ["Names of the topics, by severity", notifications.outputs.topic_names],
    aws_region: ["Region of the stack", region],
    upload_command_example: [
      "Command that uploads a photo",
      `aws s3 cp photo.jpg s3://${buckets.outputs.upload_bucket_id}/`,
    ],
    view_logs_command: [
      "Command that follows the log",
      `aws logs tail ${lambda.outputs.log_group_name} --follow --region ${region}`,
    ],
    test_alarm_command: [
      "Command that tests whether notifications reach you",
      `aws cloudwatch set-alarm-state --alarm-name ${alarms.outputs.alarm_names["high-error-rate"]} --state-value ALARM --state-reason "Testing" --region ${region}`,
    ],
    sns_subscription_note: ["What you still have to do for notifications", subscriptionNote(environment)],
  };
};

/** "" and not null: after applying, `cdktf deploy` fails on null with "Cannot convert undefined or null to object". */
const NOTHING = "";

const subscriptionNote = (environment: Environment): string => {
  const emails = Object.values(addressesOf(environment)).flat();
  return emails.length === 0
    ? `No e-mail address receives notifications. Set alert_email for ${environment.environment} and deploy again.`
    : "AWS sends a confirmation to each e-mail address. Notifications arrive only after you follow its link.";
};
