/** Checks that the role of each function allows exactly its calls and what services do with its permissions. */
import { type ApiCall, accessKeyIdOf, FUNCTION_ACCESS_KEY_ID } from "../../sandbox/api-call";
import type { Blueprint, BucketBlueprint, FunctionBlueprint } from "../../sandbox/blueprint";
import type { Stack } from "../../sandbox/terraform-json";
import type { Evidence } from "./evidence";
import { OTHERS } from "./other-runs";
import { covers, type Statement, statementsOf } from "./policies";
import { remembered } from "./remembered";

interface Seen {
  readonly blueprint: Blueprint;
  readonly fn: FunctionBlueprint;
  /** Recorded calls of the function. */
  readonly calls: readonly ApiCall[];
}

interface Need {
  /** Which service needs it, and why. */
  readonly because: string;
  readonly action: string;
  /** ARNs that need it; empty if the stack has no such resource. */
  readonly on: (seen: Seen) => readonly string[];
  /** Values that the statement's condition must contain. @default no condition is needed */
  readonly for?: (seen: Seen) => readonly string[];
  /** The functions that need it. @default all */
  readonly of?: "uploads" | "upload API" | "backfill";
}

const bucketsOf = ({ blueprint, calls }: Seen, action: string): BucketBlueprint[] =>
  blueprint.buckets.filter(({ name }) => calls.some((call) => call.action.startsWith(action) && call.bucket === name));

/** Of the function that processes uploads. */
const uploads = (seen: Seen): BucketBlueprint[] => bucketsOf(seen, "s3:GetObject");

const variants = (seen: Seen): BucketBlueprint[] => bucketsOf(seen, "s3:PutObject");

/** Of the upload API. S3 acts with its permissions for anyone who has a link. */
const byLink = (seen: Seen): BucketBlueprint[] => bucketsOf(seen, "s3:PutObject");
const downloads = (seen: Seen): BucketBlueprint[] => bucketsOf(seen, "s3:GetObject");

/** Of a backfill, which asks for variants, too. */
const sources = (seen: Seen): BucketBlueprint[] => {
  const written = variants(seen);
  return bucketsOf(seen, "s3:GetObject").filter((bucket) => !written.includes(bucket));
};

const objectsOf = (buckets: readonly BucketBlueprint[]): string[] => buckets.map(({ arn }) => `${arn}/*`);

const keysOf = (encrypted: readonly { readonly keyArn?: string }[]): string[] =>
  encrypted.flatMap(({ keyArn }) => keyArn ?? []);

const logStreams = ({ fn }: Seen): string[] => {
  const [, , , region, account] = fn.arn.split(":");
  return [`arn:aws:logs:${region}:${account}:log-group:${fn.logGroup}:*`];
};

const traces = ({ fn }: Seen): string[] => (fn.isTraced ? ["*"] : []);

const settingsKey = ({ fn }: Seen): string[] => (fn.settingsKeyArn === undefined ? [] : [fn.settingsKeyArn]);

const vpc = ({ fn }: Seen): string[] => (fn.isInVpc ? ["*"] : []);

const VPC_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

const queue = ({ blueprint: { queues }, fn }: Seen) => queues.filter(({ arn }) => arn === fn.deadLetterTargetArn);

const encryptedTables = ({ blueprint: { tables } }: Seen): string[] => keysOf(tables);

const viaDynamoDb = ({ blueprint }: Seen): string[] => [`dynamodb.${blueprint.region}.amazonaws.com`];

const arnsOf = (resources: readonly { readonly arn: string }[]): string[] => resources.map(({ arn }) => arn);

const viaSqs = ({ blueprint }: Seen): string[] => [`sqs.${blueprint.region}.amazonaws.com`];

/** Actions that the role needs although the function does not call them itself: add a row. */
// biome-ignore format: a ledger is read down its columns
const NEEDED_BESIDE_CALLS: readonly Need[] = [
  { of: "uploads", action: "s3:ListBucket",        on: (seen) => arnsOf(uploads(seen)),    because: "S3 answers 404 instead of 403 for a deleted object" },
  { of: "uploads", action: "s3:GetObject",         on: (seen) => objectsOf(uploads(seen)), because: "uploads from before versioning was enabled have no version" },
  { of: "uploads", action: "s3:GetObjectVersion",  on: (seen) => objectsOf(uploads(seen)), because: "uploads from before versioning was suspended have a version" },
  { action: "logs:CreateLogStream", on: logStreams,                         because: "Lambda writes the log" },
  { action: "logs:PutLogEvents",    on: logStreams,                         because: "Lambda writes the log" },
  { of: "uploads", action: "sqs:SendMessage",      on: (seen) => arnsOf(queue(seen)),      because: "Lambda sends events to the dead-letter queue" },
  { of: "uploads", action: "kms:Decrypt",          on: (seen) => keysOf(uploads(seen)),    for: (seen) => arnsOf(uploads(seen)),  because: "S3 decrypts uploads with the stack's key" },
  { of: "uploads", action: "kms:GenerateDataKey",  on: (seen) => keysOf(variants(seen)),   for: (seen) => arnsOf(variants(seen)), because: "S3 encrypts variants with the stack's key" },
  { of: "uploads", action: "kms:Decrypt",          on: (seen) => keysOf(queue(seen)),      for: viaSqs, because: "SQS uses the stack's key for dead-letter queue messages" },
  { of: "uploads", action: "kms:GenerateDataKey",  on: (seen) => keysOf(queue(seen)),      for: viaSqs, because: "SQS encrypts dead-letter queue messages with the stack's key" },
  { action: "kms:Decrypt",          on: encryptedTables, for: viaDynamoDb, because: "DynamoDB decrypts the table's key with the stack's key" },
  { action: "kms:Decrypt",          on: settingsKey, for: ({ fn }) => [fn.arn], because: "Lambda decrypts the environment variables" },
  { of: "upload API", action: "kms:GenerateDataKey", on: (seen) => keysOf(byLink(seen)),   for: (seen) => arnsOf(byLink(seen)),   because: "S3 encrypts direct uploads with the stack's key" },
  { of: "upload API", action: "kms:Decrypt",         on: (seen) => keysOf(downloads(seen)), for: (seen) => arnsOf(downloads(seen)), because: "S3 decrypts variants with the stack's key" },
  { of: "backfill", action: "s3:ListBucket",       on: (seen) => arnsOf([...sources(seen), ...variants(seen)]), because: "S3 answers 404 instead of 403 for an object that is missing" },
  { of: "backfill", action: "s3:GetObject",        on: (seen) => objectsOf([...sources(seen), ...variants(seen)]), because: "it asks S3 for each object and each variant" },
  { of: "backfill", action: "s3:GetObjectVersion", on: (seen) => objectsOf(sources(seen)), because: "uploads from before versioning was suspended have a version" },
  { of: "backfill", action: "kms:Decrypt",         on: (seen) => keysOf(sources(seen)),    for: (seen) => arnsOf(sources(seen)),  because: "S3 decrypts uploads with the stack's key" },
  { of: "backfill", action: "kms:GenerateDataKey", on: (seen) => keysOf(variants(seen)),   for: (seen) => arnsOf(variants(seen)), because: "S3 encrypts variants with the stack's key" },
  ...VPC_ACTIONS.map((action) => ({ action, on: vpc, because: "Lambda connects the function to its subnets" })),
  { action: "xray:PutTraceSegments",    on: traces, because: "Lambda sends traces to X-Ray" },
  { action: "xray:PutTelemetryRecords", on: traces, because: "Lambda sends traces to X-Ray" },
];

const resourceOf = ({ bucket, key, queueArn, tableArn }: ApiCall): string =>
  bucket ? `arn:aws:s3:::${bucket}${key ? `/${key}` : ""}` : (queueArn ?? tableArn ?? "*");

const allows = (statements: readonly Statement[], action: string, resource: string): boolean =>
  statements.some(
    ({ actions, resources }) =>
      actions.includes(action) &&
      // A query names the table; the statement its index.
      resources.some((pattern) => covers(pattern, resource) || pattern.startsWith(`${resource}/index/`)),
  );

const callers = new WeakMap<Evidence["recordings"], Map<string, readonly ApiCall[]>>();

/**
 * Excludes runs with changed settings: they can make calls that the deployed function never makes.
 * @returns the calls of a function, those of one action on one resource once
 */
const callsOf = (fn: FunctionBlueprint, { blueprint, recordings }: Evidence): readonly ApiCall[] => {
  const keyId = fn.name === blueprint.function.name ? FUNCTION_ACCESS_KEY_ID : accessKeyIdOf(fn);
  const known = remembered(callers, recordings, () => new Map<string, readonly ApiCall[]>());
  return remembered(known, keyId, () => {
    const calls = [...recordings]
      .filter(([name]) => !Object.hasOwn(OTHERS, name) || name === "healthy")
      .flatMap(([, { calls }]) => calls)
      .filter(({ caller }) => caller === keyId);
    return [...new Map(calls.map((call) => [`${call.action} ${resourceOf(call)}`, call])).values()];
  });
};

const conditionProblems = (statements: readonly Statement[], fn: FunctionBlueprint): string[] => {
  const published = fn.environment.METRIC_NAMESPACE;
  return statements
    .flatMap(({ conditions }) => conditions["StringEquals cloudwatch:namespace"] ?? [])
    .filter((namespace) => namespace !== published)
    .map((namespace) => `the role allows metrics in ${namespace} only, the function publishes in ${published}`);
};

const statementsOfFunction = (stack: Stack, fn: FunctionBlueprint): Statement[] => {
  const roles = stack
    .resources("aws_lambda_function", ["role", "function_name"])
    .flatMap(({ body }) => (body.function_name === fn.name ? [String(body.role)] : []));
  return stack
    .resources("aws_iam_role_policy", ["policy", "role"])
    .filter(({ body }) => roles.some((arn) => arn.endsWith(`/${body.role}`)))
    .flatMap(({ body }) => statementsOf(body.policy));
};

const problemsOf = (statements: readonly Statement[], seen: Seen, of: Need["of"]): string[] => {
  const { calls, fn } = seen;
  const needs = NEEDED_BESIDE_CALLS.filter((need) => need.of === undefined || need.of === of).map((need) => ({
    ...need,
    on: need.on(seen),
    named: need.for?.(seen) ?? [],
  }));
  const denied = new Set(
    calls
      .filter((call) => !allows(statements, call.action, resourceOf(call)))
      .map(({ action, bucket = "" }) => `${action} ${bucket}`.trim()),
  );
  const lacking = needs.filter(({ action, on, named }) => {
    const fitting = statements.filter(({ conditions }) =>
      named.every((value) => Object.values(conditions).flat().includes(value)),
    );
    return on.some((resource) => !allows(fitting, action, resource));
  });
  const used = new Set([
    ...calls.map(({ action }) => action),
    ...needs.flatMap(({ action, on }) => (on.length > 0 ? [action] : [])),
  ]);
  const allowed = new Set(statements.flatMap(({ actions }) => actions));
  return [
    ...[...denied].map((call) => `the function calls ${call}, which its role does not allow`),
    ...[...allowed]
      .filter((action) => !used.has(action))
      .map((action) => `the role allows ${action}, which is never used`),
    ...lacking.map(({ action, because }) => `the role lacks ${action}: ${because}`),
    ...conditionProblems(statements, fn),
  ];
};

/** @returns one sentence for each missing action and for each unused one */
export const permissionProblems = (stack: Stack, blueprint: Blueprint, evidence: Evidence): string[] => {
  const { isTraced, environment } = blueprint.function;
  const ofApi = new Set(blueprint.apis.flatMap(({ routes }) => routes.map(({ functionName }) => functionName)));
  const ofRuns = new Set(blueprint.stateMachines.map(({ functionArn }) => functionArn));
  const checked = blueprint.otherFunctions.filter(({ name, arn }) => ofApi.has(name) || ofRuns.has(arn));
  const kindOf = (fn: FunctionBlueprint): Need["of"] => {
    if (fn === blueprint.function) return "uploads";
    return ofRuns.has(fn.arn) ? "backfill" : "upload API";
  };
  return [
    ...((environment.TRACING === "on") === isTraced
      ? []
      : ["TRACING and the function's tracing mode contradict each other"]),
    ...[blueprint.function, ...checked].flatMap((fn) =>
      problemsOf(statementsOfFunction(stack, fn), { blueprint, fn, calls: callsOf(fn, evidence) }, kindOf(fn)),
    ),
  ];
};
