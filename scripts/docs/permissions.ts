/** The generated part of docs/security.md: every policy statement of a stack, and its reason. */
import { expected, type Stack } from "../sandbox/terraform-json";
import { code, table } from "../terminal/markdown";
import { type Statement, statementsOf } from "../trials/drill/policies";

/** The reason for each policy statement, by its Sid, and for each trust policy, by its service: add a row. */
// biome-ignore format: a ledger is read down its columns
export const REASONS = {
  ReadUploads:               "reads the upload that the event names, in that version",
  TellDeletedFromDenied:     "without it, S3 answers 403 instead of 404 for a deleted object, which looks like a missing permission",
  WriteVariants:             "writes the five variants; it can neither read nor delete them, and cannot change an upload",
  FindVariants:              "finds the variants of a deleted upload, where delete_variants_with_upload is on",
  DeleteVariants:            "finds the upload that a variant was made from, and deletes the variant",
  WriteRecords:              "writes the record of an upload; it can neither read nor delete records",
  DecryptRecords:            "DynamoDB decrypts the table's key with this role, through DynamoDB only",
  AcceptDirectUploads:       "S3 acts with this permission for everyone who has an upload link, so it ends at the keys of direct uploads",
  LinkToVariants:            "S3 acts with this permission for everyone who has a link to a variant, so it ends at the variants of direct uploads",
  FindRecords:               "finds the records of a direct upload by the index for that; it cannot read other records",
  EncryptDirectUploads:      "S3 encrypts direct uploads with this role, for this bucket only",
  DecryptVariants:           "S3 decrypts variants with this role, for this bucket only",
  AllowUploadApi:            "API Gateway invokes the function for this API only",
  TellMissingFromDenied:     "without it, S3 answers 403 instead of 404 for a variant that is missing",
  FindStoredVariants:        "a backfill asks which variants are stored already",
  ProcessBatches:            "a backfill invokes one function",
  ReadManifests:             "Step Functions reads which objects a run processes",
  WriteResults:              "Step Functions writes which batches of a run failed",
  StartBatches:              "a run starts its batches as executions of the same state machine",
  StopBatches:               "a run that is stopped stops its batches",
  RedriveBatches:            "a run that is resumed starts its failed batches again",
  DecryptManifests:          "S3 decrypts manifests with this role, for this bucket only",
  EncryptResults:            "S3 encrypts results with this role, for this bucket only",
  WriteLogs:                 "writes to its own log group, which Terraform creates",
  PublishMetrics:            "PutMetricData has no resources, so the namespace is the limit",
  SendTraces:                "these actions of X-Ray have no resources",
  KeepDeadLetters:           "Lambda sends dropped events to the queue with this role",
  DecryptUploads:            "S3 decrypts uploads with this role, for this bucket only",
  EncryptVariants:           "S3 encrypts variants with this role, for this bucket only",
  EncryptDeadLetters:        "SQS encrypts messages with this role, through SQS only",
  DecryptSettings:           "Lambda decrypts the environment variables of this function",
  ConnectToVpc:              "Lambda creates the network interfaces of the function in its subnets",
  DenyVpcToCode:             "the function's code needs none of these permissions",
  ShowMetrics:               "the chat channel shows the graph of an alarm",
  AllowUploadBucket:         "S3 invokes the function for this bucket of this account only",
  DenyWithoutTls:            "refuses requests without TLS",
  AccessLogsOfTheBuckets:    "S3 delivers the access logs of both buckets",
  AlarmsOfThisAccount:       "alarms publish to the topics, and use the key if the topics are encrypted",
  BudgetOfThisAccount:       "the budget publishes to its topic, and uses the key if the topic is encrypted",
  LogsOfTheFunction:         "encrypts this log group only",
  AdministeredByThisAccount: "without it, the key could never be changed again; IAM decides who in the account may use it",
  MoveTheAlias:              "a release moves one alias of one function",
  WatchAlarms:               "a critical alarm rolls a release back; permission for single alarms would hide composite alarms",
  ReadConfiguration:         "S3 reads the replication rules of the bucket",
  ReadVersions:              "S3 reads the versions to replicate, with their tags",
  WriteCopies:               "S3 writes the replicas; it cannot delete them",
  DecryptVersions:           "through S3 only",
  EncryptCopies:             "through S3 only",
  "lambda.amazonaws.com":     "Lambda runs the function with this role",
  "codedeploy.amazonaws.com": "CodeDeploy releases with this role, in this account only",
  "states.amazonaws.com":     "Step Functions runs backfills with this role, for this state machine only",
  "chatbot.amazonaws.com":    "Amazon Q Developer posts to chat channels with this role, in this account only",
  "s3.amazonaws.com":         "S3 replicates with this role",
} as const satisfies Record<string, string>;

/** Resource types that have a policy. */
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
        who: each.principals.length > 0 ? each.principals : ["everyone"],
        // In a key policy, "*" means this key.
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

/** @returns every statement of every policy of the stack, with the principals that it applies to */
export const rightsOf = (stack: Stack): Right[] => [
  ...ofRoles(stack),
  ...rolesTaken(stack),
  ...invokers(stack),
  ...ofResources(stack),
];

/** Leaves out the parts that all ARNs have in common. */
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

/** @returns a row for each statement; statements that differ in the resource only share a row */
export const permissionsTable = (stack: Stack): string => {
  const rows = new Map<string, Right>();
  for (const right of rightsOf(stack)) {
    const { resources, ...same } = right;
    const key = JSON.stringify(same);
    rows.set(key, { ...right, resources: [...(rows.get(key)?.resources ?? []), ...resources] });
  }
  return table(
    ["principal", "actions", "resources", "only if", "reason"],
    [...rows.values()].map((right) => [
      listed(right.who),
      `${right.effect === "Deny" ? "**denied:** " : ""}${listed(right.actions)}`,
      listed(right.resources),
      conditionsOf(right),
      reasonOf(right),
    ]),
  );
};
