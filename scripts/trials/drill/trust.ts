/** Checks the permissions of services: S3 invokes the function, alarms and budgets publish, services use the stack's key. */
import type { Blueprint } from "../../sandbox/blueprint";
import type { Stack } from "../../sandbox/terraform-json";
import { covers, deniesWithoutTls, type Statement, statementsOf } from "./policies";

const CLOUDWATCH = "cloudwatch.amazonaws.com";
const BUDGETS = "budgets.amazonaws.com";
const LOG_DELIVERY = "logging.s3.amazonaws.com";

/** Key permissions of a publisher to an encrypted topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
const TO_PUBLISH = ["kms:Decrypt", "kms:GenerateDataKey"];

/** Key permissions of an encrypted log group: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
const TO_LOG = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey"];

const SOURCE_ACCOUNT = "StringEquals aws:SourceAccount";
const LOG_CONTEXT = "ArnEquals kms:EncryptionContext:aws:logs:arn";

/** A service principal, restricted by one condition. */
interface Trusted {
  readonly principal: string;
  readonly condition: string;
  /** The only allowed values. */
  readonly value: string | readonly string[];
}

const trusts = (statement: Statement, { principal, condition, value }: Trusted): boolean =>
  statement.effect === "Allow" &&
  statement.principals.includes(principal) &&
  [...(statement.conditions[condition] ?? [])].sort().join() === [value].flat().sort().join();

const may = (statements: readonly Statement[], action: string, resource: string, trusted: Trusted): boolean =>
  statements.some(
    (statement) =>
      trusts(statement, trusted) &&
      statement.actions.some((pattern) => covers(pattern, action)) &&
      statement.resources.some((pattern) => covers(pattern, resource)),
  );

/** @param by attribute that identifies the policy's resource */
const policiesBy = (stack: Stack, type: string, by = "arn"): ((of: string) => Statement[]) => {
  const rows = stack.resources(type, [by, "policy"]).map(({ body }) => body);
  return (of) => rows.filter((row) => row[by] === of).flatMap(({ policy }) => statementsOf(policy));
};

const accountOf = ({ function: fn }: Blueprint): string => fn.arn.split(":")[4] ?? "";

const invocationProblems = (stack: Stack, { function: fn }: Blueprint): string[] =>
  stack
    .resources("aws_lambda_permission", ["action", "function_name", "principal", "qualifier"])
    .some(
      ({ body }) =>
        body.action === "lambda:InvokeFunction" &&
        body.function_name === fn.name &&
        body.qualifier === fn.alias?.name &&
        body.principal === "s3.amazonaws.com",
    )
    ? []
    : [`S3 may not invoke ${fn.alias?.arn ?? "the function"}`];

/** API Gateway invokes the function itself, not an alias. */
const apiProblems = (stack: Stack, { apis }: Blueprint): string[] => {
  const permissions = stack.resources("aws_lambda_permission", ["action", "function_name", "principal", "qualifier"]);
  const named = new Set(apis.flatMap(({ routes }) => routes.map(({ functionName }) => functionName)));
  return [...named]
    .filter(
      (name) =>
        !permissions.some(
          ({ body }) =>
            body.action === "lambda:InvokeFunction" &&
            body.function_name === name &&
            body.qualifier === undefined &&
            body.principal === "apigateway.amazonaws.com",
        ),
    )
    .map((name) => `API Gateway may not invoke ${name}`);
};

/** @returns ARNs of the topics that a budget notifies */
const budgeted = (stack: Stack): Set<string> =>
  new Set(
    stack
      .resources("aws_budgets_budget", ["notification"])
      .flatMap(({ body }) => body.notification as readonly { readonly subscriber_sns_topic_arns: readonly string[] }[])
      .flatMap(({ subscriber_sns_topic_arns: arns }) => arns),
  );

/** Every publisher must be allowed to publish, and to use the key of an encrypted topic. */
const topicProblems = (stack: Stack, blueprint: Blueprint): string[] => {
  const topicPolicy = policiesBy(stack, "aws_sns_topic_policy");
  const keyPolicy = policiesBy(stack, "aws_kms_key");
  const notified = budgeted(stack);
  return blueprint.topics.flatMap(({ arn, name, keyArn }) => {
    const publishers = { CloudWatch: CLOUDWATCH, ...(notified.has(arn) && { "AWS Budgets": BUDGETS }) };
    return Object.entries(publishers).flatMap(([who, principal]) => {
      const trusted = { principal, condition: SOURCE_ACCOUNT, value: accountOf(blueprint) };
      return [
        ...(may(topicPolicy(arn), "sns:Publish", arn, trusted) ? [] : [`${who} may not publish to ${name}`]),
        ...(keyArn === undefined
          ? []
          : TO_PUBLISH.filter((action) => !may(keyPolicy(keyArn), action, keyArn, trusted)).map(
              (action) => `${who} has no ${action} on the key of ${name}, so its messages are lost`,
            )),
      ];
    });
  });
};

/** Buckets must refuse requests without TLS; S3 must be allowed to deliver access logs. */
const bucketProblems = (stack: Stack, blueprint: Blueprint): string[] => {
  const bucketPolicy = policiesBy(stack, "aws_s3_bucket_policy", "bucket");
  const logged = stack.resources("aws_s3_bucket_logging", ["bucket", "target_bucket"]).map(({ body }) => body);
  const arnOf = (bucket: unknown) => blueprint.buckets.find(({ name }) => name === bucket)?.arn ?? "";
  const delivers = (bucket: unknown, target: string) =>
    bucketPolicy(target).some(
      (statement) =>
        trusts(statement, { principal: LOG_DELIVERY, condition: SOURCE_ACCOUNT, value: accountOf(blueprint) }) &&
        statement.actions.includes("s3:PutObject") &&
        (statement.conditions["ArnLike aws:SourceArn"] ?? []).includes(arnOf(bucket)),
    );
  return [
    ...blueprint.buckets
      .filter(
        ({ name, arn }) =>
          !bucketPolicy(name).some((statement) => deniesWithoutTls(statement, "s3:*", [arn, `${arn}/*`])),
      )
      .map(({ name }) => `${name} accepts requests without TLS`),
    ...logged
      .filter(({ bucket, target_bucket: target }) => !delivers(bucket, String(target)))
      .map(({ bucket, target_bucket: target }) => `S3 may not deliver access logs of ${bucket} to ${target}`),
  ];
};

/** CloudWatch Logs must be allowed to use its key, and the account must keep control of every key. */
const keyProblems = (stack: Stack, blueprint: Blueprint): string[] => {
  const keyPolicy = policiesBy(stack, "aws_kms_key");
  const groups = stack.resources("aws_cloudwatch_log_group", ["arn", "name", "kms_key_id"]).map(({ body }) => body);
  const keys = stack.resources("aws_kms_key", ["arn"]).map(({ body }) => String(body.arn));
  return [
    ...groups.flatMap(({ name, kms_key_id: keyArn }) => {
      if (keyArn === undefined) return [];
      const trusted = {
        principal: `logs.${blueprint.region}.amazonaws.com`,
        condition: LOG_CONTEXT,
        value: groups.filter((other) => other.kms_key_id === keyArn).map((other) => String(other.arn)),
      };
      return TO_LOG.filter((action) => !may(keyPolicy(String(keyArn)), action, String(keyArn), trusted)).map(
        (action) => `CloudWatch Logs has no ${action} on the key of ${name}`,
      );
    }),
    ...keys
      .filter(
        (arn) =>
          !keyPolicy(arn).some(
            ({ effect, principals, actions }) =>
              effect === "Allow" &&
              principals.includes(`AWS:arn:aws:iam::${accountOf(blueprint)}:root`) &&
              actions.includes("kms:*"),
          ),
      )
      .map((arn) => `the account itself has no access to ${arn}`),
  ];
};

/** @returns one sentence for each missing permission */
export const trustProblems = (stack: Stack, blueprint: Blueprint): string[] => {
  return [
    ...invocationProblems(stack, blueprint),
    ...apiProblems(stack, blueprint),
    ...topicProblems(stack, blueprint),
    ...bucketProblems(stack, blueprint),
    ...keyProblems(stack, blueprint),
  ];
};
