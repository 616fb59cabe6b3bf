/** The stack of one environment in one region: the only file that knows all modules and connects them. */
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import { Construct, type Node } from "constructs";
import { criticalAlarms } from "./alarm-rows";
import { Backfill } from "./backfill";
import { ChatChannel, chatRegion } from "./chat_channel";
import { CloudwatchAlarms } from "./cloudwatch_alarms";
import { CloudwatchMetrics } from "./cloudwatch_metrics";
import { CodeDeploy } from "./codedeploy";
import { CostBudget } from "./cost_budget";
import { DeadLetterQueue } from "./dead_letter_queue";
import { EncryptionKey, ReplicaKey } from "./encryption_key";
import { LambdaFunction } from "./lambda_function";
import { LogAlerts } from "./log_alerts";
import { MetadataTable } from "./metadata_table";
import { naming, nextRegion, stackName, tagsOf } from "./naming";
import { backfillQueries, savedQueries, uploadQueries } from "./queries";
import type { Replica } from "./replication";
import { S3Buckets } from "./s3_buckets";
import { SnsNotifications } from "./sns_notifications";
import { backfillFunctionInputs, backfillInputs } from "./stack-backfill";
import { existingPackage, functionInputs, invokeOnUpload } from "./stack-function";
import { dashboardStacks, helpOf, isHome } from "./stack-inputs";
import { outputsOf } from "./stack-outputs";
import { bucketInputs, keyInputs, tableInputs } from "./stack-storage";
import { configureTerraform } from "./stack-terraform";
import { uploadApiInputs, uploadFunctionInputs } from "./stack-uploads";
import { UploadApi } from "./upload_api";
import type { Environment } from "./variables";

export interface ImageProcessorStackProps {
  readonly environment: Environment;
  /** Zip of the function. @default the zip that `npm run build` creates for lambda_architecture */
  readonly packagePath?: string;
  /** Zip of the upload API's function. @default the zip that `npm run build` creates */
  readonly uploadApiPackagePath?: string | undefined;
}

/** A budget never pages anyone. */
const BUDGET_TO = "performance";

export class ImageProcessorStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: ImageProcessorStackProps) {
    super(scope, id);
    const { environment, packagePath } = props;
    const names = naming(environment);
    const { functionName } = names;
    configureTerraform(this, environment);
    const { accountId } = new DataAwsCallerIdentity(this, "current");
    const tags = tagsOf(environment);
    const keyArn = this.keyOf(environment, accountId);

    const kms = { enable_kms_key: keyArn !== undefined, kms_key_arn: keyArn ?? "", account_id: accountId };
    const { outputs: buckets } = new S3Buckets(this, "s3_buckets", {
      ...bucketInputs(environment),
      ...kms,
      ...(environment.enable_replication && { replica: this.replicaOf(environment, kms) }),
    });
    const deadLetters = environment.enable_dead_letter_queue
      ? new DeadLetterQueue(this, "dead_letter_queue", { ...kms, queue_name: names.deadLetterQueueName })
      : undefined;
    const records = environment.enable_metadata_table
      ? new MetadataTable(this, "metadata_table", { ...tableInputs(environment), ...kms }).outputs
      : undefined;
    const shared = {
      ...kms,
      package_path: existingPackage(packagePath, environment.lambda_architecture),
      buckets,
      records,
    };
    const lambda = new LambdaFunction(
      this,
      "lambda_function",
      functionInputs(environment, { ...shared, dead_letter_queue_arn: deadLetters?.outputs.queue_arn ?? "" }),
    );
    const backfill = environment.enable_backfill ? this.backfill(environment, shared) : undefined;
    const uploadApi =
      environment.enable_upload_api && records !== undefined
        ? this.uploadApi(environment, { ...kms, buckets, records, packagePath: props.uploadApiPackagePath })
        : undefined;
    const notifications = new SnsNotifications(this, "sns_notifications", {
      ...environment,
      environment: stackName(environment),
      ...kms,
      enable_budget_publisher: tags.Budget !== undefined,
      budget_severity: BUDGET_TO,
    });
    const topics = notifications.outputs;
    if (environment.slack_channel_id !== "") this.chat(environment, accountId, topics.critical_alerts_topic_arn);
    const uploads = uploadApi && {
      upload_api_id: uploadApi.api_id,
      upload_log_group_name: uploadApi.log_group_name,
      enable_upload_api: true,
    };
    const ofBackfill = backfill && {
      backfill_state_machine_arn: backfill.state_machine_arn,
      backfill_function_name: backfill.function_name,
    };
    const metrics = new CloudwatchMetrics(this, "cloudwatch_metrics", {
      function_name: functionName,
      log_group_name: lambda.outputs.log_group_name,
      ...uploads,
      metric_namespace: environment.metric_namespace,
      aws_region: environment.aws_region,
      enable_image_metrics: true,
      enable_dashboard: environment.enable_cloudwatch_dashboard && isHome(environment),
      dashboard_name: names.dashboardName,
      stacks: dashboardStacks(environment, uploadApi?.api_id),
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
      log_alerts_topic_arn: topics.log_alerts_topic_arn,
      dead_letter_queue_name: names.deadLetterQueueName,
      records_table_name: names.recordsTableName,
      ...uploads,
      ...ofBackfill,
      alias_name: names.aliasName,
      function_version: lambda.outputs.function_version,
    });
    const logAlerts = new LogAlerts(this, "log_alerts", {
      ...alarmInputs,
      log_group_name: lambda.outputs.log_group_name,
      log_alerts_topic_arn: topics.log_alerts_topic_arn,
      queries: savedQueries(environment),
      ...uploads,
      upload_queries: uploadQueries(environment),
      ...(backfill && {
        backfill_log_group_name: backfill.log_group_name,
        backfill_queries: backfillQueries(environment),
      }),
    });
    if (environment.enable_codedeploy && lambda.alias) {
      const alarmNames = { ...alarms.outputs.alarm_names, ...logAlerts.outputs.alarm_names };
      new CodeDeploy(this, "releases", {
        application_name: names.releases.applicationName,
        deployment_group_name: names.releases.deploymentGroupName,
        role_name: names.releases.roleName,
        ...environment,
        ...kms,
        function_arn: lambda.outputs.function_arn,
        alias_arn: lambda.alias.arn,
        critical_alarm_names: criticalAlarms(environment).flatMap((name) => alarmNames[name] ?? []),
      });
    }
    if (tags.Budget !== undefined)
      new CostBudget(this, "cost_budget", {
        budget_name: names.budgetName,
        monthly_budget_usd: environment.monthly_budget_usd,
        tag_value: tags.Budget,
        topic_arn: topics.budget_topic_arn,
      });
    invokeOnUpload(this, environment, { accountId, buckets, lambda: lambda.outputs, alias: lambda.alias });
    this.output(
      outputsOf(environment, {
        buckets,
        deadLetters: deadLetters?.outputs,
        records,
        uploadApi,
        backfill,
        lambda: lambda.outputs,
        topics,
        metrics: metrics.outputs,
        alarms: alarms.outputs,
        logAlerts: logAlerts.outputs,
      }),
    );
  }

  /**
   * CDKTF resolves all elements twice: the first time only to find references to other stacks, of which there are none, and to
   * give a stack without backend a local one.
   */
  override prepareStack(): void {}

  private uploadApi(environment: Environment, shared: Parameters<typeof uploadFunctionInputs>[1]) {
    const lambda = new LambdaFunction(this, "upload_function", uploadFunctionInputs(environment, shared));
    const { function_name, function_invoke_arn, log_group_name } = lambda.outputs;
    const { upload_bucket_id } = shared.buckets;
    const inputs = { ...uploadApiInputs(environment), function_name, function_invoke_arn, upload_bucket_id };
    return { ...new UploadApi(this, "upload_api", inputs).outputs, function_name, log_group_name };
  }

  private backfill(environment: Environment, shared: Parameters<typeof backfillFunctionInputs>[1]) {
    const lambda = new LambdaFunction(this, "backfill_function", backfillFunctionInputs(environment, shared));
    const { enable_kms_key, kms_key_arn, account_id } = shared;
    const { function_arn, function_name, log_group_name } = lambda.outputs;
    const inputs = { ...backfillInputs(environment), enable_kms_key, kms_key_arn, account_id, function_arn };
    return { ...new Backfill(this, "backfill", inputs).outputs, function_name, log_group_name };
  }

  /** Resource names come from construct ids, without a hash: `aws_s3_bucket.s3_buckets_upload`. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const { scopes } = TerraformElement.isTerraformElement(element) ? element.node : (element as Node);
    const path = scopes.slice(scopes.indexOf(this) + 1).map(({ node }) => node.id);
    return path.join("_").replaceAll("-", "_");
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
  private keyOf(environment: Environment, account_id: string): string | undefined {
    if (!environment.enable_kms_key) return environment.existing_kms_key_arn || undefined;
    return new EncryptionKey(this, "encryption_key", { ...keyInputs(environment), account_id }).outputs.key_arn;
  }

  private chat(environment: Environment, accountId: string, topicArn: string): void {
    const region = chatRegion(environment.aws_region);
    const provider =
      region === environment.aws_region
        ? undefined
        : new AwsProvider(this, "aws_chat", { alias: "chat", region, defaultTags: [{ tags: tagsOf(environment) }] });
    new ChatChannel(this, "chat_channel", {
      ...environment,
      channel_name: naming(environment).chatName,
      provider,
      account_id: accountId,
      topic_arns: [topicArn],
    });
  }

  private output(rows: ReturnType<typeof outputsOf>): void {
    const outputs = new Construct(this, "outputs");
    for (const [name, [description, value]] of Object.entries(rows)) {
      new TerraformOutput(outputs, name, { description, value, staticId: true });
    }
  }
}

/** Inputs for encryption that several modules have. */
interface KmsInputs {
  readonly enable_kms_key: boolean;
  readonly kms_key_arn: string;
  readonly account_id: string;
}
