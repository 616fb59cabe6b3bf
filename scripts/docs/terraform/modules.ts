/** The modules that are also written as plain Terraform: add a row. */
import type { TerraformStack } from "cdktf";
import { Backfill } from "../../../modules/backfill";
import { backfillHandler } from "../../../modules/backfill_handler";
import { ChatChannel } from "../../../modules/chat_channel";
import { FLAG, text } from "../../../modules/checks";
import { CloudwatchAlarms } from "../../../modules/cloudwatch_alarms";
import { CloudwatchMetrics } from "../../../modules/cloudwatch_metrics";
import { CodeDeploy } from "../../../modules/codedeploy";
import { CostBudget } from "../../../modules/cost_budget";
import { DeadLetterQueue } from "../../../modules/dead_letter_queue";
import { EncryptionKey } from "../../../modules/encryption_key";
import { type ImageProcessorProps, imageProcessor } from "../../../modules/image_processor";
import { EXTRA_INPUTS, MODULE_INPUTS } from "../../../modules/inputs/modules";
import { LambdaFunction } from "../../../modules/lambda_function";
import { LogAlerts } from "../../../modules/log_alerts";
import { MetadataTable } from "../../../modules/metadata_table";
import { LOG_ALARM_OUTPUTS, METRIC_ALARM_OUTPUTS } from "../../../modules/original-outputs";
import { S3Buckets } from "../../../modules/s3_buckets";
import { SnsNotifications } from "../../../modules/sns_notifications";
import { UploadApi } from "../../../modules/upload_api";
import { type UploadHandlerProps, uploadHandler } from "../../../modules/upload_handler";
import type { PlainModule } from "./plain-module";
import { SPREAD } from "./switches";

type Class = new (scope: TerraformStack, id: string, props: never) => { readonly outputs: object };

const outputsOf =
  (Module: Class): PlainModule["build"] =>
  (stack, given) =>
    new Module(stack, "module", given as never).outputs;

/** A module in Terraform asks the provider for account and region. */
const OF_PROVIDER = { account_id: "", aws_region: "" };

const BUCKET_NAME = text("a bucket name", /^\S+$/);
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

/** What the stack passes to the handlers beside their settings. */
const HANDLER_REFERENCES = {
  upload_bucket_arn: { ...BUCKET_ARN, description: "ARN of the upload bucket." },
  processed_bucket_arn: { ...BUCKET_ARN, description: "ARN of the bucket for variants." },
  processed_bucket_id: { ...BUCKET_NAME, description: "Name of the bucket for variants." },
  enable_kms_key: MODULE_INPUTS.s3_buckets.enable_kms_key,
  kms_key_arn: MODULE_INPUTS.s3_buckets.kms_key_arn,
};

const TABLE_NAME = "Name of the table of records.";
const WRITE_POLICY = "What writing to that table needs: `write_policy` of the module `metadata_table`.";

const IMAGE_PROCESSOR_INPUTS = {
  ...EXTRA_INPUTS.image_processor,
  ...HANDLER_REFERENCES,
  enable_metadata_table: { ...FLAG, default: false, description: "Writes a record of each upload." },
  records_table_name: { ...MODULE_INPUTS.cloudwatch_alarms.records_table_name, description: TABLE_NAME },
  records_write_policy: {
    ...text('a policy document as JSON, or ""', /^(\{[\s\S]*\})?$/),
    default: "",
    description: WRITE_POLICY,
  },
};

/** The module does not offer other variants. */
const VARIANTS = { variants: EXTRA_INPUTS.image_processor.variants.default };

type Given = Readonly<Record<string, unknown>>;

/** The classes take the statements themselves; a module of Terraform passes a document, which is known here in tests only. */
const writeStatements = ({ records_write_policy: document }: Given): readonly unknown[] =>
  typeof document === "string" && document.startsWith("{")
    ? JSON.parse(document).Statement
    : [`${SPREAD}[var.records_write_policy]`];

const imageProcessorProps = ({ enable_kms_key, kms_key_arn, enable_metadata_table, ...given }: Given) =>
  ({
    ...given,
    kms_key_arn: enable_kms_key ? kms_key_arn : undefined,
    records: enable_metadata_table
      ? { table_name: given.records_table_name, write_statements: writeStatements(given) }
      : undefined,
  }) as unknown as ImageProcessorProps;

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
    build: (stack, given) => {
      const { write_statements, ...outputs } = new MetadataTable(stack, "module", given as never).outputs;
      return { ...outputs, write_policy: JSON.stringify({ Version: "2012-10-17", Statement: write_statements }) };
    },
  },
  upload_api: {
    inputs: MODULE_INPUTS.upload_api,
    about: "An HTTP API that issues upload links: routes, authorizer, throttling and CORS, for your own function.",
    rules: [
      {
        condition: 'var.authorizer == "none" || !contains(var.cors_origins, "*")',
        what: "origins (authorizer is ${var.authorizer})",
        name: "cors_origins",
        broken: { authorizer: "iam", cors_origins: ["*"] },
      },
    ],
    build: outputsOf(UploadApi),
  },
  backfill: {
    inputs: MODULE_INPUTS.backfill,
    about:
      "A state machine that passes objects that exist already to a function in batches, and the bucket for its lists.",
    rules: [
      {
        condition: "var.slowest_image_seconds <= var.function_timeout",
        what: "at most ${var.function_timeout} seconds (function_timeout)",
        name: "slowest_image_seconds",
        broken: { function_timeout: 60, slowest_image_seconds: 61 },
      },
    ],
    fixed: OF_PROVIDER,
    build: outputsOf(Backfill),
  },
  dead_letter_queue: {
    inputs: EXTRA_INPUTS.dead_letter_queue,
    about: "The queue for events that Lambda drops.",
    build: outputsOf(DeadLetterQueue),
  },
  encryption_key: {
    inputs: EXTRA_INPUTS.encryption_key,
    about: "A KMS key for everything that the stack stores and sends.",
    either: [["api_log_group_name", "backfill_log_group_name"]],
    fixed: OF_PROVIDER,
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
    inputs: { ...IMAGE_PROCESSOR_INPUTS, enable_xray_tracing: MODULE_INPUTS.lambda_function.enable_xray_tracing },
    about: "What the image handler needs from its function: entry point, environment variables and permissions.",
    decided: ["`variants`: the five of the README."],
    fixed: VARIANTS,
    build: (_, given) => imageProcessor(imageProcessorProps(given)),
  },
  upload_handler: {
    inputs: {
      upload_bucket_id: { ...BUCKET_NAME, description: "Name of the upload bucket." },
      ...HANDLER_REFERENCES,
      records_table_name: { ...MODULE_INPUTS.metadata_table.table_name, description: TABLE_NAME },
      records_write_policy: { ...text("a policy document as JSON", /^\{[\s\S]*\}$/), description: WRITE_POLICY },
      records_table_arn: {
        ...text("the ARN of a DynamoDB table", /^arn:aws[\w-]*:dynamodb:\S+$/),
        description: "ARN of the table of records.",
      },
      max_image_bytes: EXTRA_INPUTS.image_processor.max_image_bytes,
      log_level: EXTRA_INPUTS.image_processor.log_level,
    },
    about:
      "What the handler of the upload API needs from its function: entry point, size, environment variables and permissions.",
    build: (_, { enable_kms_key, kms_key_arn, records_table_name, records_table_arn, ...given }) =>
      uploadHandler({
        ...given,
        kms_key_arn: enable_kms_key ? kms_key_arn : undefined,
        records: {
          table_name: records_table_name,
          table_arn: records_table_arn,
          write_statements: writeStatements(given),
        },
      } as unknown as UploadHandlerProps),
  },
  backfill_handler: {
    inputs: IMAGE_PROCESSOR_INPUTS,
    about:
      "What a backfill needs from its function: the image handler's settings and permissions, and reading what is stored.",
    decided: ["`variants`: the five of the README."],
    fixed: VARIANTS,
    build: (_, given) => backfillHandler(imageProcessorProps(given)),
  },
} as const satisfies Readonly<Record<string, PlainModule>>;

export type ModuleName = keyof typeof PLAIN_MODULES;
