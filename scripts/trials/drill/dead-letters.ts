/** Checks that no event can be lost without notice: the dead-letter queue, the retry limits, and the alarm on event age. */

import { metricsOf } from "../../cloudwatch/alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import type { Stack } from "../../sandbox/terraform-json";
import { shortName } from "./evidence";
import { deniesWithoutTls, statementsOf } from "./policies";

/** SQS's longest message retention: 14 days. */
const LONGEST_SECONDS = 14 * 24 * 3600;

const queueProblems = (stack: Stack, { function: fn }: Blueprint): string[] => {
  const statements = stack
    .resources("aws_sqs_queue_policy", ["policy"])
    .flatMap(({ body }) => statementsOf(body.policy));
  const attributes = ["name", "arn", "message_retention_seconds", "sqs_managed_sse_enabled", "kms_master_key_id"];
  return stack.resources("aws_sqs_queue", attributes).flatMap(({ body }) => {
    const isEncrypted = body.sqs_managed_sse_enabled === true || body.kms_master_key_id !== undefined;
    return [
      ...(body.arn === fn.deadLetterTargetArn ? [] : [`${body.name} is not the function's dead-letter queue`]),
      ...(body.message_retention_seconds === LONGEST_SECONDS
        ? []
        : [`${body.name} does not keep messages for 14 days`]),
      ...(isEncrypted ? [] : [`${body.name} is not encrypted`]),
      ...(statements.some((statement) => deniesWithoutTls(statement, "sqs:*", [String(body.arn)]))
        ? []
        : [`${body.name} accepts requests without TLS`]),
    ];
  });
};

const retryProblems = (stack: Stack, blueprint: Blueprint): string[] => {
  const { name, maximumEventAgeSeconds } = blueprint.function;
  const ages = blueprint.alarms.filter((alarm) => metricsOf(alarm).some((metric) => metric.name === "AsyncEventAge"));
  return [
    ...stack
      .resources("aws_lambda_function_event_invoke_config", ["function_name"])
      .filter(({ body }) => body.function_name !== name)
      .map(({ body }) => `the retry limits apply to ${body.function_name}, not to ${name}`),
    ...ages
      .filter(({ threshold }) => threshold >= maximumEventAgeSeconds * 1_000)
      .map((alarm) => `Lambda discards events before ${shortName(alarm, blueprint)} can fire`),
  ];
};

/** @returns one sentence for each way to lose an event without notice */
export const deadLetterProblems = (stack: Stack, blueprint: Blueprint): string[] => {
  return [...queueProblems(stack, blueprint), ...retryProblems(stack, blueprint)];
};
