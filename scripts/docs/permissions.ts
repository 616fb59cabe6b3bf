/** What is allowed to whom, read from the synthesized JSON, and why. */

import { expected, readStack, type Stack } from "../sandbox/terraform-json";
import { code, table } from "../terminal/markdown";
import { type Statement, statementsOf } from "../trials/drill/policies";

/** Why each statement is there, by its Sid, and why somebody may take a role, by the service: add a row. */
// biome-ignore format: a ledger is read down its columns
export const REASONS = {
  ReadUploads:               "the upload that the event names, in the version that it names",
  TellDeletedFromDenied:     "without it S3 answers 403 for an object that is gone, which looks like a wrong permission",
  WriteVariants:             "the five variants; it can neither read nor delete them, and not touch an upload",
  WriteLogs:                 "its own log group, which exists before it does",
  PublishMetrics:            "PutMetricData knows no resources, so the namespace is the limit",
  SendTraces:                "X-Ray knows no resources for these",
  KeepDeadLetters:           "what Lambda gives up, it keeps in the queue on behalf of the role",
  DecryptUploads:            "S3 decrypts on behalf of the role, and names the bucket to KMS",
  EncryptVariants:           "S3 encrypts on behalf of the role, and names the bucket to KMS",
  EncryptDeadLetters:        "SQS encrypts on behalf of the role; KMS hears that it is SQS that asks",
  DecryptSettings:           "Lambda decrypts the environment variables of this function",
  ConnectToVpc:              "Lambda creates the network interfaces of the function in its subnets",
  DenyVpcToCode:             "the function's code needs none of these permissions",
  ShowMetrics:               "the chat channel shows the graph of an alarm",
  AllowUploadBucket:         "uploads invoke the function, those to this bucket of this account only",
  DenyWithoutTls:            "nothing is read or written unencrypted on its way",
  AccessLogsOfTheBuckets:    "S3 writes down who asked for what",
  AlarmsOfThisAccount:       "alarms tell their topics, and use the key where those are encrypted",
  BudgetOfThisAccount:       "the budget tells its topic, and uses the key where that is encrypted",
  LogsOfTheFunction:         "the log is stored encrypted; the log group is the only one that may use the key",
  AdministeredByThisAccount: "without it nobody could ever change the key; whom it serves is then up to IAM",
  MoveTheAlias:              "a release moves one alias of one function",
  WatchAlarms:               "a critical alarm ends a release; who may see some alarms only is not told of composite ones",
  ReadConfiguration:         "S3 reads what is to be copied to the next region",
  ReadVersions:              "S3 copies versions, with their tags",
  WriteCopies:               "S3 writes the copies, and deletes none",
  DecryptVersions:           "only by way of S3",
  EncryptCopies:             "only by way of S3",
  "lambda.amazonaws.com":     "whoever runs the function takes its role; nobody else can",
  "codedeploy.amazonaws.com": "for deployments of this account only",
  "chatbot.amazonaws.com":    "for chat channels of this account only",
  "s3.amazonaws.com":         "S3 takes it to copy",
} as const satisfies Record<string, string>;

/** Where policies of resources are. */
const RESOURCE_POLICIES = ["aws_kms_key", "aws_s3_bucket_policy", "aws_sns_topic_policy", "aws_sqs_queue_policy"];

interface Right extends Statement {
  readonly who: readonly string[];
}

const rolesTaken = (stack: Stack): Right[] =>
  stack.resources("aws_iam_role", ["name", "assume_role_policy"]).flatMap(({ body }) =>
    statementsOf(body.assume_role_policy).map((statement) => ({
      ...statement,
      id: statement.principals.join(),
      who: statement.principals,
      resources: [`role ${body.name}`],
    })),
  );

const ofRoles = (stack: Stack): Right[] => [
  ...stack
    .resources("aws_iam_role_policy", ["role", "policy"])
    .flatMap(({ body }) => statementsOf(body.policy).map((each) => ({ ...each, who: [`role ${body.role}`] }))),
  ...stack
    .resources("aws_iam_policy", ["name", "policy"])
    .flatMap(({ body }) => statementsOf(body.policy).map((each) => ({ ...each, who: [`role ${body.name}`] }))),
];

const ofResources = (stack: Stack): Right[] =>
  RESOURCE_POLICIES.flatMap((type) =>
    stack.resources(type, ["policy"]).flatMap(({ body }) =>
      statementsOf(body.policy).map((each) => ({
        ...each,
        who: each.principals.length > 0 ? each.principals : ["anybody"],
        // In a key's policy it stands for that key.
        resources: type === "aws_kms_key" ? ["the key"] : each.resources,
      })),
    ),
  );

const invokers = (stack: Stack): Right[] =>
  stack
    .resources("aws_lambda_permission", [
      ...["statement_id", "action", "function_name", "qualifier"],
      ...["principal", "source_arn", "source_account"],
    ])
    .map(({ body }) => ({
      id: String(body.statement_id),
      effect: "Allow",
      principals: [String(body.principal)],
      who: [String(body.principal)],
      actions: [String(body.action)],
      resources: [[body.function_name, body.qualifier].filter((part) => part !== undefined).join(":")],
      conditions: {
        ...(body.source_arn !== undefined && { source_arn: [String(body.source_arn)] }),
        ...(body.source_account !== undefined && { source_account: [String(body.source_account)] }),
      },
    }));

/** @returns every statement of every policy of a stack */
export const rightsOf = (stackDir: string): Right[] => {
  const stack = readStack(stackDir);
  return [...ofRoles(stack), ...rolesTaken(stack), ...invokers(stack), ...ofResources(stack)];
};

/** As one speaks of it: what is of every ARN is left out. */
const short = (name: string): string =>
  name
    .replace(/^AWS:arn:aws:iam::\d{12}:root$/, "this account")
    .replace(/^arn:aws:(\w+):[^:]*:\d*:(?:log-group:)?/, "$1 ")
    .replace(/^\d{12}$/, "this account");

const listed = (names: readonly string[]): string => [...new Set(names.map(short))].map(code).join(" ");

const conditionsOf = ({ conditions }: Right): string =>
  Object.entries(conditions)
    .map(([key, values]) => `${key} ${listed(values)}`)
    .join("; ");

const reasonOf = ({ id }: Right): string => {
  const reason: string | undefined = Object.hasOwn(REASONS, id) ? REASONS[id as keyof typeof REASONS] : undefined;
  if (reason === undefined) throw expected("a reason in scripts/docs/permissions.ts", id, reason);
  return reason;
};

/** @returns a row for each statement; those that say the same of several resources are one */
export const permissionsTable = (stackDir: string): string => {
  const rows = new Map<string, Right>();
  for (const right of rightsOf(stackDir)) {
    const { resources, ...same } = right;
    const key = JSON.stringify(same);
    rows.set(key, { ...right, resources: [...(rows.get(key)?.resources ?? []), ...resources] });
  }
  return table(
    ["who", "may", "on", "only if", "because"],
    [...rows.values()].map((right) => [
      listed(right.who),
      `${right.effect === "Deny" ? "**never** " : ""}${listed(right.actions)}`,
      listed(right.resources),
      conditionsOf(right),
      reasonOf(right),
    ]),
  );
};
