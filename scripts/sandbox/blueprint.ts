/** Reads a synthesized stack (`cdk.tf.json`): its function, buckets, notifications and monitoring. */
import { resolve } from "node:path";
import type { Alarm } from "../cloudwatch/alarm";
import type { CompositeAlarm } from "../cloudwatch/composite-alarm";
import type { MetricFilter } from "../cloudwatch/metric-filter";
import type { Subscription } from "../cloudwatch/notifications";
import { type ApiBlueprint, apisOf, bucketCorsOf, type CorsBlueprint } from "./api-blueprint";
import { alarmOf, compositeAlarmOf, metricFilterOf } from "./monitoring-blueprint";
import { readStack } from "./read-stack";
import { type Row, rows } from "./stack-resources";
import { type StateMachineBlueprint, stateMachinesOf } from "./state-machine";
import { expected, type Stack } from "./terraform-json";

/** A name for a published version of a function. */
interface AliasBlueprint {
  readonly name: string;
  readonly arn: string;
  readonly version: string;
}

/** What is measured of an invocation. */
interface Measured {
  readonly durationMs: number;
  readonly maxMemoryUsedMb: number;
}

export interface FunctionBlueprint {
  readonly name: string;
  readonly arn: string;
  /** @default uploads invoke $LATEST */
  readonly alias?: AliasBlueprint;
  readonly region: string;
  /** In Lambda's form, file.export. */
  readonly handler: string;
  readonly runtime: string;
  readonly architecture: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Absolute path of the zip. */
  readonly packageFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** KMS key of the environment variables. @default a key owned by Lambda */
  readonly settingsKeyArn?: string;
  /** Whether the function runs in subnets of a VPC. @default false */
  readonly isInVpc?: boolean;
  /** Whether X-Ray traces invocations. @default false */
  readonly isTraced?: boolean;
  readonly logGroup: string;
  readonly logFormat: string;
  readonly applicationLogLevel: string;
  readonly systemLogLevel: string;
  /** Maximum number of parallel invocations. @default only the account's limit applies */
  readonly reservedConcurrency?: number;
  /** What other functions leave of the account's concurrency. @default more than this function needs */
  readonly freeConcurrency?: number;
  /** What Lambda reports of an invocation, for durations and memory that would take too much of this machine. @default what was measured */
  readonly reports?: (measured: Measured) => Partial<Measured>;
  /** Number of retries of a failed asynchronous invocation. */
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** ARN of the dead-letter queue. @default events whose last attempt failed are discarded */
  readonly deadLetterTargetArn?: string;
}

export interface QueueBlueprint {
  readonly name: string;
  readonly arn: string;
  /** ARN of the KMS key that encrypts messages. @default SQS's own key */
  readonly keyArn?: string;
}

export interface BucketBlueprint {
  readonly name: string;
  readonly arn: string;
  readonly versioned: boolean;
  /** ARN of the KMS key that encrypts objects. @default S3's own key */
  readonly keyArn?: string;
}

interface IndexBlueprint {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
  /** ALL or KEYS_ONLY. */
  readonly projection: string;
}

export interface TableBlueprint {
  readonly name: string;
  readonly arn: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
  readonly attributes: readonly { readonly name: string; readonly type: string }[];
  readonly indexes: readonly IndexBlueprint[];
  /** Attribute with the time at which an item expires, in seconds since 1970. @default items do not expire */
  readonly expiry?: string;
  /** ARN of the KMS key that encrypts the items. @default DynamoDB's own key */
  readonly keyArn?: string;
}

/** Which objects of a bucket invoke the function. */
export interface NotificationBlueprint {
  readonly bucket: string;
  readonly id: string;
  /** For example `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

export interface Blueprint {
  readonly region: string;
  /** The function that uploads invoke. */
  readonly function: FunctionBlueprint;
  /** All other functions. */
  readonly otherFunctions: readonly FunctionBlueprint[];
  readonly apis: readonly ApiBlueprint[];
  readonly buckets: readonly BucketBlueprint[];
  /** CORS rules by bucket. */
  readonly bucketCors: ReadonlyMap<string, readonly CorsBlueprint[]>;
  readonly notifications: readonly NotificationBlueprint[];
  readonly queues: readonly QueueBlueprint[];
  readonly tables: readonly TableBlueprint[];
  readonly stateMachines: readonly StateMachineBlueprint[];
  readonly metricFilters: readonly MetricFilter[];
  readonly alarms: readonly Alarm[];
  readonly compositeAlarms: readonly CompositeAlarm[];
  /** `keyArn` @default messages are not encrypted */
  readonly topics: readonly { readonly arn: string; readonly name: string; readonly keyArn?: string }[];
  readonly subscriptions: readonly Subscription[];
  readonly dashboards: readonly { readonly name: string; readonly body: unknown }[];
}

/**
 * @param stackDir folder of one stack, as `npm run synth` writes it
 * @throws Error that names the file, attribute or reference that is missing or invalid
 */
export const readBlueprint = (stackDir: string): Blueprint => {
  const stack = readStack(stackDir);
  const versioned = rows(stack, "aws_s3_bucket_versioning")
    .filter(({ versioning_configuration }) => versioning_configuration?.status === "Enabled")
    .map(({ bucket }) => bucket);
  const encryption = rows(stack, "aws_s3_bucket_server_side_encryption_configuration");
  const functions = rows(stack, "aws_lambda_function").map((row) => functionOf(row, stack, stackDir));
  const target = invokedByUploads(functions, stack);
  return {
    region: stack.region,
    function: target,
    otherFunctions: functions.filter((each) => each !== target),
    apis: apisOf(stack),
    bucketCors: bucketCorsOf(stack),
    buckets: rows(stack, "aws_s3_bucket").map(({ bucket: name, arn }) => ({
      name,
      arn,
      versioned: versioned.includes(name),
      keyArn: encryption.find(({ bucket }) => bucket === name)?.rule[0]?.apply_server_side_encryption_by_default
        ?.kms_master_key_id,
    })),
    notifications: rows(stack, "aws_s3_bucket_notification").flatMap(({ bucket, lambda_function }) =>
      lambda_function
        .filter(({ lambda_function_arn }) => lambda_function_arn === (target.alias ?? target).arn)
        .map(({ id, events, filter_prefix: prefix, filter_suffix: suffix }) => ({
          bucket,
          id,
          events,
          prefix,
          suffix,
        })),
    ),
    queues: rows(stack, "aws_sqs_queue").map(({ name, arn, kms_master_key_id: keyArn }) => ({ name, arn, keyArn })),
    tables: rows(stack, "aws_dynamodb_table").map(tableOf),
    stateMachines: stateMachinesOf(stack),
    metricFilters: rows(stack, "aws_cloudwatch_log_metric_filter").map(metricFilterOf),
    alarms: rows(stack, "aws_cloudwatch_metric_alarm").map(alarmOf),
    compositeAlarms: rows(stack, "aws_cloudwatch_composite_alarm").map(compositeAlarmOf),
    topics: rows(stack, "aws_sns_topic").map(({ kms_master_key_id: keyArn, ...topic }) => ({ ...topic, keyArn })),
    subscriptions: rows(stack, "aws_sns_topic_subscription").map(({ topic_arn, protocol, endpoint }) => ({
      topicArn: topic_arn,
      protocol,
      endpoint,
    })),
    dashboards: rows(stack, "aws_cloudwatch_dashboard").map(({ dashboard_name, dashboard_body }) => ({
      name: dashboard_name,
      body: JSON.parse(dashboard_body),
    })),
  };
};

/**
 * @returns the function that a bucket notifies or, where a notification is missing, that S3 may invoke
 * @throws Error for a stack without such a function
 */
const invokedByUploads = (functions: readonly FunctionBlueprint[], stack: Stack): FunctionBlueprint => {
  const [first, ...others] = functions;
  if (first === undefined) throw expected("one resource", "aws_lambda_function", 0);
  if (others.length === 0) return first;
  const notified = rows(stack, "aws_s3_bucket_notification").flatMap(({ lambda_function }) =>
    lambda_function.map(({ lambda_function_arn: arn }) => arn),
  );
  const permitted = rows(stack, "aws_lambda_permission")
    .filter(({ principal }) => principal === "s3.amazonaws.com")
    .map(({ function_name }) => function_name);
  const found =
    functions.find(({ arn }) => notified.some((each) => each === arn || each.startsWith(`${arn}:`))) ??
    functions.find(({ name, arn }) => permitted.includes(name) || permitted.includes(arn));
  if (found !== undefined) return found;
  throw expected(
    "a function that a bucket notifies",
    "the stack",
    functions.map(({ name }) => name),
  );
};

const functionOf = (row: Row<"aws_lambda_function">, stack: Stack, stackDir: string): FunctionBlueprint => {
  const [alias] = rows(stack, "aws_lambda_alias").filter(({ function_name }) => function_name === row.function_name);
  // An event invoke configuration applies to one alias, or to invocations without an alias; an alias never inherits the latter.
  const asynchronous = rows(stack, "aws_lambda_function_event_invoke_config").find(
    ({ function_name, qualifier }) => function_name === row.function_name && qualifier === alias?.name,
  );
  const reserved = row.reserved_concurrent_executions;
  return {
    name: row.function_name,
    arn: row.arn,
    ...(alias && { alias: { name: alias.name, arn: alias.arn, version: alias.function_version } }),
    region: stack.region,
    handler: row.handler,
    runtime: row.runtime,
    architecture: row.architectures[0],
    timeoutSeconds: row.timeout,
    memoryMb: row.memory_size,
    packageFile: resolve(stackDir, row.filename),
    environment: row.environment?.variables ?? {},
    settingsKeyArn: row.kms_key_arn,
    isInVpc: (row.vpc_config?.subnet_ids.length ?? 0) > 0,
    isTraced: row.tracing_config?.mode === "Active",
    logGroup: row.logging_config?.log_group ?? `/aws/lambda/${row.function_name}`,
    logFormat: row.logging_config?.log_format ?? "Text",
    applicationLogLevel: row.logging_config?.application_log_level ?? "INFO",
    systemLogLevel: row.logging_config?.system_log_level ?? "INFO",
    reservedConcurrency: reserved < 0 ? undefined : reserved,
    maximumRetryAttempts: asynchronous?.maximum_retry_attempts ?? 2,
    maximumEventAgeSeconds: asynchronous?.maximum_event_age_in_seconds ?? 6 * 3600,
    deadLetterTargetArn: row.dead_letter_config?.target_arn,
  };
};

const tableOf = (row: Row<"aws_dynamodb_table">): TableBlueprint => ({
  name: row.name,
  arn: row.arn,
  hashKey: row.hash_key,
  rangeKey: row.range_key,
  attributes: row.attribute,
  indexes: row.global_secondary_index.map((index) => ({
    name: index.name,
    hashKey: index.hash_key,
    rangeKey: index.range_key,
    projection: index.projection_type,
  })),
  expiry: row.ttl?.enabled ? row.ttl.attribute_name : undefined,
  keyArn: row.server_side_encryption?.kms_key_arn,
});
