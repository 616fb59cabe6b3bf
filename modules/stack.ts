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
import { criticalAlarms } from "./alarms";
import { ChatChannel, chatRegion } from "./chat_channel";
import { CloudwatchAlarms } from "./cloudwatch_alarms";
import { CloudwatchMetrics } from "./cloudwatch_metrics";
import { CodeDeploy } from "./codedeploy";
import { CostBudget } from "./cost_budget";
import { DeadLetterQueue } from "./dead_letter_queue";
import { EncryptionKey, ReplicaKey } from "./encryption_key";
import { LambdaFunction } from "./lambda_function";
import { LogAlerts } from "./log_alerts";
import { type Names, naming, nextRegion, type Severity, stackName, tagsOf } from "./naming";
import { consoleUrl } from "./partitions";
import { type Replica, S3Buckets } from "./s3_buckets";
import { SnsNotifications } from "./sns_notifications";
import type { Environment } from "./variables";

export interface ImageProcessorStackProps {
  readonly environment: Environment;
  /** Zip of the function. @default the zip that `npm run build` creates for lambda_architecture */
  readonly packagePath?: string;
}

/** The e-mail address of each topic; "" where it has none. */
export const emailsOf = (environment: Environment): Record<Severity, string> => ({
  critical: environment.critical_alert_email,
  performance: environment.performance_alert_email,
  log: environment.log_alert_email,
});

/** More e-mail addresses of each topic. */
const additionalEmailsOf = (environment: Environment): Record<Severity, readonly string[]> => ({
  critical: environment.additional_critical_alert_emails,
  performance: environment.additional_performance_alert_emails,
  log: environment.additional_log_alert_emails,
});

/** @returns all e-mail addresses of each topic */
export const addressesOf = (environment: Environment): Record<Severity, readonly string[]> => {
  const [emails, additional] = [emailsOf(environment), additionalEmailsOf(environment)];
  const all = (severity: Severity) => [
    ...new Set([emails[severity], ...additional[severity]].filter((address) => address !== "")),
  ];
  return { critical: all("critical"), performance: all("performance"), log: all("log") };
};

/**
 * First version of hashicorp/aws that accepts each runtime. nodejs24.x:
 * https://github.com/hashicorp/terraform-provider-aws/issues/44986
 */
const PROVIDER_VERSIONS = {
  "nodejs22.x": "5.100.0",
  "nodejs24.x": "6.19.0",
} as const satisfies Record<RuntimeName, string>;

/** A budget never pages anyone. */
const BUDGET_TO: Severity = "performance";

export class ImageProcessorStack extends TerraformStack {
  constructor(scope: Construct, id: string, { environment, packagePath }: ImageProcessorStackProps) {
    super(scope, id);
    const names = naming(environment);
    const { functionName, logGroupName } = names;
    this.configureTerraform(environment);
    const { accountId } = new DataAwsCallerIdentity(this, "current");
    const tags = tagsOf(environment);
    const permissionsBoundaryArn = environment.permissions_boundary_arn || undefined;
    const keyArn = this.keyOf(environment, names, accountId);

    const buckets = new S3Buckets(this, "s3_buckets", {
      bucketPrefixes: names.bucketPrefixes,
      bucketNames: {
        upload: environment.upload_bucket_name || undefined,
        processed: environment.processed_bucket_name || undefined,
      },
      existingBucketNames: {
        upload: environment.existing_upload_bucket_name || undefined,
        processed: environment.existing_processed_bucket_name || undefined,
      },
      versioning: environment.enable_s3_versioning,
      keyArn,
      ...(environment.enable_s3_access_logging && { accessLogDays: environment.s3_access_log_days }),
      accountId,
      ...(environment.enable_replication && { replica: this.replicaOf(environment, accountId, keyArn) }),
    });
    const deadLetters = environment.enable_dead_letter_queue
      ? new DeadLetterQueue(this, "dead_letter_queue", { name: names.deadLetterQueueName, keyArn })
      : undefined;
    const lambda = new LambdaFunction(this, "lambda_function", {
      environment,
      functionName,
      aliasName: names.aliasName,
      roleName: names.roleName,
      logGroupName,
      accountId,
      packagePath: existing(packagePath, environment.lambda_architecture),
      uploadBucketArn: buckets.uploadBucketArn,
      processedBucketArn: buckets.processedBucketArn,
      processedBucketId: buckets.processedBucketId,
      keyArn,
      deadLetterQueueArn: deadLetters?.queueArn,
    });
    const notifications = new SnsNotifications(this, "sns_notifications", {
      topicNames: names.topics,
      existingTopicArns: {
        critical: environment.existing_critical_alerts_topic_arn,
        performance: environment.existing_performance_alerts_topic_arn,
        log: environment.existing_log_alerts_topic_arn,
      },
      emails: emailsOf(environment),
      additionalEmails: additionalEmailsOf(environment),
      criticalSms: environment.critical_alert_sms,
      criticalHttpsEndpoint: environment.critical_alert_https_endpoint,
      accountId,
      keyArn,
      ...(tags.Budget !== undefined && { budgetTo: BUDGET_TO }),
    });
    if (environment.slack_channel_id !== "") this.chat(environment, names, accountId, notifications.topicArns.critical);
    const metrics = new CloudwatchMetrics(this, "cloudwatch_metrics", {
      environment,
      functionName,
      logGroupName: lambda.logGroupName,
    });
    const { topicArns } = notifications;
    const alarms = new CloudwatchAlarms(this, "cloudwatch_alarms", {
      environment,
      functionName,
      topicArns,
      newest: { aliasName: names.aliasName, version: lambda.newestVersion },
    });
    const logAlerts = new LogAlerts(this, "log_alerts", {
      environment,
      functionName,
      topicArns,
      logGroupName: lambda.logGroupName,
    });
    if (environment.enable_codedeploy && lambda.alias) {
      const alarmNames = { ...alarms.alarmNames, ...logAlerts.alarmNames };
      new CodeDeploy(this, "releases", {
        names: names.releases,
        strategy: environment.release_strategy,
        functionArn: lambda.functionArn,
        aliasArn: lambda.alias.arn,
        criticalAlarmNames: criticalAlarms(environment).flatMap((name) => alarmNames[name] ?? []),
        accountId,
        region: environment.aws_region,
        permissionsBoundaryArn,
      });
    }
    if (tags.Budget !== undefined && notifications.budgetTopicArn !== undefined) {
      new CostBudget(this, "cost_budget", {
        name: names.budgetName,
        monthlyUsd: environment.monthly_budget_usd,
        tag: { key: "Budget", value: tags.Budget },
        topicArn: notifications.budgetTopicArn,
      });
    }
    this.invokeOnUpload(buckets, lambda, accountId);
    this.output(environment, { buckets, deadLetters, lambda, notifications, metrics, alarms, logAlerts });
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
  private replicaOf(environment: Environment, accountId: string, keyArn: string | undefined): Replica {
    const region = nextRegion(environment);
    const { replicationName: name, keyName } = naming(environment);
    const provider = new AwsProvider(this, "aws_replica", {
      alias: "replica",
      region,
      defaultTags: [{ tags: tagsOf(environment) }],
    });
    const key =
      keyArn === undefined
        ? undefined
        : new ReplicaKey(this, "replica_key", { provider, name: `${keyName}-replica`, region, accountId });
    return {
      provider,
      region,
      name,
      keyArn: key?.keyArn,
      from: { region: environment.aws_region, keyArn },
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
      functionName: lambda.functionName,
      qualifier: lambda.alias?.name,
      principal: "s3.amazonaws.com",
      sourceArn: buckets.uploadBucketArn,
      sourceAccount: accountId,
    });
    const { arn: lambdaFunctionArn } = lambda.alias ?? { arn: lambda.functionArn };
    new S3BucketNotification(this, "upload_notification", {
      bucket: buckets.uploadBucketId,
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
  const { dashboard } = metrics;
  return {
    upload_bucket_name: ["Bucket for uploads", buckets.uploadBucketId],
    upload_bucket_arn: ["ARN of the upload bucket", buckets.uploadBucketArn],
    processed_bucket_name: ["Bucket for variants", buckets.processedBucketId],
    processed_bucket_arn: ["ARN of the bucket for variants", buckets.processedBucketArn],
    lambda_function_name: ["Name of the function", lambda.functionName],
    lambda_function_arn: ["ARN of the function", lambda.functionArn],
    lambda_log_group_name: ["Name of the function's log group", lambda.logGroupName],
    dead_letter_queue_name: ['Name of the dead-letter queue, or ""', deadLetters?.queueName ?? NOTHING],
    dead_letter_queue_url: ['URL of the dead-letter queue, or ""', deadLetters?.queueUrl ?? NOTHING],
    dead_letter_queue_arn: ['ARN of the dead-letter queue, or ""', deadLetters?.queueArn ?? NOTHING],
    critical_alerts_topic_arn: ["ARN of the topic for critical alarms", notifications.topicArns.critical],
    performance_alerts_topic_arn: ["ARN of the topic for performance alarms", notifications.topicArns.performance],
    log_alerts_topic_arn: ["ARN of the topic for alarms on log lines", notifications.topicArns.log],
    cloudwatch_dashboard_name: ['Name of the dashboard, or ""', dashboard?.name ?? NOTHING],
    cloudwatch_dashboard_url: [
      'Address of the dashboard in the AWS console, or ""',
      dashboard ? consoleUrl(dashboard.region, "cloudwatch", `dashboards:name=${dashboard.name}`) : NOTHING,
    ],
    metric_namespace: ["Namespace of the custom metrics", environment.metric_namespace],
    cloudwatch_alarms: ["Names of the alarms on metrics, by short name", alarms.alarmNames],
    log_based_alarms: ["Names of the alarms on log lines, by short name", logAlerts.alarmNames],
    aws_region: ["Region of the stack", region],
    upload_command_example: ["Command that uploads a photo", `aws s3 cp photo.jpg s3://${buckets.uploadBucketId}/`],
    view_logs_command: [
      "Command that follows the log",
      `aws logs tail ${lambda.logGroupName} --follow --region ${region}`,
    ],
    test_alarm_command: [
      "Command that tests whether notifications reach you",
      `aws cloudwatch set-alarm-state --alarm-name ${alarms.alarmNames["high-error-rate"]} --state-value ALARM --state-reason "Testing" --region ${region}`,
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
