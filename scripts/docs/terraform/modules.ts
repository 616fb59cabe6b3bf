/** The modules that are also written as plain Terraform: add a row. */
import type { TerraformStack } from "cdktf";
import { ChatChannel } from "../../../modules/chat_channel";
import { text } from "../../../modules/checks";
import { CloudwatchAlarms } from "../../../modules/cloudwatch_alarms";
import { CloudwatchMetrics } from "../../../modules/cloudwatch_metrics";
import { CodeDeploy } from "../../../modules/codedeploy";
import { CostBudget } from "../../../modules/cost_budget";
import { DeadLetterQueue } from "../../../modules/dead_letter_queue";
import { EncryptionKey } from "../../../modules/encryption_key";
import { imageProcessor } from "../../../modules/image_processor";
import { EXTRA_INPUTS, MODULE_INPUTS } from "../../../modules/inputs/modules";
import { LambdaFunction } from "../../../modules/lambda_function";
import { LogAlerts } from "../../../modules/log_alerts";
import { MetadataTable } from "../../../modules/metadata_table";
import { LOG_ALARM_OUTPUTS, METRIC_ALARM_OUTPUTS } from "../../../modules/original-outputs";
import { S3Buckets } from "../../../modules/s3_buckets";
import { SnsNotifications } from "../../../modules/sns_notifications";
import { UploadApi } from "../../../modules/upload_api";
import type { PlainModule } from "./plain-module";

type Class = new (scope: TerraformStack, id: string, props: never) => { readonly outputs: object };

const outputsOf =
  (Module: Class): PlainModule["build"] =>
  (stack, given) =>
    new Module(stack, "module", given as never).outputs;

/** A module in Terraform asks the provider for account and region. */
const OF_PROVIDER = { account_id: "", aws_region: "" };

const BUCKET_ARN = text("the ARN of a bucket", /^arn:aws[\w-]*:s3:::\S+$/);

const severities = ["critical", "performance", "log"] as const;

/** The original's outputs: the ARN of one alarm each. */
const arnOutputs = (names: Readonly<Record<string, string>>): NonNullable<PlainModule["derived"]> =>
  Object.fromEntries(
    Object.entries(names).map(([output, alarm]) => [
      output,
      { from: "alarm_arns", value: `lookup(local.alarm_arns, "${alarm}", "")` },
    ]),
  );

/** What the stack passes to the image handler beside its settings. */
const IMAGE_PROCESSOR_REFERENCES = {
  upload_bucket_arn: { ...BUCKET_ARN, description: "ARN of the upload bucket." },
  processed_bucket_arn: { ...BUCKET_ARN, description: "ARN of the bucket for variants." },
  processed_bucket_id: { ...text("a bucket name", /^\S+$/), description: "Name of the bucket for variants." },
  enable_xray_tracing: MODULE_INPUTS.lambda_function.enable_xray_tracing,
  enable_kms_key: MODULE_INPUTS.s3_buckets.enable_kms_key,
  kms_key_arn: MODULE_INPUTS.s3_buckets.kms_key_arn,
};

export const PLAIN_MODULES = {
  lambda_function: {
    inputs: MODULE_INPUTS.lambda_function,
    about: "A Lambda function with its role and its log group.",
    fixed: OF_PROVIDER,
    build: outputsOf(LambdaFunction),
    either: [["retry_attempts", "max_event_age_seconds"]],
  },
  s3_buckets: {
    inputs: MODULE_INPUTS.s3_buckets,
    about: "Buckets for uploads and variants: encrypted, private, TLS only.",
    decided: ["Replication to another region. It needs a second provider."],
    either: [["processed_transition_days", "processed_expiration_days"]],
    fixed: OF_PROVIDER,
    build: outputsOf(S3Buckets),
  },
  sns_notifications: {
    inputs: MODULE_INPUTS.sns_notifications,
    about: "A topic for each severity, with its subscriptions.",
    fixed: OF_PROVIDER,
    each: severities.map((severity) => ({
      input: `additional_${severity}_alert_emails`,
      over: `setsubtract(var.additional_${severity}_alert_emails, [var.${severity}_alert_email])`,
      suffix: "additional",
    })),
    build: outputsOf(SnsNotifications),
  },
  cloudwatch_metrics: {
    inputs: MODULE_INPUTS.cloudwatch_metrics,
    about: "Metrics made from log lines, and a dashboard.",
    decided: [
      "The ledger of metrics: which log lines make a metric, and what the dashboard charts.",
      "One dashboard for several regions.",
      "The widget with the cost per hour.",
    ],
    fixed: OF_PROVIDER,
    build: outputsOf(CloudwatchMetrics),
  },
  cloudwatch_alarms: {
    inputs: MODULE_INPUTS.cloudwatch_alarms,
    about: "Alarms on metrics of Lambda, SQS and the function.",
    derived: {
      all_alarm_names: { from: "alarm_names", value: "values(local.alarm_names)" },
      ...arnOutputs(METRIC_ALARM_OUTPUTS),
    },
    decided: [
      "The ledger of alarms: metric, statistic, period and severity of each. Write further alarms as separate resources.",
    ],
    build: outputsOf(CloudwatchAlarms),
  },
  log_alerts: {
    inputs: MODULE_INPUTS.log_alerts,
    about: "Faults counted in the log, with an alarm on each.",
    decided: ["The ledger of faults: which log lines count as which fault."],
    each: [
      { input: "queries", suffix: "" },
      { input: "upload_queries", suffix: "" },
      { input: "backfill_queries", suffix: "" },
    ],
    derived: {
      all_log_alarm_names: { from: "alarm_names", value: "values(local.alarm_names)" },
      ...arnOutputs(LOG_ALARM_OUTPUTS),
    },
    build: outputsOf(LogAlerts),
  },
  metadata_table: {
    inputs: MODULE_INPUTS.metadata_table,
    about: "A DynamoDB table with a record of each upload.",
    fixed: OF_PROVIDER,
    isAlone: true,
    build: (stack, given) => {
      const { write_statements, ...outputs } = new MetadataTable(stack, "module", given as never).outputs;
      return { ...outputs, write_policy: JSON.stringify({ Version: "2012-10-17", Statement: write_statements }) };
    },
  },
  upload_api: {
    inputs: MODULE_INPUTS.upload_api,
    about: "An HTTP API that issues upload links: routes, authorizer, throttling and CORS, for your own function.",
    isAlone: true,
    build: outputsOf(UploadApi),
  },
  dead_letter_queue: {
    inputs: EXTRA_INPUTS.dead_letter_queue,
    about: "The queue for events that Lambda drops.",
    build: outputsOf(DeadLetterQueue),
  },
  encryption_key: {
    inputs: EXTRA_INPUTS.encryption_key,
    about: "A KMS key for everything that the stack stores and sends.",
    fixed: { ...OF_PROVIDER, api_log_group_name: "", backfill_log_group_name: "" },
    build: outputsOf(EncryptionKey),
  },
  codedeploy: {
    inputs: EXTRA_INPUTS.codedeploy,
    about: "CodeDeploy moves the alias to a new version, and back when an alarm fires.",
    fixed: OF_PROVIDER,
    build: outputsOf(CodeDeploy),
  },
  cost_budget: {
    inputs: EXTRA_INPUTS.cost_budget,
    about: "A monthly budget that notifies a topic.",
    build: outputsOf(CostBudget),
  },
  chat_channel: {
    inputs: EXTRA_INPUTS.chat_channel,
    about: "A Slack channel that shows notifications.",
    fixed: OF_PROVIDER,
    build: outputsOf(ChatChannel),
  },
  image_processor: {
    inputs: { ...EXTRA_INPUTS.image_processor, ...IMAGE_PROCESSOR_REFERENCES },
    about: "What the image handler needs from its function: entry point, environment variables and permissions.",
    decided: ["`variants`: the five of the README."],
    fixed: { variants: EXTRA_INPUTS.image_processor.variants.default },
    build: (_, { enable_kms_key, kms_key_arn, ...given }) =>
      imageProcessor({ ...given, kms_key_arn: enable_kms_key ? kms_key_arn : undefined } as never),
  },
} as const satisfies Readonly<Record<string, PlainModule>>;

export type ModuleName = keyof typeof PLAIN_MODULES;

/** Modules that the root module calls. */
export type CalledName = {
  [N in ModuleName]: (typeof PLAIN_MODULES)[N] extends { readonly isAlone: true } ? never : N;
}[ModuleName];
