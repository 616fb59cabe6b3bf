/** What becomes of an event that fails for good: whether it is kept, where, and whether somebody hears of it before. */

import { metricsOf } from "../../cloudwatch/alarm";
import type { Blueprint } from "../../sandbox/blueprint";
import { readStack, type Stack } from "../../sandbox/terraform-json";
import { shortName } from "./evidence";
import { deniesWithoutTls, statementsOf } from "./policies";

/** As long as SQS keeps anything: 14 days. */
const LONGEST_SECONDS = 14 * 24 * 3600;

const queueProblems = (stack: Stack, { function: fn }: Blueprint): string[] => {
  const statements = stack
    .resources("aws_sqs_queue_policy", ["policy"])
    .flatMap(({ body }) => statementsOf(body.policy));
  const attributes = ["name", "arn", "message_retention_seconds", "sqs_managed_sse_enabled", "kms_master_key_id"];
  return stack.resources("aws_sqs_queue", attributes).flatMap(({ body }) => {
    const isEncrypted = body.sqs_managed_sse_enabled === true || body.kms_master_key_id !== undefined;
    return [
      ...(body.arn === fn.deadLetterTargetArn ? [] : [`the function does not send to ${body.name} what it gives up`]),
      ...(body.message_retention_seconds === LONGEST_SECONDS ? [] : [`${body.name} keeps nothing for 14 days`]),
      ...(isEncrypted ? [] : [`${body.name} is not encrypted`]),
      ...(statements.some((statement) => deniesWithoutTls(statement, "sqs:*", [String(body.arn)]))
        ? []
        : [`${body.name} can be reached without TLS`]),
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
      .map(({ body }) => `the limits of retries are for ${body.function_name}, not for ${name}`),
    ...ages
      .filter(({ threshold }) => threshold >= maximumEventAgeSeconds * 1_000)
      .map((alarm) => `Lambda gives events up before ${shortName(alarm, blueprint)} can go off`),
  ];
};

/** @returns one sentence for each way in which an event could get lost unheard */
export const deadLetterProblems = (stackDir: string, blueprint: Blueprint): string[] => {
  const stack = readStack(stackDir);
  return [...queueProblems(stack, blueprint), ...retryProblems(stack, blueprint)];
};
