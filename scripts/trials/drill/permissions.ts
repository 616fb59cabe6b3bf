/** Whether the function's role allows exactly what is needed: what the function was seen to call, and what others do by its leave. */
import { type ApiCall, FUNCTION_ACCESS_KEY_ID } from "../../sandbox/api-call";
import type { Blueprint, BucketBlueprint } from "../../sandbox/blueprint";
import { readStack, type Stack } from "../../sandbox/terraform-json";
import type { Evidence } from "./evidence";
import { covers, type Statement, statementsOf } from "./policies";
import { OTHERS } from "./scenarios";

interface Seen {
  readonly blueprint: Blueprint;
  /** What the function was seen to call. */
  readonly calls: readonly ApiCall[];
}

interface Need {
  /** Who needs it, and what for. */
  readonly because: string;
  readonly action: string;
  /** Where it is needed: nowhere in a stack without such a thing. */
  readonly on: (seen: Seen) => readonly string[];
  /** Value that the condition of the statement has to name, so that it is allowed for this and not for something else. */
  readonly for?: (seen: Seen) => readonly string[];
}

const bucketsOf = ({ blueprint, calls }: Seen, action: string): BucketBlueprint[] =>
  blueprint.buckets.filter(({ name }) => calls.some((call) => call.action.startsWith(action) && call.bucket === name));

const uploads = (seen: Seen): BucketBlueprint[] => bucketsOf(seen, "s3:GetObject");

const variants = (seen: Seen): BucketBlueprint[] => bucketsOf(seen, "s3:PutObject");

const objectsOf = (buckets: readonly BucketBlueprint[]): string[] => buckets.map(({ arn }) => `${arn}/*`);

const keysOf = (encrypted: readonly { readonly keyArn?: string }[]): string[] =>
  encrypted.flatMap(({ keyArn }) => keyArn ?? []);

const logStreams = ({ blueprint: { function: fn } }: Seen): string[] => {
  const [, , , region, account] = fn.arn.split(":");
  return [`arn:aws:logs:${region}:${account}:log-group:${fn.logGroup}:*`];
};

const traces = ({ blueprint: { function: fn } }: Seen): string[] => (fn.isTraced ? ["*"] : []);

const settingsKey = ({ blueprint: { function: fn } }: Seen): string[] =>
  fn.settingsKeyArn === undefined ? [] : [fn.settingsKeyArn];

const vpc = ({ blueprint: { function: fn } }: Seen): string[] => (fn.isInVpc ? ["*"] : []);

const VPC_ACTIONS = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

const queue = ({ blueprint: { queues, function: fn } }: Seen) =>
  queues.filter(({ arn }) => arn === fn.deadLetterTargetArn);

const arnsOf = (resources: readonly { readonly arn: string }[]): string[] => resources.map(({ arn }) => arn);

const viaSqs = ({ blueprint }: Seen): string[] => [`sqs.${blueprint.region}.amazonaws.com`];

/** Actions that the role needs although no call of the function shows it: add a row. */
// biome-ignore format: a ledger is read down its columns
export const NEEDED_BESIDE_CALLS: readonly Need[] = [
  { action: "s3:ListBucket",        on: (seen) => arnsOf(uploads(seen)),    because: "S3, to answer 404 instead of 403 for an object that is gone" },
  { action: "s3:GetObject",         on: (seen) => objectsOf(uploads(seen)), because: "uploads that have no version, from before versioning was switched on" },
  { action: "s3:GetObjectVersion",  on: (seen) => objectsOf(uploads(seen)), because: "uploads that have a version, from before versioning was switched off" },
  { action: "logs:CreateLogStream", on: logStreams,                         because: "Lambda, to write the log" },
  { action: "logs:PutLogEvents",    on: logStreams,                         because: "Lambda, to write the log" },
  { action: "sqs:SendMessage",      on: (seen) => arnsOf(queue(seen)),      because: "Lambda, to keep the events that it gives up" },
  { action: "kms:Decrypt",          on: (seen) => keysOf(uploads(seen)),    for: (seen) => arnsOf(uploads(seen)),  because: "S3, to read uploads that are encrypted with the stack's key" },
  { action: "kms:GenerateDataKey",  on: (seen) => keysOf(variants(seen)),   for: (seen) => arnsOf(variants(seen)), because: "S3, to encrypt variants with the stack's key" },
  { action: "kms:Decrypt",          on: (seen) => keysOf(queue(seen)),      for: viaSqs, because: "SQS, to use the stack's key for dead letters" },
  { action: "kms:GenerateDataKey",  on: (seen) => keysOf(queue(seen)),      for: viaSqs, because: "SQS, to encrypt dead letters with the stack's key" },
  { action: "kms:Decrypt",          on: settingsKey, for: ({ blueprint }) => [blueprint.function.arn], because: "Lambda, to decrypt the environment variables" },
  ...VPC_ACTIONS.map((action) => ({ action, on: vpc, because: "Lambda, to connect the function to its subnets" })),
  { action: "xray:PutTraceSegments",    on: traces, because: "Lambda, to hand on what X-Ray is told" },
  { action: "xray:PutTelemetryRecords", on: traces, because: "Lambda, to hand on what X-Ray is told" },
];

const resourceOf = ({ bucket, key, queueArn = "*" }: ApiCall): string =>
  bucket ? `arn:aws:s3:::${bucket}${key ? `/${key}` : ""}` : queueArn;

const allows = (statements: readonly Statement[], action: string, resource: string): boolean =>
  statements.some(
    ({ actions, resources }) => actions.includes(action) && resources.some((pattern) => covers(pattern, resource)),
  );

/** A run with a changed environment may make calls that the stack as deployed never makes. */
const callsOf = ({ recordings }: Evidence): ApiCall[] =>
  [...recordings]
    .filter(([name]) => !Object.hasOwn(OTHERS, name) || name === "healthy")
    .flatMap(([, { calls }]) => calls)
    .filter(({ caller }) => caller === FUNCTION_ACCESS_KEY_ID);

const conditionProblems = (statements: readonly Statement[], { function: fn }: Blueprint): string[] => {
  const published = fn.environment.METRIC_NAMESPACE;
  return statements
    .flatMap(({ conditions }) => conditions["StringEquals cloudwatch:namespace"] ?? [])
    .filter((namespace) => namespace !== published)
    .map((namespace) => `the role allows metrics in ${namespace} only, the function publishes in ${published}`);
};

const statementsOfFunction = (stack: Stack): Statement[] => {
  const roles = stack.resources("aws_lambda_function", ["role"]).map(({ body }) => String(body.role));
  return stack
    .resources("aws_iam_role_policy", ["policy", "role"])
    .filter(({ body }) => roles.some((arn) => arn.endsWith(`/${body.role}`)))
    .flatMap(({ body }) => statementsOf(body.policy));
};

/** @returns one sentence for each action that is missing, and for each that nobody uses */
export const permissionProblems = (stackDir: string, blueprint: Blueprint, evidence: Evidence): string[] => {
  const statements = statementsOfFunction(readStack(stackDir));
  const calls = callsOf(evidence);
  const needs = NEEDED_BESIDE_CALLS.map((need) => ({
    ...need,
    on: need.on({ blueprint, calls }),
    named: need.for?.({ blueprint, calls }) ?? [],
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
  const { isTraced, environment } = blueprint.function;
  return [
    ...((environment.TRACING === "on") === isTraced
      ? []
      : ["the function traces what X-Ray does not sample, or the other way round"]),
    ...[...denied].map((call) => `the function calls ${call}, which its role does not allow`),
    ...[...allowed]
      .filter((action) => !used.has(action))
      .map((action) => `the role allows ${action}, which nobody uses`),
    ...lacking.map(({ action, because }) => `the role lacks ${action}, for ${because}`),
    ...conditionProblems(statements, blueprint),
  ];
};
