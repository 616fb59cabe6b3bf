/** Schemas of the Terraform resources that the sandbox reads, with the AWS provider's defaults. */
import { z } from "zod";
import type { MetricStatistic } from "../cloudwatch/metric-store";
import { asList, expected, type Stack } from "./terraform-json";

const text = z.string();
/** Terraform accepts "60" as 60. */
const number = z.preprocess((value) => (/^-?[\d.]+$/.test(String(value)) ? Number(value) : value), z.number());
const texts = z.array(text).default([]);
const textMap = z.record(text, z.union([text, z.number(), z.boolean()]).transform(String));
const block = <S extends z.ZodObject>(shape: S) => z.preprocess((value) => asList(value)[0], shape.optional());
const blocks = <S extends z.ZodObject>(shape: S) => z.preprocess(asList, z.array(shape));

/** The `metric` block of an alarm's metric query. */
export const METRIC = z
  .object({
    metric_name: text,
    namespace: text,
    stat: text,
    period: number,
    unit: text.optional(),
    dimensions: textMap.default({}),
  })
  .transform(
    ({ metric_name: name, stat: statistic, period: periodSeconds, ...rest }): MetricStatistic => ({
      name,
      statistic,
      periodSeconds,
      ...rest,
    }),
  );

/** Attributes by resource type, with the AWS provider's defaults: add a row. */
const RESOURCES = {
  aws_lambda_function: z.object({
    function_name: text,
    arn: text,
    handler: text,
    runtime: text,
    filename: text,
    timeout: number.default(3),
    memory_size: number.default(128),
    architectures: z.tuple([text]).default(["x86_64"]),
    reserved_concurrent_executions: number.default(-1),
    tracing_config: block(z.object({ mode: text })),
    kms_key_arn: text.optional(),
    vpc_config: block(z.object({ subnet_ids: texts })),
    environment: block(z.object({ variables: textMap })),
    dead_letter_config: block(z.object({ target_arn: text })),
    logging_config: block(
      z.object({
        log_format: text,
        log_group: text.optional(),
        application_log_level: text.default("INFO"),
        system_log_level: text.default("INFO"),
      }),
    ),
  }),
  aws_lambda_alias: z.object({ name: text, arn: text, function_name: text, function_version: text }),
  aws_lambda_permission: z.object({ function_name: text, principal: text }),
  aws_lambda_function_event_invoke_config: z.object({
    qualifier: text.optional(),
    function_name: text,
    maximum_retry_attempts: number.default(2),
    maximum_event_age_in_seconds: number.default(6 * 3600),
  }),
  aws_apigatewayv2_api: z.object({
    id: text,
    name: text,
    cors_configuration: block(
      z.object({
        allow_origins: texts,
        allow_methods: texts,
        allow_headers: texts,
        expose_headers: texts,
        max_age: number.default(0),
      }),
    ),
  }),
  aws_apigatewayv2_stage: z.object({
    api_id: text,
    name: text,
    route_settings: blocks(
      z.object({ route_key: text, throttling_rate_limit: number, throttling_burst_limit: number }),
    ),
  }),
  aws_apigatewayv2_route: z.object({
    api_id: text,
    route_key: text,
    target: text,
    authorization_type: text.default("NONE"),
    authorizer_id: text.optional(),
  }),
  aws_apigatewayv2_integration: z.object({ id: text, integration_uri: text }),
  aws_apigatewayv2_authorizer: z.object({
    id: text,
    jwt_configuration: block(z.object({ issuer: text, audience: texts })),
  }),
  aws_s3_bucket_cors_configuration: z.object({
    bucket: text,
    cors_rule: blocks(
      z.object({
        allowed_origins: texts,
        allowed_methods: texts,
        allowed_headers: texts,
        expose_headers: texts,
        max_age_seconds: number.default(0),
      }),
    ),
  }),
  aws_s3_bucket: z.object({ bucket: text, arn: text }),
  aws_s3_bucket_versioning: z.object({ bucket: text, versioning_configuration: block(z.object({ status: text })) }),
  aws_s3_bucket_server_side_encryption_configuration: z.object({
    bucket: text,
    rule: blocks(
      z.object({
        apply_server_side_encryption_by_default: block(z.object({ kms_master_key_id: text.optional() })),
      }),
    ),
  }),
  aws_s3_bucket_notification: z.object({
    bucket: text,
    lambda_function: blocks(
      z.object({
        id: text.default("tf-s3-lambda"),
        lambda_function_arn: text,
        events: texts,
        filter_prefix: text.default(""),
        filter_suffix: text.default(""),
      }),
    ),
  }),
  aws_cloudwatch_log_metric_filter: z.object({
    name: text,
    log_group_name: text,
    pattern: text,
    metric_transformation: z.preprocess(
      (value) => asList(value)[0],
      z.object({
        namespace: text,
        name: text,
        value: text,
        default_value: number.optional(),
        unit: text.optional(),
        dimensions: textMap.optional(),
      }),
    ),
  }),
  aws_cloudwatch_metric_alarm: z.object({
    alarm_name: text,
    alarm_description: text.optional(),
    comparison_operator: text,
    evaluation_periods: number,
    datapoints_to_alarm: number.optional(),
    threshold: number,
    treat_missing_data: text.optional(),
    evaluate_low_sample_count_percentiles: text.optional(),
    actions_enabled: z.boolean().optional(),
    alarm_actions: texts,
    ok_actions: texts,
    insufficient_data_actions: texts,
    metric_name: text.optional(),
    namespace: text.optional(),
    statistic: text.optional(),
    extended_statistic: text.optional(),
    period: number.optional(),
    unit: text.optional(),
    dimensions: textMap.optional(),
    metric_query: blocks(
      z.object({
        id: text,
        expression: text.optional(),
        label: text.optional(),
        return_data: z.boolean().optional(),
        metric: z.preprocess((value) => asList(value)[0], METRIC.optional()),
      }),
    ),
  }),
  aws_cloudwatch_composite_alarm: z.object({
    alarm_name: text,
    alarm_description: text.optional(),
    alarm_rule: text,
    actions_enabled: z.boolean().optional(),
    alarm_actions: texts,
    ok_actions: texts,
    insufficient_data_actions: texts,
    actions_suppressor: block(z.object({ alarm: text, wait_period: number, extension_period: number })),
  }),
  aws_dynamodb_table: z.object({
    name: text,
    arn: text,
    hash_key: text,
    range_key: text.optional(),
    attribute: blocks(z.object({ name: text, type: text })),
    global_secondary_index: blocks(
      z.object({ name: text, hash_key: text, range_key: text.optional(), projection_type: text }),
    ),
    ttl: block(z.object({ attribute_name: text, enabled: z.boolean().default(false) })),
    server_side_encryption: block(z.object({ kms_key_arn: text.optional() })),
  }),
  aws_sfn_state_machine: z.object({ name: text, arn: text, type: text.default("STANDARD"), definition: text }),
  aws_sqs_queue: z.object({ name: text, arn: text, kms_master_key_id: text.optional() }),
  aws_sns_topic: z.object({ name: text, arn: text, kms_master_key_id: text.optional() }),
  aws_sns_topic_subscription: z.object({ topic_arn: text, protocol: text, endpoint: text }),
  aws_cloudwatch_dashboard: z.object({ dashboard_name: text, dashboard_body: text }),
} as const satisfies Record<string, z.ZodObject>;

type ResourceType = keyof typeof RESOURCES;

export type Row<T extends ResourceType> = z.infer<(typeof RESOURCES)[T]>;

/** @throws Error that names the attribute that is missing or has the wrong type */
export const parsed = <S extends z.ZodType>(shape: S, value: unknown, address: string): z.infer<S> => {
  const { data, error } = shape.safeParse(value, { reportInput: true });
  const issue = error?.issues[0];
  if (issue === undefined) return data as z.infer<S>;
  const what = issue.code === "invalid_type" ? `a ${issue.expected}` : issue.message;
  throw expected(what, [address, ...issue.path].join("."), issue.input);
};

/** @returns every resource of a type, with references resolved */
export const rows = <T extends ResourceType>(stack: Stack, type: T): Row<T>[] => {
  const shape: z.ZodType<Row<T>> & { shape: object } = RESOURCES[type] as never;
  return stack.resources(type, Object.keys(shape.shape)).map(({ address, body }) => parsed(shape, body, address));
};
